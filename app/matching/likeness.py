"""Compares texts by rapidfuzz, where it pays: the nearest phrasing, and near-duplicates."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from rapidfuzz import fuzz, process

from app.matching import features
from app.text import ParsedText


def sort_key(text: str | ParsedText) -> str:
    """Return the words in order of the alphabet, so that word order no longer counts (token sort ratio)."""
    return " ".join(sorted(features.tokens(text)[: features.LONGEST_TEXT]))


@dataclass(frozen=True)
class Phrasings:
    """All phrasings of one topic."""

    texts: tuple[str, ...]

    def nearest(self, key: str) -> tuple[str, float]:
        """Return the phrasing most like a text of this sort key, and how like it is, 0 to 1."""
        nearest = process.extractOne(key, self._keys, scorer=fuzz.ratio)
        if nearest is None:
            return "", 0.0
        _, score, place = nearest
        return self.texts[place], score / 100

    def nearest_with(self, key: str, words: Collection[str]) -> tuple[str, float]:
        """Return the phrasing most like a text of this sort key among those that hold most of these words."""
        held = [len(own & set(words)) for own in self._words]
        most = max(held, default=0)
        places = [place for place, count in enumerate(held) if count == most]
        nearest = process.extractOne(key, [self._keys[place] for place in places], scorer=fuzz.ratio)
        if nearest is None:
            return "", 0.0
        _, score, place = nearest
        return self.texts[places[place]], score / 100

    @cached_property
    def _words(self) -> tuple[frozenset[str], ...]:
        return tuple(frozenset(key.split()) for key in self._keys)

    @cached_property
    def _keys(self) -> tuple[str, ...]:
        return tuple(sort_key(text) for text in self.texts)


def near_duplicates(texts: Sequence[str], least: float) -> Iterator[tuple[int, int, float]]:
    """Yield pairs of places whose token sort ratio is at least `least`, and the ratio.

    The texts are compared in blocks, so that memory is bounded.
    """
    keys = [sort_key(text) for text in texts]
    block = 512
    for start in range(0, len(keys), block):
        rows = keys[start : start + block]
        scores = process.cdist(rows, keys, scorer=fuzz.ratio, score_cutoff=least, dtype=np.uint8, workers=-1)
        for row, column in zip(*np.nonzero(scores), strict=True):
            if start + row < column:
                yield start + int(row), int(column), float(scores[row, column])
