"""Fits matchers over one model. Runs in a child process (`python -m app.matching.training JOB FOLDER VECTORS`) and is
imported by nobody, so that a server never loads scikit-learn.

One linear SVM for all topics of a matcher at once ranked as well as one per topic against the rest, in half the time
(docs/decisions/0002). Cross-validation leaves out phrasings, near-duplicates together, and learns from them how far
the scores can be trusted.
"""

import itertools
import resource
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.linear_model import LogisticRegression

from app.matching import confidence, kept_vectors, likeness, meaning, softmax, svm, tiers
from app.matching.confidence import KINDS, Kind
from app.matching.confusions import Confusion
from app.matching.evidence import Evidence
from app.matching.features import LEAST_TEXTS, Features, FloatArray, Reading
from app.matching.matcher import PROGRESS, Example, Matcher, TrainingSet, job_adapter, save_together
from app.matching.meaning import Meaning
from app.matching.model import LinearModel
from app.matching.term_matrix import TermMatrix
from app.matching.tiers import Tiers
from app.matching.vocabulary import LEAST_COUNT, Lexicon, Vocabulary

TALK_MESSAGES = 0.3
"""Most messages of small talk beside one about topics, as in the content that is shipped. A department of 450 phrasings
beside 6,000 of small talk would take hardly anything for a question.
"""
FOLDS = 3
TWINS = 70.0
"""Token sort ratio, 0 to 100, from which phrasings of one topic are left out together: a line whose near twin was
learnt tells nothing about lines that nobody wrote.
"""
FOLDS_OF_TOPICS = 5
"""Without not-covered phrasings a fifth of the topics is left out at a time to stand for the unknown."""
MOST_FEATURES = 150_000
"""The strongest are kept: a bound on memory and on the time of a fit (docs/decisions/0005)."""
UNKNOWN = 0.05
"""Share of messages that are taken to ask for none of the topics, where no not-covered phrasings tell. With a fifth
of the topics of BANKING77 unknown, 0.05 and 0.1 gave a calibration error of 0.017 and 0.037 on the others.
"""
TALK_RISK = 0.005
"""Share of left-out questions that may be taken for small talk; the same of left-out follow-ups."""
UNSEEN = -1.0
"""Score of a label of which a fold has learnt no line."""
STEPS = 3_000
"""Most steps of the regression over messages; about 100 are taken."""
MARGINS = 2
"""Most candidates of each kind that a left-out phrasing teaches from."""

Call = tuple[Any, ...]
"""A function of `svm` and what it is called with."""


@dataclass(frozen=True)
class EncodedSet:
    """A training set, each example once, whose examples are rows of the term matrix of all texts."""

    training_set: TrainingSet
    rows: svm.Rows
    readings: tuple[Reading, ...]
    vectors: FloatArray | None
    """The vector of each example, where it is learnt by its meaning."""

    @cached_property
    def topics(self) -> tuple[str, ...]:
        return tuple(topic for topic, _, _ in self.training_set.examples)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.topics)))

    @property
    def rest(self) -> int:
        """The place among the labels of what is of no tier."""
        return self.labels.index(str(self.training_set.rest))

    @cached_property
    def targets(self) -> svm.Labels:
        return np.array(self.topics)

    @cached_property
    def alone(self) -> svm.Kinds:
        """Which examples are no follow-ups."""
        return np.array([reading.after is None for reading in self.readings])

    @cached_property
    def messages_of_talk(self) -> float:
        """How many messages a line of small talk stands for."""
        talked = sum(topic in self.training_set.talk for topic in self.topics)
        return min(1.0, TALK_MESSAGES * (len(self.topics) - talked) / max(1, talked))

    @cached_property
    def splits(self) -> list[tuple[svm.Rows, svm.Rows]]:
        """For each fold the places of the examples to learn from, and of those to leave out."""
        own = self.training_set
        count = FOLDS if own.not_covered or own.rest else FOLDS_OF_TOPICS
        unknown = {topic: place % count for place, topic in enumerate(self.labels)} if count == FOLDS_OF_TOPICS else {}
        folds = folds_of([_in_family(own, example) for example in own.examples], count)
        strange = np.array([unknown.get(topic, -1) for topic in self.topics])
        left_out = ((folds == fold) | (strange == fold) for fold in range(count))
        return [(np.flatnonzero(~out), np.flatnonzero(out)) for out in left_out]

    @cached_property
    def covered(self) -> svm.Kinds:
        others = self.training_set.not_covered | self.training_set.talk
        return np.array([topic not in others for topic in self.topics])


