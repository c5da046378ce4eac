"""What a matcher makes of the vector of a text: how likely each topic is by its meaning."""

from dataclasses import dataclass

import numpy as np

from app.matching.confidence import Calibration
from app.matching.features import FloatArray

WEIGHTS = (0.05, 0.08, 0.12, 0.2, 0.4, 0.8, 1.6)
"""Weights of a log-probability beside the scores of words, of which the fit takes the one that puts most left-out
phrasings first: few phrasings leave more to meaning.
"""
LEAST = np.float32(-12.0)
"""Log-probability below which all topics are alike."""


@dataclass(frozen=True)
class Meaning:
    """A layer over the vectors of the encoder."""

    weights: FloatArray
    """A row for each number of a vector and last the biases, a column for each label of the matcher."""
    weight: float
    """One of `WEIGHTS`."""
    calibration: Calibration
    """Of the scores of words and meaning together."""

    def log_probabilities(self, vectors: FloatArray) -> FloatArray:
        """Return a row for each vector, a column for each label."""
        return log_probabilities(self.weights, vectors)


def log_probabilities(weights: FloatArray, vectors: FloatArray) -> FloatArray:
    scores = vectors @ weights[:-1] + weights[-1]
    scores -= scores.max(axis=1, keepdims=True)
    return np.asarray(np.maximum(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)), LEAST), np.float32)
