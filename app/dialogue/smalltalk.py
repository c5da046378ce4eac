"""Greetings, thanks and the like: taken off before ranking, answered when nothing else is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from app import text

ALIKE = 90.0
"""Likeness (0 to 100) from which a short message is this small talk with a slip in it."""
SHORT = 6
"""Words of a message that is still compared letter by letter."""
OPENERS = ("greeting", "thanks", "goodbye")
"""Small talk that people put around a question; it never is the question."""
UNCLEAR = "unclear"


@dataclass(frozen=True)
class SmallTalk:
    """Phrasings of every small-talk intent by their words."""

    intents: Mapping[str, str]
    openers: frozenset[str]
    longest_opener: int

    @classmethod
    def learn(cls, phrasings: Mapping[str, Sequence[str]]) -> "SmallTalk":
        intents = {_key(line): id_ for id_, lines in phrasings.items() for line in lines if _key(line)}
        openers = frozenset(key for key, id_ in intents.items() if id_ in OPENERS)
        return cls(intents, openers, max((len(key.split()) for key in openers), default=0))

    def recognise(self, message: str) -> str | None:
        """The intent of a message that is small talk and nothing else."""
        key = _key(message)
        if not key:
            return UNCLEAR
        if key in self.intents:
            return self.intents[key]
        rest = self.strip(key)
        if not rest:
            return self._first(key)
        if rest in self.intents:
            return self.intents[rest]
        if len(key.split()) > SHORT:
            return None
        found = process.extractOne(key, self.intents.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE)
        return self.intents[found[0]] if found else None

    def strip(self, message: str) -> str:
        """The message without the openers before and after it; unchanged when there are none."""
        words = text.words(text.fold(message))
        whole = len(words)
        start, end = 0, len(words)
        while size := self._opener_at(words[start:end]):
            start += size
        while size := self._opener_before(words[start:end]):
            end -= size
        return message if end - start == whole else " ".join(words[start:end])

    def _opener_at(self, words: Sequence[str]) -> int:
        sizes = range(min(self.longest_opener, len(words)), 0, -1)
        return next((size for size in sizes if " ".join(words[:size]) in self.openers), 0)

    def _opener_before(self, words: Sequence[str]) -> int:
        sizes = range(min(self.longest_opener, len(words)), 0, -1)
        return next((size for size in sizes if " ".join(words[-size:]) in self.openers), 0)

    def _first(self, key: str) -> str:
        words = key.split()
        return self.intents[" ".join(words[: self._opener_at(words)])]


def _key(message: str) -> str:
    return " ".join(text.words(text.fold(message)))
