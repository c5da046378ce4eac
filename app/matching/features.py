"""What the model sees of a text: words and word pairs, concepts and their pairs, skip-grams, and character n-grams.

Each of the four families is a vector of length one weighted by inverse document frequency (Salton & Buckley 1988):
words and neighbouring word pairs; concepts (stems, or the lexicon's word for several) and their neighbouring pairs;
skip-grams, which are pairs of concepts near each other in any order; and the characters of each word, three and
four at a time with its borders. Spelling slips leave most of the characters alone.
"""

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.text import ParsedText, parse

CHARACTER_WEIGHT = np.float32(1.6)
"""Weight of the characters beside the other families."""
SKIP = 12
"""Most words between the two concepts of a skip-gram: `my card, where is it` and `where is my card`. With the heavier
characters skip-grams took BANKING77 from 91.7 to 92.6%, with ten phrasings a topic from 70.8 to 73.7%.
"""
MOST_SKIPPING = 60
"""Most concepts of a text that form skip-grams."""
LEAST_TEXTS = 2
"""Fewest texts that must show a feature before it counts."""
LONGEST_TEXT = 400
"""Most words read of a text: enough for any question, and a bound on the time of a pasted page."""
LONGEST_WORD = 40
QUESTION_MARK = "?"
"""The token that stands at the end of a text with a question mark anywhere in it."""
_SUFFIXES = ("ations", "ation", "ingly", "ings", "edly", "ing", "ies", "ed", "es", "ly", "s")

IndexArray = NDArray[np.signedinteger[Any]]
FloatArray = NDArray[np.float32]
KeyArray = NDArray[np.uint64]
"""Features as 64-bit keys: the family in the two highest bits, below it a hash of what is seen. No names are kept:
150,000 of them took 40 MB, and two features of one key come up once in 10^8 models.
"""
WORDS, CONCEPTS, SKIP_GRAMS, CHARACTERS = (np.uint64(family << 62) for family in range(4))
FAMILIES = 4
_FAMILY_BITS = np.uint64(2)
_FAMILY_SHIFT = np.uint64(62)
_PAIR = np.uint64(0x9E3779B97F4A7C15)
"""Odd, so that a pair keeps its order: `left * _PAIR + right` (Knuth 1998, 6.4)."""


def stem(word: str) -> str:
    """Return the word without its commonest English ending, at least four letters long."""
    for suffix in _SUFFIXES:
        if len(word) >= len(suffix) + 4 and word.endswith(suffix):
            return word[: -len(suffix)]
    return word


def tokens(text: str | ParsedText) -> tuple[str, ...]:
    """Return the words of a text, and `QUESTION_MARK` last where it has one."""
    parsed = parse(text) if isinstance(text, str) else text
    return (*parsed.words, QUESTION_MARK) if "?" in parsed.folded else parsed.words


def family_of(keys: KeyArray) -> IndexArray:
    return (keys >> _FAMILY_SHIFT).astype(np.intp)


def key_of(name: str) -> int:
    """Return 64 bits that stand for a word, a concept or a topic, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


class Term(NamedTuple):
    """A word after repair, and the concept that it stands for."""

    word: str
    known: bool
    """True where phrasings use the word."""
    key: int
    concept_key: int


@dataclass(frozen=True)
class Reading:
    """A text as the model sees it."""

    terms: tuple[Term, ...]
    after: str | None = None
    """The topic that was answered before, where the text is read as a follow-up."""

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(term.word for term in self.terms)

    @property
    def unknown(self) -> float:
        """The share of words that no phrasing uses; 0 for a text without words."""
        return sum(not term.known for term in self.terms) / len(self.terms) if self.terms else 0.0

    @property
    def any_known(self) -> bool:
        """True where some word is known; characters alone prove nothing, those of `etc/passwd` stand in danger too."""
        return any(term.known for term in self.terms if term.word != QUESTION_MARK)

    def keys(self) -> KeyArray:
        """Return the keys of all families but the characters, ascending, each once."""
        return np.unique(keys_of([self])[0])


_EDGES = (key_of("^"), key_of("$"))
_ONE_TEXT = np.zeros(1, np.intp)


class _Layout(NamedTuple):
    """How a text of so many words becomes features: each key is `hashes[left] * factor + hashes[right]`, by family."""

    left: IndexArray
    factor: KeyArray
    right: IndexArray
    family: KeyArray


@lru_cache(maxsize=2 * LONGEST_TEXT)
def _layout(count: int, follow_up: bool) -> _Layout:
    """Return the layout over hashes that are 0, both edges, `count` words, `count` concepts and the topic before.

    Words, and word pairs of which the first and the last are beside an edge; concepts and their pairs; skip-grams,
    whose sum does not mind the order. A follow-up is also seen beside the topic that it comes after, as a whole and
    word by word: `how` means one thing after the pump's size and another after the team.
    """
    nothing, words, concepts, after = 0, list(range(3, 3 + count)), list(range(3 + count, 3 + 2 * count)), 3 + 2 * count
    pair, skipping = int(_PAIR), concepts[:MOST_SKIPPING]
    seen = [(nothing, 0, word, WORDS) for word in words]
    seen += [(left, pair, right, WORDS) for left, right in itertools.pairwise([1, *words, 2])]
    seen += [(after, pair, word, WORDS) for word in (nothing, *words) if follow_up]
    seen += [(nothing, 0, concept, CONCEPTS) for concept in concepts]
    seen += [(left, pair, right, CONCEPTS) for left, right in itertools.pairwise(concepts)]
    seen += [
        (left, 1, right, SKIP_GRAMS)
        for place, left in enumerate(skipping)
        for right in skipping[place + 1 : place + 1 + SKIP]
    ]
    lefts, factors, rights, families = zip(*seen, strict=True)
    return _Layout(np.array(lefts), np.array(factors, np.uint64), np.array(rights), np.array(families, np.uint64))


def keys_of(readings: Sequence[Reading]) -> tuple[KeyArray, IndexArray]:
    """Return the keys of all families but the characters, repeated as seen, and the place of the reading of each (a
    single 0 where there is one).
    """
    hashes: list[int] = []
    layouts, offsets = [], []
    for reading in readings:
        offsets.append(len(hashes))
        layouts.append(_layout(len(reading.terms), reading.after is not None))
        hashes += (0, *_EDGES)
        hashes += [term.key for term in reading.terms]
        hashes += [term.concept_key for term in reading.terms]
        if reading.after is not None:
            hashes.append(key_of(f"after {reading.after}"))
    joined, of = layouts[0], _ONE_TEXT
    if len(layouts) > 1:
        of = np.repeat(np.arange(len(layouts)), [len(layout.left) for layout in layouts])
        shift = np.array(offsets)[of]
        left, factor, right, family = (np.concatenate(column) for column in zip(*layouts, strict=True))
        joined = _Layout(left + shift, factor, right + shift, family)
    seen = np.array(hashes, np.uint64)
    keys = seen[joined.left]
    keys *= joined.factor
    keys += seen[joined.right]
    keys >>= _FAMILY_BITS
    keys |= joined.family
    return keys, of


def character_keys(word: str) -> KeyArray:
    """Return the keys of each three and each four neighbouring characters, borders among them, repeated as seen."""
    edged = f" {word[:LONGEST_WORD]} ".encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(edged, np.uint32) * _PAIR
    threes = (codes[:-2] * _PAIR + codes[1:-1]) * _PAIR + codes[2:]
    fours = threes[:-1] * _PAIR + codes[3:]
    return (np.concatenate((threes, fours)) >> _FAMILY_BITS) | CHARACTERS


class Weighted(NamedTuple):
    """The features of several texts, each once a text, in the order of their rows."""

    rows: IndexArray
    """Row of the feature in a model's weights, ascending."""
    of: IndexArray
    """Place of the text; a single 0 where there is one text."""
    values: FloatArray
    """Weight of the feature in the text."""


