"""What of a text the model sees: words, word pairs and characters, weighted by how telling they are.

Three families, each a TF-IDF vector of length one (Salton & Buckley 1988):
words and neighbouring word pairs, ideas (stems, or a lexicon's word for them) and their pairs, and
the characters of each word, two to five at a time with its borders. Spelling slips leave most of the characters alone.
"""

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app import text

GRAM_SIZES = range(2, 6)
LONGEST_TEXT = 400
"""Words read of a text: enough for any question, and a bound on the time of a pasted page."""
LONGEST_WORD = 40
TINY = np.float32(1e-12)
_SUFFIXES = ("ations", "ation", "ingly", "ings", "edly", "ing", "ies", "ed", "es", "ly", "s")

IndexArray = NDArray[np.int32]
FloatArray = NDArray[np.float32]


def stem(word: str) -> str:
    """The word without its commonest English ending, at least four letters long."""
    for suffix in _SUFFIXES:
        if len(word) >= len(suffix) + 4 and word.endswith(suffix):
            return word[: -len(suffix)]
    return word


def grams(word: str) -> Iterator[str]:
    bordered = f" {word[:LONGEST_WORD]} "
    for size in GRAM_SIZES:
        for start in range(len(bordered) - size + 1):
            yield bordered[start : start + size]


def _pairs(items: Sequence[str]) -> Iterator[str]:
    return (f"{left} {right}" for left, right in itertools.pairwise(items))


def wordings(words: Sequence[str], after: str | None = None) -> list[str]:
    """Names of the words and word pairs of a text; the leading letter keeps the families apart.

    A follow-up is also seen beside the topic that it comes after, as a whole and word by word: `how` means
    one thing after the pump's size and another after the team.
    """
    context = (after, *(f"{after} {word}" for word in words)) if after else ()
    return [f"w{item}" for item in (*words, *_pairs(("^", *words, "$")))] + [f"a{item}" for item in context]


def notions(ideas: Sequence[str]) -> list[str]:
    return [f"i{item}" for item in (*ideas, *_pairs(ideas))]


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
    after: str | None = None
    """The topic that was answered before, where the text is read as a follow-up."""


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
            seen.update({*wordings(reading.words, reading.after), *notions(reading.ideas)})
            seen.update({gram for word in set(reading.words) for gram in grams(word)})
        kept = sorted(name for name, count in seen.items() if count >= least)
        idf = [1 + math.log((1 + total) / (1 + seen[name])) for name in kept]
        return cls({name: place for place, name in enumerate(kept)}, np.array(idf, np.float32))

    def know_any(self, words: Iterable[str]) -> bool:
        """Characters alone prove nothing: those of `etc/passwd` stand in words of danger too."""
        return any(f"w{word}" in self.places for word in words if word != "?")

    def vector(self, reading: Reading) -> tuple[IndexArray, FloatArray]:
        """Places and weights of the known features of a text, a place perhaps more than once."""
        parts = [self.of_wordings(reading), self.of_notions(reading)]
        spelt = [self.of_spelling(word) for word in reading.words]
        length = math.sqrt(sum(squares for _, squares in spelt)) or 1.0
        parts += [(places, self.idf[places] / np.float32(length)) for places, _ in spelt]
        return np.concatenate([places for places, _ in parts]), np.concatenate([weights for _, weights in parts])

    def of_wordings(self, reading: Reading) -> tuple[IndexArray, FloatArray]:
        return self._weigh(wordings(reading.words, reading.after))

    def of_notions(self, reading: Reading) -> tuple[IndexArray, FloatArray]:
        return self._weigh(notions(reading.ideas))

    def of_spelling(self, word: str) -> tuple[IndexArray, float]:
        """Places of the known characters of a word, and the square of its length as a vector.

        Words are taken as if they shared no characters, so that what a word adds can be kept from message to message.
        """
        found = [self.places[gram] for gram in grams(word) if gram in self.places]
        places = np.array(found, np.int32)
        weights = self.idf[places]
        return places, float(weights @ weights)

    def _weigh(self, names: Iterable[str]) -> tuple[IndexArray, FloatArray]:
        """Sublinear term frequency times idf (Salton & Buckley 1988), of length one."""
        known = self.places
        counts = Counter([known[name] for name in names if name in known])
        places = np.array(list(counts), np.int32)
        weights = self.idf[places]
        if len(counts) and max(counts.values()) > 1:
            weights = weights * (1 + np.log(np.array(list(counts.values()), np.float32)))
        return places, weights / max(np.sqrt(weights @ weights), TINY)
