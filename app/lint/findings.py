"""What lint finds, and the draft that it looks at."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from app.content import approval, files
from app.content.approval import Lock
from app.content.schema import Content, Intents
from app.errors import printable
from app.lint.places import Places, places_of

MOST_NAMED = 5
"""Findings of one problem that are named; of more, the others are counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    level: Literal["error", "warning"]
    """Only an error fails the command."""
    where: str
    problem: str
    places: tuple[str, ...] = field(default=(), compare=False)
    """Files and lines; a finding is the same when its lines have moved."""

    def __str__(self) -> str:
        return f"{self.level}: {self.told}"

    @property
    def told(self) -> str:
        """Return places, key and problem in one line."""
        return printable(": ".join(filter(None, (", ".join(self.places), self.where, self.problem))))


def grouped(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield a line a finding; where many have the same problem, one for all: a draft of an import lacks 200 seals."""
    alike: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        alike[finding.level, finding.problem].append(finding)
    for (level, problem), own in alike.items():
        if len(own) > MOST_NAMED:
            named = ", ".join(finding.where for finding in own[:MOST_NAMED])
            yield f"{level}: {named} and {len(own) - MOST_NAMED} more: {problem}"
        else:
            yield from map(str, own)


@dataclass(frozen=True)
class Draft:
    """A folder of content as it stands, sealed or not."""

    folder: Path
    content: Content
    intents: Intents
    lock: Lock
    texts: Mapping[str, str]
    """Every text that needs a seal, by the key of the seal."""
    documents: Mapping[str, str]
    """Texts of the documents that are at hand, by their id."""
    passed_over: Mapping[str, str]
    """Files that are named like content and not read, with the reason."""

    @classmethod
    def read(cls, folder: Path, documents: Path | None = None) -> Self:
        """Return the content of a folder, with its documents or those of another folder; raise `ContentError` for what
        cannot be read at all.
        """
        content = files.load_content(folder)
        lock = approval.read_lock(folder / files.LOCK)
        intents, texts = files.load_intents(folder, content), files.sealed_texts(folder, content)
        own = files.document_texts(documents or folder / files.DOCUMENTS, content)
        return cls(folder, content, intents, lock, texts, own, files.passed_over(folder))

    def places(self, *phrasings: tuple[str, str]) -> tuple[str, ...]:
        """Return files and lines of phrasings, each with its id, that of an entry, a topic, small talk or a tier."""
        found = (self._places.get(phrasing, (files.INTENTS,)) for phrasing in phrasings)
        return tuple(dict.fromkeys(itertools.chain.from_iterable(found)))

    @cached_property
    def _places(self) -> Places:
        """Read only when a finding needs them: it takes a second."""
        return places_of(self.folder)