def _in_family(training_set: TrainingSet, example: Example) -> Example:
    """Return an example under the name of its family: its topic, unless the training set knows where lines come
    from.
    """
    _, text, after = example
    return (training_set.origins[text].family, text, after) if training_set.rest else example


class LeftOut(NamedTuple):
    """A candidate for a phrasing that cross-validation left out."""

    vector: tuple[float, ...]
    kind: Kind
    right: bool
    messages: float
    """How many it stands for: left-out topics must not make the unknown look commoner than it is."""
    of_unknown: bool
    """It is the best entry for a question that no entry answers."""
    of_question: bool
    """It is the best small talk for a text that asks something."""
    of_follow_up: bool


def train(training_sets: Mapping[str, TrainingSet], lexicon: Lexicon, kept: Path | None = None) -> dict[str, Matcher]:
    """Return a matcher for each training set, all over one model; `kept` is a file of vectors."""
    texts = list(dict.fromkeys((text, after) for own in training_sets.values() for _, text, after in own.examples))
    vocabulary = Vocabulary.learn(dict.fromkeys(text for text, _ in texts), lexicon)
    readings = [vocabulary.read(text, after) for text, after in texts]
    rows = {text: row for row, text in enumerate(texts)}
    encoded = [_encode(own, rows, readings, kept) for own in training_sets.values()]
    features, matrix = _choose_features(readings, encoded)
    _progress(f"learning {len(texts)} lines")
    fits = _run(matrix, [_fits(own) for own in encoded])
    columns = [weights for own, done in zip(encoded, fits, strict=True) for weights in done[: _model_fits(own)]]
    shared = LinearModel.of_weights(
        vocabulary,
        features,
        np.hstack([weights for weights, _ in columns]),
        np.concatenate([bias for _, bias in columns]),
    )
    word_counts = Counter(word for reading in readings for word in set(reading.words))
    matchers, first = {}, 0
    for name, own, done in zip(training_sets, encoded, fits, strict=True):
        matchers[name] = _matcher(shared, first, own, done[_model_fits(own) :], word_counts)
        first += len(own.labels) + own.training_set.calibrated
    return matchers


def _progress(words: str) -> None:
    print(f"{PROGRESS}{words}", flush=True)


def _encode(
    training_set: TrainingSet,
    rows: Mapping[tuple[str, str | None], int],
    readings: Sequence[Reading],
    kept: Path | None,
) -> EncodedSet:
    examples = tuple(dict.fromkeys(training_set.examples))
    own_rows = [rows[(text, after)] for _, text, after in examples]
    own_readings = tuple(readings[row] for row in own_rows)
    vectors = _vectors([text for _, text, _ in examples], kept) if training_set.by_meaning else None
    return EncodedSet(replace(training_set, examples=examples), np.array(own_rows, np.intp), own_readings, vectors)


def _vectors(texts: Sequence[str], kept: Path | None) -> FloatArray:
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    _progress(f"encoding those of {len(places)} phrasings that are new")
    return kept_vectors.encode(list(places), kept)[[places[text] for text in texts]]


def _choose_features(readings: Sequence[Reading], encoded: Sequence[EncodedSet]) -> tuple[Features, csr_matrix]:
    """Return the features that count, and the texts as rows over them."""
    terms = TermMatrix.of(readings)
    terms = terms.keep(terms.document_frequencies() >= LEAST_TEXTS)
    features = terms.features()
    terms = terms.keep(strongest(excess(terms.weighted(features), encoded))[features.rows])
    features = terms.features()
    return features, terms.weighted(features)


