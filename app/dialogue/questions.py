"""Where in a message the question is, and whether there are two: in a long story, the sentences that ask."""

import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import date

from app import text
from app.dialogue.knowledge import Knowledge
from app.matching.matcher import Candidate

STORY = 30
"""Words from which a message of several sentences is a story: its question is then ranked by itself too. From 10
words on, near misses were answered because half of the question stood in another sentence; from 30 on, none more.
"""
LEAST = 4
"""Words of a sentence that can be a question by itself."""
SHORTEST = 4
"""Words up to which a part without a verb may be a question too: `size? location?`, `and the surgeon`."""
LONGEST_FOLLOW_UP = 12
"""Words of a message that may lean on the answer before it."""
MOST_CUTS = 8
LONGEST_PARTED = 120
"""Words of a message that may hold several questions; longer ones are stories."""
TITLE = 0.8
"""Confidence from which a not-covered topic is called by its name: the wrong name sounds deaf."""
PART = 0.35
"""Confidence from which each of two questions in a message is taken for one: 0.35, 0.4, 0.5 got 28, 27 and 26 of 30."""

_CUT = re.compile(
    r"(?<=[?!.;:])\s+|(?<=\?)(?=\w)|\n+|(?:^|\s)[12ab]\)\s|,\s+(?:(?:and|n|also|but|plus|then)\s+)*"
    r"|\s(?:and|n|&|\+|plus|also)\s+"
)
_ENDS = re.compile(r"[?!.;:\d\n]")
_JOINS = re.compile(r"[&+]|\b(?:and|n|plus|also)\b")
"""What a cut needs before a part without a verb; a bare comma does not do: `does it work only there, the pump`."""
_PAIRS = re.compile(r"\b(?:between|btwn|both|either|diff\w*)\b")
"""Words that want two things after them: `the difference between this and that` is one question."""
_FILLERS = "and|or|n|if so|also|so|but|then|plus|ok|okay|oh|well|hi|hello|hey|pls|please|1|2|second|secondly"
_VERBS = "is|isnt|are|arent|was|were|do|does|dose|did|doesnt|dont|can|cant|could|will|would|wont|should|am|has|have"
_ASKS = re.compile(
    rf"(?:(?:{_FILLERS})\s+)*(?:which|when (?:{_VERBS})|{_VERBS}|tell me|explain)\b"
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


def asked(message: str) -> list[str]:
    """The message, and in a story the sentences with a question mark, or else the last one."""
    folded = text.fold(message)
    sentences = [each for each in text.sentences(folded) if len(text.words(each)) >= LEAST]
    if len(sentences) < 2 or len(text.words(folded)) < STORY:
        return [message]
    return [message, *([each for each in sentences if "?" in each] or sentences[-1:])]


def ranked(message: str, about: str | None, knowledge: Knowledge) -> list[Candidate]:
    """Each candidate at its surest, over the whole message and, in a story, over the sentences that ask."""
    surest: dict[str, Candidate] = {}
    after = about if len(text.words(text.fold(message))) <= LONGEST_FOLLOW_UP else None
    for said in [message, bare(message)] if after else asked(message):
        for candidate in knowledge.matcher.rank(said, limit=8, after=after):
            if candidate.id not in surest or candidate.confidence > surest[candidate.id].confidence:
                surest[candidate.id] = candidate
    return sorted(surest.values(), key=lambda each: (-each.confidence, -each.score, each.id))


def bare(message: str) -> str:
    """The message without what leads over from an answer: `and where`, `no, I meant the IV`."""
    folded = text.fold(message)
    return folded[lead.end() :] if (lead := _LEAD.match(folded)) and lead.end() < len(folded) else folded


def parted(message: str) -> Iterator[tuple[str, str]]:
    """Ways to read a message as two questions, in the order asked: each part asks something by itself."""
    folded = text.fold(message)
    for cut in itertools.islice(_CUT.finditer(folded), MOST_CUTS):
        first, second = folded[: cut.start()].strip(" ,"), folded[cut.end() :].strip(" ,")
        if _two(first, second, folded[max(0, cut.start() - 1) : cut.end()]):
            yield first, second


def _two(first: str, second: str, cut: str) -> bool:
    lengths = len(text.words(first)), len(text.words(second))
    if max(lengths) <= SHORTEST:
        return min(lengths) > 0 and not _PAIRS.search(first)
    ended = _ENDS.search(cut) is not None
    joined = ended or (_JOINS.search(cut) is not None and not _PAIRS.search(first))
    asks_first = _asks(_CLAUSE_END.split(first)[-1:], ended) or (joined and 1 < lengths[0] <= SHORTEST)
    return asks_first and (
        _asks(_CLAUSE_END.split(second), ended) or second.startswith("when ") or (joined and 1 < lengths[1] <= SHORTEST)
    )


def _asks(clauses: Sequence[str], marked: bool) -> bool:
    """Some clause opens like a question or wonders; a question mark counts only where the cut is no comma."""
    return any(
        (marked and clause.endswith("?") and len(text.words(clause)) > 2)
        or _ASKS.match(clause)
        or _WONDERS.search(clause)
        for clause in clauses
    )


def several(message: str, about: str | None, knowledge: Knowledge, day: date) -> list[Candidate]:
    """What each of two to four questions in a message asks for, in their order; empty when it is one question."""
    asked = bare(message)
    if len(text.words(asked)) > LONGEST_PARTED:
        return []
    pair = _pair(asked, about, knowledge, day)
    if pair is None:
        return []
    first, second, (one, two) = pair
    before, after = _pair(first, about, knowledge, day), _pair(second, one.id, knowledge, day)
    found = [*(before[2] if before else [one]), *(after[2] if after else [two])]
    return found if len({each.id for each in found}) == len(found) else [one, two]


def _pair(
    message: str, about: str | None, knowledge: Knowledge, day: date
) -> tuple[str, str, tuple[Candidate, Candidate]] | None:
    """The surest reading of a message as two questions: the parts, and what they ask for.

    The second is also read as a follow-up to the first: `how big is it and where does it go`.
    """
    best, least = None, 0.0
    for first, second in parted(message):
        one = _settled(first, about, knowledge, day)
        two = _settled(second, one.id, knowledge, day) if one else None
        if one and two and one.id != two.id and _sure(one, two, knowledge) > least:
            best, least = (first, second, (one, two)), _sure(one, two, knowledge)
    return best


def _settled(part: str, about: str | None, knowledge: Knowledge, day: date) -> Candidate | None:
    """The entry that a part surely asks for, or the topic that it surely asks for and that nothing covers."""
    ranked = [
        each
        for said in dict.fromkeys((part, text.sentences(part)[-1]))
        for after in dict.fromkeys((None, about))
        for each in knowledge.matcher.rank(said, limit=1, after=after)
    ]
    best = max(ranked, key=lambda each: each.confidence, default=None)
    if best is None:
        return None
    bar = PART if knowledge.serves(best.id, day) else TITLE
    known = knowledge.serves(best.id, day) or best.id in knowledge.titles
    return best if known and best.confidence >= bar else None


def _sure(one: Candidate, two: Candidate, knowledge: Knowledge) -> float:
    """The confidence of the less sure part; 0 where neither is covered.

    Beside a part that nothing covers the other must be as sure as a title: `is my CEA bad and do I need the pump`.
    """
    least = min(one.confidence, two.confidence)
    covered = (one.id in knowledge.answers) + (two.id in knowledge.answers)
    return least if covered == 2 or (covered == 1 and least >= TITLE) else 0.0
