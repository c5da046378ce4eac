"""Seals say which text was approved, by whom, in which role, on what day.

`faq.lock` is sorted text with a line a seal, written by commands only:

    text pump-size.answer 3f5a... 2026-11-23 demo project maintainers
    paragraph hai-pump/about/1 90bc... 2026-11-23 demo project maintainers
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from app.content.file_io import is_there, read_text, write
from app.errors import ContentError

DEMO = "demo"
"""Role of the seals that the repository ships; it is no approval for patients."""
DRAFT = "draft"
"""Role of what stands for a seal while a draft is looked at; it is never written."""
URGENT = "urgent."
"""What the key of the seal of a layer of danger begins with: `urgent.general`."""

_HEADER = "# Written by `hai-faq approve` and `hai-faq sources seal`. Do not edit by hand.\n"
_LINE = re.compile(r"(text|paragraph) (\S+) ([0-9a-f]{64}) (\d{4}-\d\d-\d\d) ([\w-]+) (\S.*)")


@dataclass(frozen=True)
class Seal:
    sha256: str
    on: date
    role: str
    by: str


@dataclass(frozen=True)
class Lock:
    texts: Mapping[str, Seal] = field(default_factory=dict)
    paragraphs: Mapping[str, Seal] = field(default_factory=dict)

    def broken(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Return the keys of texts that have no seal or do not match it, with which of the two it is."""
        reasons: dict[str, str] = {}
        for key, text in texts.items():
            seal = self.texts.get(key)
            if seal is None:
                reasons[key] = "has no seal"
            elif seal.sha256 != digest(text):
                reasons[key] = "does not match its seal"
        return reasons

    def accepting(self, texts: Mapping[str, str]) -> "Lock":
        """Return this lock with a seal of nobody for each of the texts that lacks its own."""
        return self.sealing({key: texts[key] for key in self.broken(texts)}, date.min, DRAFT, "nobody")

    def sealing(self, texts: Mapping[str, str], on: date, role: str, by: str) -> "Lock":
        """Return this lock with the texts sealed anew."""
        return Lock({**self.texts, **_seals(texts, on, role, by)}, self.paragraphs)

    def sealing_paragraphs(self, texts: Mapping[str, str], on: date, role: str, by: str) -> "Lock":
        return Lock(self.texts, {**self.paragraphs, **_seals(texts, on, role, by)})

    def only(self, texts: Iterable[str], paragraphs: Iterable[str]) -> "Lock":
        """Return this lock without the seals of what no longer exists."""
        return Lock(
            {key: self.texts[key] for key in texts if key in self.texts},
            {key: self.paragraphs[key] for key in paragraphs if key in self.paragraphs},
        )


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _seals(texts: Mapping[str, str], on: date, role: str, by: str) -> dict[str, Seal]:
    return {key: Seal(digest(text), on, role, by) for key, text in texts.items()}


def read_lock(path: Path) -> Lock:
    """Return the seals of a file, none where there is no file. Raises `ContentError` on a line that is no seal."""
    lines = read_text(path).splitlines() if is_there(path) else []
    seals: dict[str, dict[str, Seal]] = {"text": {}, "paragraph": {}}
    for number, line in enumerate(lines, 1):
        if line and not line.startswith("#"):
            kind, key, seal = _parse(path, number, line)
            seals[kind][key] = seal
    return Lock(seals["text"], seals["paragraph"])


def _parse(path: Path, number: int, line: str) -> tuple[str, str, Seal]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ContentError(path, number, "", "is not a seal")
    kind, key, sha256, on, role, by = match.groups()
    try:
        return kind, key, Seal(sha256, date.fromisoformat(on), role, by)
    except ValueError as error:
        raise ContentError(path, number, key, str(error)) from error


def write_lock(path: Path, lock: Lock) -> None:
    """Raise `ContentError` rather than write a role or name that would not be read back as it is."""
    lines = [_HEADER]
    for kind, seals in (("paragraph", lock.paragraphs), ("text", lock.texts)):
        for key, seal in sorted(seals.items()):
            line = f"{kind} {key} {seal.sha256} {seal.on.isoformat()} {seal.role} {seal.by}"
            if not _LINE.fullmatch(line) or _parse(path, 1, line) != (kind, key, seal):
                raise ContentError(path, 1, key, "a role is one word, such as head-nurse; a name is one line")
            lines.append(f"{line}\n")
    write(path, "".join(lines).encode())