def excess(matrix: csr_matrix, encoded: Sequence[EncodedSet]) -> NDArray[np.float64]:
    """Return how much more of each feature the texts of some topic hold than as many texts of all topics."""
    most = np.zeros(matrix.shape[1])
    for training_set in encoded:
        rows = matrix[training_set.rows]
        expected = np.asarray(rows.mean(axis=0)).ravel()
        for label in training_set.labels:
            own = np.flatnonzero(training_set.targets == label)
            total = np.asarray(rows[own].sum(axis=0)).ravel()
            np.maximum(most, total - len(own) * expected, out=most)
    return most


def strongest(values: NDArray[np.float64]) -> svm.Kinds:
    """Return which values are among the `MOST_FEATURES` largest."""
    return np.asarray(values >= np.sort(values)[-min(MOST_FEATURES, len(values))])


def _run(matrix: csr_matrix, groups: Sequence[Sequence[Call]]) -> list[list[Any]]:
    with svm.workers(matrix) as pool:
        pending = [[pool.submit(*call) for call in calls] for calls in groups]
        every = list(itertools.chain.from_iterable(pending))
        for number, _ in enumerate(as_completed(every), 1):
            _progress(f"fitted {number} of {len(every)}")
        return [[future.result() for future in futures] for futures in pending]


def _fits(encoded: EncodedSet) -> list[Call]:
    """Return the fits of the model's columns, then what calibration needs: the scores of each fold left out."""
    whole: list[Call] = [(svm.topics, encoded.rows, encoded.targets, encoded.training_set.calibrated)]
    if encoded.training_set.rest:
        return [*whole, *((svm.topics, encoded.rows[learn], encoded.targets[learn]) for learn, _ in encoded.splits)]
    if not encoded.training_set.calibrated:
        return whole
    folds = [
        (svm.left_out, encoded.rows[learn], encoded.targets[learn], encoded.covered[learn], encoded.rows[out])
        for learn, out in encoded.splits
    ]
    return [*whole, (svm.border, encoded.rows, encoded.covered), *folds]


def _model_fits(encoded: EncodedSet) -> int:
    """Return how many of a training set's fits are columns of the model."""
    return 2 if encoded.training_set.calibrated else 1


def folds_of(examples: Sequence[Example], count: int) -> NDArray[np.int64]:
    """Return a fold for each example: near twins of a topic share one, and each topic is spread evenly."""
    by_topic: dict[str, list[int]] = defaultdict(list)
    for place, (topic, _, _) in enumerate(examples):
        by_topic[topic].append(place)
    folds = np.zeros(len(examples), np.int64)
    for places in by_topic.values():
        groups = twins([examples[place][1] for place in places])
        sizes = np.zeros(count, np.intp)
        for group in np.argsort(-np.bincount(groups), kind="stable"):  # the largest first, to the emptiest fold
            members = np.flatnonzero(groups == group)
            folds[[places[member] for member in members]] = sizes.argmin()
            sizes[sizes.argmin()] += len(members)
    return folds


def twins(texts: Sequence[str]) -> NDArray[np.int32]:
    """Return a number for each text: those linked by near twins share one."""
    pairs = [(left, right) for left, right, _ in likeness.near_duplicates(texts, TWINS)]
    left, right = np.array(pairs, np.intp).reshape(-1, 2).T
    links = csr_matrix((np.ones(len(pairs)), (left, right)), shape=(len(texts), len(texts)))
    return np.asarray(connected_components(links, directed=False)[1], np.int32)


