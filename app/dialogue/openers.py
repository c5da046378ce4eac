"""Greetings, thanks and goodbyes that stand around a question: they are taken off before it is ranked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app import text
from app.text import ParsedText

INTENTS = ("greeting", "thanks", "goodbye")
"""Small talk that people put around a question; it never is the question."""
LONGEST = 4
"""Most words of an opener; `thank you for being so quick` around a question would take some of its words with it."""


@dataclass(frozen=True)
class Openers:
    intents: Mapping[str, str]
    """The small talk that each opener is, by its words."""

    @classmethod
    def of(cls, phrasings: Mapping[str, Sequence[str]]) -> "Openers":
        keys = ((text.key(line), intent) for intent in INTENTS for line in phrasings.get(intent, ()))
        return cls({key: intent for key, intent in keys if 0 < len(key.split()) <= LONGEST})

    def strip(self, message: ParsedText) -> ParsedText:
        """Return the text without the openers before and after it; unchanged when there are none."""
        words = message.words
        start, end = 0, len(words)
        while size := self._first(words[start:end]):
            start += size
        while size := self._first(words[start:end], at_end=True):
            end -= size
        if end - start == len(words):
            return message
        places = [*message.starts, len(message.folded)]
        return message.part(places[start], places[end])

    def intent(self, message: ParsedText) -> str | None:
        """Return the small talk that a message is which is made of openers alone: the first of them counts."""
        if not message.words or self.strip(message).words:
            return None
        return self.intents[" ".join(message.words[: self._first(message.words)])]

    def _first(self, words: Sequence[str], at_end: bool = False) -> int:
        """Return how many words at the beginning are an opener, the longest if several; 0 where none is."""
        sizes = range(min(LONGEST, len(words)), 0, -1)
        return next((size for size in sizes if " ".join(words[-size:] if at_end else words[:size]) in self.intents), 0)
