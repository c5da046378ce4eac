"""Which questions a text is like: does what a curator proposes have to do with what was asked?"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.dialogue.knowledge import Knowledge
from app.matching.features import FloatArray
from app.matching.matcher import Matcher
from app.redaction.redact import without_marks
from app.review.clusters import cosines
from app.text import parse

ALIKE = 0.3
"""Sum of two cosines, of leanings to topics and of shared words, from which two texts ask for the same. Beside three
questions for a topic that the matcher does not know, one in ten of those for the same fell below, and 70 in 100 for
something else; for one that it knows, one in fifty and over 85 in 100. Shared words alone told 50 apart, and the
vectors of the encoder on top of both no more.
"""
MANY = 100
"""Topics among which two texts hardly lean the same way by chance: among seven, the cosine is often over 0.3."""


def resemblance(lines: Sequence[str], questions: Sequence[str], knowledge: Knowledge) -> NDArray[np.bool_]:
    """Return a row for each line, and in it for each question whether it asks for the same."""
    parsed = [parse(own) for own in (*lines, *map(without_marks, questions))]
    matcher = knowledge.matcher
    readings = [matcher.model.vocabulary.read(own, None) for own in parsed]
    topics = _leanings(matcher, matcher.model.score(readings))
    weight = min(1.0, float(np.sqrt(topics.shape[1] / MANY)))
    alike = weight * (topics @ topics.T) + cosines([own.key for own in parsed], matcher.model)
    return np.asarray(alike[: len(lines), len(lines) :] >= ALIKE)


def _leanings(matcher: Matcher, scores: FloatArray) -> FloatArray:
    """Return for each text which topics it leans to more than to others, and than a text of no words does, as a vector
    of length one.
    """
    columns = [matcher.first + place for place, id_ in enumerate(matcher.labels) if matcher.kind_of(id_) != "talk"]
    own = scores[:, columns] - matcher.model.bias[columns]
    own /= np.maximum(np.linalg.norm(own, axis=1, keepdims=True), 1e-9)
    own -= own.mean(axis=1, keepdims=True)
    return np.asarray(own / np.maximum(np.linalg.norm(own, axis=1, keepdims=True), 1e-9))
