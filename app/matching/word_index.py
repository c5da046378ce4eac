"""Ranks topics from the first letters on, while a question is still being typed, by the words that each topic uses."""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.matching import features
from app.matching.features import FloatArray
from app.matching.vocabulary import Vocabulary
from app.text import ParsedText, parse

LEAST_COUNT = 2
"""A word that one phrasing alone uses is as likely a slip."""
LEAST_SLIP = 4
"""Letters from which on an unfinished word may hold a slip."""
LEAST_EVIDENCE = 1.0
"""Least evidence for the likeliest topic that is scaled to 1: `the` gives 0.5, `hoc` 1.1, `ir` 5.9."""
LAST = "\U0010ffff"
"""Stands after all other characters; no word begins with it."""
_RARE = 1e-4
"""Added to a word's mean share, so that the logarithm stays finite."""


@dataclass(frozen=True)
class WordIndex:
    """One row per word, in order of the alphabet: the share of each topic's phrasings that use it."""

    vocabulary: Vocabulary
    words: Sequence[str]
    shares: NDArray[np.float32]
    _places: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", {word: place for place, word in enumerate(self.words)})

    @classmethod
    def of(cls, vocabulary: Vocabulary, topics: Sequence[Sequence[str]]) -> "WordIndex":
        """Return the index of the phrasings of each topic; a row's columns are in their order."""
        using = [Counter(_words_of(phrasings)) for phrasings in topics]
        total: Counter[str] = Counter()
        for counts in using:
            total.update(counts)
        words = sorted(word for word, count in total.items() if count >= LEAST_COUNT)
        places = {word: place for place, word in enumerate(words)}
        shares = np.zeros((len(words), len(topics)), np.float32)
        for column, counts in enumerate(using):
            for word in counts.keys() & places:
                shares[places[word], column] = counts[word] / len(topics[column])
        return cls(vocabulary, words, shares)

    def likely(self, text: ParsedText, unfinished: bool) -> FloatArray:
        """Return how much each topic's phrasings sound like this text, 0 to 1; with `unfinished` the last word may
        go on.

        1 is the best, unless even that one's evidence is weak. A word counts by the root of its share in the topic and
        by how rare it is over all topics (inverse document frequency), so that `hoc` finds `hockey` though a tenth of
        one topic's phrasings use it.
        """
        evidence = np.zeros(self.shares.shape[1], np.float32)
        for share in self._shares(text, unfinished):
            evidence += np.sqrt(share) * -math.log(float(share.mean()) + _RARE)
        return evidence / max(float(evidence.max(initial=0.0)), LEAST_EVIDENCE)

    def finished(self, text: str, topic: int) -> str:
        """Return the text with its last word as the phrasings of a topic (its column) most often finish it."""
        parsed = parse(text)
        if not parsed.words or not text[-1:].isalnum():
            return text
        rows = self._beginning_with(parsed.words[-1])
        if not self.shares[rows, topic].any():
            return text
        full = self.words[rows.start + int(self.shares[rows, topic].argmax())]
        return f"{parsed.folded[: parsed.starts[-1]]}{full}"

    def _shares(self, text: ParsedText, unfinished: bool) -> Iterator[FloatArray]:
        words = text.words[: features.LONGEST_TEXT]
        for word in words[: -1 if unfinished else None]:
            for full in self.vocabulary.lexicon.write_out([word]):
                place = self._places.get(full, self._places.get(self.vocabulary.repair(full)))
                if place is not None:
                    yield self.shares[place]
        if words and unfinished:
            yield from self._unfinished_shares(words[-1])

    def _unfinished_shares(self, start: str) -> Iterator[FloatArray]:
        """Yield the share of topics that use any word with this start; for shorthand also the words it stands for,
        for a slip the nearest start.
        """
        for prefix in (start, *self.vocabulary.lexicon.shorthand.get(start, ())):
            shares = self.shares[self._beginning_with(prefix)]
            if not len(shares) and len(prefix) >= LEAST_SLIP:
                shares = self.shares[self._beginning_with(self._nearest_start(prefix))]
            if len(shares):
                yield 1 - np.prod(1 - shares, axis=0)

    def _nearest_start(self, prefix: str) -> str:
        """Return the start of some word that is one slip away and has the same first letter, else `LAST`."""
        words = self.words[self._beginning_with(prefix[0])]
        lengths = (len(prefix), len(prefix) + 1)
        starts = sorted({word[:length] for word in words for length in lengths if len(word) >= length})
        nearest = process.extractOne(prefix, starts, scorer=OSA.distance, score_cutoff=1)
        return nearest[0] if nearest else LAST

    def _beginning_with(self, start: str) -> slice:
        """Return the rows of the words with this start."""
        return slice(bisect_left(self.words, start), bisect_left(self.words, start + LAST))


def _words_of(phrasings: Sequence[str]) -> Iterator[str]:
    """Yield each word once for each phrasing that uses it."""
    for phrasing in phrasings:
        yield from set(features.tokens(phrasing)) - {features.QUESTION_MARK}
