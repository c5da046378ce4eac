"""Signs: parts of a text without which a pattern cannot match.

Searching for a fixed part is some fifty times cheaper than a pattern, and most questions hold none of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

Range = tuple[int, int]
"""Start and end of a part of a text."""


@dataclass(frozen=True)
class Span:
    """A part of a text, and the mark that is put in its place."""

    start: int
    end: int
    mark: str


def lowered(plain: str) -> str:
    """Return a text in lower case, dotless and dotted capital i as i, as `re.IGNORECASE` reads them."""
    return plain.lower().replace("\u0131", "i").replace("\u0307", "")


def holds_any(low: str, signs: Iterable[str]) -> bool:
    """Return True when a text in lower case holds one of the signs; each text holds the empty one."""
    return any(map(low.__contains__, signs))
