"""What of a text the model sees: words, ideas, their neighbours and companions, and characters.

Four families, each a vector of length one weighted by inverse document frequency (Salton & Buckley 1988):
words and neighbouring word pairs; ideas (stems, or a lexicon's word for them) and their pairs; pairs of ideas near each
other in any order; and the characters of each word, three and four at a time with its borders. Spelling slips leave
most of the characters alone.
"""

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app import text

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

IndexArray = NDArray[np.signedinteger[Any]]
FloatArray = NDArray[np.float32]
KeyArray = NDArray[np.uint64]
"""Features by 64-bit keys: the family in the two highest bits, below it a hash of what is seen. No names are kept:
150,000 of them took 40 MB, and two features of one key come up once in 10^8 models.
"""
WORDS, IDEAS, COMPANIONS, CHARACTERS = (np.uint64(family << 62) for family in range(4))
FAMILIES = 4
"""Parts of a text's vector that are of length one each."""
_FAMILY_BITS = np.uint64(2)
_NONE = np.empty(0, np.intp)
_THEN = np.uint64(0x9E3779B97F4A7C15)
"""Odd, so that a pair keeps its order: `left * _THEN + right` (Knuth 1998, 6.4)."""


def stem(word: str) -> str:
    """The word without its commonest English ending, at least four letters long."""
    for suffix in _SUFFIXES:
        if len(word) >= len(suffix) + 4 and word.endswith(suffix):
            return word[: -len(suffix)]
    return word


def tokenise(message: str) -> tuple[str, ...]:
    """Words of a text in the folded form, with a mark for a question."""
    folded = text.fold(message)
    return (*text.words(folded), "?") if "?" in folded else text.words(folded)


def family_of(keys: KeyArray) -> IndexArray:
    return (keys >> np.uint64(62)).astype(np.intp)


def key_of(said: str) -> int:
    """64 bits that stand for a word, an idea or a few characters, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


class Term(NamedTuple):
    """A word after repair, and the idea that it stands for."""

    word: str
    known: bool
    """Phrasings use it."""
    key: int
    idea_key: int


@dataclass(frozen=True)
class Reading:
    """A text as the model sees it."""

    terms: tuple[Term, ...]
    after: str | None = None
    """The topic that was answered before, where the text is read as a follow-up."""

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(term.word for term in self.terms)

    @cached_property
    def unknown(self) -> float:
        """Share of words that no phrasing uses; 0 for a text without words."""
        return sum(not term.known for term in self.terms) / len(self.terms) if self.terms else 0.0

    def keys(self) -> KeyArray:
        """Of all families but the characters, ascending, each once."""
        hashes = [0, *_EDGES, *(term.key for term in self.terms), *(term.idea_key for term in self.terms)]
        seen = np.array(hashes if self.after is None else [*hashes, key_of(f"after {self.after}")], np.uint64)
        left, times, right, family = _pairs(len(self.terms), self.after is not None)
        found = seen[left]
        found *= times
        found += seen[right]
        found >>= _FAMILY_BITS
        found |= family
        found.sort()
        return np.asarray(found[np.append(_TRUE, found[1:] != found[:-1])])


_TRUE = np.array([True])
_EDGES = (key_of("^"), key_of("$"))


@lru_cache(maxsize=2 * LONGEST_TEXT)
def _pairs(count: int, follow_up: bool) -> tuple[IndexArray, KeyArray, IndexArray, KeyArray]:
    """How a text of `count` words is seen, as places in its hashes: each key is `left * times + right`.

    Words and word pairs, the first and the last beside an edge; ideas and their pairs; pairs of ideas near each other,
    whose sum does not mind the order. A follow-up is also seen beside the topic that it comes after, as a whole and
    word by word: `how` means one thing after the pump's size and another after the team.
    """
    nothing, words, ideas, after = 0, list(range(3, 3 + count)), list(range(3 + count, 3 + 2 * count)), 3 + 2 * count
    edged = [1, *words, 2]
    then, paired = int(_THEN), ideas[:LONGEST_PAIRED]
    seen = [(nothing, 0, word, WORDS) for word in words]
    seen += [(left, then, right, WORDS) for left, right in itertools.pairwise(edged)]
    seen += [(after, then, word, WORDS) for word in (nothing, *words) if follow_up]
    seen += [(nothing, 0, idea, IDEAS) for idea in ideas]
    seen += [(left, then, right, IDEAS) for left, right in itertools.pairwise(ideas)]
    seen += [
        (left, 1, right, COMPANIONS)
        for place, left in enumerate(paired)
        for right in paired[place + 1 : place + 1 + NEAR]
    ]
    lefts, times, rights, families = zip(*seen, strict=True)
    return (np.array(lefts), np.array(times, np.uint64), np.array(rights), np.array(families, np.uint64))


def characters(word: str) -> KeyArray:
    """Keys of each three and each four neighbouring characters, borders among them; what comes twice is there twice."""
    edged = f" {word[:LONGEST_WORD]} ".encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(edged, np.uint32) * _THEN
    threes = (codes[:-2] * _THEN + codes[1:-1]) * _THEN + codes[2:]
    fours = threes[:-1] * _THEN + codes[3:]
    return (np.concatenate((threes, fours)) >> _FAMILY_BITS) | CHARACTERS


@dataclass(frozen=True)
class Features:
    """The features that count."""

    keys: KeyArray
    """Ascending."""
    rows: NDArray[np.int32]
    """Of each key: its row in `idf` and in a model's weights. The commonest come first, so that what a message needs
    lies close together: it is read from memory in two thirds of the time.
    """
    idf: FloatArray
    """Inverse document frequencies."""

    def find(self, keys: KeyArray) -> tuple[IndexArray, IndexArray]:
        """Places of those keys that are features, and their families, in the order given."""
        if not len(self.keys):
            return _NONE, _NONE
        places = np.searchsorted(self.keys, keys)
        known = self.keys.take(places, mode="clip") == keys
        return places[known], family_of(keys[known])

    def rarity(self, ideas: Sequence[str]) -> FloatArray:
        """How rare each idea is among the texts learnt from: 0 where all hold it, most where none does."""
        keys = (np.array([key_of(idea) for idea in ideas], np.uint64) >> _FAMILY_BITS) | IDEAS
        places = np.searchsorted(self.keys, keys)
        known = self.keys.take(places, mode="clip") == keys
        found = np.full(len(ideas), self.idf.max(initial=1.0), np.float32)
        found[known] = self.idf[self.rows[places[known]]]
        return found - np.float32(1.0)

    def of_families(self, reading: Reading) -> tuple[IndexArray, FloatArray]:
        """Rows and weights of the known words, ideas and companions of a text."""
        places, families = self.find(reading.keys())
        rows = self.rows[places]
        weights = self.idf[rows]
        lengths = np.sqrt(np.bincount(families, weights * weights, FAMILIES - 1)).astype(np.float32)
        weights /= lengths[families]
        return rows, weights

    def of_spelling(self, word: str) -> tuple[IndexArray, float]:
        """Rows of the known characters of a word, and the square of its length as a vector.

        Words are taken as if they shared no characters, so that what a word adds can be kept from message to message.
        """
        rows = self.rows[self.find(characters(word))[0]]
        weights = self.idf[rows]
        return rows, float(weights @ weights)
