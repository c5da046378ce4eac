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

_SPELLINGS = (("first", "one"), ("second", "two"), ("third", "three"), ("fourth", "four"))
_NUMBERS = {word: number for number, words in enumerate(_SPELLINGS, 1) for word in words}
_ORDINALS = frozenset({"st", "nd", "rd", "th"})
"""What stands behind a number, as a word of its own once the text is parsed."""
_SPOKEN = frozenset({"first", "second", "third", "last"})
_FILLERS = frozenset(
    {"the", "a", "an", "option", "number", "no", "nr", "choice", "answer", "question", "please", "i", "mean", "meant"}
    | {"one", "pick", "it", "take", "want"}
    | _ORDINALS
)
_NONE = re.compile(
    r"(?:no |nope )?(?:none|neither|nothing|something else|not any|no|nope)(?: of (?:these|those|them|the above))?"
)
_MORE = re.compile(r"(?:(?:show|tell) me )?more(?: please)?")
_YES = re.compile(r"(?:yes|yeah|yep|yup|sure|ok|okay|please|right|correct)(?: (?:please|that|that one|it|do|thanks))*")
_ALL = re.compile(
    r"(?:(?:i want|ill take|i will take|give me|show me) )?(?:both|all)"
    r"(?: (?:of (?:them|these|those)|please|three|two))*"
)
_TELLING = frozenset({*_SPOKEN, "fourth", "other", "others", "latter", "former"})
_BESIDE = _FILLERS | {"not", "of", "them", "these", "those", "and", "or", "but", "any", "anything", "ill", "id", "like"}
_CONTRARY = frozenset({"not", "but", "other", "others", "latter", "former"})
"""Words with which a pick names what is not wanted, or counts from what is not known."""
_NONE_OF = re.compile(r"(?:no )?(?:none|neither|not any) of (?:these|those|them|the above)")


def pick(
    text: ParsedText, options: Sequence[Option], asked: bool
) -> tuple[Option, ...] | Literal["none", "again"] | None:
    """Return the options that a message picks by id, number or words; None when it picks nothing.

    With `asked` they were offered as a choice, so that `none of these`, `both` and `yes` reply to it. `AGAIN` wants to
    see them: `yes` to several.
    """
    key = text.key
    if not key or not options:
        return None
    by_id = tuple(option for option in options if option.id == text.folded)
    if by_id:
        return by_id
    place = _number(text.words, len(options), asked)
    if place is not None:
        return (options[place],) if place < len(options) else NONE
    return (_several(text.words, options) or _reply(key, options) if asked else None) or _by_words(key, options)


def picks(text: ParsedText) -> bool:
    """Return whether a message picks by place and says nothing else, whatever is open: `the 1st`, `not the other`."""
    words = [word for word in text.words if not word.isdecimal()]
    return _TELLING.union(_BESIDE).issuperset(words) and not (_TELLING | _ORDINALS).isdisjoint(words)


def _several(words: Sequence[str], options: Sequence[Option]) -> tuple[Option, ...] | Literal["again"] | None:
    """Return the options of a message that is made of several places, `1 and 3`; they are shown again for one that says
    which are not meant.
    """
    numbers = [_NUMBERS.get(word) or (int(word) if word.isdecimal() and len(word) == 1 else 0) for word in words]
    places = [number - 1 for number in dict.fromkeys(numbers) if 1 <= number <= len(options)]
    told = [word for word, number in zip(words, numbers, strict=True) if not number]
    if not _TELLING.union(_BESIDE).issuperset(told):
        return None
    if not _CONTRARY.isdisjoint(words):
        return AGAIN
    return tuple(options[place] for place in places) if len(places) > 1 else None


def picks_none(text: ParsedText) -> bool:
    """Return whether a message can only mean that no option is right: `none of these`."""
    return _NONE_OF.fullmatch(text.key) is not None


def _reply(key: str, options: Sequence[Option]) -> tuple[Option, ...] | Literal["none", "again"] | None:
    """Return what `none`, `all`, `yes` or `more` says of a choice; `both` of three tells nothing."""
    if _NONE.fullmatch(key):
        return NONE
    if _MORE.fullmatch(key):
        return AGAIN
    if _ALL.fullmatch(key):
        return tuple(options) if len(options) == 2 or "all" in key else AGAIN
    if _YES.fullmatch(key):
        return tuple(options) if len(options) == 1 else AGAIN
    return None


def _number(words: Sequence[str], count: int, asked: bool) -> int | None:
    """Return the place of a choice that is all that was typed: `2`, `the second one`, `option 3`; `count` for the
    last line, none.

    A bare number replies to a choice only: after an answer it may be an age or a temperature.
    """
    telling = [word for word in words if word not in _FILLERS] or [word for word in words if word == "one"]
    spoken = bool(telling) and (telling[0] in _SPOKEN or not _ORDINALS.isdisjoint(words))
    if len(telling) != 1 or len(words) > 4 or not (asked or spoken):
        return None
    if telling[0] == "last":
        return count - 1
    number = int(telling[0]) if telling[0].isdecimal() and len(telling[0]) < 3 else _NUMBERS.get(telling[0])
    return number - 1 if number is not None and 1 <= number <= count + asked else None


def _by_words(key: str, options: Sequence[Option]) -> tuple[Option, ...] | None:
    questions = [text.key(option.question) for option in options]
    nearest = process.extractOne(key, questions, scorer=fuzz.ratio, score_cutoff=SAME)
    return (options[nearest[2]],) if nearest else None
