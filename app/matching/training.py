"""Fits matchers over one model. Runs in a child process (`python -m app.matching.training JOB FOLDER`) and is imported
by nobody, so that a server never loads scikit-learn.

One linear SVM for all topics of a matcher at once ranked as well as one per topic against the rest, in half the time
(docs/decisions/0002). Cross-validation leaves out phrasings, near-duplicates together, and learns from them how far
the scores can be trusted.
"""

import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.matching import confidence, likeness, svm
from app.matching.features import LEAST, Reading
from app.matching.matcher import Lesson, Matcher, save_together
from app.matching.model import LinearModel
from app.matching.occurrences import Occurrences
from app.matching.vocabulary import LEAST_COUNT, Lexicon, Vocabulary

FOLDS = 3
FOLDS_OF_TOPICS = 5
"""Without not-covered phrasings a fifth of the topics is left out at a time to stand for the unknown."""
MOST_FEATURES = 150_000
"""The most telling are kept: a bound on memory and on the time of a fit (docs/decisions/0005)."""
UNKNOWN = 0.05
"""Share of messages taken to ask for none of the topics, where no not-covered phrasings tell. With a fifth of the
topics of BANKING77 unknown, 0.05 and 0.1 gave a calibration error of 0.017 and 0.037 on the others.
"""
MARGINS = 2
"""Candidates of each kind that a left-out phrasing teaches from."""

Call = tuple[Any, ...]
"""A function of `svm` and what it is called with."""


@dataclass(frozen=True)
class Course:
    """A lesson, with its examples as rows of the matrix of all texts."""

    topics: tuple[str, ...]
    phrasings: tuple[str, ...]
    rows: svm.Rows
    readings: tuple[Reading, ...]
    not_covered: frozenset[str]
    calibrated: bool
    risk: float | None

    @cached_property
    def labels(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.topics)))

    @cached_property
    def answers(self) -> svm.Labels:
        return np.array(self.topics)

    @cached_property
    def covered(self) -> svm.Kinds:
        return np.array([topic not in self.not_covered for topic in self.topics])


@dataclass(frozen=True)
class LeftOut:
    """What cross-validation saw: rows of signs, whether each candidate was right, and its kind."""

    rows: list[list[float]] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    covered: list[bool] = field(default_factory=list)
    counts: list[float] = field(default_factory=list)
    """For how many a row stands: left-out topics must not make the unknown look commoner than it is."""
    of_unknown: list[int] = field(default_factory=list)
    """Places in `rows` of the best entry for each text that no entry answers."""


def read_job(path: Path) -> tuple[dict[str, Lesson], Lexicon]:
    job = json.loads(path.read_text(encoding="utf-8"))
    lessons = {
        name: Lesson(
            tuple((topic, text, after) for topic, text, after in each["examples"]),
            frozenset(each["not_covered"]),
            each["calibrated"],
            each["risk"],
        )
        for name, each in job["lessons"].items()
    }
    return lessons, Lexicon({word: tuple(full) for word, full in job["shorthand"].items()}, job["ideas"])


def train(lessons: Mapping[str, Lesson], lexicon: Lexicon) -> dict[str, Matcher]:
    said = list(dict.fromkeys((text, after) for each in lessons.values() for _, text, after in each.examples))
    vocabulary = Vocabulary.learn(dict.fromkeys(text for text, _ in said), lexicon)
    readings = [vocabulary.read(*each) for each in said]
    rows = {each: row for row, each in enumerate(said)}
    shown = Counter(word for reading in readings for word in set(reading.words))
    courses = [_course(lesson, rows, readings) for lesson in lessons.values()]
    standing = Occurrences.of(readings)
    standing = standing.keep(standing.shown() >= LEAST)
    seen = standing.features()
    standing = standing.keep(strongest(telling(standing.matrix(seen), courses))[seen.rows])
    features = standing.features()
    fitted = _run(standing.matrix(features), [_fits(course) for course in courses])
    columns = [each for course, done in zip(courses, fitted, strict=True) for each in done[: _fitted_parts(course)]]
    shared = LinearModel.of_weights(
        vocabulary,
        features,
        np.hstack([weights for weights, _ in columns]),
        np.concatenate([bias for _, bias in columns]),
    )
    matchers, first = {}, 0
    for name, course, done in zip(lessons, courses, fitted, strict=True):
        matchers[name] = _matcher(shared, first, course, done[_fitted_parts(course) :], shown)
        first += len(course.labels) + course.calibrated
    return matchers


def _course(lesson: Lesson, rows: Mapping[tuple[str, str | None], int], readings: Sequence[Reading]) -> Course:
    examples = list(dict.fromkeys(lesson.examples))
    at = [rows[(text, after)] for _, text, after in examples]
    return Course(
        topics=tuple(topic for topic, _, _ in examples),
        phrasings=tuple(text for _, text, _ in examples),
        rows=np.array(at, np.intp),
        readings=tuple(readings[row] for row in at),
        not_covered=lesson.not_covered,
        calibrated=lesson.calibrated,
        risk=lesson.risk,
    )


def _run(matrix: csr_matrix, groups: Sequence[Sequence[Call]]) -> list[list[Any]]:
    with svm.workers(matrix) as pool:
        pending = [[pool.submit(*call) for call in calls] for calls in groups]
        return [[each.result() for each in calls] for calls in pending]


def telling(matrix: csr_matrix, courses: Sequence[Course]) -> NDArray[np.float64]:
    """How much more of each feature the texts of some topic hold than as many texts of all topics."""
    most = np.zeros(matrix.shape[1])
    for course in courses:
        rows = matrix[course.rows]
        expected = np.asarray(rows.mean(axis=0)).ravel()
        for label in course.labels:
            own = np.flatnonzero(course.answers == label)
            held = np.asarray(rows[own].sum(axis=0)).ravel()
            np.maximum(most, held - len(own) * expected, out=most)
    return most


