"""Greetings, thanks and goodbyes that stand around a question: they are taken off before it is ranked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app import text
from app.matching.evidence import FUNCTION_WORDS
from app.text import ParsedText

INTENTS = ("greeting", "thanks", "goodbye")
"""Small talk that people put around a question."""
LONGEST = 4
"""Most words of an opener; `thank you for being so quick` around a question would take some of its words with it."""


@dataclass(frozen=True)
class Openers:
    intents: Mapping[str, str]
    """The small talk that each opener is, by its words."""

    @classmethod
    def of(cls, phrasings: Mapping[str, Sequence[str]]) -> "Openers":
        keys = ((text.key(line), intent) for intent in INTENTS for line in phrasings.get(intent, ()))
        return cls({key: intent for key, intent in keys if 0 < len(key.split()) <= LONGEST and _says_something(key)})

    def strip(self, message: ParsedText) -> ParsedText:
        """Return the text without the openers before and after it; unchanged when there are none."""
        words, places = message.words, [*message.starts, len(message.folded)]
        start, end = 0, len(words)
        while size := self._first(words[start:end]):
            if not self._parts(
                words[start : start + size], message.folded[places[start] : places[start + size]], end - start
            ):
                break
            start += size
        while size := self._first(words[start:end], at_end=True):
            if not self._parts(
                words[end - size : end], message.folded[places[end - size - 1] : places[end - size]], end - start
            ):
                break
            end -= size
        return message if end - start == len(words) else message.part(places[start], places[end])

    def _parts(self, words: Sequence[str], joint: str, left: int) -> bool:
        """Return whether an opener stands apart from the rest of a message of `left` words, where `joint` holds what is
        between: a goodbye needs a mark, since `leave`, `later` and `at night` stand in questions too.
        """
        apart = self.intents[" ".join(words)] != "goodbye" or len(words) == left
        return apart or any(mark in joint for mark in ",.!?;:\n")

    def intent(self, message: ParsedText) -> str | None:
        """Return the small talk that a message is which is made of openers alone: the first of them counts."""
        if not message.words or self.strip(message).words:
            return None
        return self.intents[" ".join(message.words[: self._first(message.words)])]

    def _first(self, words: Sequence[str], at_end: bool = False) -> int:
        """Return how many words at the beginning are an opener, the longest if several; 0 where none is."""
        sizes = range(min(LONGEST, len(words)), 0, -1)
        return next((size for size in sizes if " ".join(words[-size:] if at_end else words[:size]) in self.intents), 0)


def _says_something(key: str) -> bool:
    """Return whether some word is more than a function word: `how do` greets in places, and begins questions in all."""
    return any(word not in FUNCTION_WORDS for word in key.split())
