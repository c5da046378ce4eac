"""Finds which of the entries that the last reply offered or suggested a message picks."""

import re
from collections.abc import Sequence
from typing import Literal

from rapidfuzz import fuzz, process

from app import text
from app.dialogue.messages import Option
from app.text import ParsedText

NONE: Literal["none"] = "none"
AGAIN: Literal["again"] = "again"
SAME = 85.0
"""Least likeness, 0 to 100, of words to an offered question that mean it."""

_SPELLINGS = (("first", "1st", "one"), ("second", "2nd", "two"), ("third", "3rd", "three"), ("fourth", "four"))
_NUMBERS = {word: number for number, words in enumerate(_SPELLINGS, 1) for word in words}
_SPOKEN = frozenset({"first", "1st", "second", "2nd", "third", "3rd", "last"})
_FILLERS = frozenset(
    {"the", "a", "an", "option", "number", "no", "nr", "choice", "answer", "question", "please", "i", "mean", "meant"}
    | {"one", "pick", "it", "take", "want"}
)
_NONE = re.compile(
    r"(?:no |nope )?(?:none|neither|nothing|something else|not any|no|nope)(?: of (?:these|those|them|the above))?"
)
_YES = re.compile(r"(?:yes|yeah|yep|yup|sure|ok|okay|please|right|correct)(?: (?:please|that|that one|it|do|thanks))*")
_MORE = re.compile(
    r"(?:(?:tell|show|give) me )?(?:some )?more(?: (?:please|info|information|about (?:it|that|this)))*|go on|what else"
    r"|anything else|and (?:then|what)"
)


def pick(text: ParsedText, options: Sequence[Option], asked: bool) -> Option | Literal["none", "again"] | None:
    """Return the option that a message picks by id, number or words; None when it picks nothing.

    With `asked` they were offered as a choice, so that `none of these` and `yes` reply to it. `AGAIN` wants to see
    them: `yes` to several, `tell me more` after an answer.
    """
    key = text.key
    if not key or not options:
        return None
    by_id = next((option for option in options if option.id == text.folded), None)
    if by_id:
        return by_id
    place = _number(text.words, len(options), asked)
    if place is not None:
        return options[place] if place < len(options) else NONE
    if asked and _NONE.fullmatch(key):
        return NONE
    if asked and _YES.fullmatch(key):
        return options[0] if len(options) == 1 else AGAIN
    return AGAIN if _MORE.fullmatch(key) else _by_words(key, options)


def _number(words: Sequence[str], count: int, asked: bool) -> int | None:
    """Return the place of a choice that is all that was typed: `2`, `the second one`, `option 3`; `count` for the
    last line, none.

    A bare number replies to a choice only: after an answer it may be an age or a temperature.
    """
    telling = [word for word in words if word not in _FILLERS] or [word for word in words if word == "one"]
    if len(telling) != 1 or len(words) > 4 or (not asked and telling[0] not in _SPOKEN):
        return None
    if telling[0] == "last":
        return count - 1
    number = int(telling[0]) if telling[0].isdecimal() and len(telling[0]) < 3 else _NUMBERS.get(telling[0])
    return number - 1 if number is not None and 1 <= number <= count + asked else None


def _by_words(key: str, options: Sequence[Option]) -> Option | None:
    questions = [text.key(option.question) for option in options]
    nearest = process.extractOne(key, questions, scorer=fuzz.ratio, score_cutoff=SAME)
    return options[nearest[2]] if nearest else None
