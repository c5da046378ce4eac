"""Ranks topics for a text: phrasings go in, ranked topics with calibrated confidence come out.

Several matchers can share one model, as the service's three do: a text is then read and scored once for all of them.
"""

import logging
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pydantic import TypeAdapter

from app.errors import FitError, ModelError
from app.matching import confidence, likeness, model
from app.matching.confidence import Kind
from app.matching.confusions import Confusion
from app.matching.encoder import Encoder
from app.matching.evidence import Evidence
from app.matching.features import QUESTION_MARK, FloatArray, IndexArray, Reading
from app.matching.meaning import LEAST, Meaning
from app.matching.model import LinearModel
from app.matching.tiers import Tiers
from app.matching.utterance import Scored, Utterance
from app.matching.vocabulary import Lexicon
from app.matching.word_index import WordIndex
from app.text import parse

log = logging.getLogger(__name__)

WEIGHED = 3
"""Most candidates of each kind that get a confidence of their own."""
LEAST_LEAD = 1.5
"""Least lead in log-probability over the next topic, in a language without phrasings. Of 100 covered and 100 other
questions in each of five languages at most 1 of the others got an answer, and 2 a wrong one; at 1.0 it was 4 and 3.
"""
PROGRESS = "progress: "
"""What a line of a fit begins with that says how far it is."""
LONGEST_FIT = 3600.0
"""Seconds; what is shipped takes about a minute. Who watches the content waits for a fit."""
LINES_KEPT = 100
"""Last lines of a fit that are kept for its error."""
_MEANING = "meaning-"
"""Prefix of the array of a matcher's weights of meaning."""
SAME_WORDS = 0.99
"""Confidence where the text is a phrasing word for word: somebody has said what it means."""
ALONE = "alone"
"""The name of a model's only matcher."""

Example = tuple[str, str, str | None]
"""Topic, phrasing, and the topic answered before where the phrasing is a follow-up."""


class Candidate(NamedTuple):
    id: str
    kind: Kind
    score: float
    confidence: float
    """Probability, 0 to 1, that this topic is what the text asks for."""
    sure: bool
    """The confidence is enough to act on: to answer, to refuse by name, to take the text for small talk."""


class Margin(NamedTuple):
    label: str
    over_others: float
    """Score over the best of the labels that it was not chosen among; below 0 when one of those is better."""


@dataclass(frozen=True)
class Explanation:
    """Why a topic was ranked where it was, for staff and for review."""

    phrasing: str
    likeness: float
    words: tuple[str, ...]
    """Words of the text that the nearest phrasing also has."""
    runner_up: str | None
    threshold: float


@dataclass(frozen=True)
class Origin:
    """Where a line comes from, where whole messages are judged."""

    family: str
    """Lines of one family that are near copies are left out together."""
    parts: tuple[str, ...] = ()
    """What is read of it beside the whole: its sentences."""
    is_evidence: bool = False
    """It may be shown to say why a message was judged so."""


@dataclass(frozen=True)
class TrainingSet:
    """What one matcher learns from."""

    examples: tuple[Example, ...]
    not_covered: frozenset[str] = frozenset()
    talk: frozenset[str] = frozenset()
    """Topics that are small talk: nothing is asked."""
    calibrated: bool = False
    """Without calibration only the scores have a meaning."""
    by_meaning: bool = False
    """Its phrasings are also learnt by their meaning."""
    risk: float | None = None
    """Share of left-out phrasings of `not_covered` that may be answered; None for even odds."""
    rest: str | None = None
    """The label of what is of no tier, where the other labels are tiers of danger."""
    origins: Mapping[str, Origin] = field(default_factory=dict)
    """Of each line, where the labels are tiers."""


