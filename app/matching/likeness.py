"""rapidfuzz where it pays: the nearest phrasing, near-duplicates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from rapidfuzz import fuzz, process

from app.matching import features


def sort_key(message: str) -> str:
    """Words in order of the alphabet: word order then no longer counts (token sort ratio)."""
    return " ".join(sorted(features.tokenise(message)[: features.LONGEST_TEXT]))


@dataclass(frozen=True)
class Phrasings:
    """All phrasings of one topic."""

    texts: tuple[str, ...]

    def nearest(self, key: str) -> tuple[str, float]:
        """The phrasing most like a text of this sort key, and how like, 0 to 1."""
        found = process.extractOne(key, self._keys, scorer=fuzz.ratio)
        if found is None:
            return "", 0.0
        _, score, place = found
        return self.texts[place], score / 100

    @cached_property
    def _keys(self) -> tuple[str, ...]:
        return tuple(sort_key(text) for text in self.texts)


def near_duplicates(texts: Sequence[str], least: float = 95.0) -> Iterator[tuple[int, int, float]]:
    """Pairs of places whose token sort ratio is at least `least`; reads the texts in blocks, so memory is bounded."""
    keys = [sort_key(text) for text in texts]
    block = 512
    for start in range(0, len(keys), block):
        rows = keys[start : start + block]
        scores = process.cdist(rows, keys, scorer=fuzz.ratio, score_cutoff=least, dtype=np.uint8, workers=-1)
        for row, column in zip(*np.nonzero(scores), strict=True):
            if start + row < column:
                yield start + int(row), int(column), float(scores[row, column])
