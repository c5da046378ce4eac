"""Compares texts by rapidfuzz, where it pays: the nearest phrasing, and near-duplicates."""

import itertools
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from app.matching import features
from app.text import ParsedText

BLOCK = 128
"""Texts that are compared at once."""
LEAST_BY_PARITY = 95.0
"""Ratio from which parities rule nearly all pairs out: 42,000 lines take 2 s instead of 9 at 97, and minutes at 85."""


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
    alike: the ratio is at most twice the shorter length over both together. 38,000 lines take 9 s, 2 minutes without,
    and 2 s where `least` is high enough for parities.
    """
    keys = [sort_key(text) for text in texts]
    order = sorted(range(len(keys)), key=lambda place: len(keys[place]))
    lengths = [len(keys[place]) for place in order]
    parities = Parities.of(keys) if least >= LEAST_BY_PARITY and keys else None
    for start in range(0, len(order), BLOCK):
        rows = order[start : start + BLOCK]
        longest = lengths[start + len(rows) - 1] * (200 / least - 1)
        columns = order[start : bisect_right(lengths, longest)]
        yield from parities.alike(rows, columns, least) if parities else _alike(keys, rows, columns, least)


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


@dataclass(frozen=True)
class Parities:
    """Texts, each with 64 bits for its letters and 64 for its pairs of neighbours: whether their number is odd.

    A letter put in or taken out turns one bit of the letters and at most three of the pairs, so that two texts with
    more bits between them need no closer look.
    """

    keys: Sequence[str]
    lengths: NDArray[np.int64]
    letters: NDArray[np.uint64]
    pairs: NDArray[np.uint64]

    @classmethod
    def of(cls, keys: Sequence[str]) -> Self:
        codes = np.frombuffer("".join(f"\0{key}" for key in keys).encode("utf-32-le"), np.uint32).astype(np.uint64)
        lengths = np.array([len(key) for key in keys])
        starts = np.cumsum(lengths + 1) - lengths - 1
        pairs = codes + (np.roll(codes, 1) << np.uint64(32))
        pairs[starts] = 0  # no pair with the text before
        letters, neighbours = (np.bitwise_xor.reduceat(_bits(values), starts) for values in (codes, pairs))
        return cls(keys, lengths, letters, neighbours)

    def alike(self, rows: Sequence[int], columns: Sequence[int], least: float) -> Iterator[tuple[int, int, float]]:
        """Yield the pairs of a block; the columns begin with its rows."""
        edits = (1.000001 - least / 100) * (self.lengths[rows, None] + self.lengths[columns])
        may_be = np.bitwise_count(self.letters[rows, None] ^ self.letters[columns]) <= edits
        may_be &= np.bitwise_count(self.pairs[rows, None] ^ self.pairs[columns]) <= 3 * edits
        for row, column in zip(*np.nonzero(np.triu(may_be, 1)), strict=True):
            first, second = sorted((rows[row], columns[column]))
            ratio = fuzz.ratio(self.keys[first], self.keys[second], score_cutoff=least)
            if ratio:
                yield first, second, ratio


def _bits(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return one of 64 bits for each value, by multiplicative hashing."""
    return np.uint64(1) << ((values * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(58))
