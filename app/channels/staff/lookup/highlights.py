"""Marks in a text the words that were asked for, so that a row of results says at a glance why it is there."""

import re
from collections.abc import Collection, Iterator

from markupsafe import Markup, escape

from app.matching.evidence import FUNCTION_WORDS
from app.text import fold

LONGEST_PREVIEW = 120
"""Most characters of an answer that a row shows."""
LEAST_START = 3
"""Letters from which on the beginning of a word is marked as the word itself."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def marked(text: str, words: Collection[str]) -> Markup:
    """Return the text, escaped, with <mark> around each word that is one of these, or goes on as one of them begins.

    >>> marked("How big is the pump?", ["pum", "is"])
    Markup('How big is the <mark>pum</mark>p?')
    """
    telling = {word for word in words if word not in FUNCTION_WORDS}
    return Markup("").join(_pieces(text, telling))


def preview(text: str) -> str:
    """Return the beginning of a text in one line, whole words of it."""
    line = " ".join(text.split())
    if len(line) <= LONGEST_PREVIEW:
        return line
    return f"{line[:LONGEST_PREVIEW].rsplit(' ', 1)[0]}…"


def _pieces(text: str, words: Collection[str]) -> Iterator[Markup]:
    place = 0
    for match in _WORD.finditer(text):
        length = _length(match[0], words)
        if length:
            yield escape(text[place : match.start()])
            place = match.start() + length
            yield Markup("<mark>{}</mark>").format(text[match.start() : place])
    yield escape(text[place:])


def _length(word: str, words: Collection[str]) -> int:
    """Return how many letters of a word are marked."""
    folded = fold(word)
    if folded in words:
        return len(word)
    starts = [start for start in words if len(start) >= LEAST_START and folded.startswith(start)]
    return min(len(word), max(map(len, starts), default=0))