def _matcher(
    shared: LinearModel,
    first: int,
    encoded: EncodedSet,
    left_out: Sequence[Any],
    word_counts: Counter[str],
) -> Matcher:
    """Return the matcher over columns of the shared model, from `first` on, calibrated by the scores left out; one of
    tiers by the weights that each fold learnt without them.
    """
    own, flat = encoded.training_set, (0.0,) * len(confidence.CALIBRATION_FEATURES)
    bare = Matcher(
        model=shared,
        first=first,
        labels=encoded.labels,
        phrasings={},
        calibration=confidence.Calibration(dict.fromkeys(KINDS, flat), dict.fromkeys(KINDS, 1.0)),
        evidence=Evidence({}, frozenset(), {}, frozenset(), own.talk),
        not_covered=own.not_covered,
    )
    if own.rest:
        phrasings = _evidence(own)
        return replace(bare, phrasings=phrasings, tiers=_tiers(shared, encoded, left_out, phrasings))
    if not own.calibrated:
        return bare
    _progress("calibrating")
    likely = _log_probabilities(encoded)
    weight = _weight(encoded, left_out, likely) if likely else 0.0
    return replace(
        bare,
        phrasings=_phrasings(own.examples),
        evidence=Evidence.learn(zip(encoded.topics, encoded.readings, strict=True), own.talk),
        calibration=calibrate(_left_out(bare, encoded, left_out, word_counts), own.risk),
        meaning=_meaning(bare, encoded, left_out, word_counts, likely, weight) if likely else None,
        confusions=_confusions(encoded, left_out, likely, weight),
    )


def _phrasings(examples: Iterable[Example]) -> dict[str, likeness.Phrasings]:
    """Return the phrasings of each topic, each once."""
    groups: dict[str, dict[str, None]] = defaultdict(dict)
    for topic, phrasing, _ in examples:
        groups[topic][phrasing] = None
    return {topic: likeness.Phrasings(tuple(texts)) for topic, texts in groups.items()}


def _evidence(own: TrainingSet) -> dict[str, likeness.Phrasings]:
    return _phrasings(example for example in own.examples if own.origins[example[1]].is_evidence)


def _tiers(
    shared: LinearModel,
    encoded: EncodedSet,
    fits: Sequence[svm.Weights],
    phrasings: Mapping[str, likeness.Phrasings],
) -> Tiers:
    """Return what is learnt of whole messages, each read with the weights of the fold that left it out."""
    rows = [row for fold, weights in enumerate(fits) for row in _left_out_messages(shared, encoded, fold, weights)]
    labels = np.concatenate([encoded.targets[out] for _, out in encoded.splits])
    groups: dict[bool, list[Reading]] = {True: [], False: []}
    for topic, reading in zip(encoded.topics, encoded.readings, strict=True):
        groups[topic == encoded.training_set.rest].append(reading)
    uses = (lines.uses() for topic, lines in phrasings.items() if topic != encoded.training_set.rest)
    return Tiers(
        rest=encoded.rest,
        coefficients=_fit_labels(np.array(rows), labels),
        carrying=tiers.carrying(groups[False], groups[True]),
        words=dict(sum(uses, Counter[str]())),
    )


def _left_out_messages(
    shared: LinearModel, encoded: EncodedSet, fold: int, weights: svm.Weights
) -> Iterator[list[float]]:
    """Yield the features of each message that a fold left out."""
    learn, out = encoded.splits[fold]
    learnt = LinearModel.of_weights(shared.vocabulary, shared.features, *weights)
    columns = np.searchsorted(encoded.labels, np.unique(encoded.targets[learn]))
    lines = [encoded.training_set.examples[place][1] for place in out]
    parts = [encoded.training_set.origins[line].parts for line in lines]
    read = {part: shared.vocabulary.read(part) for part in itertools.chain.from_iterable(parts)}
    readings = [[encoded.readings[place], *(read[part] for part in own)] for place, own in zip(out, parts, strict=True)]
    scores = np.full((sum(map(len, readings)), len(encoded.labels)), UNSEEN, np.float32)
    scores[:, columns] = learnt.score(list(itertools.chain.from_iterable(readings)))
    ends = np.cumsum([len(own) for own in readings])[:-1]
    for own, rows in zip(readings, np.split(scores, ends), strict=True):
        yield tiers.features(rows.tolist(), encoded.rest, own[0])


def _fit_labels(rows: NDArray[np.float64], labels: svm.Labels) -> tuple[tuple[float, ...], ...]:
    """Return coefficients of a multinomial logistic regression, a row for each label in alphabetical order."""
    if len(np.unique(labels)) < 2:
        return ((0.0,) * rows.shape[1],)
    fitted = LogisticRegression(C=1.0, max_iter=STEPS, fit_intercept=False).fit(rows, labels).coef_
    return tuple(map(tuple, fitted.tolist() if len(fitted) > 1 else [(-fitted[0]).tolist(), [0.0] * rows.shape[1]]))


