"""Greetings, thanks and the like: taken off before ranking, answered when nothing else is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app import text
from app.content import schema
from app.matching.matcher import Matcher

QUESTION = "question"
"""What the small-talk matcher calls a message that asks for something."""
LEAST_LEAD = 0.0
"""By which small talk must lead over a question; at 0 and at 0.3 the labelled messages fared the same."""
SHORT = 14
"""Words of a message that may still be small talk and nothing else."""
OPENERS = ("greeting", "thanks", "goodbye")
"""Small talk that people put around a question; it never is the question."""
LONGEST_OPENER = 4
UNCLEAR = "unclear"
_INTENTS = frozenset(schema.SMALLTALK)
MASHED = 3
"""Words up to which a message without one known word is a slip of the keyboard."""


@dataclass(frozen=True)
class SmallTalk:
    """Phrasings of every small-talk intent by their words, and a matcher for what is worded otherwise."""

    intents: Mapping[str, str]
    openers: frozenset[str]
    matcher: Matcher
    words: frozenset[str]
    """That its phrasings use: a message without one of them only looks like small talk (`tattoo` like `tata`)."""

    @classmethod
    def build(cls, phrasings: Mapping[str, Sequence[str]], matcher: Matcher) -> "SmallTalk":
        intents = {text.key(line): id_ for id_, lines in phrasings.items() for line in lines if text.key(line)}
        openers = (key for key, id_ in intents.items() if id_ in OPENERS and len(key.split()) <= LONGEST_OPENER)
        words = frozenset(word for key in intents for word in key.split())
        return cls(intents, frozenset(openers), matcher, words)

    def recognise(self, message: str) -> str | None:
        """The intent of a message that is small talk and nothing else."""
        key = text.key(message)
        if not any(char.isalpha() for char in key):
            return self.intents.get(key, UNCLEAR)
        bare = self.strip(message)
        rest = text.key(bare)
        known = self.intents.get(key) or self.intents.get(rest)
        if known or not rest:
            return known or self._first(key)
        return self._worded_otherwise(bare) if len(key.split()) <= SHORT else None

    def _worded_otherwise(self, message: str) -> str | None:
        best = self.matcher.lead(message, _INTENTS)
        if best is None:
            return UNCLEAR if len(message.split()) <= MASHED else None
        said = self.matcher.model.vocabulary.read(text.fold(message)).words
        meant = best.label == UNCLEAR or not self.words.isdisjoint(said)
        return best.label if best.by >= LEAST_LEAD and meant else None

    def strip(self, message: str) -> str:
        """The message without the openers before and after it; unchanged when there are none."""
        folded = text.fold(message)
        words = text.words(folded)
        start, end = 0, len(words)
        while size := self._opener_at(words[start:end]):
            start += size
        while size := self._opener_before(words[start:end]):
            end -= size
        if end - start == len(words):
            return message
        places = [*text.word_starts(folded), len(folded)]
        return folded[places[start] : places[end]]

    def _opener_at(self, words: Sequence[str]) -> int:
        sizes = range(min(LONGEST_OPENER, len(words)), 0, -1)
        return next((size for size in sizes if " ".join(words[:size]) in self.openers), 0)

    def _opener_before(self, words: Sequence[str]) -> int:
        sizes = range(min(LONGEST_OPENER, len(words)), 0, -1)
        return next((size for size in sizes if " ".join(words[-size:]) in self.openers), 0)

    def _first(self, key: str) -> str:
        words = key.split()
        return self.intents[" ".join(words[: self._opener_at(words)])]
