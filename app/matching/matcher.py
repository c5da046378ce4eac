"""The face of the engine: phrasings in, ranked topics with calibrated confidence out."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import FitError
from app.matching import confidence, likeness, model
from app.matching.features import Reading
from app.matching.vocabulary import Lexicon, Vocabulary

WEIGHED = 3
"""Candidates of each kind whose likeness is measured and who get a confidence of their own."""


@dataclass(frozen=True)
class Candidate:
    id: str
    score: float
    confidence: float
    """Probability, 0 to 1, that this topic is what the text asks for."""


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
class Matcher:
    """Ranks topics for a text. Deterministic: the same examples give the same weights everywhere."""

    scorer: model.LinearModel
    vocabulary: Vocabulary
    phrasings: Mapping[str, likeness.Phrasings]
    calibration: confidence.Calibration
    not_covered: frozenset[str]
    threshold: float
    """Lowest confidence of an answer that keeps to the `risk` given to `fit`."""

    @classmethod
    def fit(
        cls,
        examples: Iterable[tuple[str, str]],
        *,
        not_covered: frozenset[str] = frozenset(),
        texts: Mapping[str, tuple[str, ...]] | None = None,
        lexicon: Lexicon | None = None,
        follow_ups: Iterable[tuple[str, str, str]] = (),
        risk: float = 0.02,
    ) -> "Matcher":
        """Learns from (topic, phrasing) pairs, with each entry's own `texts` as further evidence.

        `follow_ups` are (topic, phrasing, topic answered before).
        `risk` is the share of left-out phrasings of `not_covered` that may be answered; without
        `not_covered` whole topics are left out in turn to stand for the unknown. Fits in a child
        process, so that a server never loads the fitting library. Raises `FitError`.
        """
        with tempfile.TemporaryDirectory(prefix="hai-faq-fit-") as folder:
            job = write_job(Path(folder), examples, not_covered, texts or {}, lexicon or Lexicon(), risk, follow_ups)
            run_fit(job, Path(folder) / "model")
            return cls.load(Path(folder) / "model")

    @classmethod
    def load(cls, folder: Path) -> "Matcher":
        """Reads what a fit has written; `ModelError` when any of it is missing or altered."""
        arrays, names = model.load(folder)
        return cls.of(arrays, names)

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], names: Mapping[str, Any]) -> "Matcher":
        lexicon = Lexicon({word: tuple(full) for word, full in names["shorthand"].items()}, dict(names["ideas"]))
        return cls(
            scorer=model.LinearModel.of(arrays, names),
            vocabulary=Vocabulary(frozenset(names["vocabulary"]), lexicon),
            phrasings={
                id_: likeness.Phrasings.ready(tuple(texts), tuple(keys))
                for id_, (texts, keys) in names["phrasings"].items()
            },
            calibration=confidence.Calibration(tuple(names["entry"]), tuple(names["other"])),
            not_covered=frozenset(names["not_covered"]),
            threshold=float(names["threshold"]),
        )

    def save(self, folder: Path) -> None:
        names = {
            **self.scorer.names(),
            "shorthand": {word: list(full) for word, full in self.vocabulary.lexicon.shorthand.items()},
            "ideas": dict(self.vocabulary.lexicon.ideas),
            "vocabulary": sorted(self.vocabulary.known),
            "phrasings": {id_: [group.texts, group.keys] for id_, group in self.phrasings.items()},
            "entry": list(self.calibration.entry),
            "other": list(self.calibration.other),
            "not_covered": sorted(self.not_covered),
            "threshold": self.threshold,
        }
        model.save(folder, self.scorer.arrays(), names)

    def rank(self, text: str, limit: int = 5, after: str | None = None) -> list[Candidate]:
        """The most likely topics, best first; empty when no word of the text was ever seen.

        With `after` the text is read as a follow-up to that topic.
        """
        reading = self.vocabulary.read(text, after)
        if reading.unknown == 1.0 or not reading.words:
            return []
        found = [
            Candidate(self.scorer.labels[place], row[confidence.SCORE], self._confidence(row, place))
            for place, row in self.weigh(text, reading)
        ]
        return sorted(found, key=lambda each: (-each.confidence, -each.score, each.id))[:limit]

    def scores(self, text: str) -> dict[str, float]:
        """The bare score of every topic, where a matcher is not calibrated; empty when no word is known."""
        reading = self.vocabulary.read(text)
        if not self.scorer.features.know_any(reading.words):
            return {}
        return dict(zip(self.scorer.labels, self.scorer.scores(reading).tolist(), strict=True))

    def weigh(self, text: str, reading: Reading, most: int = WEIGHED) -> list[tuple[int, list[float]]]:
        """Places of the best entries and the best not-covered topics, each with its row of signs."""
        scores, covered = self.scorer.judge(reading)
        key = likeness.sort_key(text)
        weighed: list[tuple[int, list[float]]] = []
        for own, rivals in ((self._entries, self._others), (self._others, self._entries)):
            for place in own[np.argsort(-scores[own], kind="stable")[:most]]:
                like = self.phrasings[self.scorer.labels[place]].likeness(key)
                row = confidence.signs(scores, int(place), rivals, covered, like, reading)
                weighed.append((int(place), row))
        return weighed

    def explain(self, text: str, id: str) -> Why:
        reading = self.vocabulary.read(text)
        phrasing, like = self.phrasings[id].nearest(likeness.sort_key(text))
        shared = set(self.vocabulary.read(phrasing).words)
        runner_up = next((each.id for each in self.rank(text) if each.id != id), None)
        matched = tuple(dict.fromkeys(word for word in reading.words if word in shared and word != "?"))
        return Why(phrasing, like, matched, runner_up, self.threshold)

    def _confidence(self, row: list[float], place: int) -> float:
        return self.calibration.confidence(row, self.scorer.labels[place] not in self.not_covered)

    @cached_property
    def _entries(self) -> NDArray[np.intp]:
        return self._places(covered=True)

    @cached_property
    def _others(self) -> NDArray[np.intp]:
        return self._places(covered=False)

    def _places(self, covered: bool) -> NDArray[np.intp]:
        labels = self.scorer.labels
        return np.array([i for i, id_ in enumerate(labels) if (id_ not in self.not_covered) == covered], np.intp)


def write_job(
    folder: Path,
    examples: Iterable[tuple[str, str]],
    not_covered: frozenset[str],
    texts: Mapping[str, tuple[str, ...]],
    lexicon: Lexicon,
    risk: float | None,
    follow_ups: Iterable[tuple[str, str, str]] = (),
) -> Path:
    """The order of a fit as a JSON file, for the child process that carries it out.

    Without a `risk` nothing is calibrated: only the scores of such a matcher mean something.
    """
    job = {
        "examples": [*((id_, text, None) for id_, text in examples), *follow_ups],
        "not_covered": sorted(not_covered),
        "texts": {id_: list(each) for id_, each in texts.items()},
        "shorthand": {word: list(full) for word, full in lexicon.shorthand.items()},
        "ideas": dict(lexicon.ideas),
        "risk": risk,
    }
    path = folder / "job.json"
    path.write_text(json.dumps(job, ensure_ascii=False), encoding="utf-8")
    return path


def run_fit(job: Path, folder: Path) -> None:
    """Fits `job` into `folder` in a child process; `FitError` with its last words when that fails."""
    command = [sys.executable, "-m", "app.matching.training", str(job), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FitError(f"fitting failed: {done.stderr.strip()[-2000:]}")