def strongest(values: NDArray[np.float64]) -> svm.Kinds:
    """Which are among the `MOST_FEATURES` largest."""
    return np.asarray(values >= np.sort(values)[-min(MOST_FEATURES, len(values))])


def _fits(course: Course) -> list[Call]:
    """The whole course's columns, then what its calibration needs: the scores of each fold left out."""
    whole: list[Call] = [(svm.topics, course.rows, course.answers)]
    if not course.calibrated:
        return whole
    folds = [
        (svm.left_out, course.rows[learn], course.answers[learn], course.covered[learn], course.rows[out])
        for learn, out in splits(course)
    ]
    return [*whole, (svm.border, course.rows, course.covered), *folds]


def _fitted_parts(course: Course) -> int:
    """How many of a course's fits are columns of the model."""
    return 2 if course.calibrated else 1


def splits(course: Course) -> Iterator[tuple[svm.Rows, svm.Rows]]:
    """Places of a course's examples to learn from, and to leave out."""
    count = FOLDS if course.not_covered else FOLDS_OF_TOPICS
    folds = folds_of(course.topics, course.phrasings, count)
    unknown = {} if course.not_covered else {topic: place % count for place, topic in enumerate(course.labels)}
    for fold in range(count):
        out = (folds == fold) | np.array([unknown.get(topic) == fold for topic in course.topics])
        yield np.flatnonzero(~out), np.flatnonzero(out)


def folds_of(topics: Sequence[str], phrasings: Sequence[str], count: int) -> NDArray[np.int64]:
    """A fold for each phrasing: those of the same words share one, each topic is spread evenly."""
    by_topic: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, (topic, phrasing) in enumerate(zip(topics, phrasings, strict=True)):
        by_topic[topic][" ".join(sorted(set(likeness.sort_key(phrasing).split())))].append(place)
    folds = np.zeros(len(topics), np.int64)
    for groups in by_topic.values():
        for turn, key in enumerate(sorted(groups, key=_digest)):
            folds[groups[key]] = turn % count
    return folds


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _matcher(
    shared: LinearModel, first: int, course: Course, left_out: Sequence[NDArray[np.float32]], shown: Counter[str]
) -> Matcher:
    flat = (0.0,) * len(confidence.SIGNS)
    bare = Matcher(shared, first, course.labels, {}, confidence.Calibration(flat, flat), course.not_covered, 1.0)
    if not course.calibrated:
        return bare
    calibration, threshold = calibrate(_look(bare, course, left_out, shown), course.risk)
    groups: dict[str, list[str]] = defaultdict(list)
    for topic, phrasing in zip(course.topics, course.phrasings, strict=True):
        groups[topic].append(phrasing)
    phrasings = {topic: likeness.Phrasings(tuple(texts)) for topic, texts in groups.items()}
    return replace(bare, phrasings=phrasings, calibration=calibration, threshold=threshold)


def _look(matcher: Matcher, course: Course, left_out: Sequence[NDArray[np.float32]], shown: Counter[str]) -> LeftOut:
    """How the candidates for the left-out phrasings look, and which were right.

    `shown` counts the texts that show a word; a word is known to a fold by those that it does not leave out.
    """
    seen = LeftOut()
    for (learn, out), scores in zip(splits(course), left_out, strict=True):
        labels = tuple(sorted({course.topics[place] for place in learn}))
        known = replace(matcher, first=0, labels=labels)
        absent = set(course.topics) - set(labels)
        strange = sum(course.topics[place] in absent for place in out)
        count = UNKNOWN / (1 - UNKNOWN) * (len(out) - strange) / max(1, strange)
        known_words = _known_without(shown, [course.readings[place] for place in out])
        for place, row in zip(out.tolist(), scores, strict=True):
            topic = course.topics[place]
            reading = course.readings[place]
            terms = tuple(term._replace(known=term.word in known_words) for term in reading.terms)
            weighed = known.weigh(row, replace(reading, terms=terms), MARGINS)
            if topic in absent or topic in course.not_covered:
                seen.of_unknown.append(len(seen.rows))
            seen.rows.extend(signs for _, signs in weighed)
            seen.right.extend(labels[candidate] == topic for candidate, _ in weighed)
            seen.covered.extend(labels[candidate] not in course.not_covered for candidate, _ in weighed)
            seen.counts.extend([count if topic in absent else 1.0] * len(weighed))
    return seen


def _known_without(shown: Counter[str], left_out: Sequence[Reading]) -> set[str]:
    less = Counter(word for reading in left_out for word in set(reading.words))
    return {word for word, count in shown.items() if count - less[word] >= LEAST_COUNT}


def calibrate(seen: LeftOut, risk: float | None) -> tuple[confidence.Calibration, float]:
    rows, right, covered = np.array(seen.rows), np.array(seen.right, np.float64), np.array(seen.covered, bool)
    counts = np.array(seen.counts)
    entry = confidence.fit_logistic(rows[covered], right[covered], counts[covered])
    other = confidence.fit_logistic(rows[~covered], right[~covered], counts[~covered])
    sure = confidence.logistic(rows[seen.of_unknown] @ entry) if seen.of_unknown else np.empty(0)
    return confidence.Calibration(tuple(entry.tolist()), tuple(other.tolist())), confidence.threshold_for(sure, risk)


if __name__ == "__main__":
    save_together(train(*read_job(Path(sys.argv[1]))), Path(sys.argv[2]))
