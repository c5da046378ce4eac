"""Which questions a text is like: does what a curator proposes have to do with what was asked?"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.dialogue.knowledge import Knowledge
from app.redaction.redact import without_marks
from app.review.clusters import Job, pairs_alike


def resemblance(lines: Sequence[str], questions: Sequence[str], knowledge: Knowledge) -> NDArray[np.bool_]:
    """Return a row for each line, and in it for each question whether it asks for the same."""
    own = [without_marks(question) for question in questions]
    return pairs_alike(Job.of([*lines, *own], knowledge.matcher))[: len(lines), len(lines) :]
