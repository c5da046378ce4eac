"""What patients typed, with what cannot be seen in it shown, so that it neither hides nor moves anything on a page."""

import re
import unicodedata
from functools import lru_cache

from markupsafe import Markup, escape

_KEPT = "\n\t\r"
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Letters and marks that are not seen."""
_BETWEEN = "\u200c\u200d"
"""Join or part letters of Persian and Hindi, and the pieces of an emoji."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f\s]")
_BOX = Markup('<span class="unseen" title="{}">\u27e6U+{:04X}\u27e7</span>')


def shown(typed: str) -> Markup:
    """Return the text as HTML, each character that cannot be seen as a box with its number."""
    if typed.isascii() and typed.isprintable():
        return escape(typed)
    return Markup("").join(
        _box(char) if _is_unseen(char) and not _joins(typed, place) else escape(char)
        for place, char in enumerate(typed)
    )


def _box(char: str) -> Markup:
    return _BOX.format(unicodedata.name(char, "control character").lower(), ord(char))


@lru_cache(4096)
def _is_unseen(char: str) -> bool:
    """Tell a control, a format (such as a turn of direction), a private character, another end of line, or a filler."""
    return char not in _KEPT and (
        unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") or char in _FILLERS
    )


def _joins(typed: str, place: int) -> bool:
    """Tell a joiner that stands where it belongs, between two characters of another script."""
    if typed[place] not in _BETWEEN:
        return False
    before, after = typed[max(place - 1, 0) : place], typed[place + 1 : place + 2]
    return bool(_NOT_ASCII.fullmatch(before) and _NOT_ASCII.fullmatch(after)) and not (
        _is_unseen(before) or _is_unseen(after)
    )
