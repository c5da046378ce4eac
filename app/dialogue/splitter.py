"""Reads one message as several questions, where each part surely asks for something by itself."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.dialogue.knowledge import Knowledge
from app.dialogue.questions import bare, parted
from app.matching.confidence import NAMED
from app.matching.matcher import Candidate
from app.matching.utterance import TextPart, Utterance
from app.text import ParsedText

LONGEST_PARTED = 120
"""Most words of a message that may hold several questions; longer ones are stories."""
LEAST_PART_CONFIDENCE = 0.35
"""Least confidence of each of two questions in a message: 0.35, 0.4, 0.5 got 28, 27 and 26 of 30."""
LEAST_UNASKED_CONFIDENCE = 0.8
"""The same where one of them is not worded as a question. On 540 messages with two or three questions it took those
answered in full from 73 to 79%; at 0.7 one question got 1.07 answers instead of 1.06.
"""


@dataclass(frozen=True)
class QuestionSplitter:
    """Reads one message as several questions."""

    utterance: Utterance
    knowledge: Knowledge
    day: date

    def several(self, text: ParsedText, about: str | None) -> list[Candidate]:
        """Return what each of two to four questions asks for, in their order; empty when the text is one question.

        `about` is the entry answered or the topic refused before, to which each part may be a follow-up.
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
        if self.knowledge.serves(best.id, self.day):
            return best if best.confidence >= LEAST_PART_CONFIDENCE else None
        return best if best.sure and best.id in self.knowledge.approved.titles else None

    def _pair_confidence(self, one: Candidate, two: Candidate, both_ask: bool) -> float:
        """Return the confidence of the less sure part; 0 where it is not enough for two questions.

        Beside a part that is not covered the other must be as sure as a title: `is my CEA bad and do I need the pump`.
        """
        least = min(one.confidence, two.confidence)
        covered = (one.kind == "entry") + (two.kind == "entry")
        bars = {2: 0.0 if both_ask else LEAST_UNASKED_CONFIDENCE, 1: NAMED if both_ask else math.inf}
        return least if least >= bars.get(covered, math.inf) else 0.0


def _readings(part: ParsedText, about: str | None) -> list[TextPart]:
    """Return a part and its last sentence, each by itself and as a follow-up to the entry `about`."""
    texts = {text.folded: text for text in (part, part.sentences[-1])}
    return [(text, after) for text in texts.values() for after in dict.fromkeys((None, about))]
