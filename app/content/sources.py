"""The approved documents: cut into sections and paragraphs, compared with the fingerprints in the lock.

A paragraph is a block between blank lines, or one bullet; it is numbered within its section.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.content.approval import Seal, digest
from app.content.schema import Content, Document
from app.errors import SourceError

_BULLET = re.compile(r"^\s*(?:[•*‣◦]|-)\s+")


def paragraphs(document: Document, text: str) -> dict[str, str]:
    """`section/number` to paragraph, word for word with white space folded.

    Raises `SourceError` when a heading of the document is not there, in order.
    """
    waiting = list(document.sections.items())
    found: dict[str, str] = {}
    section, number = "", 0
    for block in _blocks(text):
        if waiting and block == _folded(waiting[0][1]):
            section, number = waiting.pop(0)[0], 0
        elif section:
            number += 1
            found[f"{section}/{number}"] = block
    if waiting:
        raise SourceError(f"heading not found, or not in this order: {waiting[0][1]!r}")
    return found


def _folded(text: str) -> str:
    return " ".join(text.split())


def _blocks(text: str) -> Iterable[str]:
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        if block and (not line.strip() or _BULLET.match(line)):
            yield _folded(" ".join(block))
            block = []
        if line.strip():
            block.append(_BULLET.sub("", line))


def cited(content: Content, document: str) -> list[str]:
    """The paragraphs of a document that entries cite, as `section/number`, each once."""
    places = (
        f"{source.section}/{source.paragraph}"
        for entry in content.entries.values()
        for source in entry.sources
        if source.document == document
    )
    return sorted(set(places))


@dataclass(frozen=True)
class Drift:
    """A cited paragraph that is no longer what was sealed."""

    place: str
    problem: str
    entries: tuple[str, ...]


def drifted(content: Content, document: str, text: str, seals: Mapping[str, Seal]) -> list[Drift]:
    """What of a document's cited paragraphs is missing, changed, or was never sealed."""
    now = paragraphs(content.documents[document], text)
    found = []
    for place in cited(content, document):
        problem = _problem(now.get(place), seals.get(f"{document}/{place}"))
        if problem:
            found.append(Drift(f"{document}/{place}", problem, _citing(content, f"{document}/{place}")))
    return found


def _problem(paragraph: str | None, seal: Seal | None) -> str | None:
    if paragraph is None:
        return "is not in the document"
    if seal is None:
        return "has no fingerprint"
    return None if seal.sha256 == digest(paragraph) else "has changed"


def _citing(content: Content, place: str) -> tuple[str, ...]:
    return tuple(id_ for id_, entry in content.entries.items() if any(str(source) == place for source in entry.sources))


def passages(content: Content, texts: Mapping[str, str], seals: Mapping[str, Seal]) -> dict[str, str]:
    """Cited paragraphs by `document/section/number`, only those that still match their fingerprint."""
    found: dict[str, str] = {}
    for document, text in texts.items():
        now = paragraphs(content.documents[document], text)
        for place in cited(content, document):
            if _problem(now.get(place), seals.get(f"{document}/{place}")) is None:
                found[f"{document}/{place}"] = now[place]
    return found
