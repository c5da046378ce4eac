"""A multinomial logistic regression over the vectors of an encoder, by Adam (Kingma & Ba 2015). For fitting only.

Scikit-learn's, by L-BFGS, ranked alike and took 20 s where this takes 2: four are fitted, for three folds and all.
"""

import numpy as np
from numpy.typing import NDArray

from app.matching.features import FloatArray
from app.matching.svm import Labels, handicap

EPOCHS = 8
LEAST_STEPS = 400
"""Steps that few phrasings take, whose epochs are one batch each."""
BATCH = 256
RATE = 0.05
"""First step of the descent; it falls to 0 evenly. With 0.02 two in a hundred fewer were right."""
PENALTY = 1e-5
MOMENTUM, SCALE = 0.9, 0.99
_TINY = 1e-8


def fit(vectors: FloatArray, labels: Labels, of: NDArray[np.str_]) -> FloatArray:
    """Return weights, a row for each number of a vector and last the biases, a column for each label of `labels`.

    `of` are the labels of the vectors; one of many has a handicap. Batches are drawn in the same order each time.
    """
    rows = np.hstack([vectors, np.ones((len(vectors), 1), np.float32)])
    targets = np.searchsorted(labels, of)
    weights = np.zeros((rows.shape[1], len(labels)), np.float32)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    batches = -(-len(rows) // BATCH)
    epochs = max(EPOCHS, -(-LEAST_STEPS // batches))
    random, steps, step = np.random.default_rng(0), epochs * batches, 0
    for _ in range(epochs):
        order = random.permutation(len(rows))
        for start in range(0, len(rows), BATCH):
            batch = order[start : start + BATCH]
            gradient = _gradient(rows[batch], targets[batch], weights)
            step += 1
            mean += (1 - MOMENTUM) * (gradient - mean)
            square += (1 - SCALE) * (gradient * gradient - square)
            rate = RATE * (1 - step / steps) / (1 - MOMENTUM**step)
            weights -= np.float32(rate) * mean / (np.sqrt(square / np.float32(1 - SCALE**step)) + np.float32(_TINY))
    weights[-1, np.isin(labels, of)] -= handicap(of)
    return weights


def _gradient(rows: FloatArray, targets: NDArray[np.intp], weights: FloatArray) -> FloatArray:
    scores = rows @ weights
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    scores[np.arange(len(rows)), targets] -= 1
    return np.asarray(rows.T @ scores / np.float32(len(rows)) + np.float32(2 * PENALTY) * weights)
