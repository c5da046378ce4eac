"""Compares texts by rapidfuzz, where it pays: the nearest phrasing, and near-duplicates."""

import itertools
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from rapidfuzz import fuzz, process

from app.matching import features
from app.text import ParsedText

BLOCK = 512
"""Texts that are compared at once."""


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
        held = [sum(f" {word} " in f" {own} " for word in words) for own in self._keys]
        most = max(held, default=0)
        places = [place for place, count in enumerate(held) if count == most]
        nearest = process.extractOne(key, [self._keys[place] for place in places], scorer=fuzz.ratio)
        if nearest is None:
            return "", 0.0
        _, score, place = nearest
        return self.texts[places[place]], score / 100

    def uses(self) -> Counter[str]:
        """Return how often the phrasings use each word."""
        return Counter(itertools.chain.from_iterable(key.split() for key in self._keys))

    @cached_property
    def _keys(self) -> tuple[str, ...]:
        return tuple(sort_key(text) for text in self.texts)


def near_duplicates(texts: Sequence[str], least: float) -> Iterator[tuple[int, int, float]]:
    """Yield pairs of places whose token sort ratio is at least `least`, and the ratio.

    The texts are compared in blocks, so that memory is bounded, and with those only that are not too long to be so
    alike: the ratio is at most twice the shorter length over both together. 38,000 lines take 9 s, 2 minutes without.
    """
    keys = [sort_key(text) for text in texts]
    order = sorted(range(len(keys)), key=lambda place: len(keys[place]))
    lengths = [len(keys[place]) for place in order]
    for start in range(0, len(order), BLOCK):
        rows = order[start : start + BLOCK]
        longest = lengths[start + len(rows) - 1] * (200 / least - 1)
        columns = order[start : bisect_right(lengths, longest)]
        yield from _alike(keys, rows, columns, least)


def _alike(
    keys: Sequence[str], rows: Sequence[int], columns: Sequence[int], least: float
) -> Iterator[tuple[int, int, float]]:
    """Yield the pairs of a block; the columns begin with its rows."""
    left, right = ([keys[place] for place in places] for places in (rows, columns))
    scores = process.cdist(left, right, scorer=fuzz.ratio, score_cutoff=least, dtype=np.uint8, workers=-1)
    for row, column in zip(*np.nonzero(scores), strict=True):
        if row < column:
            first, second = sorted((rows[row], columns[column]))
            yield first, second, float(scores[row, column])
