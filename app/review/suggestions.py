"""Kept questions that an owner could turn into phrasings of an entry or topic, each in words of her own."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.dialogue.knowledge import Knowledge
from app.matching.likeness import sort_key
from app.records.review_queue import KeptQuestion
from app.redaction.redact import without_marks
from app.text import words

LEAST_CONFIDENCE = 0.1
"""Confidence in the topic from which a question is suggested."""
LEAST_LIKENESS = 0.6
"""Likeness to a phrasing, 0 to 1, from which a question is a near neighbour, whatever it was taken for."""
RANKED = 5
"""Candidates of a question that are looked at."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    question: KeptQuestion
    confidence: float
    """That the question asks for the topic, 0 to 1; 0 for a near neighbour only."""
    taken_for: str | None
    """What comes first for it now, where that is another topic."""
    phrasing: str
    """The topic's phrasing that is nearest."""
    likeness: float


def suggestions(id_: str, questions: Iterable[KeptQuestion], knowledge: Knowledge) -> list[Suggestion]:
    """Return the questions that may ask for the topic, the surest first, each wording once; those near danger are left
    to review.
    """
    found = (_suggestion(id_, question, knowledge) for question in _distinct(questions))
    near = [own for own in found if own.confidence >= LEAST_CONFIDENCE or own.likeness >= LEAST_LIKENESS]
    return sorted(near, key=lambda own: (-own.confidence, -own.likeness, own.question.message_id))


def _distinct(questions: Iterable[KeptQuestion]) -> Iterable[KeptQuestion]:
    kept = (question for question in questions if question.state == "open" and not question.near_urgent)
    return {" ".join(words(question.text)): question for question in kept}.values()


def _suggestion(id_: str, question: KeptQuestion, knowledge: Knowledge) -> Suggestion:
    text = without_marks(question.text)
    candidates = knowledge.matcher.rank(text, RANKED, encoder=knowledge.encoder)
    confidence = next((candidate.confidence for candidate in candidates if candidate.id == id_), 0.0)
    first = candidates[0].id if candidates and candidates[0].id != id_ else None
    phrasing, likeness = knowledge.matcher.phrasings[id_].nearest(sort_key(text))
    return Suggestion(question, confidence, first, phrasing, likeness)
