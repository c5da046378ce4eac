"""The face of the engine: phrasings in, ranked topics with calibrated confidence out.

Several matchers can share one model, as the service's three do: a text is then read and scored once for all of them.
"""

import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.errors import FitError
from app.matching import confidence, likeness, model
from app.matching.features import FloatArray, Reading
from app.matching.index import Index
from app.matching.model import LinearModel
from app.matching.vocabulary import Lexicon

log = logging.getLogger(__name__)

WEIGHED = 3
"""Candidates of each kind that get a confidence of their own."""
ALONE = "alone"
"""What a model calls its only matcher."""

Example = tuple[str, str, str | None]
"""Topic, phrasing, and the topic answered before where the phrasing is a follow-up."""


@dataclass(frozen=True)
class Candidate:
    id: str
    score: float
    confidence: float
    """Probability, 0 to 1, that this topic is what the text asks for."""


class Lead(NamedTuple):
    label: str
    by: float
    """Score over the best of the labels that it was not chosen among; below 0 when one of those is better."""


@dataclass(frozen=True)
class Why:
    """Why a topic was ranked where it was, for staff and for review."""

    phrasing: str
    likeness: float
    words: tuple[str, ...]
    """Words of the text that the nearest phrasing also has."""
    runner_up: str | None
    threshold: float


