"""The words that the phrasings use, repair of slips against them, and the lexicon."""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.matching import features
from app.matching.features import Reading, Term

LEAST_COUNT = 3
"""A word that fewer phrasings use is as likely a slip as a word."""
LEAST_LENGTH = 5
"""Shorter words have too many neighbours: `port`, `part`, `sort` are all real."""
LONG_WORD = 9
"""From this length on two slips are repaired; below, one."""
_REMEMBERED = 20_000


@dataclass(frozen=True)
class Lexicon:
    """Shorthand written out (`u`: you) and words that stand for one idea (`gadget`: device)."""

    shorthand: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ideas: Mapping[str, str] = field(default_factory=dict)

    def write_out(self, words: Iterable[str]) -> list[str]:
        return [full for word in words for full in self.shorthand.get(word, (word,))]


@dataclass(frozen=True)
class Vocabulary:
    known: frozenset[str]
    lexicon: Lexicon = Lexicon()
    _terms: dict[str, tuple[Term, ...]] = field(default_factory=dict, repr=False, compare=False)
    """What a word met before is read as; words come back far more often than not."""

    @classmethod
    def learn(cls, phrasings: Iterable[str], lexicon: Lexicon) -> "Vocabulary":
        counts = Counter(word for phrasing in phrasings for word in set(lexicon.write_out(features.tokenise(phrasing))))
        return cls(frozenset(word for word, count in counts.items() if count >= LEAST_COUNT), lexicon)

    def read(self, message: str, after: str | None = None) -> Reading:
        """Shorthand written out, slips repaired, each word's idea beside it."""
        words = features.tokenise(message)[: features.LONGEST_TEXT]
        terms = [self._terms.get(word) or self._learn_terms(word) for word in words]
        return Reading(tuple(itertools.chain.from_iterable(terms)), after)

    def _learn_terms(self, word: str) -> tuple[Term, ...]:
        if len(self._terms) >= _REMEMBERED:
            self._terms.clear()
        self._terms[word] = tuple(map(self._term, self.lexicon.write_out([word])))
        return self._terms[word]

    def _term(self, plain: str) -> Term:
        word = plain if plain in self.known else self.repair(plain)
        idea = self.lexicon.ideas.get(word) or features.stem(word)
        return Term(word, word in self.known, features.key_of(word), features.key_of(idea))

    def repair(self, word: str) -> str:
        """The nearest known word within one slip (two in a long word) with the same first letter, else `word`.

        A slip is a letter more, less, other or swapped with its neighbour (optimal string alignment).
        """
        if len(word) < LEAST_LENGTH or len(word) > features.LONGEST_WORD or not word.isalpha():
            return word
        return self._nearest(word)

    def _nearest(self, word: str) -> str:
        slips = 2 if len(word) >= LONG_WORD else 1
        near = [
            candidate
            for length in range(len(word) - slips, len(word) + slips + 1)
            for candidate in self._by_shape.get((word[0], length), ())
        ]
        found = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=slips)
        return found[0] if found else word

    @cached_property
    def _by_shape(self) -> dict[tuple[str, int], list[str]]:
        shapes: dict[tuple[str, int], list[str]] = {}
        for word in sorted(self.known):
            if word.isalpha() and len(word) >= LEAST_LENGTH - 1:
                shapes.setdefault((word[0], len(word)), []).append(word)
        return shapes
