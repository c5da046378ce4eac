"""What of a text the model sees: words, word pairs and characters, weighted by how telling they are.

Three families, each a sublinear TF-IDF vector of length one (Salton & Buckley 1988):
words and neighbouring word pairs, ideas (stems, or a lexicon's word for them) and their pairs, and
the characters of each word, two to five at a time with its borders. Spelling slips leave most of the characters alone.
"""

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app import text

GRAM_SIZES = range(2, 6)
LONGEST_TEXT = 400
"""Words read of a text: enough for any question, and a bound on the time of a pasted page."""
LONGEST_WORD = 40
_SUFFIXES = ("ations", "ation", "ingly", "ings", "edly", "ing", "ies", "ed", "es", "ly", "s")

IndexArray = NDArray[np.int32]
FloatArray = NDArray[np.float32]


def stem(word: str) -> str:
    """The word without its commonest English ending, at least four letters long."""
    for suffix in _SUFFIXES:
        if len(word) >= len(suffix) + 4 and word.endswith(suffix):
            return word[: -len(suffix)]
    return word


@lru_cache(maxsize=65_536)
def _grams(word: str) -> tuple[str, ...]:
    bordered = f" {word[:LONGEST_WORD]} "
    return tuple(bordered[start : start + size] for size in GRAM_SIZES for start in range(len(bordered) - size + 1))


def _pairs(items: Sequence[str]) -> Iterator[str]:
    return (f"{left} {right}" for left, right in itertools.pairwise(items))


def families(words: Sequence[str], ideas: Sequence[str]) -> tuple[Counter[str], ...]:
    """Counts of what was seen, a family each; a leading character keeps the families apart."""
    return (
        Counter([f"w{item}" for item in (*words, *_pairs(("^", *words, "$")))]),
        Counter([f"i{item}" for item in (*ideas, *_pairs(ideas))]),
        Counter(gram for word in words for gram in _grams(word)),
    )


def tokenise(message: str) -> list[str]:
    """Words of a text in the folded form, with a mark for a question."""
    folded = text.fold(message)
    return text.words(folded) + (["?"] if "?" in folded else [])


@dataclass(frozen=True)
class Reading:
    """A text as the model sees it: its words, after repair, and the idea that each stands for."""

    words: tuple[str, ...]
    ideas: tuple[str, ...]
    unknown: float
    """Share of words that no phrasing uses; 0 for a text without words."""


@dataclass(frozen=True)
class Features:
    """Places of the known features and their inverse document frequencies."""

    places: dict[str, int]
    idf: FloatArray

    @classmethod
    def learn(cls, readings: Iterable[Reading], least: int = 2) -> "Features":
        """`idf = 1 + ln((1 + n) / (1 + df))`; what fewer than `least` texts show is left out."""
        seen: Counter[str] = Counter()
        total = 0
        for reading in readings:
            total += 1
            for family in families(reading.words, reading.ideas):
                seen.update(family.keys())
        kept = sorted(name for name, count in seen.items() if count >= least)
        idf = [1 + math.log((1 + total) / (1 + seen[name])) for name in kept]
        return cls({name: place for place, name in enumerate(kept)}, np.array(idf, np.float32))

    def vector(self, reading: Reading) -> tuple[IndexArray, FloatArray]:
        """Places and weights of the known features of a text; each family has length one."""
        places: list[IndexArray] = []
        weights: list[FloatArray] = []
        for family in families(reading.words, reading.ideas):
            found, counts = self._known(family)
            if found.size:
                weight = (1 + np.log(counts)) * self.idf[found]
                places.append(found)
                weights.append(weight / np.sqrt(weight @ weight))
        if not places:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        return np.concatenate(places), np.concatenate(weights)

    def _known(self, family: Counter[str]) -> tuple[IndexArray, FloatArray]:
        get = self.places.get
        known = [(place, count) for name, count in family.items() if (place := get(name)) is not None]
        pairs = np.array(known, np.int32).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1].astype(np.float32)
