"""Ranks for staff, while they type: entries and topics that are not covered, best first, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Answer, Message
from app.dialogue.ranking import Ranking
from app.matching.features import FloatArray
from app.matching.likeness import Phrasings, sort_key
from app.matching.matcher import Candidate, Explanation
from app.text import words

LEAST_CONFIDENCE = 0.06
LEAST_LIKELY = 0.35
"""Least `likely` of an entry that is shown without confidence."""
LEAST_TOPIC = 0.2
"""Confidence from which a topic that nothing covers is shown: it tells staff to hand over."""
MOST_TOPICS = 2
WEIGHT = 0.5
"""Weight of `likely`, the likeness by words alone, beside the confidence. On 165 short questions cut off after 15, 30
and 50% of their letters it put the right entry among the first five in 65, 88 and 98%, the confidence alone in 47, 82
and 95% (bench/typing.py).
"""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """An entry, or with `answer` None a topic that has no approved text."""

    id: str
    title: str
    answer: Answer | None
    confidence: float
    rank: float
    """Higher is better; for putting in order only."""
    taken_back: bool = False
    """There is an answer, and it is not served now."""


@dataclass(frozen=True, slots=True)
class SearchResults:
    results: tuple[SearchResult, ...]
    sure: bool
    """The first is what was asked for, as far as the service would answer a patient or refuse by name. Only then it is
    opened unasked: `pump sice` opened an answer on what a pump is, to be read aloud.
    """


def search_entries(knowledge: Knowledge, message: Message, day: date, limit: int = 6) -> SearchResults:
    """Return at most `limit` entries and topics for a message, whose last word may be unfinished."""
    utterance, text = knowledge.read(message), message.text
    asked = knowledge.openers.strip(utterance.text)
    unfinished = text[-1:].isalnum() and utterance.text.folded.endswith(asked.folded)
    ranking = Ranking(utterance, knowledge)
    abroad = knowledge.languages.detect(text, utterance) is not None
    candidates = ranking.abroad() if abroad else ranking.by_words(asked)
    likely = knowledge.matcher.word_index.likely(asked, unfinished)
    results = sorted(_results(knowledge, candidates, likely, day), key=lambda result: (-result.rank, result.id))
    topics = [result for result in results if result.answer is None and not result.taken_back][:MOST_TOPICS]
    results = [result for result in results if result.answer or result.taken_back or result in topics][:limit]
    if not results:
        return SearchResults((), sure=False)
    first = results[0]
    sure = any(best.id == first.id and best.sure for best in candidates)
    if sure and first.answer is None:  # answers to other questions would only be in the way of handing over
        results = [result for result in results if result.confidence >= LEAST_CONFIDENCE]
    return SearchResults(tuple(results), sure)


def explain(knowledge: Knowledge, text: str, result: SearchResult) -> Explanation:
    """Return what of the text matched; an unfinished word is taken for the one that the topic is asked for with."""
    matcher = knowledge.matcher
    finished = matcher.word_index.finished(text, matcher.labels.index(result.id))
    explanation = matcher.explain(finished, result.id)
    last = "".join(words(finished)[-1:])
    with_last = tuple(line for line in matcher.phrasings[result.id].texts if f" {last}" in f" {line.casefold()}")
    if not with_last or last in explanation.words:
        return explanation
    phrasing, likeness = Phrasings(with_last).nearest(sort_key(finished))
    return replace(explanation, phrasing=phrasing, likeness=likeness, words=(*explanation.words, last))


def _results(
    knowledge: Knowledge, candidates: Sequence[Candidate], likely: FloatArray, day: date
) -> Iterator[SearchResult]:
    """Yield each entry and topic that may be what was asked for; `likely` has a number for each label."""
    confidences = {candidate.id: candidate.confidence for candidate in candidates}
    answers, titles = knowledge.approved.answers, knowledge.approved.titles
    for id_, alike in zip(knowledge.matcher.labels, likely.tolist(), strict=True):
        sure = confidences.get(id_, 0.0)
        rank = sure + WEIGHT * alike
        if id_ in answers and (sure >= LEAST_CONFIDENCE or alike >= LEAST_LIKELY):
            served = knowledge.serves(id_, day)
            answer = replace(answers[id_], confidence=sure) if served else None  # sealed: its question may be said
            yield SearchResult(id_, answers[id_].question, answer, sure, rank, taken_back=not served)
        elif id_ in titles and sure >= LEAST_TOPIC:
            yield SearchResult(id_, titles[id_], None, sure, rank)
