"""Reads a text as terms: writes shorthand out, repairs slips against the words that phrasings use, names concepts."""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.matching import features
from app.matching.features import Reading, Term
from app.text import ParsedText

LEAST_COUNT = 3
"""A word that fewer phrasings use is as likely a slip as a word."""
LEAST_LENGTH = 5
"""Shorter words have too many neighbours: `port`, `part`, `sort` are all real."""
LEAST_SWAPPED = 4
"""Length from which two letters that changed places are put right: `lapm`, `wtih`."""
LONG_WORD = 9
"""From this length on a word may hold two slips; below, one."""
_CACHED_WORDS = 20_000


@dataclass(frozen=True)
class Lexicon:
    """Shorthand written out (`u`: you) and words that stand for one concept (`gadget`: device)."""

    shorthand: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    concepts: Mapping[str, str] = field(default_factory=dict)

    def write_out(self, words: Iterable[str]) -> list[str]:
        return [full for word in words for full in self.shorthand.get(word, (word,))]

    def concept(self, word: str) -> str:
        """Return the concept that a word stands for, else its stem."""
        return self.concepts.get(word) or features.stem(word)


def most_slips(word: str) -> int:
    return 2 if len(word) >= LONG_WORD else 1


@dataclass(frozen=True)
class Vocabulary:
    known: frozenset[str]
    lexicon: Lexicon = Lexicon()
    _terms: dict[str, tuple[Term, ...]] = field(default_factory=dict, repr=False, compare=False)
    """The terms of words met before: reading twelve words takes 5 us with them, 75 to 130 without."""

    @classmethod
    def learn(cls, phrasings: Iterable[str], lexicon: Lexicon) -> "Vocabulary":
        counts = Counter(word for phrasing in phrasings for word in set(lexicon.write_out(features.tokens(phrasing))))
        return cls(frozenset(word for word, count in counts.items() if count >= LEAST_COUNT), lexicon)

    def read(self, text: str | ParsedText, after: str | None = None) -> Reading:
        """Return the terms of a text, of at most `LONGEST_TEXT` words, read as a follow-up to the topic `after`."""
        words = features.tokens(text)[: features.LONGEST_TEXT]
        terms = [self._terms.get(word) or self._learn_terms(word) for word in words]
        return Reading(tuple(itertools.chain.from_iterable(terms)), after)

    def _learn_terms(self, word: str) -> tuple[Term, ...]:
        if len(self._terms) >= _CACHED_WORDS:
            self._terms.clear()
        terms = self._terms[word] = tuple(map(self._term, self.lexicon.write_out([word])))
        return terms

    def _term(self, plain: str) -> Term:
        word = plain if plain in self.known else self.repair(plain)
        return Term(word, word in self.known, features.key_of(word), features.key_of(self.lexicon.concept(word)))

    def repair(self, word: str) -> str:
        """Return the nearest known word within one slip (two in a long word) with the same first letter, else `word`.

        Of a short word only letters that changed places are put right.
        A slip is a letter more, less, other or swapped with its neighbour (optimal string alignment).
        """
        if len(word) > features.LONGEST_WORD or not word.isalpha():
            return word
        if len(word) < LEAST_LENGTH:
            return self._unswapped(word)
        slips = most_slips(word)
        near = [
            candidate
            for length in range(len(word) - slips, len(word) + slips + 1)
            for candidate in self._by_start_and_length.get((word[0], length), ())
        ]
        nearest = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=slips)
        return nearest[0] if nearest else word

    def _unswapped(self, word: str) -> str:
        """Return the only known word that a short word is with two neighbouring letters swapped, else `word`."""
        swapped = {
            f"{word[:place]}{word[place + 1]}{word[place]}{word[place + 2 :]}" for place in range(1, len(word) - 1)
        }
        known = swapped & self.known if len(word) >= LEAST_SWAPPED else set[str]()
        return known.pop() if len(known) == 1 else word

    @cached_property
    def _by_start_and_length(self) -> dict[tuple[str, int], list[str]]:
        groups: dict[tuple[str, int], list[str]] = {}
        for word in sorted(self.known):
            if word.isalpha() and len(word) >= LEAST_LENGTH - 1:
                groups.setdefault((word[0], len(word)), []).append(word)
        return groups
