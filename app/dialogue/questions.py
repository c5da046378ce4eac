"""Finds the question in a message, or both where there are two: in a long story, the sentences that ask."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app.dialogue.knowledge import Knowledge
from app.matching.matcher import Candidate
from app.matching.utterance import TextPart, Utterance
from app.text import ParsedText, words

LEAST_WORDS_OF_STORY = 30
"""Fewest words of a message of several sentences that is a story: its question is then ranked by itself too. From 10
words on, near misses were answered because half of the question stood in another sentence; from 30 on, none more.
"""
LEAST_WORDS = 4
"""Fewest words of a sentence that can be a question by itself."""
MOST_WORDS_WITHOUT_VERB = 4
"""Most words of a part without a verb that may be a question too: `size? location?`, `and the surgeon`."""
LONGEST_FOLLOW_UP = 12
"""Most words of a message that may lean on the answer before it."""
MOST_CUTS = 8
LONGEST_PARTED = 120
"""Most words of a message that may hold several questions; longer ones are stories."""
LEAST_TOPIC_CONFIDENCE = 0.8
"""Least confidence at which a not-covered topic is called by its name: the wrong name sounds deaf."""
LEAST_PART_CONFIDENCE = 0.35
"""Least confidence of each of two questions in a message: 0.35, 0.4, 0.5 got 28, 27 and 26 of 30."""

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


def asking(text: ParsedText) -> list[ParsedText]:
    """Return the text, and in a story also the sentences with a question mark, or else the last one."""
    sentences = [sentence for sentence in text.sentences if len(sentence.words) >= LEAST_WORDS]
    if len(sentences) < 2 or len(text.words) < LEAST_WORDS_OF_STORY:
        return [text]
    return [text, *([sentence for sentence in sentences if "?" in sentence.folded] or sentences[-1:])]


def ranked(text: ParsedText, about: str | None, utterance: Utterance, knowledge: Knowledge) -> list[Candidate]:
    """Return each candidate at its surest, over the whole text and, in a story, over the sentences that ask.

    `about` is the entry that was answered before, to which a short text may be a follow-up.
    """
    surest: dict[str, Candidate] = {}
    after = about if len(text.words) <= LONGEST_FOLLOW_UP else None
    parts = [text, bare(text)] if after else asking(text)
    for scored in utterance.score([(part, after) for part in parts]):
        for candidate in knowledge.matcher.rank_scored(scored, limit=8):
            if candidate.id not in surest or candidate.confidence > surest[candidate.id].confidence:
                surest[candidate.id] = candidate
    return sorted(surest.values(), key=lambda candidate: (-candidate.confidence, -candidate.score, candidate.id))


def bare(text: ParsedText) -> ParsedText:
    """Return the text without what leads over from an answer: `and where`, `no, I meant the IV`."""
    lead = _LEAD.match(text.folded)
    return text.part(lead.end(), len(text.folded)) if lead and lead.end() < len(text.folded) else text


def parted(text: ParsedText) -> Iterator[tuple[ParsedText, ParsedText]]:
    """Yield the ways to read a text as two questions, in the order asked: each part asks something by itself."""
    for cut in itertools.islice(_CUT.finditer(text.folded), MOST_CUTS):
        first, second = _trimmed(text, 0, cut.start()), _trimmed(text, cut.end(), len(text.folded))
        if _both_ask(first, second, text.folded[max(0, cut.start() - 1) : cut.end()]):
            yield first, second


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
    asks_first = _asks(_CLAUSE_END.split(first.folded)[-1:], ended) or short[0]
    return asks_first and (
        _asks(_CLAUSE_END.split(second.folded), ended) or second.folded.startswith("when ") or short[1]
    )


def _asks(clauses: Sequence[str], marked: bool) -> bool:
    """Return whether some clause opens like a question or wonders; a question mark counts where the cut is no comma."""
    return any(
        (marked and clause.endswith("?") and len(words(clause)) > 2) or _ASKS.match(clause) or _WONDERS.search(clause)
        for clause in clauses
    )


@dataclass(frozen=True)
class QuestionSplitter:
    """Reads one message as several questions."""

    utterance: Utterance
    knowledge: Knowledge
    day: date

    def several(self, text: ParsedText, about: str | None) -> list[Candidate]:
        """Return what each of two to four questions asks for, in their order; empty when the text is one question.

        `about` is the entry that was answered before, to which each part may be a follow-up.
        """
        asked = bare(text)
        if len(asked.words) > LONGEST_PARTED:
            return []
        pair = self._pair(asked, about)
        if pair is None:
            return []
        first, second, (one, two) = pair
        before, after = self._pair(first, about), self._pair(second, one.id)
        candidates = [*(before[2] if before else [one]), *(after[2] if after else [two])]
        distinct = len({candidate.id for candidate in candidates}) == len(candidates)
        return candidates if distinct else [one, two]

    def _pair(
        self, text: ParsedText, about: str | None
    ) -> tuple[ParsedText, ParsedText, tuple[Candidate, Candidate]] | None:
        """Return the surest reading of a text as two questions: the parts, and what they ask for.

        The second is also read as a follow-up to the first: `how big is it and where does it go`.
        """
        pairs = list(parted(text))
        ones = self._settled([(first, about) for first, _ in pairs])
        begun = [(first, one, second) for (first, second), one in zip(pairs, ones, strict=True) if one]
        twos = self._settled([(second, one.id) for _, one, second in begun])
        best, least = None, 0.0
        for (first, one, second), two in zip(begun, twos, strict=True):
            if two and one.id != two.id and self._pair_confidence(one, two) > least:
                best, least = (first, second, (one, two)), self._pair_confidence(one, two)
        return best

    def _settled(self, parts: Sequence[TextPart]) -> list[Candidate | None]:
        """Return for each part the entry that it surely asks for, or the topic that it surely asks for and that is not
        covered; a part may be a follow-up to an entry. All parts are scored together.
        """
        readings = [_readings(part, about) for part, about in parts]
        self.utterance.score(list(itertools.chain.from_iterable(readings)))  # below they are looked up
        return [self._settle(own) for own in readings]

    def _settle(self, readings: Sequence[TextPart]) -> Candidate | None:
        best = self.knowledge.matcher.surest(self.utterance.score(readings))
        if best is None:
            return None
        served = self.knowledge.serves(best.id, self.day)
        nameable = served or best.id in self.knowledge.approved.titles
        return (
            best
            if nameable and best.confidence >= (LEAST_PART_CONFIDENCE if served else LEAST_TOPIC_CONFIDENCE)
            else None
        )

    def _pair_confidence(self, one: Candidate, two: Candidate) -> float:
        """Return the confidence of the less sure part; 0 where neither is covered.

        Beside a part that is not covered the other must be as sure as a title: `is my CEA bad and do I need the pump`.
        """
        least = min(one.confidence, two.confidence)
        covered = (one.id in self.knowledge.approved.answers) + (two.id in self.knowledge.approved.answers)
        return least if covered == 2 or (covered == 1 and least >= LEAST_TOPIC_CONFIDENCE) else 0.0


def _readings(part: ParsedText, about: str | None) -> list[TextPart]:
    """Return a part and its last sentence, each by itself and as a follow-up to the entry `about`."""
    texts = {text.folded: text for text in (part, part.sentences[-1])}
    return [(text, after) for text in texts.values() for after in dict.fromkeys((None, about))]
