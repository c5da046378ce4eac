"""Fits a matcher. Runs in a child process (`python -m app.matching.training JOB FOLDER`) and is imported
by nobody, so that a server never loads scikit-learn.

One linear SVM for all topics at once (Crammer & Singer 2001, as LIBLINEAR solves it; Fan et al. 2008): it
ranked as well as a squared hinge per topic against the rest, in half the time (docs/decisions/0002).
Cross-validation leaves out phrasings, near-duplicates together, and learns from them how far the
scores can be trusted.
"""

import hashlib
import json
import sys
import warnings
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from app.matching import confidence, likeness
from app.matching.features import Features, Reading
from app.matching.matcher import Matcher
from app.matching.model import LinearModel
from app.matching.vocabulary import Lexicon, Vocabulary

FOLDS = 3
FOLDS_OF_TOPICS = 5
"""Without not-covered phrasings a fifth of the topics is left out at a time to stand for the unknown."""
PENALTY = 0.3
TOLERANCE = 0.2
"""Tighter ones took longer and ranked no better."""
COVERED_PENALTY = 0.5
BIAS_SCALE = 0.3
WORKERS = 2
MARGINS = 2
"""Candidates of each kind that a left-out phrasing teaches from."""


@dataclass(frozen=True)
class Task:
    topics: list[str]
    phrasings: list[str]
    after: list[str | None]
    """The topic answered before, of each phrasing that is a follow-up."""
    not_covered: frozenset[str]
    lexicon: Lexicon
    risk: float | None
    """None: no calibration is wanted."""

    @classmethod
    def read(cls, path: Path) -> "Task":
        job = json.loads(path.read_text(encoding="utf-8"))
        shorthand = {word: tuple(full) for word, full in job["shorthand"].items()}
        examples = [(id_, text, after) for id_, text, after in job["examples"]]
        examples += [(id_, text, None) for id_, texts in job["texts"].items() for text in texts]
        examples = list(dict.fromkeys(examples))
        return cls(
            [id_ for id_, _, _ in examples],
            [text for _, text, _ in examples],
            [after for _, _, after in examples],
            frozenset(job["not_covered"]),
            Lexicon(shorthand, job["ideas"]),
            job["risk"],
        )


@dataclass(frozen=True)
class LeftOut:
    """What cross-validation saw: rows of signs, whether each candidate was right, and its kind."""

    rows: list[list[float]]
    right: list[bool]
    covered: list[bool]
    best_of_unknown: list[int]
    """Places in `rows` of the best entry for each text that no entry answers."""