@dataclass(frozen=True)
class Lesson:
    """What one matcher learns from."""

    examples: tuple[Example, ...]
    not_covered: frozenset[str] = frozenset()
    calibrated: bool = False
    """Without, only the scores will mean something."""
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
    not_covered: frozenset[str]
    threshold: float
    """Lowest confidence of an answer that keeps to the `risk` given to `fit`."""
    _columns: dict[frozenset[str], tuple[NDArray[np.intp], NDArray[np.intp]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def fit(
        cls,
        examples: Iterable[tuple[str, str]],
        *,
        not_covered: frozenset[str] = frozenset(),
        texts: Mapping[str, tuple[str, ...]] | None = None,
        lexicon: Lexicon | None = None,
        follow_ups: Iterable[tuple[str, str, str]] = (),
        risk: float | None = 0.02,
    ) -> "Matcher":
        """Learns from (topic, phrasing) pairs, with each entry's own `texts` as further evidence.

        `follow_ups` are (topic, phrasing, topic answered before).
        `risk` is the share of left-out phrasings of `not_covered` that may be answered; without
        `not_covered` whole topics are left out in turn to stand for the unknown. None sets the bar at even
        odds: an answer is as likely right as wrong. Fits in a child process, so that a server never loads the
        fitting library. Raises `FitError`.
        """
        told = [(id_, text, None) for id_, each in (texts or {}).items() for text in each]
        learnt = (*((id_, text, None) for id_, text in examples), *follow_ups, *told)
        with tempfile.TemporaryDirectory(prefix="hai-faq-fit-") as folder:
            fit_together(
                {ALONE: Lesson(learnt, not_covered, calibrated=True, risk=risk)},
                lexicon or Lexicon(),
                Path(folder) / "model",
            )
            return load_together(Path(folder) / "model")[ALONE]

    @classmethod
    def of(cls, shared: LinearModel, names: Mapping[str, Any]) -> "Matcher":
        return cls(
            model=shared,
            first=int(names["first"]),
            labels=tuple(names["labels"]),
            phrasings={id_: likeness.Phrasings(tuple(texts)) for id_, texts in names["phrasings"].items()},
            calibration=confidence.Calibration(tuple(names["entry"]), tuple(names["other"])),
            not_covered=frozenset(names["not_covered"]),
            threshold=float(names["threshold"]),
        )

    def names(self) -> dict[str, Any]:
        return {
            "first": self.first,
            "labels": list(self.labels),
            "phrasings": {id_: group.texts for id_, group in self.phrasings.items()},
            "entry": list(self.calibration.entry),
            "other": list(self.calibration.other),
            "not_covered": sorted(self.not_covered),
            "threshold": self.threshold,
        }

    def rank(self, text: str, limit: int = 5, after: str | None = None) -> list[Candidate]:
        """The most likely topics, best first; empty when no word of the text was ever seen.

        With `after` the text is read as a follow-up to that topic.
        """
        reading, scores = self.model.judge(text, after)
        if reading.unknown == 1.0 or not reading.words:
            return []
        own = scores[self.first : self.first + len(self.labels) + 1]
        found = [
            Candidate(self.labels[place], row[confidence.SCORE], self._confidence(row, place))
            for place, row in self.weigh(own, reading)
        ]
        found.sort(key=lambda each: (-each.confidence, -each.score, each.id))
        return found[:limit]

    def lead(self, text: str, of: frozenset[str]) -> Lead | None:
        """The best of these labels, where a matcher is not calibrated; None when no word is known."""
        reading, scores = self.model.judge(text)
        inside, outside = self._sides(of)
        if not len(inside) or not self.model.knows_any(reading):
            return None
        best = int(inside[scores[inside].argmax()])
        rival = float(scores[outside].max()) if len(outside) else 0.0
        return Lead(self.labels[best - self.first], float(scores[best]) - rival)

    def _sides(self, of: frozenset[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The columns of these labels, and of all others."""
        if of not in self._columns:
            within = np.array([label in of for label in self.labels])
            self._columns[of] = np.flatnonzero(within) + self.first, np.flatnonzero(~within) + self.first
        return self._columns[of]

    def weigh(self, scores: FloatArray, reading: Reading, most: int = WEIGHED) -> list[tuple[int, list[float]]]:
        """Places of the best entries and the best not-covered topics, each with its row of signs.

        `scores` has one per label and, last, the one for being covered.
        """
        kinds = [self._best(scores, places, most + 1) for places in (self._entries, self._others)]
        tops = [kind[0][1] if kind else -1.0 for kind in kinds]
        shared = confidence.shared_signs(float(scores[-1]), reading)
        weighed: list[tuple[int, list[float]]] = []
        for kind, top, rival in ((kinds[0], tops[0], tops[1]), (kinds[1], tops[1], tops[0])):
            for rank, (place, own) in enumerate(kind[:most]):
                beside = top if rank else (kind[1][1] if len(kind) > 1 else -1.0)
                weighed.append((place, [*confidence.own_signs(own, max(beside, rival), rival), *shared]))
        return weighed

    @staticmethod
    def _best(scores: FloatArray, places: NDArray[np.intp], most: int) -> list[tuple[int, float]]:
        """The best-scored of these places, best first, with their scores."""
        own = scores[places]
        order = np.argsort(-own, kind="stable")[:most]
        return list(zip(places[order].tolist(), own[order].tolist(), strict=True))

    def explain(self, text: str, id: str) -> Why:
        reading, _ = self.model.judge(text)
        phrasing, like = self.phrasings[id].nearest(likeness.sort_key(text))
        shared = set(self.model.vocabulary.read(phrasing).words)
        runner_up = next((each.id for each in self.rank(text) if each.id != id), None)
        matched = tuple(dict.fromkeys(word for word in reading.words if word in shared and word != "?"))
        return Why(phrasing, like, matched, runner_up, self.threshold)

    @cached_property
    def index(self) -> Index:
        """Ranks while a question is being typed; made when first asked for, about 0.3 s for 16,000 phrasings."""
        return Index.of(self.model.vocabulary, [self.phrasings[label].texts for label in self.labels])

    def warm(self) -> None:
        """Makes now what would otherwise be made for the first who searches or wants an explanation."""
        if "index" in self.__dict__:
            return
        self.index  # noqa: B018 made when it is looked at
        for each in self.phrasings.values():
            each.nearest("")

    def _confidence(self, row: list[float], place: int) -> float:
        return self.calibration.confidence(row, self.labels[place] not in self.not_covered)

    @cached_property
    def _entries(self) -> NDArray[np.intp]:
        return self._places(covered=True)

    @cached_property
    def _others(self) -> NDArray[np.intp]:
        return self._places(covered=False)

    def _places(self, covered: bool) -> NDArray[np.intp]:
        return np.array([i for i, id_ in enumerate(self.labels) if (id_ not in self.not_covered) == covered], np.intp)


def fit_together(lessons: Mapping[str, Lesson], lexicon: Lexicon, folder: Path) -> None:
    """Fits a matcher per lesson over one model into `folder`, in a child process. Raises `FitError`."""
    if find_spec("sklearn") is None:  # a container, whose model was fitted when it was built
        raise FitError(
            "no fitted model is for this content, code and HAI_FAQ_RISK, and scikit-learn is not here to fit one"
        )
    log.info("fitting the models, about half a minute")
    job = {
        "lessons": {name: {**asdict(each), "not_covered": sorted(each.not_covered)} for name, each in lessons.items()},
        "shorthand": {word: list(full) for word, full in lexicon.shorthand.items()},
        "ideas": dict(lexicon.ideas),
    }
    with tempfile.NamedTemporaryFile("w", prefix="hai-faq-job-", suffix=".json", encoding="utf-8") as file:
        json.dump(job, file, ensure_ascii=False)
        file.flush()
        command = [sys.executable, "-m", "app.matching.training", file.name, str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FitError(f"fitting failed: {done.stderr.strip()[-2000:]}")


def save_together(matchers: Mapping[str, Matcher], folder: Path) -> None:
    """Writes matchers that share one model."""
    shared = next(iter(matchers.values())).model
    names = {**shared.names(), "matchers": {name: each.names() for name, each in matchers.items()}}
    model.save(folder, shared.arrays(), names)


def load_together(folder: Path) -> dict[str, Matcher]:
    """Reads what a fit has written; `ModelError` when any of it is missing or altered."""
    arrays, names = model.load(folder)
    shared = LinearModel.of(arrays, names)
    return {name: Matcher.of(shared, each) for name, each in names["matchers"].items()}