def _log_probabilities(encoded: EncodedSet) -> list[FloatArray]:
    """Return for each fold how likely each of its labels is by meaning, for each example that it leaves out; nothing
    where the set is learnt by words alone.
    """
    vectors, topics, labels = encoded.vectors, encoded.targets, np.array(encoded.labels)
    likely: list[FloatArray] = []
    if vectors is None:
        return likely
    for learn, out in encoded.splits:
        taught = learn[encoded.alone[learn]]
        weights = softmax.fit(vectors[taught], labels, topics[taught])
        known = np.isin(labels, topics[learn])
        likely.append(meaning.log_probabilities(weights, vectors[out])[:, known])
    return likely


def _meaning(
    matcher: Matcher,
    encoded: EncodedSet,
    left_out: Sequence[FloatArray],
    word_counts: Counter[str],
    likely: Sequence[FloatArray],
    weight: float,
) -> Meaning | None:
    """Return what is learnt of the vectors; follow-ups mean what they mean only after an answer, and teach nothing."""
    vectors, alone = encoded.vectors, encoded.alone
    if vectors is None:
        return None
    risk = encoded.training_set.risk
    tried = _left_out(matcher, encoded, left_out, word_counts, likely, weight)
    calibration = calibrate(tried, risk / 2 if risk else None)  # it is asked where words are in doubt: twice as careful
    return Meaning(softmax.fit(vectors[alone], np.array(encoded.labels), encoded.targets[alone]), weight, calibration)


def _weight(encoded: EncodedSet, left_out: Sequence[FloatArray], likely: Sequence[FloatArray]) -> float:
    """Return the weight of meaning with which most left-out phrasings have their topic first."""
    talk = list(encoded.training_set.talk)
    right = dict.fromkeys(meaning.WEIGHTS, 0.0)
    for weight in right:
        for first, own in _firsts(encoded, left_out, likely, weight):
            messages = np.where(np.isin(own, talk), encoded.messages_of_talk, 1.0)
            right[weight] += float(messages[first == own].sum())
    return max(right, key=lambda weight: (right[weight], -weight))


def _firsts(
    encoded: EncodedSet, left_out: Sequence[FloatArray], likely: Sequence[FloatArray], weight: float
) -> Iterator[tuple[svm.Labels, svm.Labels]]:
    """Yield for each fold the topics that came first for the phrasings that it left out, and their own; follow-ups
    aside, and topics of which it has learnt nothing.
    """
    for fold, (learn, out) in enumerate(encoded.splits):
        asked = encoded.alone[out] & np.isin(encoded.targets[out], encoded.targets[learn])
        scores = left_out[fold][asked, :-1]
        if likely:
            scores = scores + np.float32(weight) * likely[fold][asked]
        yield np.unique(encoded.targets[learn])[scores.argmax(axis=1)], encoded.targets[out][asked]


def _confusions(
    encoded: EncodedSet, left_out: Sequence[FloatArray], likely: Sequence[FloatArray], weight: float
) -> dict[str, Confusion]:
    pairs = Counter[tuple[str, str]]()
    for first, own in _firsts(encoded, left_out, likely, weight):
        pairs.update(zip(own.tolist(), first.tolist(), strict=True))
    taken_for: dict[str, dict[str, int]] = defaultdict(dict)
    for (topic, first_one), count in pairs.most_common():
        taken_for[topic][first_one] = count
    return {
        topic: Confusion(sum(own.values()), {other: count for other, count in own.items() if other != topic})
        for topic, own in taken_for.items()
    }


