"""Checks narrow what a pattern matched, or throw it out with None."""

import re
from collections.abc import Callable

from app.redaction.signs import Range

TAKEN = "\ufffc"
"""Stands for what an earlier rule took: no letter, no digit, no space."""
HAN = "\u3400-\u9fff\uf900-\ufaff"
"""Chinese characters, for a set of a pattern."""

Check = Callable[[str, re.Match[str]], Range | None]


def whole(_plain: str, match: re.Match[str]) -> Range | None:
    """Return the group `it` of a match, where the pattern has one, else all of it."""
    return match.span("it") if "it" in match.re.groupindex else match.span()


_AMOUNT = re.compile(
    r" ?(?:mg|ml|mcg|cc|units?|iu|k|dollars|bucks|cells|days?|weeks?|wks?|months?|hours?|hrs?|cm|mm|%)\b", re.I
)


def is_amount(plain: str, end: int) -> bool:
    return _AMOUNT.match(plain, end) is not None


def no_amount(plain: str, match: re.Match[str]) -> Range | None:
    return None if is_amount(plain, match.end()) else whole(plain, match)
