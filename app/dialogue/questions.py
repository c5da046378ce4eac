"""Finds by its wording where a message asks: the sentences of a story, and where two questions may be parted."""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.text import ParsedText, words

LEAST_WORDS_OF_STORY = 30
"""Fewest words of a message of several sentences that is a story: its question is then ranked by itself too. From 10
words on, near misses were answered because half of the question stood in another sentence; from 30 on, none more.
"""
LEAST_WORDS = 4
"""Fewest words of a sentence that can be a question by itself."""
MOST_WORDS_WITHOUT_VERB = 4
"""Most words of a part without a verb that may be a question too: `size? location?`, `and the surgeon`."""
MOST_CUTS = 8
_CUT = re.compile(
    r"(?<=[?!.;:])\s+|(?<=\?)(?=\w)|\n+|(?:^|\s)[12ab]\)\s|,\s+(?:(?:and|n|also|but|plus|then)\s+)*"
    r"|\s(?:and|n|&|\+|plus|also|or|-)\s+|\.{2,}"
)
_ENDS = re.compile(r"[?!.;:\d\n]")
_JOINS = re.compile(r"[&+]|\b(?:and|n|plus|also)\b")
"""What a cut needs before a part without a verb; a bare comma does not do: `does it work only there, the pump`."""
_PAIRS = re.compile(r"\b(?:between|btwn|both|either|diff\w*)\b")
"""Words that want two things after them: `the difference between this and that` is one question."""
_FILLERS = "and|or|n|if so|also|so|but|then|plus|ok|okay|oh|well|hi|hello|hey|pls|please|1|2|second|secondly"
_VERBS = (
    "is|isnt|are|arent|was|wasnt|were|werent|do|does|dose|did|didnt|doesnt|dont|can|cant|could|couldnt|will|would|wouldnt"
    "|wont|should|shouldnt|might|may|must|am|has|hasnt|have|havent"
)
_WISHES = "tell me|explain|compare|list|describe|give me|say|(?:i )?(?:want|need|like) to know|(?:im )?curious"
_ASKS = re.compile(
    rf"(?:(?:{_FILLERS})\s+)*(?:which|when (?:{_VERBS})|{_VERBS}|{_WISHES})\b"
    r"|.*\b(?:what|whats|wat|wats|who|whos|whose|where|wheres|why|whys|how|hows)\b"
)
_WONDERS = re.compile(
    r"\b(?:to know|wonders?|wondering|asks?|asking|tell me|curious|explain)\s(?:\S+\s)?"
    r"(?:what|who|where|why|how|which|when|if|whether|about)\b"
)
_LEAD = re.compile(
    r"(?:(?:and|so|ok|okay|oh|but|then|well|also|no|not that|i mean|i meant|sorry|actually|rather|hm|hmm"
    r"|what about|how about)[\s,.:]+)+"
)
_CLAUSE_END = re.compile(r"(?<=[.!?;:,])\s+")


def asking(text: ParsedText) -> list[ParsedText]:
    """Return the text, and in a story also the sentences with a question mark, or else the last one."""
    sentences = [sentence for sentence in text.sentences if len(sentence.words) >= LEAST_WORDS]
    if len(sentences) < 2 or len(text.words) < LEAST_WORDS_OF_STORY:
        return [text]
    return [text, *([sentence for sentence in sentences if "?" in sentence.folded] or sentences[-1:])]


def clauses(text: ParsedText) -> list[ParsedText]:
    """Return the stretches between commas and ends of sentences."""
    edges = [0, *(end.end() for end in _CLAUSE_END.finditer(text.folded)), len(text.folded)]
    return [text.part(start, end) for start, end in itertools.pairwise(edges) if end > start]


def bare(text: ParsedText) -> ParsedText:
    """Return the text without what leads over from an answer: `and where`, `no, I meant the IV`."""
    lead = _LEAD.match(text.folded)
    return text.part(lead.end(), len(text.folded)) if lead and lead.end() < len(text.folded) else text


class Cut(NamedTuple):
    """A way to read a text as two questions, in the order asked."""

    first: ParsedText
    second: ParsedText
    both_ask: bool
    """Each part is worded as a question; else only the first is, and it takes more to believe that there are two."""


def parted(text: ParsedText) -> Iterator[Cut]:
    """Yield the ways to read a text as two questions."""
    for cut in itertools.islice(_CUT.finditer(text.folded), MOST_CUTS):
        first, second = _trimmed(text, 0, cut.start()), _trimmed(text, cut.end(), len(text.folded))
        both_ask = _both_ask(first, second, text.folded[max(0, cut.start() - 1) : cut.end()])
        if both_ask or (second.words and asks(_CLAUSE_END.split(first.folded)[-1:], marked=True)):
            yield Cut(first, second, both_ask)


def _trimmed(text: ParsedText, start: int, end: int) -> ParsedText:
    """Return a part without spaces and commas around it."""
    piece = text.folded[start:end]
    return text.part(end - len(piece.lstrip(" ,")), start + len(piece.rstrip(" ,")))


def _both_ask(first: ParsedText, second: ParsedText, cut: str) -> bool:
    """Return whether both parts ask something by themselves; `cut` is what stood between them."""
    lengths = len(first.words), len(second.words)
    if max(lengths) <= MOST_WORDS_WITHOUT_VERB:
        return min(lengths) > 0 and not _PAIRS.search(first.folded)
    ended = _ENDS.search(cut) is not None
    joined = ended or (_JOINS.search(cut) is not None and not _PAIRS.search(first.folded))
    short = [joined and 1 < length <= MOST_WORDS_WITHOUT_VERB for length in lengths]
    asks_first = asks(_CLAUSE_END.split(first.folded)[-1:], ended) or short[0]
    return asks_first and (
        asks(_CLAUSE_END.split(second.folded), ended) or second.folded.startswith("when ") or short[1]
    )


def asks(clauses: Sequence[str], marked: bool) -> bool:
    """Return whether some clause opens like a question or wonders; a question mark counts where the cut is no comma."""
    return any(
        (marked and clause.endswith("?") and len(words(clause)) > 2) or _ASKS.match(clause) or _WONDERS.search(clause)
        for clause in clauses
    )
