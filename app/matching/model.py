"""The weights: what they score, and how they are kept on disk so that nothing is ever trusted unread.

A saved model is a folder of `.npy` arrays and JSON, with a manifest of their SHA-256 sums. Files are read
once, whole and without pickles; anything missing or altered is a `ModelError`.
"""

import hashlib
import io
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.errors import ModelError
from app.matching.features import SPELLING, Features, FloatArray, IndexArray, Reading
from app.matching.vocabulary import Lexicon, Vocabulary
from app.text import fold

NUMBERS_REMEMBERED = 2_000_000
"""Of what the characters of words add to the scores, kept word by word; words come back far more often than not."""
LEAST_REMEMBERED = 2_000
"""Words kept however many columns there are: more than any text has after its shorthand is written out."""
TEXTS_REMEMBERED = 64
"""Texts whose scores are kept: the steps of one message look at the same text several times."""
STEPS = 127
"""Weights are kept as whole steps of their feature's largest weight, -127 to 127: a quarter of the memory, and no
score of a labelled message moved by more than 0.006.
"""
FORMAT = 21
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

    _spelt: "_Spelt" = field(init=False, repr=False, compare=False)
    _judged: dict[tuple[str, str | None], Judged] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_spelt", _Spelt(len(self.bias)))

    @classmethod
    def of_weights(
        cls, vocabulary: Vocabulary, features: Features, weights: NDArray[np.floating[Any]], bias: NDArray[Any]
    ) -> "LinearModel":
        steps = np.maximum(np.abs(weights).max(axis=1, initial=0.0), 1e-9) / STEPS
        rounded = np.rint(weights / steps[:, None]).astype(np.int8)
        return cls(vocabulary, features, rounded, steps.astype(np.float32), bias.astype(np.float32))

    def judge(self, text: str, after: str | None = None) -> Judged:
        """The text as read, and its scores; the same text again costs a look-up."""
        folded = fold(text)
        known = self._judged.get((folded, after))
        if known is None:
            if len(self._judged) >= TEXTS_REMEMBERED:
                self._judged.clear()
            reading = self.vocabulary.read(folded, after)
            known = self._judged[(folded, after)] = Judged(reading, self.scores(reading))
        return known

    def scores(self, reading: Reading) -> FloatArray:
        places, values = self.features.of_families(reading)
        return np.asarray(self._sum(places, values) + self.bias + self._spelling(reading.words))

    def knows_any(self, reading: Reading) -> bool:
        """Characters alone prove nothing: those of `etc/passwd` stand in words of danger too."""
        return any(term.known for term in reading.terms if term.word != "?")

    def _sum(self, places: IndexArray, values: FloatArray) -> FloatArray:
        return np.asarray((values * self.steps[places]) @ self.weights[places].astype(np.float32))

    def _spelling(self, words: Sequence[str]) -> FloatArray | float:
        if not words:
            return 0.0
        added = self._spelt.rows_of(words, self._of_word).sum(axis=0)
        return np.asarray(added[:-1] * (SPELLING / math.sqrt(added[-1] or 1.0)))

    def _of_word(self, word: str) -> FloatArray:
        places, square = self.features.of_spelling(word)
        return np.append(self._sum(places, self.features.idf[places]), np.float32(square))

    def arrays(self) -> dict[str, NDArray[Any]]:
        words = sorted(self.vocabulary.known)[: self._spelt.room // 2]
        return {
            "weights": self.weights,
            "steps": self.steps,
            "bias": self.bias,
            "keys": self.features.keys,
            "rows": self.features.rows,
            "idf": self.features.idf,
            "spelt": self._spelt.rows_of(words, self._of_word),
        }

    def names(self) -> dict[str, Any]:
        return {
            "vocabulary": sorted(self.vocabulary.known),
            "shorthand": {word: list(full) for word, full in self.vocabulary.lexicon.shorthand.items()},
            "ideas": dict(self.vocabulary.lexicon.ideas),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], names: Mapping[str, Any]) -> "LinearModel":
        lexicon = Lexicon({word: tuple(full) for word, full in names["shorthand"].items()}, dict(names["ideas"]))
        fitted = cls(
            Vocabulary(frozenset(names["vocabulary"]), lexicon),
            Features(np.array(arrays["keys"]), np.array(arrays["rows"]), np.array(arrays["idf"])),
            np.asarray(arrays["weights"]),
            np.array(arrays["steps"]),
            np.array(arrays["bias"]),
        )
        fitted._spelt.fill(names["vocabulary"][: len(arrays["spelt"])], arrays["spelt"])
        return fitted


class _Spelt:
    """What the characters of words met before add to the scores: a row each, last the square of their length."""

    def __init__(self, columns: int) -> None:
        self.room = max(LEAST_REMEMBERED, NUMBERS_REMEMBERED // (columns + 1))
        self._rows = np.zeros((self.room, columns + 1), np.float32)
        self._places: dict[str, int] = {}

    def fill(self, words: Sequence[str], rows: NDArray[np.float32]) -> None:
        """Starts with these words, so that a message's time hardly depends on how many came before it."""
        self._rows[: len(rows)] = rows
        self._places = {word: place for place, word in enumerate(words)}

    def rows_of(self, words: Sequence[str], find: Callable[[str], FloatArray]) -> FloatArray:
        new = [word for word in words if word not in self._places]
        if len(self._places) + len(new) > self.room:
            self._places.clear()
            new = list(words)
        for word in dict.fromkeys(new):
            self._rows[len(self._places)] = find(word)
            self._places[word] = len(self._places)
        return self._rows.take([self._places[word] for word in words], axis=0)


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
    """Arrays and names of a saved model; `ModelError` unless every sum is right.

    Not mapped: whoever cut or overwrote a mapped file killed the service (SIGBUS) or changed its answers.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise ModelError(f"{folder}: written by another version")
        read = {name: _checked(folder / name, expected) for name, expected in manifest["files"].items()}
        arrays = {Path(name).stem: _array(content) for name, content in read.items() if name.endswith(".npy")}
        return arrays, json.loads(read["names.json"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{folder}: cannot be read: {error}") from error


def _checked(path: Path, expected: str) -> bytes:
    """What was checked is what is used: the file is not opened again."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != expected:
        raise ModelError(f"{path}: does not match its checksum")
    return content


def _array(content: bytes) -> NDArray[Any]:
    """Over the bytes that were read, so that they are in memory once."""
    head = io.BytesIO(content)
    if np.lib.format.read_magic(head) != (1, 0):
        raise ValueError("not written by `save`")
    shape, _, dtype = np.lib.format.read_array_header_1_0(head)
    return np.frombuffer(content, dtype, offset=head.tell()).reshape(shape)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
