"""What the last reply left open: which of the offered entries is meant."""

import re
from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz, process

from app import text

NONE = "none"
SAME = 85.0
"""Likeness (0 to 100) of words to an offered question from which they mean it."""

_ORDINALS: Mapping[str, int] = {
    "first": 1,
    "1st": 1,
    "one": 1,
    "second": 2,
    "2nd": 2,
    "two": 2,
    "third": 3,
    "3rd": 3,
    "three": 3,
    "fourth": 4,
    "four": 4,
}
_FILLERS = frozenset(
    (
        "the",
        "a",
        "an",
        "option",
        "number",
        "no",
        "nr",
        "choice",
        "answer",
        "question",
        "please",
        "i",
        "mean",
        "meant",
        "one",
        "pick",
        "it",
    )
)
_NONE = re.compile(
    r"(?:no |nope )?(?:none|neither|nothing|something else|not any|no|nope)(?: of (?:these|those|them|the above))?"
)


def chosen(message: str, offered: Sequence[tuple[str, str]]) -> str | None:
    """The offered id that a message picks by id, number or words; `NONE` for none of them; None if it picks nothing.

    `offered` are (id, question) pairs in the order in which they were shown.
    """
    folded = text.fold(message)
    if folded in (id_ for id_, _ in offered):
        return folded
    words = text.words(folded)
    if not words or not offered:
        return None
    number = _number(words, len(offered))
    if number is not None:
        return offered[number - 1][0] if number <= len(offered) else NONE
    if _NONE.fullmatch(" ".join(words)):
        return NONE
    return _by_words(" ".join(words), offered)


def _number(words: Sequence[str], count: int) -> int | None:
    """A choice and nothing else: `2`, `the second one`, `option 3`; one more than `count` is the last line, none."""
    telling = [word for word in words if word not in _FILLERS] or [word for word in words if word == "one"]
    if len(telling) != 1 or len(words) > 4:
        return None
    if telling[0] == "last":
        return count
    number = int(telling[0]) if telling[0].isdecimal() and len(telling[0]) < 3 else _ORDINALS.get(telling[0])
    return number if number is not None and 1 <= number <= count + 1 else None


def _by_words(said: str, offered: Sequence[tuple[str, str]]) -> str | None:
    questions = {id_: " ".join(text.words(text.fold(question))) for id_, question in offered}
    found = process.extractOne(said, questions, scorer=fuzz.ratio, score_cutoff=SAME)
    return found[2] if found else None
