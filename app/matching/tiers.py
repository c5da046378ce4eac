"""How likely each tier is for a whole message: the scores of all its parts go in, a probability for each label comes
out.

It is a multinomial logistic regression over how far each tier's score lies above that of the rest, fitted on messages
that the scoring model had not seen. An encoder's vectors beside the scores raised 1 to 2 in 100 left-out dangers more,
and none more of 230 unseen messages (docs/decisions/0013): danger goes by words alone.
"""

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.matching.features import FloatArray, Reading

PART_DISCOUNT = np.float32(0.6)
"""A sentence out of its story sounds more alarming than the whole; 0.3 and 0.9 ranked left-out messages no better."""
LEAST_USED = 2
"""Fewest lines of danger that use a word before it may carry a tier, where there are more than `FEW`."""
FEW = 100
LEAST_CARRYING = 2
"""Fewest words that carry a tier in a message that is near one: one everyday word never does."""


@dataclass(frozen=True)
class Tiers:
    """What a matcher whose labels are tiers, and a rest that is none, knows of whole messages."""

    rest: int
    """Place of the rest among the labels."""
    coefficients: NDArray[np.float64]
    """A row for each label, a column for each of `features`."""
    carrying: Set[int]
    """Concepts that lines of the tiers use at least as often as the others, by their keys."""

    def probabilities(self, scores: FloatArray, reading: Reading) -> NDArray[np.float64]:
        """Return a probability for each label; `scores` has a row for the whole message and for each part of it, a
        column for each label.
        """
        weighted = self.coefficients @ features(scores, self.rest, reading)
        odds = np.exp(weighted - weighted.max())
        return np.asarray(odds / odds.sum())

    def has_evidence(self, reading: Reading, abroad: bool = False) -> bool:
        """Return whether the message has words enough that carry a tier. In other languages there are fewer lines and
        more forms of a word: one that no line uses may carry it too.
        """
        carrying = {
            term.concept_key
            for term in reading.terms
            if term.concept_key in self.carrying or (abroad and not term.known)
        }
        return len(carrying) >= LEAST_CARRYING

    def to_names(self) -> dict[str, Any]:
        return {"rest": self.rest, "coefficients": self.coefficients.tolist(), "carrying": sorted(self.carrying)}

    @classmethod
    def of(cls, names: Mapping[str, Any]) -> "Tiers":
        return cls(int(names["rest"]), np.array(names["coefficients"]), frozenset(names["carrying"]))


def features(scores: FloatArray, rest: int, reading: Reading) -> NDArray[np.float64]:
    """Return one, the logarithm of the length in words, the share of unknown words, and how far each tier lies above
    the rest in the message or, discounted, in the part where it lies farthest.
    """
    above = scores - scores[:, rest : rest + 1]
    above[1:] -= PART_DISCOUNT
    tiers = np.delete(above.max(axis=0), rest)
    return np.concatenate(([1.0, math.log1p(len(reading.terms)), reading.unknown], tiers))


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
