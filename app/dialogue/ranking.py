"""Ranks entries, topics that are not covered and small talk for a message: by its words, in doubt by its meaning."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.dialogue.knowledge import Knowledge
from app.dialogue.questions import asking, asks, bare, clauses
from app.matching.encoder import Encoder
from app.matching.features import FloatArray
from app.matching.matcher import Candidate
from app.matching.utterance import TextPart, Utterance
from app.text import ParsedText

LEAST_WORDS_BESIDE = 3
"""Fewest words of a sentence that asks something beside small talk."""
LONGEST_FOLLOW_UP = 12
"""Most words of a message that may lean on the answer before it."""
MOST_CLAUSES = 12
"""Most clauses of a message that are looked at for a question beside small talk."""
MOST_ENCODED = 3
"""Most texts of a message that are encoded; the others are ranked by words."""


@dataclass(frozen=True)
class Ranking:
    """The ranking for one message; `about` is the entry answered or the topic refused before, to which a short text may
    be a follow-up.
    """

    utterance: Utterance
    knowledge: Knowledge
    about: str | None = None

    def of(self, text: ParsedText) -> list[Candidate]:
        """Return the candidates for a message without the greetings and thanks around it, the surest first.

        Where the whole text looks like small talk, those for a sentence in it that surely asks something come instead:
        a feeling or a word of thanks beside a question must not hide it.
        """
        candidates = self.by_words(text)
        if self.knowledge.encoder and not self._after(text) and self._in_doubt(text, candidates):
            candidates = self._candidates(text, self._vectors(text, self.knowledge.encoder))
        if candidates and candidates[0].kind == "talk":
            return next(self._beside_talk(text), candidates)
        return candidates

    def by_words(self, text: ParsedText) -> list[Candidate]:
        """Return each candidate at its surest, over the whole text and, in a story, over the sentences that ask.

        Small talk is looked for in the whole text only, and in it as it was typed, greetings and thanks included:
        `hello, this is Earl`.
        """
        return self._candidates(text, {})

    def abroad(self) -> list[Candidate]:
        """Return the candidates for a message in a language other than English: by the words of phrasings in it, where
        they are sure, else by its meaning.
        """
        candidates = self.knowledge.matcher.rank_scored(self.utterance.whole)
        if self.knowledge.encoder is None or (candidates and candidates[0].sure):
            return candidates
        return self.knowledge.matcher.rank_meaning(
            self.utterance.encode(self.knowledge.encoder, [self.utterance.text])[0]
        )

    def _candidates(self, text: ParsedText, vectors: Mapping[ParsedText, FloatArray]) -> list[Candidate]:
        """Return the candidates by words, and by the meaning of the parts that have vectors."""
        parts, whole = self._parts(text)
        distinct = list(dict.fromkeys([*parts, *whole]))  # most messages are one part: nothing around it, no story
        ranked = {
            part: self.knowledge.matcher.rank_scored(scored, limit=8, vector=vectors.get(part[0]))
            for part, scored in zip(distinct, self.utterance.score(distinct), strict=True)
        }
        topics = (best for part in parts for best in ranked[part] if best.kind != "talk")
        talk = (best for part in whole for best in ranked[part] if best.kind == "talk")
        return _surest([*topics, *talk])

    def _vectors(self, text: ParsedText, encoder: Encoder) -> dict[ParsedText, FloatArray]:
        """Return the vectors of the parts that are encoded; a long message has more parts."""
        parts, whole = self._parts(text)
        encoded = list(dict.fromkeys(part for part, _ in (*whole, *parts)))[:MOST_ENCODED]
        return dict(zip(encoded, self.utterance.encode(encoder, encoded), strict=True))

    def _in_doubt(self, text: ParsedText, candidates: Sequence[Candidate]) -> bool:
        return self.knowledge.matcher.in_doubt(self.utterance.score([(text, None)])[0], candidates)

    def _parts(self, text: ParsedText) -> tuple[list[TextPart], list[TextPart]]:
        """Return the parts that may ask something, and those that may be small talk."""
        after = self._after(text)
        parts = [text, bare(text)] if after else asking(text)
        return [(part, after) for part in parts], [(text, after), (self.utterance.text, after)]

    def _after(self, text: ParsedText) -> str | None:
        """Return what the text may be a follow-up to. Its meaning alone does not tell: of 141 unseen turns 78.7% were
        right without the encoder, 74.5% with it.
        """
        return self.about if len(text.words) <= LONGEST_FOLLOW_UP else None

    def _beside_talk(self, text: ParsedText) -> Iterator[list[Candidate]]:
        stretches = clauses(text)
        for sentence in stretches[:MOST_CLAUSES] if len(stretches) > 1 else ():
            if len(sentence.words) >= LEAST_WORDS_BESIDE and asks([sentence.folded], marked=True):
                topics = [best for best in self.by_words(sentence) if best.kind != "talk"]
                if topics and topics[0].sure:
                    yield topics


def _surest(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return each topic once, at its surest, the surest first."""
    surest = {best.id: best for best in sorted(candidates, key=lambda candidate: candidate.confidence)}
    return sorted(surest.values(), key=lambda candidate: (-candidate.confidence, -candidate.score, candidate.id))
