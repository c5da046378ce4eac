"""Documents of a department that came from files: text that people read, and before it what each row held.

The first lines of such a text name, for each row, hashes of what it said when it was last taken. By them the next
import knows whether the row has changed since, and whether a person has changed the entry. No section holds them, so
nobody cites them.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.content import citations, files
from app.content.approval import digest
from app.content.file_io import is_there, read_text
from app.content.schema import Document
from app.errors import ContentError, SourceError

_HEAD: Final = (
    "Written by `hai-faq import`, which compares the next file with these lines. Change the text below them only."
)
_ORIGIN: Final = re.compile(r"origin ([0-9a-f]{12})")
_RECORD: Final = re.compile(r"row ([a-z0-9-]+)((?: [a-z_]+:[0-9a-f]{12})+)")

Record = Mapping[str, str]
"""Hashes of what a row held, by field, and of the name of its `file`."""


def short_hash(text: str) -> str:
    """Return the first digits of a text's hash; nothing for no text."""
    return digest(text)[:12] if text else ""


def path_of(folder: Path, id_: str) -> Path:
    return folder / files.DOCUMENTS / f"{id_}.txt"


@dataclass(frozen=True)
class Section:
    heading: str
    body: str
    paragraphs: tuple[str, ...]
    """As entries cite them."""

    @classmethod
    def of(cls, heading: str, body: str) -> "Section":
        document = Document(title="-", publisher="-", sections={"section": heading})
        return cls(heading, body, tuple(citations.paragraphs(document, f"{heading}\n\n{body}\n").values()))


@dataclass
class ImportedDocument:
    """A document that only imports write, as it shall be."""

    id: str
    origin: str
    """Hash of the source and the owner whose rows it holds."""
    sections: dict[str, Section] = field(default_factory=dict)
    """By the id of their entry, in order."""
    records: dict[str, Record] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    """Section by its heading."""
    paragraphs: Counter[str] = field(default_factory=Counter)

    def put(self, id_: str, section: Section) -> None:
        """Add a section at the end, or change one in its place."""
        if before := self.sections.get(id_):
            del self.headings[before.heading]
            self.paragraphs.subtract(before.paragraphs)
        self.sections[id_] = section
        self.headings[section.heading] = id_
        self.paragraphs.update(section.paragraphs)

    def clash(self, id_: str, section: Section) -> str:
        """Return why a section cannot stand here, where headings tell where sections begin; empty if it can."""
        before = self.sections.get(id_)
        if self.headings.get(section.heading, id_) != id_:
            return f"has the same question as {self.headings[section.heading]}"
        if any(line == section.heading or self.headings.get(line, id_) != id_ for line in section.paragraphs):
            return "has a paragraph that is the same as a question"
        own = before.paragraphs.count(section.heading) if before else 0
        if self.paragraphs[section.heading] > own:
            return "has a question that is the same as a paragraph of another answer"
        return ""

    def sources(self, id_: str) -> list[str]:
        """Return the places of all paragraphs of a section, as entries cite them."""
        return [f"{self.id}/{id_}/{number}" for number in range(1, len(self.sections[id_].paragraphs) + 1)]

    def text(self) -> str:
        sections = (f"{section.heading}\n\n{section.body}\n" for section in self.sections.values())
        return "\n".join(["\n".join([_HEAD, f"origin {self.origin}", *self._lines(), ""]), *sections])

    def _lines(self) -> Iterator[str]:
        for id_, record in self.records.items():
            yield " ".join([f"row {id_}", *(f"{name}:{value}" for name, value in record.items() if value)])


def read(folder: Path, documents: Mapping[str, Document]) -> dict[str, ImportedDocument]:
    """Return the documents that imports wrote, by id. Raises `ContentError` for one that lacks a heading."""
    imported = {}
    for id_, document in documents.items():
        path = path_of(folder, id_)
        text = read_text(path) if is_there(path) else ""
        if text.startswith(_HEAD):
            imported[id_] = _parsed(path, id_, document, text)
    return imported


def _parsed(path: Path, id_: str, document: Document, text: str) -> ImportedDocument:
    try:
        citations.paragraphs(document, text)
    except SourceError as error:
        raise ContentError(path, 1, "", str(error)) from error
    head, _, body = text.partition("\n\n")
    lines = head.split("\n")
    origin = next(filter(None, map(_ORIGIN.fullmatch, lines)), None)
    found = ImportedDocument(id_, origin[1] if origin else "")
    bodies = _bodies(document, body)
    for section, heading in document.sections.items():
        if section not in bodies:
            raise ContentError(path, 1, "", f"the heading must stand on a line of its own: {heading!r}")
        found.put(section, Section.of(heading, bodies[section]))
    for match in filter(None, map(_RECORD.fullmatch, lines)):
        found.records[match[1]] = dict(pair.split(":") for pair in match[2].split())
    return found


def _bodies(document: Document, text: str) -> dict[str, str]:
    """Return what stands below each heading, as it stands there."""
    headings = list(document.sections.items())
    lines: dict[str, list[str]] = {}
    section = ""
    for line in text.split("\n"):
        if headings and " ".join(line.split()) == headings[0][1]:
            section, _ = headings.pop(0)
            lines[section] = []
        elif section:
            lines[section].append(line)
    return {section: "\n".join(own).strip("\n") for section, own in lines.items()}
