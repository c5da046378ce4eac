"""What lint finds, and the draft that it looks at."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from app.content import approval, files
from app.content.approval import Lock
from app.content.schema import Content, Intents


@dataclass(frozen=True, slots=True)
class Finding:
    level: Literal["error", "warning"]
    """Only an error fails the command."""
    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.level}: {self.where}: {self.problem}"


@dataclass(frozen=True)
class Draft:
    """A folder of content as it stands, sealed or not."""

    content: Content
    intents: Intents
    lock: Lock
    texts: Mapping[str, str]
    """Every text that needs a seal, by the key of the seal."""
    passed_over: Mapping[str, str]
    """Files that are named like content and not read, with the reason."""

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return the content of a folder; raise `ContentError` for what cannot be read at all."""
        content = files.load_content(folder)
        lock = approval.read_lock(folder / files.LOCK)
        intents, texts = files.load_intents(folder, content), files.sealed_texts(folder, content)
        return cls(content, intents, lock, texts, files.passed_over(folder))
