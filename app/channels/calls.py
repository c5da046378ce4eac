"""Finds the telephone numbers of an approved text, so that they can be called from a page."""

import re
from collections.abc import Sequence

from app.dialogue.handoffs import PHONE
from app.dialogue.knowledge import Knowledge

_NUMBERS = ("911", "988")
_UNDIALLED = re.compile(r"[^\d+]")


def lines(knowledge: Knowledge) -> list[str]:
    """Return the lines of the site that can be dialled."""
    return [line for line in knowledge.approved.site.values() if line and PHONE.fullmatch(line)]


def cut(text: str, lines: Sequence[str] = ()) -> list[str]:
    """Return the text in pieces, of which every second is a telephone number: 911, 988 or one of these lines."""
    numbers = "|".join(map(re.escape, (*lines, *_NUMBERS)))  # 988 may be the area code of a line
    return re.split(rf"(?<![\d-])({numbers})(?![\d-])", text)


def numbers(text: str, lines: Sequence[str] = ()) -> list[str]:
    """Return the numbers of a text, each once, in the order in which they stand there."""
    return list(dict.fromkeys(cut(text, lines)[1::2]))


def tel(line: str) -> str | None:
    """Return the address that dials a line; None for one that holds words."""
    return f"tel:{_UNDIALLED.sub('', line)}" if PHONE.fullmatch(line) else None
