"""Turns scores into a probability that a candidate is the right topic, and a risk into a threshold.

It is a logistic regression (Platt 1999) over a few features of how clear the decision is, fitted on phrasings
that the scoring model had not seen.
"""

import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.matching.features import Reading

Array = NDArray[np.float64]
Kind = Literal["entry", "not-covered", "talk"]
"""What a topic is: one with an answer, one without, or small talk."""
KINDS: tuple[Kind, ...] = ("entry", "not-covered", "talk")

CALIBRATION_FEATURES = (
    "score",
    "margin",
    "margin over the other kind",
    "best other",
    "one",
    "unknown",
    "length",
    "covered",
    "follow-up",
)
"""The columns of a feature vector, see `candidate_features` and `text_features`. The likeness to the nearest phrasing
brought nothing (docs/decisions/0005).
"""
MEANING_FEATURES = ("log-probability", "margin of it")
"""What the encoder adds: of the candidate, and over the best other topic."""
NAMED = 0.7
"""Least confidence at which a topic that is not covered is called by its name: the wrong name sounds deaf. At 0.8 one
in 300 questions more got a choice instead of its answer, and no near miss less.
"""
SCORE = CALIBRATION_FEATURES.index("score")
EVEN_ODDS = 0.5
"""The confidence at which an answer is as likely right as wrong."""
RIDGE = 1e-2
STEPS = 30


def candidate_features(score: float, other: float, rival: float) -> tuple[float, ...]:
    """Return the features of one candidate: its score, its margins over the best other candidate (score `other`) and
    over the best of another kind (`rival`: a not-covered topic or small talk for an entry), and the score `other`.
    """
    return score, score - other, score - rival, other


def text_features(covered: float, reading: Reading) -> tuple[float, ...]:
    """Return the features that all candidates of a text share: one, the share of unknown words, the logarithm of the
    length in words, the score by which the text looks covered at all, and 1 where it is read as a follow-up.
    """
    return 1.0, reading.unknown, math.log1p(len(reading.terms)), covered, float(reading.after is not None)


def logistic(values: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))))


@dataclass(frozen=True)
class Calibration:
    """What scores are worth, for each kind of topic."""

    coefficients: Mapping[Kind, tuple[float, ...]]
    """Of `CALIBRATION_FEATURES`, and of `MEANING_FEATURES` after them where meaning was asked."""
    thresholds: Mapping[Kind, float]
    """Lowest confidence at which a topic is acted on: answered, refused by its name, taken for small talk."""

    def confidence(self, vector: Sequence[float], kind: Kind) -> float:
        weighted = sum(map(operator.mul, self.coefficients[kind], vector))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, weighted))))


def fit_logistic(rows: Array, right: Array, counts: Array) -> Array:
    """Return coefficients by Newton's method (iteratively reweighted least squares), with a small ridge penalty.

    `rows` are feature vectors, `right` 0 or 1 for each; `counts` says how many messages each row stands for.
    Scikit-learn's logistic regression has another penalty and needs as many lines to call.
    """
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
    """Return the lowest threshold that lets at most `risk` (a share) of these must-not-answer confidences through."""
    if risk is None or not len(confidences_out):
        return EVEN_ODDS
    allowed = int(np.floor(risk * len(confidences_out)))
    ordered = np.sort(confidences_out)[::-1]
    return float(np.nextafter(ordered[min(allowed, len(ordered) - 1)], 1.0))