def _left_out(
    matcher: Matcher,
    encoded: EncodedSet,
    scores: Sequence[FloatArray],
    word_counts: Counter[str],
    likely: Sequence[FloatArray] | None = None,
    weight: float = 0.0,
) -> Iterator[LeftOut]:
    """Yield the candidates for the left-out phrasings, and which were right; by their meaning too where `likely` has
    the log-probabilities of each fold.

    `word_counts` counts the texts that hold a word; a word is known to a fold by those that it does not leave out.
    """
    not_covered, talk = encoded.training_set.not_covered, encoded.training_set.talk
    for fold, (learn, out) in enumerate(encoded.splits):
        labels = tuple(sorted({encoded.topics[place] for place in learn}))
        of_fold = replace(matcher, first=0, labels=labels)
        absent = set(encoded.topics) - set(labels)
        strange = sum(encoded.topics[place] in absent for place in out)
        messages = UNKNOWN / (1 - UNKNOWN) * (len(out) - strange) / max(1, strange)
        known_words = _known_without(word_counts, [encoded.readings[place] for place in out])
        for number, place in enumerate(out.tolist()):
            topic, reading = encoded.topics[place], encoded.readings[place]
            if likely and reading.after is not None:
                continue  # its meaning alone does not tell what it asks for
            terms = tuple(term._replace(known=term.word in known_words) for term in reading.terms)
            by_meaning = likely[fold][number] if likely else None
            weighed = of_fold.weigh(scores[fold][number], replace(reading, terms=terms), MARGINS, by_meaning, weight)
            met = set[Kind]()
            for kind, column, vector in weighed:
                yield LeftOut(
                    vector,
                    kind,
                    right=labels[column] == topic,
                    messages=messages if topic in absent else encoded.messages_of_talk if topic in talk else 1.0,
                    of_unknown=kind == "entry" and kind not in met and (topic in absent or topic in not_covered),
                    of_question=kind == "talk" and kind not in met and topic not in talk,
                    of_follow_up=reading.after is not None,
                )
                met.add(kind)


def _known_without(word_counts: Counter[str], left_out: Sequence[Reading]) -> set[str]:
    less = Counter(word for reading in left_out for word in set(reading.words))
    return {word for word, count in word_counts.items() if count - less[word] >= LEAST_COUNT}


def calibrate(candidates: Iterable[LeftOut], risk: float | None) -> confidence.Calibration:
    """Return the calibration, whose threshold of answers keeps to `risk`, at even odds at least, and that of talk to
    `TALK_RISK`. Few not-covered phrasings tell little: with 70 of them a new department answered from 0.13 on.
    """
    left_out = list(candidates)
    fitted = {kind: _fit_kind([tried for tried in left_out if tried.kind == kind]) for kind in KINDS}
    unknown = [tried.vector for tried in left_out if tried.of_unknown]
    questions = [tried for tried in left_out if tried.of_question]
    taken = [[tried.vector for tried in questions if tried.of_follow_up == follow_up] for follow_up in (False, True)]
    thresholds: dict[Kind, float] = {
        "entry": max(confidence.EVEN_ODDS, _threshold(unknown, fitted["entry"], risk)),
        "not-covered": confidence.NAMED,
        "talk": max(_threshold(vectors, fitted["talk"], TALK_RISK) for vectors in taken),
    }
    return confidence.Calibration({kind: tuple(own.tolist()) for kind, own in fitted.items()}, thresholds)


def _fit_kind(left_out: Sequence[LeftOut]) -> confidence.Array:
    if not left_out:
        return np.zeros(len(confidence.CALIBRATION_FEATURES))
    vectors = np.array([tried.vector for tried in left_out])
    right = np.array([tried.right for tried in left_out], np.float64)
    return confidence.fit_logistic(vectors, right, np.array([tried.messages for tried in left_out]))


def _threshold(vectors: Sequence[tuple[float, ...]], fitted: confidence.Array, risk: float | None) -> float:
    sure = confidence.logistic(np.array(vectors).reshape(-1, len(fitted)) @ fitted)
    return confidence.threshold_for(sure, risk)


if __name__ == "__main__":
    job_file, folder, vectors = sys.argv[1:]
    job = job_adapter().validate_json(Path(job_file).read_bytes())
    save_together(train(*job, Path(vectors) if vectors else None), Path(folder))
    _progress(f"done; at its peak it took {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
