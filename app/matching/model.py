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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import ModelError
from app.matching.features import Features, FloatArray, Reading

REMEMBERED = 20_000
"""Words whose share of the scores is kept; words come back far more often than not."""
FORMAT = 9
"""Part of the cache key: raise it when features, signs or files change their meaning."""
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class LinearModel:
    """One weight per feature and topic: a linear SVM."""

    features: Features
    labels: tuple[str, ...]
    weights: NDArray[np.float32]
    """(features, topics + 1), C-contiguous: the rows of a text's features lie together."""
    bias: FloatArray
    """One per topic. Both have a last column more: does the text look covered at all?"""

    _spelt: dict[str, tuple[FloatArray, float]] = field(default_factory=dict, repr=False, compare=False)
    """What the characters of a word met before add to the scores, and the square of their length."""

    def scores(self, reading: Reading) -> NDArray[np.float64]:
        """A score per topic, in `labels` order; the fit wants the right one ahead of all others by 1."""
        return self.judge(reading)[0]

    def judge(self, reading: Reading) -> tuple[NDArray[np.float64], float]:
        """The scores, and one for being covered: over 0 where an entry rather than a not-covered topic is meant."""
        found = self.bias + self._spelling(reading.words)
        for places, values in (self.features.of_wordings(reading), self.features.of_notions(reading)):
            found += values @ self.weights[places]
        scores = found.astype(np.float64)
        return scores[:-1], float(scores[-1])

    def _spelling(self, words: Sequence[str]) -> FloatArray:
        spelt = [self._of_word(word) for word in words]
        squares = sum(square for _, square in spelt)
        if not squares:
            return np.zeros_like(self.bias)
        total = np.zeros_like(self.bias)
        for added, _ in spelt:
            total += added
        return total / np.float32(math.sqrt(squares))

    def _of_word(self, word: str) -> tuple[FloatArray, float]:
        known = self._spelt.get(word)
        if known is None:
            if len(self._spelt) >= REMEMBERED:
                self._spelt.clear()
            places, square = self.features.of_spelling(word)
            known = self._spelt[word] = (self.features.idf[places] @ self.weights[places], square)
        return known

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"weights": self.weights, "bias": self.bias, "idf": self.features.idf}

    def names(self) -> dict[str, Any]:
        return {"labels": list(self.labels), "features": list(self.features.places)}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], names: Mapping[str, Any]) -> "LinearModel":
        places = {name: place for place, name in enumerate(names["features"])}
        return cls(
            Features(places, np.array(arrays["idf"])),
            tuple(names["labels"]),
            np.asarray(arrays["weights"]),
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