@dataclass(frozen=True)
class Matcher:
    """Ranks topics for a text. Deterministic: the same examples give the same weights everywhere."""

    model: LinearModel
    first: int
    """The model's column of the first label; the column after the last says whether the text looks covered at all."""
    labels: tuple[str, ...]
    phrasings: Mapping[str, likeness.Phrasings]
    calibration: confidence.Calibration
    evidence: Evidence
    not_covered: frozenset[str]
    meaning: Meaning | None = None
    """What it makes of the encoder's vectors, where it was fitted with them."""
    tiers: Tiers | None = None
    """What it knows of whole messages, where its labels are tiers of danger."""
    confusions: Mapping[str, Confusion] = field(default_factory=dict)
    """What cross-validation told of each topic, where it is calibrated."""
    _places: dict[frozenset[str], tuple[Sequence[int], Sequence[int]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def fit(
        cls,
        examples: Iterable[tuple[str, str]],
        *,
        not_covered: frozenset[str] = frozenset(),
        talk: frozenset[str] = frozenset(),
        texts: Mapping[str, Sequence[str]] | None = None,
        lexicon: Lexicon | None = None,
        risk: float | None = 0.02,
        by_meaning: bool = False,
    ) -> "Matcher":
        """Return a matcher that is fitted on (topic, phrasing) pairs, over a model of its own.

        `talk` are those topics that are small talk. `texts` are each entry's own question and answer, as further
        evidence.
        `risk` is the share of left-out phrasings of `not_covered` that may be answered; without `not_covered` whole
        topics are left out in turn to stand for the unknown. None sets the threshold at even odds: an answer is as
        likely right as wrong. With `by_meaning` the phrasings are also learnt by their meaning, which needs the
        wheel of `encoder`. The fit runs in a child process, so that a server never loads the fitting library.
        Raises `FitError`.
        """
        own = ((id_, text) for id_, lines in (texts or {}).items() for text in lines)
        pairs = tuple((id_, text, None) for id_, text in (*examples, *own))
        learnt = TrainingSet(pairs, not_covered, talk, calibrated=True, by_meaning=by_meaning, risk=risk)
        with tempfile.TemporaryDirectory(prefix="hai-faq-fit-") as folder:
            fit_together({ALONE: learnt}, lexicon or Lexicon(), Path(folder) / "model")
            return load_together(Path(folder) / "model")[ALONE]

    @classmethod
    def of(cls, shared: LinearModel, names: Mapping[str, Any], weights: FloatArray | None) -> "Matcher":
        """Return what `names` wrote; `weights` are those of meaning."""
        return cls(
            model=shared,
            first=int(names["first"]),
            labels=tuple(names["labels"]),
            phrasings={id_: likeness.Phrasings(tuple(texts)) for id_, texts in names["phrasings"].items()},
            calibration=_calibration(names["calibration"]),
            evidence=Evidence.of(names["evidence"], frozenset(names["talk"])),
            not_covered=frozenset(names["not_covered"]),
            meaning=None if weights is None else _meaning(weights, names["meaning"]),
            tiers=Tiers.of(names["tiers"]) if names["tiers"] else None,
            confusions={id_: Confusion.of(own) for id_, own in names["confusions"].items()},
        )

    def names(self) -> dict[str, Any]:
        return {
            "first": self.first,
            "labels": list(self.labels),
            "phrasings": {id_: group.texts for id_, group in self.phrasings.items()},
            "calibration": asdict(self.calibration),
            "meaning": {"weight": self.meaning.weight, **asdict(self.meaning.calibration)} if self.meaning else None,
            "evidence": self.evidence.to_names(),
            "talk": sorted(self.evidence.talk),
            "not_covered": sorted(self.not_covered),
            "tiers": self.tiers.to_names() if self.tiers else None,
            "confusions": {id_: own.to_names() for id_, own in self.confusions.items()},
        }

    @property
    def threshold(self) -> float:
        """Lowest confidence of an answer by words that keeps to the `risk` given to `fit`."""
        return self.calibration.thresholds["entry"]

    def rank(
        self, text: str, limit: int = 5, after: str | None = None, encoder: Encoder | None = None
    ) -> list[Candidate]:
        """Return the most likely topics, best first; none where the text gives no evidence of any (`Evidence`).

        With `after` the text is read as a follow-up to that topic. With `encoder` what its words leave in doubt is read
        by its meaning.
        """
        parsed = parse(text)
        utterance = Utterance(parsed, self.model, text.strip())
        [scored] = utterance.score([(parsed, after)])
        candidates = self.rank_scored(scored, limit)
        if encoder is None or after or not self.in_doubt(scored, candidates):
            return candidates
        return self.rank_scored(scored, limit, utterance.encode(encoder, [parsed])[0])

    def in_doubt(self, scored: Scored, candidates: Sequence[Candidate]) -> bool:
        """Return whether the candidates by words leave a doubt that the meaning of the text may settle: none is sure,
        and meaning was learnt.

        Asked also where one was sure, but at less than 0.9, it took 3 in 100 right answers back for a choice.
        """
        if self.meaning is None or any(candidate.sure for candidate in candidates):
            return False
        return self.evidence.allowed(scored.reading, by_meaning=True) != ()

    def rank_scored(self, scored: Scored, limit: int = 5, vector: FloatArray | None = None) -> list[Candidate]:
        """Return the most likely topics for a part of a message that was scored, best first; by its meaning too where
        its vector is given.
        """
        reading, scores = scored
        allowed = self.evidence.allowed(reading, by_meaning=vector is not None and self.meaning is not None)
        if allowed is not None and not allowed:
            return []
        own = scores[self.first : self.first + len(self.labels) + 1]
        likely, weight, calibration = None, 0.0, self.calibration
        if self.meaning and vector is not None:
            likely, weight = self.meaning.log_probabilities(vector[None])[0], self.meaning.weight
            calibration = self.meaning.calibration
        same = self.evidence.same(reading)
        candidates = [
            _candidate(self.labels[column], kind, features, calibration, same)
            for kind, column, features in self.weigh(own, reading, WEIGHED, likely, weight)
            if allowed is None or self.labels[column] in allowed
        ]
        candidates.sort(key=lambda candidate: (-candidate.confidence, -candidate.score, candidate.id))
        return candidates[:limit]

    def rank_meaning(self, vector: FloatArray, limit: int = 5) -> list[Candidate]:
        """Return the topics that are likeliest by meaning alone, for a text in a language without phrasings; the first
        is sure where it leads by `LEAST_LEAD`. None where the matcher was not fitted with vectors.
        """
        if self.meaning is None:
            return []
        likely = self.meaning.log_probabilities(vector[None])[0]
        order = np.argsort(-likely, kind="stable")
        leads = len(order) == 1 or likely[order[0]] - likely[order[1]] >= LEAST_LEAD
        return [
            Candidate(
                self.labels[column],
                self.kind_of(self.labels[column]),
                float(likely[column]),
                float(np.exp(likely[column])),
                sure=bool(leads) and place == 0,
            )
            for place, column in enumerate(order[:limit].tolist())
        ]

    def surest(self, parts: Iterable[Scored]) -> Candidate | None:
        """Return the surest topic for any of several parts of a message; None where they give no evidence of any."""
        candidates = (candidate for part in parts for candidate in self.rank_scored(part, limit=1))
        return max(candidates, key=lambda candidate: candidate.confidence, default=None)

    def margin(self, scored: Scored, labels: frozenset[str]) -> Margin | None:
        """Return the best of these labels, where a matcher is not calibrated; None when no word is known."""
        inside, outside = self._sides(labels)
        if not inside or not scored.reading.any_known:
            return None
        scores = scored.scores[self.first : self.first + len(self.labels)].tolist()
        best = max(inside, key=scores.__getitem__)
        rival = max(map(scores.__getitem__, outside), default=0.0)
        return Margin(self.labels[best], scores[best] - rival)

    def probabilities(self, parts: Sequence[Scored]) -> dict[str, float]:
        """Return how likely each label is for a message, given as a whole first and then by its parts; nothing where
        the labels are no tiers.
        """
        if self.tiers is None:
            return {}
        own = [scores[self.first : self.first + len(self.labels)].tolist() for _, scores in parts]
        return dict(zip(self.labels, self.tiers.probabilities(own, parts[0].reading), strict=True))

    def _sides(self, labels: frozenset[str]) -> tuple[Sequence[int], Sequence[int]]:
        """Return the places of these labels, and of all others of this matcher."""
        if labels not in self._places:
            places = range(len(self.labels))
            self._places[labels] = (
                [place for place in places if self.labels[place] in labels],
                [place for place in places if self.labels[place] not in labels],
            )
        return self._places[labels]

    def weigh(
        self,
        scores: FloatArray,
        reading: Reading,
        most: int = WEIGHED,
        likely: FloatArray | None = None,
        weight: float = 0.0,
    ) -> list[tuple[Kind, int, tuple[float, ...]]]:
        """Return (kind, column, feature vector) of the `most` best topics of each kind, best first in each.

        `scores` has one for each label and, last, the one for being covered; `likely` has a log-probability for each
        label, which counts with `weight`. The vector's columns are `CALIBRATION_FEATURES`, with `likely` also
        `MEANING_FEATURES`.
        """
        if likely is not None:
            scores = np.append(scores[:-1] + np.float32(weight) * likely, scores[-1])
        best = [_best(scores, columns, most + 1) for columns in self._kinds]
        tops = [own[0][1] if own else -1.0 for own in best]
        shared = confidence.text_features(float(scores[-1]), reading)
        weighed = []
        for place, (kind, own) in enumerate(zip(confidence.KINDS, best, strict=True)):
            rival = max(tops[:place] + tops[place + 1 :])
            for rank, (column, score) in enumerate(own[:most]):
                beside = tops[place] if rank else (own[1][1] if len(own) > 1 else -1.0)
                own_features = confidence.candidate_features(score, max(beside, rival), rival)
                weighed.append((kind, column, own_features + shared + _by_meaning(column, likely)))
        return weighed

    def explain(self, text: str, id: str) -> Explanation:
        """Return why a topic stands where it does in the ranking for a text."""
        parsed = parse(text)
        scored = Utterance(parsed, self.model).whole
        phrasing, like = self.phrasings[id].nearest(likeness.sort_key(parsed))
        shared = set(self.model.vocabulary.read(phrasing).words)
        others = (best.id for best in self.rank_scored(scored) if best.id != id and best.kind != "talk")
        matched = dict.fromkeys(word for word in scored.reading.words if word in shared and word != QUESTION_MARK)
        return Explanation(phrasing, like, tuple(matched), next(others, None), self.threshold)

    @cached_property
    def word_index(self) -> WordIndex:
        """The ranking while a question is being typed; made when first asked for, about 0.3 s for 16,000 phrasings."""
        return WordIndex.of(self.model.vocabulary, [self.phrasings[label].texts for label in self.labels])

    def warm(self) -> None:
        """Build now what would otherwise be made for the first who searches or wants an explanation."""
        if "word_index" in self.__dict__:
            return
        self.word_index  # noqa: B018 made when it is looked at
        for phrasings in self.phrasings.values():
            phrasings.nearest("")

    def kind_of(self, label: str) -> Kind:
        return "talk" if label in self.evidence.talk else "not-covered" if label in self.not_covered else "entry"

    @cached_property
    def _kinds(self) -> tuple[IndexArray, ...]:
        """The columns of each kind."""
        kinds = np.array([self.kind_of(label) for label in self.labels])
        return tuple(np.flatnonzero(kinds == kind) for kind in confidence.KINDS)


def _candidate(
    label: str, kind: Kind, features: Sequence[float], calibration: confidence.Calibration, same: str | None
) -> Candidate:
    """Return the candidate of these features; it is certain where the text is a phrasing of it, `same`."""
    if label == same:
        return Candidate(label, kind, features[confidence.SCORE], SAME_WORDS, sure=True)
    probability = calibration.confidence(features, kind)
    return Candidate(label, kind, features[confidence.SCORE], probability, probability >= calibration.thresholds[kind])


def _by_meaning(column: int, likely: FloatArray | None) -> tuple[float, ...]:
    """Return `MEANING_FEATURES` of a label; nothing where meaning was not asked."""
    if likely is None:
        return ()
    others = np.delete(likely, column)
    return float(likely[column]), float(likely[column] - others.max(initial=LEAST))


def _meaning(weights: FloatArray, names: Mapping[str, Any]) -> Meaning:
    return Meaning(weights, float(names["weight"]), _calibration(names))


def _calibration(names: Mapping[str, Any]) -> confidence.Calibration:
    coefficients = {kind: tuple(names["coefficients"][kind]) for kind in confidence.KINDS}
    return confidence.Calibration(coefficients, {kind: names["thresholds"][kind] for kind in confidence.KINDS})


def _best(scores: FloatArray, columns: IndexArray, most: int) -> list[tuple[int, float]]:
    """Return the best-scored of these columns with their scores, best first.

    Taking the largest a few times is quicker than sorting them all: 5 us for 4 of 114, instead of 9.
    """
    own = scores.take(columns)
    best = []
    for _ in range(min(most, len(columns))):
        place = own.argmax()
        best.append((int(columns[place]), float(own[place])))
        own[place] = -np.inf
    return best


def job_adapter() -> TypeAdapter[tuple[dict[str, TrainingSet], Lexicon]]:
    """Return what writes and reads the job of the child process: training sets by name, and the lexicon."""
    return TypeAdapter(tuple[dict[str, TrainingSet], Lexicon])


def fit_together(
    training_sets: Mapping[str, TrainingSet],
    lexicon: Lexicon,
    folder: Path,
    vectors: Path | None = None,
    longest: float = LONGEST_FIT,
) -> None:
    """Fit a matcher for each training set over one model into `folder`, in a child process. Raises `FitError`.

    `vectors` is a file that keeps those of phrasings from fit to fit. A fit that takes `longest` seconds is ended.
    """
    if find_spec("sklearn") is None:  # a container, whose model was fitted when it was built
        raise FitError(
            "no fitted model is for this content, code and HAI_FAQ_RISK, and scikit-learn is not here to fit one"
        )
    log.info("fitting the models, one to three minutes")
    with tempfile.NamedTemporaryFile(prefix="hai-faq-job-", suffix=".json") as file:
        file.write(job_adapter().dump_json((dict(training_sets), lexicon)))
        file.flush()
        command = [sys.executable, "-m", "app.matching.training", file.name, str(folder), str(vectors or "")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as child:
            began = time.monotonic()
            ending = threading.Timer(longest, child.kill)
            ending.daemon = True
            ending.start()
            said = deque(_lines(child), maxlen=LINES_KEPT)
            ending.cancel()
    if child.returncode and time.monotonic() - began >= longest:
        raise FitError(f"fitting took more than {longest / 60:.0f} minutes and was ended")
    if child.returncode:
        raise FitError(f"fitting failed: {''.join(said).strip()[-2000:]}")


def _lines(child: subprocess.Popen[str]) -> Iterator[str]:
    """Yield what a fit says, and log what it says of its progress."""
    for line in child.stdout or ():
        if line.startswith(PROGRESS):
            log.info(line.removeprefix(PROGRESS).strip())
        yield line


def save_together(matchers: Mapping[str, Matcher], folder: Path) -> None:
    """Write matchers that share one model."""
    shared = next(iter(matchers.values())).model
    names = {**shared.names(), "matchers": {name: matcher.names() for name, matcher in matchers.items()}}
    meanings = {_MEANING + name: own.meaning.weights for name, own in matchers.items() if own.meaning}
    model.save(folder, {**shared.arrays(), **meanings}, names)


def load_together(folder: Path) -> dict[str, Matcher]:
    """Read what a fit has written; raise `ModelError` when any of it is missing or altered."""
    arrays, names = model.load(folder)
    try:
        shared = LinearModel.of(arrays, names)
        return {name: Matcher.of(shared, own, arrays.get(_MEANING + name)) for name, own in names["matchers"].items()}
    except model.UNREADABLE as error:
        raise ModelError(f"{folder}: is no model of ours: {type(error).__name__}") from error