@dataclass(frozen=True)
class Features:
    """The features that count."""

    keys: KeyArray
    """Ascending."""
    rows: NDArray[np.int32]
    """The row of each key in `idf` and in a model's weights. The commonest come first, so that what a message needs
    lies close together: it is read from memory in two thirds of the time.
    """
    idf: FloatArray
    """Inverse document frequencies, by row."""

    @cached_property
    def families(self) -> IndexArray:
        """The family of each row."""
        families = np.empty(len(self.keys), np.intp)
        families[self.rows] = family_of(self.keys)
        return families

    def find(self, keys: KeyArray) -> tuple[IndexArray, NDArray[np.bool_]]:
        """Return the rows of those keys that are features, and which of the keys these are."""
        if not len(self.keys):
            return np.empty(0, np.intp), np.zeros(len(keys), np.bool_)
        places = self.keys.searchsorted(keys)
        known = self.keys.take(places, mode="clip") == keys
        return self.rows.take(places[known]).astype(np.intp), known

    def weigh(self, readings: Sequence[Reading]) -> Weighted:
        """Return the known words, concepts and skip-grams of the readings, each family of each reading of length
        one.
        """
        keys, of = keys_of(readings)
        if len(readings) == 1:
            keys.sort()  # they are then found in half the time, since neighbours lie close together in memory
            rows, _ = self.find(keys[is_new(keys)])
        else:
            order = keys.argsort()
            cells, known = self.find(keys[order])
            cells *= len(readings)  # a cell is a feature in a text: sorted, the features come in order
            cells += of[order[known]]
            cells.sort()
            rows, of = np.divmod(cells[is_new(cells)], len(readings))
        values = self.idf.take(rows)
        blocks = self.families.take(rows)
        if len(readings) > 1:
            blocks += of * FAMILIES
        values /= np.sqrt(np.bincount(blocks, values * values)).take(blocks)
        return Weighted(rows, of, values)

    def known_pairs(self, reading: Reading) -> float:
        """Return the share of neighbouring words that stand so in texts learnt from; 1 for a single word."""
        hashes = np.array([term.key for term in reading.terms], np.uint64)
        _, known = self.find(((hashes[:-1] * _PAIR + hashes[1:]) >> _FAMILY_BITS) | WORDS)
        return float(known.mean()) if len(known) else 1.0

    def weigh_characters(self, word: str) -> tuple[IndexArray, float]:
        """Return the rows of the known characters of a word, and the square of its length as a vector.

        Words are taken as if they shared no characters, so that what a word adds can be kept from message to message.
        """
        rows, _ = self.find(character_keys(word))
        weights = self.idf.take(rows)
        return rows, float(weights @ weights)

    def rarity(self, concept_keys: KeyArray) -> FloatArray:
        """Return how rare each concept is among the texts learnt from: 0 where all hold it, most where none does."""
        rows, known = self.find((concept_keys >> _FAMILY_BITS) | CONCEPTS)
        rarities = np.full(len(concept_keys), self.idf.max(initial=1.0), np.float32)
        rarities[known] = self.idf[rows]
        return rarities - np.float32(1.0)


def is_new(ascending: IndexArray | KeyArray) -> NDArray[np.bool_]:
    """Return which values differ from the one before them."""
    new = np.empty(len(ascending), np.bool_)
    new[:1] = True
    np.not_equal(ascending[1:], ascending[:-1], new[1:])
    return new
