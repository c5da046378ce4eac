"""What of a text the model sees: words, ideas, their neighbours and companions, and characters.

Four families, each a vector of length one weighted by inverse document frequency (Salton & Buckley 1988):
words and neighbouring word pairs; ideas (stems, or a lexicon's word for them) and their pairs; pairs of ideas near each
other in any order; and the characters of each word, three and four at a time with its borders. Spelling slips leave
most of the characters alone.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app import text

GRAM_SIZES = (3, 4)
"""Two and five at a time added a third to the features and nothing to the ranking (docs/decisions/0005)."""
SPELLING = np.float32(1.6)
"""Weight of the characters beside the other families."""
NEAR = 12
"""Words between which a pair of ideas is one in any order: `my card, where is it` and `where is my card`. With the
heavier characters these pairs took BANKING77 from 91.7 to 92.6%, with ten phrasings a topic from 70.8 to 73.7%.
"""
LONGEST_PAIRED = 60
"""Ideas of a text that are paired in any order."""
LEAST = 2
"""Texts that must show a feature before it counts."""
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


def wordings(reading: Reading) -> list[str]:
    """Names of the words and word pairs of a text; the capital in front keeps the families apart.

    A follow-up is also seen beside the topic that it comes after, as a whole and word by word: `how` means
    one thing after the pump's size and another after the team.
    """
    words, after = reading.words, reading.after
    found = [f"W{word}" for word in words]
    found += [f"W{left} {right}" for left, right in itertools.pairwise(("^", *words, "$"))]
    if after:
        found += [f"A{after}", *(f"A{after} {word}" for word in words)]
    return list(dict.fromkeys(found))


def notions(reading: Reading) -> list[str]:
    found = [f"I{idea}" for idea in reading.ideas]
    found += [f"I{left} {right}" for left, right in itertools.pairwise(reading.ideas)]
    return list(dict.fromkeys(found))


def companions(reading: Reading) -> list[str]:
    ideas = reading.ideas[:LONGEST_PAIRED]
    found = [
        f"P{left} {right}" if left < right else f"P{right} {left}"
        for place, left in enumerate(ideas)
        for right in ideas[place + 1 : place + 1 + NEAR]
        if left != right
    ]
    return list(dict.fromkeys(found))


FAMILIES: tuple[Callable[[Reading], list[str]], ...] = (wordings, notions, companions)
"""All but the characters, which are kept word by word."""


def grams(word: str) -> list[str]:
    bordered = f" {word[:LONGEST_WORD]} "
    return [bordered[start : start + size] for size in GRAM_SIZES for start in range(len(bordered) - size + 1)]


@dataclass(frozen=True)
class Features:
    """Places of the known features and their inverse document frequencies."""

    places: dict[str, int]
    idf: FloatArray

    def of_families(self, reading: Reading) -> tuple[IndexArray, FloatArray]:
        """Places and weights of the known words, ideas and companions of a text."""
        known = self.places
        found = [[known[name] for name in family(reading) if name in known] for family in FAMILIES]
        places = np.array([place for each in found for place in each], np.int32)
        weights = self.idf[places]
        start = 0
        for each in found:
            part = weights[start : start + len(each)]
            part /= math.sqrt(part @ part) or 1.0
            start += len(each)
        return places, weights

    def of_spelling(self, word: str) -> tuple[IndexArray, float]:
        """Places of the known characters of a word, and the square of its length as a vector.

        Words are taken as if they shared no characters, so that what a word adds can be kept from message to message.
        """
        places = np.array([self.places[gram] for gram in grams(word) if gram in self.places], np.int32)
        weights = self.idf[places]
        return places, float(weights @ weights)
