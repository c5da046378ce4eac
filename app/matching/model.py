"""The weights: what they score, and how they are kept on disk so that nothing is ever trusted unread.

A saved model is a folder of `.npy` arrays and JSON, with a manifest of their SHA-256 sums. Arrays are
mapped read-only without pickles; anything missing or altered is a `ModelError`.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.errors import ModelError
from app.matching.features import SPELLING, Features, FloatArray, Reading
from app.matching.vocabulary import Lexicon, Vocabulary

WORDS_REMEMBERED = 10_000
"""Words whose share of the scores is kept; words come back far more often than not."""
TEXTS_REMEMBERED = 64
"""Texts whose scores are kept: the steps of one message look at the same text several times."""
STEPS = 127
"""Weights are kept as whole steps of their feature's largest weight, -127 to 127: a quarter of the memory, and no
score of a labelled message moved by more than 0.006.
"""
FORMAT = 14
"""Part of the cache key: raise it when features, signs or files change their meaning."""
MANIFEST = "manifest.json"


class Judged(NamedTuple):
    """A text read once, and the score of every column for it."""

    reading: Reading
    scores: FloatArray


@dataclass(frozen=True)
class LinearModel:
    """One weight per feature and column: linear SVMs, as many as there are matchers, side by side over one reading."""

    vocabulary: Vocabulary
    features: Features
    weights: NDArray[np.int8]
    """(features, columns), C-contiguous: the rows of a text's features lie together."""
    steps: FloatArray
    """What one step of each feature's weights is worth."""
    bias: FloatArray
    """One per column."""

    _spelt: dict[str, tuple[FloatArray, float]] = field(default_factory=dict, repr=False, compare=False)
    """What the characters of a word met before add to the scores, and the square of their length."""
    _judged: dict[tuple[str, str | None], Judged] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of_weights(
        cls, vocabulary: Vocabulary, features: Features, weights: NDArray[np.floating[Any]], bias: NDArray[Any]
    ) -> "LinearModel":
        steps = np.maximum(np.abs(weights).max(axis=1, initial=0.0), 1e-9) / STEPS
        rounded = np.rint(weights / steps[:, None]).astype(np.int8)
        return cls(vocabulary, features, rounded, steps.astype(np.float32), bias.astype(np.float32))

    def judge(self, text: str, after: str | None = None) -> Judged:
        """The text as read, and its scores; the same text again costs a look-up."""
        known = self._judged.get((text, after))
        if known is None:
            if len(self._judged) >= TEXTS_REMEMBERED:
                self._judged.clear()
            reading = self.vocabulary.read(text, after)
            known = self._judged[(text, after)] = Judged(reading, self.scores(reading))
        return known

    def scores(self, reading: Reading) -> FloatArray:
        places, values = self.features.of_families(reading)
        found = (values * self.steps[places]) @ self.weights[places].astype(np.float32)
        return np.asarray(found + self.bias + self._spelling(reading.words))

    def knows_any(self, reading: Reading) -> bool:
        """Characters alone prove nothing: those of `etc/passwd` stand in words of danger too."""
        known, places = self.vocabulary.known, self.features.places
        return any(word in known or f"W{word}" in places for word in reading.words if word != "?")

    def _spelling(self, words: Sequence[str]) -> FloatArray:
        total, squares = np.zeros_like(self.bias), 0.0
        for word in words:
            added, square = self._spelt.get(word) or self._of_word(word)
            total += added
            squares += square
        return total * (SPELLING / np.float32(math.sqrt(squares) or 1.0))

    def _of_word(self, word: str) -> tuple[FloatArray, float]:
        if len(self._spelt) >= WORDS_REMEMBERED:
            self._spelt.clear()
        places, square = self.features.of_spelling(word)
        values = self.features.idf[places] * self.steps[places]
        self._spelt[word] = values @ self.weights[places].astype(np.float32), square
        return self._spelt[word]

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"weights": self.weights, "steps": self.steps, "bias": self.bias, "idf": self.features.idf}

    def names(self) -> dict[str, Any]:
        return {
            "features": list(self.features.places),
            "vocabulary": sorted(self.vocabulary.known),
            "shorthand": {word: list(full) for word, full in self.vocabulary.lexicon.shorthand.items()},
            "ideas": dict(self.vocabulary.lexicon.ideas),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], names: Mapping[str, Any]) -> "LinearModel":
        lexicon = Lexicon({word: tuple(full) for word, full in names["shorthand"].items()}, dict(names["ideas"]))
        places = {name: place for place, name in enumerate(names["features"])}
        return cls(
            Vocabulary(frozenset(names["vocabulary"]), lexicon),
            Features(places, np.array(arrays["idf"])),
            np.asarray(arrays["weights"]),
            np.array(arrays["steps"]),
            np.array(arrays["bias"]),
        )


def save(folder: Path, arrays: Mapping[str, NDArray[Any]], names: Mapping[str, Any]) -> None:
    """Writes the arrays and names into `folder`; the manifest comes last, so that half a model is no model."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
    (folder / "names.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
    written = [*(f"{name}.npy" for name in arrays), "names.json"]
    sums = {name: _sum(folder / name) for name in written}
    (folder / MANIFEST).write_text(json.dumps({"format": FORMAT, "files": sums}, indent=1), encoding="utf-8")


def load(folder: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Arrays (mapped, read-only) and names of a saved model; `ModelError` unless every sum is right."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise ModelError(f"{folder}: written by another version")
        for name, expected in manifest["files"].items():
            if _sum(folder / name) != expected:
                raise ModelError(f"{folder / name}: does not match its checksum")
        arrays = {
            Path(name).stem: np.load(folder / name, mmap_mode="r", allow_pickle=False)
            for name in manifest["files"]
            if name.endswith(".npy")
        }
        return arrays, json.loads((folder / "names.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{folder}: cannot be read: {error}") from error


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
