"""From scores to a probability that a candidate is the right topic, and from a risk to a threshold.

A logistic regression (Platt 1999) over a few signs of how clear the decision is, fitted on phrasings
that the scoring model had not seen.
"""

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.matching.features import Reading

Array = NDArray[np.float64]

SIGNS = ("score", "lead", "lead over the other kind", "best other", "one", "unknown", "length", "covered", "follow-up")
"""Columns of a row, see `own_signs` and `shared_signs`. How like the nearest phrasing is brought nothing
(docs/decisions/0005).
"""
SCORE = SIGNS.index("score")
EVEN_ODDS = 0.5
"""An answer is then as likely right as wrong."""
RIDGE = 1e-2
STEPS = 30


def own_signs(own: float, other: float, rival: float) -> tuple[float, ...]:
    """Of one candidate: its score, its lead over the best `other` candidate and over the best of the other kind
    (`rival`: a not-covered topic for an entry, and the reverse), and the score of that other.
    """
    return own, own - other, own - rival, other


def shared_signs(covered: float, reading: Reading) -> tuple[float, ...]:
    """Of the text: one, the share of unknown words, the length in words, the score by which the text looks covered at
    all, and whether it is read as a follow-up.
    """
    return 1.0, reading.unknown, math.log1p(len(reading.terms)), covered, float(reading.after is not None)


def logistic(values: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))))


@dataclass(frozen=True)
class Calibration:
    """Coefficients of `SIGNS`, a set for entries and one for not-covered topics."""

    entry: tuple[float, ...]
    other: tuple[float, ...]

    def confidence(self, row: Sequence[float], covered: bool) -> float:
        coefficients = self.entry if covered else self.other
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, sum(map(operator.mul, coefficients, row))))))


def fit_logistic(rows: Array, right: Array, counts: Array | None = None) -> Array:
    """Coefficients by Newton's method (iteratively reweighted least squares), with a small ridge penalty.

    `counts` says for how many each row stands; one each when left out.
    """
    counts = np.ones(len(rows)) if counts is None else counts
    coefficients = np.zeros(rows.shape[1])
    if not len(rows):
        return coefficients
    penalty = RIDGE * len(rows) * 1e-2 * np.eye(rows.shape[1]) + 1e-6 * np.eye(rows.shape[1])
    for _ in range(STEPS):
        chance = logistic(rows @ coefficients)
        gradient = rows.T @ (counts * (right - chance)) - penalty @ coefficients
        hessian = (rows * (counts * chance * (1 - chance))[:, None]).T @ rows + penalty
        step = np.linalg.solve(hessian, gradient)
        coefficients = coefficients + step
        if float(np.abs(step).max()) < 1e-8:
            break
    return coefficients


def threshold_for(confidences_out: Array, risk: float | None) -> float:
    """Lowest bar that lets at most `risk` (a share) of these must-not-answer confidences through."""
    if risk is None or not len(confidences_out):
        return EVEN_ODDS
    allowed = int(np.floor(risk * len(confidences_out)))
    ordered = np.sort(confidences_out)[::-1]
    return float(np.nextafter(ordered[min(allowed, len(ordered) - 1)], 1.0))
