"""Ranks topics for a text: phrasings go in, ranked topics with calibrated confidence come out.

Several matchers can share one model, as the service's three do: a text is then read and scored once for all of them.
"""

import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pydantic import TypeAdapter

from app.errors import FitError
from app.matching import confidence, likeness, model
from app.matching.confidence import Kind
from app.matching.evidence import Evidence
from app.matching.features import QUESTION_MARK, FloatArray, IndexArray, Reading
from app.matching.model import LinearModel
from app.matching.utterance import Scored, Utterance
from app.matching.vocabulary import Lexicon
from app.matching.word_index import WordIndex
from app.text import parse

log = logging.getLogger(__name__)

WEIGHED = 3
"""Most candidates of each kind that get a confidence of their own."""
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
class TrainingSet:
    """What one matcher learns from."""

    examples: tuple[Example, ...]
    not_covered: frozenset[str] = frozenset()
    talk: frozenset[str] = frozenset()
    """Topics that are small talk: nothing is asked."""
    calibrated: bool = False
    """Without calibration only the scores have a meaning."""
    risk: float | None = None
    """Share of left-out phrasings of `not_covered` that may be answered; None for even odds."""


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
    threshold: float
    """Lowest confidence of an answer that keeps to the `risk` given to `fit`."""
    talk_threshold: float
    """Lowest confidence of small talk at which few questions are taken for it, see `training.TALK_RISK`."""
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
    ) -> "Matcher":
        """Return a matcher that is fitted on (topic, phrasing) pairs, over a model of its own.

        `talk` are those topics that are small talk. `texts` are each entry's own question and answer, as further
        evidence.
        `risk` is the share of left-out phrasings of `not_covered` that may be answered; without `not_covered` whole
        topics are left out in turn to stand for the unknown. None sets the threshold at even odds: an answer is as
        likely right as wrong. The fit runs in a child process, so that a server never loads the fitting library.
        Raises `FitError`.
        """
        own = ((id_, text) for id_, lines in (texts or {}).items() for text in lines)
        pairs = tuple((id_, text, None) for id_, text in (*examples, *own))
        learnt = TrainingSet(pairs, not_covered, talk, calibrated=True, risk=risk)
        with tempfile.TemporaryDirectory(prefix="hai-faq-fit-") as folder:
            fit_together({ALONE: learnt}, lexicon or Lexicon(), Path(folder) / "model")
            return load_together(Path(folder) / "model")[ALONE]

    @classmethod
    def of(cls, shared: LinearModel, names: Mapping[str, Any]) -> "Matcher":
        return cls(
            model=shared,
            first=int(names["first"]),
            labels=tuple(names["labels"]),
            phrasings={id_: likeness.Phrasings(tuple(texts)) for id_, texts in names["phrasings"].items()},
            calibration=confidence.Calibration({kind: tuple(names["calibration"][kind]) for kind in confidence.KINDS}),
            evidence=Evidence.of(names["evidence"], frozenset(names["talk"])),
            not_covered=frozenset(names["not_covered"]),
            threshold=float(names["threshold"]),
            talk_threshold=float(names["talk_threshold"]),
        )

    def names(self) -> dict[str, Any]:
        return {
            "first": self.first,
            "labels": list(self.labels),
            "phrasings": {id_: group.texts for id_, group in self.phrasings.items()},
            "calibration": dict(self.calibration.coefficients),
            "evidence": self.evidence.names_of(),
            "talk": sorted(self.evidence.talk),
            "not_covered": sorted(self.not_covered),
            "threshold": self.threshold,
            "talk_threshold": self.talk_threshold,
        }

    def rank(self, text: str, limit: int = 5, after: str | None = None) -> list[Candidate]:
        """Return the most likely topics, best first; none where the text gives no evidence of any (`Evidence`).

        With `after` the text is read as a follow-up to that topic.
        """
        parsed = parse(text)
        return self.rank_scored(Utterance(parsed, self.model).score([(parsed, after)])[0], limit)

    def rank_scored(self, scored: Scored, limit: int = 5) -> list[Candidate]:
        """Return the most likely topics for a part of a message that was scored, best first."""
        reading, scores = scored
        allowed = self.evidence.allowed(reading)
        if allowed is not None and not allowed:
            return []
        same = self.evidence.same(reading)
        own = scores[self.first : self.first + len(self.labels) + 1]
        candidates = [
            Candidate(
                self.labels[column],
                kind,
                vector[confidence.SCORE],
                SAME_WORDS if self.labels[column] == same else self.calibration.confidence(vector, kind),
            )
            for kind, column, vector in self.weigh(own, reading, min(limit, WEIGHED))
            if allowed is None or self.labels[column] in allowed
        ]
        candidates.sort(key=lambda candidate: (-candidate.confidence, -candidate.score, candidate.id))
        return candidates[:limit]

    def surest(self, parts: Iterable[Scored]) -> Candidate | None:
        """Return the surest topic for any of several parts of a message; None where no word is known."""
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
        self, scores: FloatArray, reading: Reading, most: int = WEIGHED
    ) -> list[tuple[Kind, int, tuple[float, ...]]]:
        """Return (kind, column, feature vector) of the `most` best topics of each kind, best first in each.

        `scores` has one for each label and, last, the one for being covered. The vector's columns are
        `CALIBRATION_FEATURES`.
        """
        best = [_best(scores, columns, most + 1) for columns in self._kinds]
        tops = [own[0][1] if own else -1.0 for own in best]
        shared = confidence.text_features(float(scores[-1]), reading)
        weighed = []
        for place, (kind, own) in enumerate(zip(confidence.KINDS, best, strict=True)):
            rival = max(tops[:place] + tops[place + 1 :])
            for rank, (column, score) in enumerate(own[:most]):
                beside = tops[place] if rank else (own[1][1] if len(own) > 1 else -1.0)
                weighed.append((kind, column, confidence.candidate_features(score, max(beside, rival), rival) + shared))
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


def fit_together(training_sets: Mapping[str, TrainingSet], lexicon: Lexicon, folder: Path) -> None:
    """Fit a matcher for each training set over one model into `folder`, in a child process. Raises `FitError`."""
    if find_spec("sklearn") is None:  # a container, whose model was fitted when it was built
        raise FitError(
            "no fitted model is for this content, code and HAI_FAQ_RISK, and scikit-learn is not here to fit one"
        )
    log.info("fitting the models, about half a minute")
    with tempfile.NamedTemporaryFile(prefix="hai-faq-job-", suffix=".json") as file:
        file.write(job_adapter().dump_json((dict(training_sets), lexicon)))
        file.flush()
        command = [sys.executable, "-m", "app.matching.training", file.name, str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FitError(f"fitting failed: {done.stderr.strip()[-2000:]}")


def save_together(matchers: Mapping[str, Matcher], folder: Path) -> None:
    """Write matchers that share one model."""
    shared = next(iter(matchers.values())).model
    names = {**shared.names(), "matchers": {name: matcher.names() for name, matcher in matchers.items()}}
    model.save(folder, shared.arrays(), names)


def load_together(folder: Path) -> dict[str, Matcher]:
    """Read what a fit has written; raise `ModelError` when any of it is missing or altered."""
    arrays, names = model.load(folder)
    shared = LinearModel.of(arrays, names)
    return {name: Matcher.of(shared, own) for name, own in names["matchers"].items()}
