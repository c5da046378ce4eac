"""Recognises greetings, thanks and the like: they are taken off before ranking, answered when nothing else is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app import text
from app.content import schema
from app.matching.matcher import Matcher
from app.matching.utterance import Utterance
from app.text import ParsedText

QUESTION = "question"
"""The small-talk matcher's label of a message that asks for something."""
LEAST_MARGIN = 0.0
"""Least margin of small talk over a question; at 0 and at 0.3 the labelled messages fared the same."""
LONGEST = 14
"""Most words of a message that may still be small talk and nothing else."""
OPENERS = ("greeting", "thanks", "goodbye")
"""Intents that people put around a question; they never are the question."""
LONGEST_OPENER = 4
UNCLEAR = "unclear"
_INTENTS = frozenset(schema.SMALLTALK)
LONGEST_SLIP = 3
"""Most words of a message without one known word that is a slip of the keyboard."""


@dataclass(frozen=True)
class SmallTalk:
    """Phrasings of every small-talk intent by their words, and a matcher for what is worded otherwise."""

    intents: Mapping[str, str]
    openers: frozenset[str]
    matcher: Matcher
    words: frozenset[str]
    """Words that its phrasings use: a message without one of them only looks like small talk (`tattoo` like `tata`)."""

    @classmethod
    def build(cls, phrasings: Mapping[str, Sequence[str]], matcher: Matcher) -> "SmallTalk":
        intents = {text.key(line): id_ for id_, lines in phrasings.items() for line in lines if text.key(line)}
        openers = (key for key, id_ in intents.items() if id_ in OPENERS and len(key.split()) <= LONGEST_OPENER)
        words = frozenset(word for key in intents for word in key.split())
        return cls(intents, frozenset(openers), matcher, words)

    def recognise(self, utterance: Utterance) -> str | None:
        """Return the intent of a message that is small talk and nothing else."""
        key = utterance.text.key
        if not any(char.isalpha() for char in key):
            return self.intents.get(key, UNCLEAR)
        words, bare = utterance.text.words, self.strip(utterance.text)
        if intent := self.intents.get(key) or self.intents.get(bare.key):
            return intent
        if not bare.words:  # openers and nothing else: the first of them counts
            return self.intents[" ".join(words[: self._opener(words)])]
        return self._worded_otherwise(bare, utterance) if len(words) <= LONGEST else None

    def _worded_otherwise(self, bare: ParsedText, utterance: Utterance) -> str | None:
        """Return the intent that the matcher takes a message for, where no phrasing is worded so."""
        scored = utterance.score([(bare, None)])[0]
        best = self.matcher.margin(scored, _INTENTS)
        if best is None:
            return UNCLEAR if len(bare.words) <= LONGEST_SLIP else None
        meant = best.label == UNCLEAR or not self.words.isdisjoint(scored.reading.words)
        return best.label if best.over_others >= LEAST_MARGIN and meant else None

    def strip(self, text: ParsedText) -> ParsedText:
        """Return the text without the openers before and after it; unchanged when there are none."""
        words = text.words
        start, end = 0, len(words)
        while size := self._opener(words[start:end]):
            start += size
        while size := self._opener(words[start:end], at_end=True):
            end -= size
        if end - start == len(words):
            return text
        places = [*text.starts, len(text.folded)]
        return text.part(places[start], places[end])

    def _opener(self, words: Sequence[str], at_end: bool = False) -> int:
        """Return how many words at the beginning are an opener, the longest if several; 0 where none is."""
        sizes = range(min(LONGEST_OPENER, len(words)), 0, -1)
        return next((size for size in sizes if " ".join(words[-size:] if at_end else words[:size]) in self.openers), 0)