def fit_weights(readings: Sequence[Reading], topics: Sequence[str], not_covered: frozenset[str]) -> LinearModel:
    known = Features.learn(readings)
    matrix = _matrix(known, readings)
    svm = LinearSVC(
        C=PENALTY, tol=TOLERANCE, intercept_scaling=BIAS_SCALE, multi_class="crammer_singer", random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        svm.fit(matrix, np.array(topics))
    weights, bias, labels = svm.coef_.T, svm.intercept_, [str(label) for label in svm.classes_]
    if len(labels) == 2:  # one border between two topics: each side gets its sign
        weights, bias = np.hstack([-weights, weights]), np.array([-bias[0], bias[0]])
    column, offset = _fit_covered(matrix, [topic not in not_covered for topic in topics])
    weights, bias = np.hstack([weights, column]), np.append(bias, offset)
    return LinearModel(known, tuple(labels), weights.astype(np.float32), bias.astype(np.float32))


def _fit_covered(matrix: csr_matrix, covered: Sequence[bool]) -> tuple[NDArray[np.float64], float]:
    """A border of its own between all entries and all not-covered topics; flat where there is only one kind."""
    if len(set(covered)) < 2:
        return np.zeros((matrix.shape[1], 1)), 0.0
    svm = LinearSVC(C=COVERED_PENALTY, tol=TOLERANCE, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        svm.fit(matrix, np.array(covered))
    return svm.coef_.T, float(svm.intercept_[0])


def _matrix(known: Features, readings: Sequence[Reading]) -> csr_matrix:
    vectors = [known.vector(reading) for reading in readings]
    starts = np.cumsum([0, *(len(places) for places, _ in vectors)])
    places = np.concatenate([places for places, _ in vectors])
    values = np.concatenate([values for _, values in vectors]).astype(np.float64)
    matrix = csr_matrix((values, places, starts), shape=(len(vectors), len(known.idf)))
    matrix.sum_duplicates()
    return matrix


def folds_of(task: Task, count: int) -> NDArray[np.int64]:
    """A fold for each phrasing: those of the same words share one, each topic is spread evenly."""
    by_topic: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, (topic, phrasing) in enumerate(zip(task.topics, task.phrasings, strict=True)):
        by_topic[topic][" ".join(sorted(set(likeness.sort_key(phrasing).split())))].append(place)
    folds = np.zeros(len(task.topics), np.int64)
    for groups in by_topic.values():
        for turn, key in enumerate(sorted(groups, key=_digest)):
            folds[groups[key]] = turn % count
    return folds


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def assemble(task: Task, kept: Sequence[int], readings: Sequence[Reading], vocabulary: Vocabulary) -> Matcher:
    """A matcher of the kept phrasings, not calibrated yet."""
    groups: dict[str, list[str]] = defaultdict(list)
    for place in kept:
        groups[task.topics[place]].append(task.phrasings[place])
    topics = [task.topics[place] for place in kept]
    weights = fit_weights([readings[place] for place in kept], topics, task.not_covered)
    flat = (0.0,) * len(confidence.SIGNS)
    phrasings = {topic: likeness.Phrasings.of(texts) for topic, texts in groups.items()}
    return Matcher(weights, vocabulary, phrasings, confidence.Calibration(flat, flat), task.not_covered, 1.0)


def leave_out(matcher: Matcher, task: Task, places: Sequence[int], readings: Sequence[Reading]) -> LeftOut:
    """How the matcher's candidates for these left-out phrasings look, and which were right."""
    seen = LeftOut([], [], [], [])
    known = set(matcher.scorer.labels)
    for place in places:
        weighed = matcher.weigh(task.phrasings[place], readings[place], MARGINS)
        if task.topics[place] in task.not_covered or task.topics[place] not in known:
            seen.best_of_unknown.append(len(seen.rows))
        for candidate, row in weighed:
            label = matcher.scorer.labels[candidate]
            seen.rows.append(row)
            seen.right.append(label == task.topics[place])
            seen.covered.append(label not in task.not_covered)
    return seen


def calibrate(parts: Sequence[LeftOut], risk: float) -> tuple[confidence.Calibration, float]:
    rows = np.array([row for part in parts for row in part.rows])
    right = np.array([each for part in parts for each in part.right], np.float64)
    covered = np.array([each for part in parts for each in part.covered], bool)
    entry = confidence.fit_logistic(rows[covered], right[covered])
    other = confidence.fit_logistic(rows[~covered], right[~covered])
    out = np.array([part.rows[place] for part in parts for place in part.best_of_unknown])
    sure = confidence.logistic(out @ entry) if len(out) else np.empty(0)
    return confidence.Calibration(tuple(entry.tolist()), tuple(other.tolist())), confidence.threshold_for(sure, risk)


def cross_validate(task: Task, readings: Sequence[Reading], vocabulary: Vocabulary) -> list[LeftOut]:
    count = FOLDS if task.not_covered else FOLDS_OF_TOPICS
    folds = folds_of(task, count)
    unknown = {} if task.not_covered else {t: i % count for i, t in enumerate(sorted(set(task.topics)))}

    def one(fold: int) -> LeftOut:
        absent = np.array([unknown.get(topic) == fold for topic in task.topics])
        out = (folds == fold) | absent
        matcher = assemble(task, np.flatnonzero(~out).tolist(), readings, vocabulary)
        return leave_out(matcher, task, np.flatnonzero(out).tolist(), readings)

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(one, range(count)))


def train(task: Task) -> Matcher:
    vocabulary = Vocabulary.learn(task.phrasings, task.lexicon)
    readings = [vocabulary.read(*said) for said in zip(task.phrasings, task.after, strict=True)]
    whole = assemble(task, range(len(readings)), readings, vocabulary)
    if task.risk is None:
        return whole
    calibration, threshold = calibrate(cross_validate(task, readings, vocabulary), task.risk)
    return Matcher(whole.scorer, vocabulary, whole.phrasings, calibration, task.not_covered, threshold)


if __name__ == "__main__":
    train(Task.read(Path(sys.argv[1]))).save(Path(sys.argv[2]))
