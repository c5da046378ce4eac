"""rapidfuzz where it pays: the nearest phrasing, search from the first letters, near-duplicates."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from app.matching import features

MOST_COMPARED = 64
"""Phrasings of a topic that a message is compared with: 300 took five times as long and ranked no better."""


def sort_key(message: str) -> str:
    """Words in order of the alphabet: word order then no longer counts (token sort ratio)."""
    return " ".join(sorted(features.tokenise(message)[: features.LONGEST_TEXT]))


@dataclass(frozen=True)
class Phrasings:
    """All phrasings of one topic, with their sort keys ready."""

    texts: tuple[str, ...]
    keys: tuple[str, ...]
    sample: tuple[str, ...]
    """An even sample of the keys: likeness to the nearest soon grows no more."""

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Phrasings":
        texts = tuple(texts)
        return cls.ready(texts, tuple(sort_key(text) for text in texts))

    @classmethod
    def ready(cls, texts: tuple[str, ...], keys: tuple[str, ...]) -> "Phrasings":
        if len(keys) <= MOST_COMPARED:
            return cls(texts, keys, keys)
        return cls(texts, keys, tuple(keys[place * len(keys) // MOST_COMPARED] for place in range(MOST_COMPARED)))

    def likeness(self, key: str) -> float:
        """How like the nearest of the sampled phrasings is to a text of this sort key, 0 to 1."""
        found = process.extractOne(key, self.sample, scorer=fuzz.ratio)
        return found[1] / 100 if found else 0.0

    def nearest(self, key: str) -> tuple[str, float]:
        """The phrasing most like a text of this sort key, and how like, 0 to 1."""
        found = process.extractOne(key, self.keys, scorer=fuzz.ratio)
        if found is None:
            return "", 0.0
        _, score, place = found
        return self.texts[place], score / 100


def starting_with(prefix: str, titles: Sequence[tuple[str, str]]) -> list[str]:
    """Ids whose title holds each word of `prefix`, the last one perhaps unfinished, best fit first."""
    wanted = features.tokenise(prefix)
    return [
        id_
        for id_, title in titles
        if wanted and _holds(features.tokenise(title), [word for word in wanted if word != "?"])
    ]


def _holds(words: Sequence[str], wanted: Sequence[str]) -> bool:
    return all(any(word.startswith(want) for word in words) for want in wanted)


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
