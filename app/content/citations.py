"""The paragraphs that entries cite: cut from a document, compared with their fingerprints in the lock.

A paragraph is a block between blank lines, or one bullet; it is numbered within its section.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.content.approval import Seal, digest
from app.content.schema import Content, Document
from app.errors import SourceError

_BULLET = re.compile(r"^\s*(?:[•*‣◦]|-)\s+")


def paragraphs(document: Document, text: str) -> dict[str, str]:
    """Return `section/number` -> paragraph, word for word with white space folded.

    Raises `SourceError` when a heading of the document is not there, in order.
    """
    headings = list(document.sections.items())
    numbered: dict[str, str] = {}
    section, number = "", 0
    for block in _blocks(text):
        if headings and block == _folded(headings[0][1]):
            section, number = headings.pop(0)[0], 0
        elif section:
            number += 1
            numbered[f"{section}/{number}"] = block
    if headings:
        raise SourceError(f"heading not found, or not in this order: {headings[0][1]!r}")
    return numbered


def _folded(text: str) -> str:
    return " ".join(text.split())


def _blocks(text: str) -> Iterator[str]:
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        if block and (not line.strip() or _BULLET.match(line)):
            yield _folded(" ".join(block))
            block = []
        if line.strip():
            block.append(_BULLET.sub("", line))


def cited(content: Content, document: str) -> list[str]:
    """Return the paragraphs of a document that entries cite, as sorted `section/number`."""
    sources = (source for entry in content.entries.values() for source in entry.sources)
    return sorted({f"{source.section}/{source.paragraph}" for source in sources if source.document == document})


@dataclass(frozen=True)
class Drift:
    """A cited paragraph that is no longer what was sealed."""

    place: str
    problem: str
    entries: tuple[str, ...]


def drifted(content: Content, document: str, text: str, seals: Mapping[str, Seal]) -> list[Drift]:
    """Return the cited paragraphs of a document that are missing, changed, or were never sealed."""
    drifts = []
    for place, _, problem in _compared(content, document, text, seals):
        if problem:
            citing = (id_ for id_, entry in content.entries.items() if place in map(str, entry.sources))
            drifts.append(Drift(place, problem, tuple(citing)))
    return drifts


def passages(content: Content, texts: Mapping[str, str], seals: Mapping[str, Seal]) -> dict[str, str]:
    """Return `document/section/number` -> cited paragraph, only of those that still match their fingerprint."""
    return {
        place: paragraph
        for document, text in texts.items()
        for place, paragraph, problem in _compared(content, document, text, seals)
        if not problem
    }


def _compared(content: Content, document: str, text: str, seals: Mapping[str, Seal]) -> Iterator[tuple[str, str, str]]:
    """Yield each cited place with the paragraph that stands there now and what is wrong with it."""
    now = paragraphs(content.documents[document], text)
    for place in cited(content, document):
        sealed = f"{document}/{place}"
        yield sealed, now.get(place, ""), _problem(now.get(place), seals.get(sealed))


def _problem(paragraph: str | None, seal: Seal | None) -> str:
    if paragraph is None:
        return "is not in the document"
    if seal is None:
        return "has no fingerprint"
    return "" if seal.sha256 == digest(paragraph) else "has changed"
