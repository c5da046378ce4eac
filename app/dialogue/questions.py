"""Finds the question in a message, or both where there are two: in a long story, the sentences that ask."""

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.dialogue.knowledge import Knowledge
from app.matching.matcher import Candidate
from app.matching.utterance import TextPart, Utterance
from app.text import ParsedText, words

LEAST_WORDS_OF_STORY = 30
"""Fewest words of a message of several sentences that is a story: its question is then ranked by itself too. From 10
words on, near misses were answered because half of the question stood in another sentence; from 30 on, none more.
"""
LEAST_WORDS_BESIDE = 3
"""Fewest words of a sentence that asks something beside small talk."""
LEAST_WORDS = 4
"""Fewest words of a sentence that can be a question by itself."""
MOST_WORDS_WITHOUT_VERB = 4
"""Most words of a part without a verb that may be a question too: `size? location?`, `and the surgeon`."""
LONGEST_FOLLOW_UP = 12
"""Most words of a message that may lean on the answer before it."""
MOST_CUTS = 8
LONGEST_PARTED = 120
"""Most words of a message that may hold several questions; longer ones are stories."""
LEAST_TOPIC_CONFIDENCE = 0.7
"""Least confidence at which a not-covered topic is called by its name: the wrong name sounds deaf."""
LEAST_PART_CONFIDENCE = 0.35
"""Least confidence of each of two questions in a message: 0.35, 0.4, 0.5 got 28, 27 and 26 of 30."""
LEAST_UNASKED_CONFIDENCE = 0.8
"""The same where one of them is not worded as a question. On 540 messages with two or three questions it took those
answered in full from 73 to 79%; at 0.7 one question got 1.07 answers instead of 1.06.
"""
LEAST_HALF_CONFIDENCE = 0.7
"""The same where one of them is not covered."""

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


def ranked(
    text: ParsedText, about: str | None, utterance: Utterance, knowledge: Knowledge, said: ParsedText | None = None
) -> list[Candidate]:
    """Return each candidate at its surest, over the whole text and, in a story, over the sentences that ask.

    `about` is the entry that was answered before, to which a short text may be a follow-up. Small talk is looked for in
    the whole text only, and in it as it was `said`, greetings and thanks included: `hello, this is Earl`.
    """
    after = about if len(text.words) <= LONGEST_FOLLOW_UP else None
    parts = [(part, after) for part in ([text, bare(text)] if after else asking(text))]
    whole = [(text, after), (said or text, after)]
    utterance.score([*parts, *whole])  # in one batch; below they are looked up
    topics = [best for best in _candidates(parts, utterance, knowledge) if best.kind != "talk"]
    talk = [best for best in _candidates(whole, utterance, knowledge) if best.kind == "talk"]
    surest = {best.id: best for best in sorted([*topics, *talk], key=lambda candidate: candidate.confidence)}
    return sorted(surest.values(), key=lambda candidate: (-candidate.confidence, -candidate.score, candidate.id))


def _candidates(parts: Sequence[TextPart], utterance: Utterance, knowledge: Knowledge) -> Iterator[Candidate]:
    for scored in utterance.score(parts):
        yield from knowledge.matcher.rank_scored(scored, limit=8)


def beside_talk(
    candidates: list[Candidate], text: ParsedText, about: str | None, utterance: Utterance, knowledge: Knowledge
) -> list[Candidate]:
    """Return the candidates for the sentence that surely asks something, where the whole text looks like small talk:
    a feeling or a word of thanks beside a question must not hide it.
    """
    if len(text.sentences) < 2 or not candidates or candidates[0].kind != "talk":
        return candidates
    for sentence in text.sentences:
        if len(sentence.words) >= LEAST_WORDS_BESIDE and _asks([sentence.folded], marked=True):
            alone = ranked(sentence, about, utterance, knowledge)
            if alone and is_sure(alone[0], knowledge):
                return alone
    return candidates


def is_sure(candidate: Candidate, knowledge: Knowledge) -> bool:
    """Return whether an entry may be answered, or a topic refused by its name."""
    bars = {"entry": knowledge.matcher.threshold, "not-covered": LEAST_TOPIC_CONFIDENCE}
    return candidate.confidence >= bars.get(candidate.kind, math.inf)


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
        if both_ask or (second.words and _asks(_CLAUSE_END.split(first.folded)[-1:], marked=True)):
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
        cuts = list(parted(text))
        ones = self._settled([(cut.first, about) for cut in cuts])
        begun = [(cut, one) for cut, one in zip(cuts, ones, strict=True) if one]
        twos = self._settled([(cut.second, one.id) for cut, one in begun])
        best, least = None, 0.0
        for (cut, one), two in zip(begun, twos, strict=True):
            sure = self._pair_confidence(one, two, cut.both_ask) if two and one.id != two.id else 0.0
            if two and sure > least:
                best, least = (cut.first, cut.second, (one, two)), sure
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

    def _pair_confidence(self, one: Candidate, two: Candidate, both_ask: bool) -> float:
        """Return the confidence of the less sure part; 0 where it is not enough for two questions.

        Beside a part that is not covered the other must be as sure as a title: `is my CEA bad and do I need the pump`.
        """
        least = min(one.confidence, two.confidence)
        covered = (one.kind == "entry") + (two.kind == "entry")
        bars = {2: 0.0 if both_ask else LEAST_UNASKED_CONFIDENCE, 1: LEAST_HALF_CONFIDENCE if both_ask else math.inf}
        return least if least >= bars.get(covered, math.inf) else 0.0


def _readings(part: ParsedText, about: str | None) -> list[TextPart]:
    """Return a part and its last sentence, each by itself and as a follow-up to the entry `about`."""
    texts = {text.folded: text for text in (part, part.sentences[-1])}
    return [(text, after) for text in texts.values() for after in dict.fromkeys((None, about))]
