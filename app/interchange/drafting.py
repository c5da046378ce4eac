"""Short texts drafted from an answer: only where nothing is lost that negates it, limits it or warns.

A person who hears one sentence of three acts on it. So the whole answer is taken where it fits, and its first sentence
only where what is left out can change nothing.
"""

import re
from collections.abc import Callable
from typing import Final

from app.content import markup
from app.dialogue.text_messages import MOST_PARTS
from app.lint.texts import MOST_READ_ALOUD
from app.segments import segments

_SENTENCE: Final = re.compile(r"(?P<first>[^.!?]{1,300}[.!?])\s+(?=[\"“(]?[A-Z])")
_ABBREVIATED: Final = re.compile(r"\b(?:[A-Za-z]|[A-Z][a-z]{1,2}|[a-z]\.[a-z]|vs|etc|approx|no|inc)\.$")
_CHANGES: Final = re.compile(
    r"\d|\?|{|\bn[o']?t\b|n['’]t\b"
    r"|\b(?:no|none|nor|nothing|nobody|never|neither|cannot|without|unless|if|whether|when|whenever|only|except|but|however"
    r"|although|though|instead|rather|otherwise|until|till|unlike|before|after|during|while|once|first|then|than|least"
    r"|most|more|less|fewer|up to|may|might|could|can|should|must|need|needs|have to|has to|do not|depends?|sometimes"
    r"|often|usually|some|certain|also|both|call|phone|contact|ask|tell|talk|emergency|urgent|danger|warning|careful"
    r"|avoid|stop|keep|wait|risk|risks|side|pain|fever|bleeding|allerg\w*|pregnan\w*|child|children|age|dose|doses"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|half|double|twice|daily|weekly|monthly|hours?|days?|weeks?"
    r"|months?|years?)\b",
    re.IGNORECASE,
)
"""What may change what stands before it. Strict: a draft too few costs a person a sentence."""


def sms(answer: str, limits: str) -> str:
    """Return a text message that says an answer; empty where it would say less than it must."""
    return _said(answer, limits, lambda text: segments(f"{text} {limits}".strip()).parts <= MOST_PARTS)


def read_aloud(answer: str, limits: str) -> str:
    """Return what staff can say; empty where it would say less than it must."""
    return "" if limits else _said(answer, limits, lambda text: len(text.split()) <= MOST_READ_ALOUD)


DRAFTS: Final = {"sms": sms, "read_aloud": read_aloud}
"""By the field of an entry that each drafts."""


def _said(answer: str, limits: str, fits: Callable[[str], bool]) -> str:
    if markup.links(markup.parse(answer)):  # the words of a link do not say where it leads
        return ""
    lines = [" ".join(line.split()) for line in markup.lines(answer)]
    whole = " ".join(lines)
    if fits(whole) and all(line.endswith((".", "!", "?")) for line in lines) and not _has_lists(answer):
        return whole
    first = _first_sentence(lines[0]) if lines else ""
    rest = whole[len(first) :]
    return first if first and not limits and fits(first) and not _CHANGES.search(rest) else ""


def _first_sentence(line: str) -> str:
    match = _SENTENCE.match(f"{line} X")
    first = match["first"] if match else ""
    return "" if _ABBREVIATED.search(first) else first


def _has_lists(answer: str) -> bool:
    return any(block.list for block in markup.parse(answer))
