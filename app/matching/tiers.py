"""How likely each tier is for a whole message: the scores of all its parts go in, a probability for each label comes
out.

It is a multinomial logistic regression over how far each tier's score lies above that of the rest, fitted on messages
that the scoring model had not seen. An encoder's vectors beside the scores raised 1 to 2 in 100 left-out dangers more,
and none more of 500 unseen messages (docs/decisions/0013): danger goes by words alone.
"""

import itertools
import math
import operator
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field
from typing import Any

from app.matching.features import QUESTION_MARK, Reading

PART_DISCOUNT = 0.6
"""A sentence out of its story sounds more alarming than the whole; 0.3 and 0.9 ranked left-out messages no better."""
LEAST_USED = 2
"""Fewest lines of danger that use a word before it may carry a tier, where there are more than `FEW`."""
FEW = 100
LEAST_CARRYING = 2
"""Fewest words that carry a tier in a part of a message that is raised: one everyday word never does."""

LEAST_SAID, LEAST_SAID_LONG, LEAST_SAID_ABROAD, LONG = 0.3, 0.5, 0.1, 30
"""Least share of the letters of a message that stand in known words, in English, in English of more than `LONG` words
and in other languages; below, it is keys hit at random: of 1,000 characters of these 54% were raised. Labelled dangers
had 0.59 and 0.14 at least, cries with a slip in nearly every word 0.38 and 0.2.
"""
PART_SAID, LEAST_CLEAR = 0.8, 18
"""The same share of a part that is said clearly amid such keys, and fewest letters of its known words."""


@dataclass(frozen=True)
class Tiers:
    """What a matcher whose labels are tiers, and a rest that is none, knows of whole messages."""

    rest: int
    """Place of the rest among the labels."""
    coefficients: tuple[tuple[float, ...], ...]
    """A row for each label, a column for each of `features`; plain numbers, since NumPy takes five times as long for so
    few.
    """
    carrying: Set[int]
    """Concepts that lines of the tiers use at least as often as the others, by their keys."""
    words: Mapping[str, int] = field(default_factory=dict)
    """How often lines of the tiers use each word."""

    def probabilities(self, scores: Sequence[Sequence[float]], reading: Reading) -> list[float]:
        """Return a probability for each label; `scores` has a row for the whole message and for each part of it, a
        column for each label.
        """
        own = features(scores, self.rest, reading)
        weighted = [sum(map(operator.mul, row, own)) for row in self.coefficients]
        most = max(weighted)
        odds = [math.exp(one - most) for one in weighted]
        total = sum(odds)
        return [one / total for one in odds]

    def evidence(self, reading: Reading, abroad: bool = False) -> int:
        """Return how many words of a part of the message carry a tier, each counted once. In other languages there are
        fewer lines and more forms of a word: one that no line uses may carry it too.
        """
        carrying = {
            term.concept_key
            for term in reading.terms
            if (term.concept_key in self.carrying or (abroad and not term.known)) and not _is_mark(term.word)
        }
        return len(carrying)

    def is_said(self, readings: Sequence[Reading], abroad: bool = False) -> bool:
        """Return whether a message, given as a whole first and then by its parts, is made of words, or a part of it
        that carries a tier is.
        """
        whole, *parts = readings
        least = LEAST_SAID if len(whole.terms) <= LONG else LEAST_SAID_LONG
        if _said(whole)[0] >= (LEAST_SAID_ABROAD if abroad else least):
            return True
        return any(self.evidence(part) >= LEAST_CARRYING and _is_clear(part) for part in parts)

    def to_names(self) -> dict[str, Any]:
        return {**asdict(self), "carrying": sorted(self.carrying)}

    @classmethod
    def of(cls, names: Mapping[str, Any]) -> "Tiers":
        coefficients, carrying = tuple(map(tuple, names["coefficients"])), frozenset(names["carrying"])
        return cls(int(names["rest"]), coefficients, carrying, dict(names["words"]))


def _said(reading: Reading) -> tuple[float, int]:
    """Return the share of letters that stand in known words, and how many do; numbers are no words, and single letters
    none that is known.
    """
    said = [term for term in reading.terms if not term.word.isdecimal() and term.word != QUESTION_MARK]
    known = sum(len(term.word) for term in said if term.known and not _is_mark(term.word))
    return known / max(1, sum(len(term.word) for term in said)), known


def _is_clear(part: Reading) -> bool:
    share, letters = _said(part)
    return share >= PART_SAID and letters >= LEAST_CLEAR


def _is_mark(word: str) -> bool:
    """Return whether a word is a number or one Latin letter: `x` stands in prices and code."""
    return word.isdecimal() or (len(word) == 1 and word.isascii())


def features(scores: Sequence[Sequence[float]], rest: int, reading: Reading) -> list[float]:
    """Return one, the logarithm of the length in words, the share of unknown words, and how far each tier lies above
    the rest in the message or, discounted, in the part where it lies farthest.
    """
    whole, *parts = scores
    best = [score - whole[rest] for score in whole]
    for part in parts:
        least = part[rest] + PART_DISCOUNT
        best = [max(own, score - least) for own, score in zip(best, part, strict=True)]
    del best[rest]
    return [1.0, math.log1p(len(reading.terms)), reading.unknown, *best]


def carrying(tiers: Iterable[Reading], others: Sequence[Reading]) -> frozenset[int]:
    """Return the concepts that lines of the tiers use at least as often as the other lines, by their keys."""
    own, count = _uses(tiers)
    beside, other_count = _uses(others)
    least = LEAST_USED if count > FEW else 1
    return frozenset(
        concept for concept, uses in own.items() if uses >= least and uses * other_count >= beside[concept] * count
    )


def _uses(readings: Iterable[Reading]) -> tuple[Counter[int], int]:
    """Return how many readings use each concept, and how many readings there are."""
    concepts = [{term.concept_key for term in reading.terms} for reading in readings]
    return Counter(itertools.chain.from_iterable(concepts)), len(concepts)
