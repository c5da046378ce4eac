"""The weights: they score texts, and are kept on disk so that nothing is ever trusted unread.

A saved model is a folder of `.npy` arrays and JSON, with a manifest of their SHA-256 sums. Files are read
once, whole and without pickles; anything missing or altered is a `ModelError`.
"""

import hashlib
import io
import itertools
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app import bounded_files
from app.errors import ModelError
from app.matching.features import CHARACTER_WEIGHT, Features, FloatArray, Reading, is_new
from app.matching.vocabulary import Lexicon, Vocabulary

MOST_CACHED_SCORES = 2_000_000
"""Most numbers in the cache of character scores; words come back far more often than not."""
LEAST_CACHED_WORDS = 2_000
"""Fewest words whose character scores are cached: more than any text has after its shorthand is written out."""
MOST_AT_ONCE = 16
"""Most texts scored in one multiplication, which bounds its memory for a message of hundreds of sentences; their words
are at most `LEAST_CACHED_WORDS`.
"""
STEPS = 127
"""Weights are kept as whole steps of their feature's largest weight, -127 to 127: a quarter of the memory, and no
score of a labelled message moved by more than 0.006.
"""
FORMAT = 45
"""Part of the cache key: raise it when features, calibration features or files change their meaning."""
MANIFEST = "manifest.json"
MOST_BYTES = 256 << 20
"""Most bytes of a file of a model; the largest of what is shipped has 25 MB."""
UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, MemoryError)
"""What reading a file raises that holds anything whatever."""
_TINY = np.float32(1e-9)
"""Stands in for the length of a text without known characters, whose sums are 0."""


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

    _characters: "_CharacterScores" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_characters", _CharacterScores(len(self.bias)))

    @classmethod
    def of_weights(
        cls, vocabulary: Vocabulary, features: Features, weights: NDArray[np.floating[Any]], bias: NDArray[Any]
    ) -> "LinearModel":
        steps = np.maximum(np.abs(weights).max(axis=1, initial=0.0), 1e-9) / STEPS
        rounded = np.rint(weights / steps[:, None]).astype(np.int8)
        return cls(vocabulary, features, rounded, steps.astype(np.float32), bias.astype(np.float32))

    def score(self, readings: Sequence[Reading]) -> FloatArray:
        """Return a row of scores for each reading, a column each."""
        if len(readings) == 1:
            return self._score_together(readings)
        return np.concatenate([self._score_together(chunk) for chunk in _chunks(readings)])

    def _score_together(self, readings: Sequence[Reading]) -> FloatArray:
        rows, of, values = self.features.weigh(readings)
        values *= self.steps.take(rows)
        if len(readings) == 1:
            scores = np.asarray(values.dot(self.weights.take(rows, axis=0).astype(np.float32)))[None]
        else:
            new = is_new(rows)
            distinct = rows[new]
            cells = np.zeros((len(readings), len(distinct)), np.float32)
            cells[of, new.cumsum() - 1] = values
            scores = np.asarray(cells.dot(self.weights.take(distinct, axis=0).astype(np.float32)))
        scores += self.bias
        scores += self._score_characters(readings)
        return scores

    def _score_characters(self, readings: Sequence[Reading]) -> FloatArray:
        """Return what the characters of the words add, as one vector of length `CHARACTER_WEIGHT` for each reading."""
        words = [term.word for reading in readings for term in reading.terms]
        if not words:
            return np.zeros((len(readings), len(self.bias)), np.float32)
        rows = self._characters.rows_of(words, self._score_word)
        ends = itertools.accumulate([len(reading.terms) for reading in readings], initial=0)
        sums = np.array([np.add.reduce(rows[start:end]) for start, end in itertools.pairwise(ends)])
        return np.asarray(sums[:, :-1] * (CHARACTER_WEIGHT / np.sqrt(np.maximum(sums[:, -1:], _TINY))))

    def _score_word(self, word: str) -> FloatArray:
        """Return what a word's characters add to each column, and last the square of their length."""
        rows, square = self.features.weigh_characters(word)
        values = self.features.idf.take(rows) * self.steps.take(rows)
        return np.append(values @ self.weights.take(rows, axis=0).astype(np.float32), np.float32(square))

    def arrays(self) -> dict[str, NDArray[Any]]:
        words = sorted(self.vocabulary.known)[: self._characters.room // 2]
        return {
            "weights": self.weights,
            "steps": self.steps,
            "bias": self.bias,
            "keys": self.features.keys,
            "rows": self.features.rows,
            "idf": self.features.idf,
            "characters": self._characters.rows_of(words, self._score_word),
        }

    def names(self) -> dict[str, Any]:
        return {"vocabulary": sorted(self.vocabulary.known), **asdict(self.vocabulary.lexicon)}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], names: Mapping[str, Any]) -> "LinearModel":
        lexicon = Lexicon({word: tuple(full) for word, full in names["shorthand"].items()}, dict(names["concepts"]))
        model = cls(
            Vocabulary(frozenset(names["vocabulary"]), lexicon),
            Features(np.array(arrays["keys"]), np.array(arrays["rows"]), np.array(arrays["idf"])),
            np.asarray(arrays["weights"]),
            np.array(arrays["steps"]),
            np.array(arrays["bias"]),
        )
        model._characters.fill(names["vocabulary"][: len(arrays["characters"])], arrays["characters"])
        return model


def _chunks(readings: Sequence[Reading]) -> Iterator[Sequence[Reading]]:
    """Yield the readings in order, as many together as may share one multiplication."""
    start = words = 0
    for place, reading in enumerate(readings):
        words += len(reading.terms)
        if place - start == MOST_AT_ONCE or (words > LEAST_CACHED_WORDS and place > start):
            yield readings[start:place]
            start, words = place, len(reading.terms)
    yield readings[start:]


class _CharacterScores:
    """A cache of what the characters of words add to the scores: a row a word, last the square of their length.

    The characters of twelve words take 20 us with it, 560 without.
    """

    def __init__(self, columns: int) -> None:
        self.room = max(LEAST_CACHED_WORDS, MOST_CACHED_SCORES // (columns + 1))
        self._rows = np.zeros((self.room, columns + 1), np.float32)
        self._places: dict[str, int] = {}
        self._lock = threading.Lock()

    def fill(self, words: Sequence[str], rows: NDArray[np.float32]) -> None:
        """Start with these words, so that a message's time hardly depends on how many came before it."""
        self._rows[: len(rows)] = rows
        self._places = {word: place for place, word in enumerate(words)}

    def rows_of(self, words: Sequence[str], score: Callable[[str], FloatArray]) -> FloatArray:
        """Return the row of each word. Two threads may ask: long texts are read aside."""
        new = {word: score(word) for word in dict.fromkeys(words) if word not in self._places}
        with self._lock:
            absent = [word for word in dict.fromkeys(words) if word not in self._places]  # some were cleared meanwhile
            if len(self._places) + len(absent) > self.room:
                self._places.clear()
                absent = list(dict.fromkeys(words))
            for word in absent:
                self._rows[len(self._places)] = new[word] if word in new else score(word)
                self._places[word] = len(self._places)
            return self._rows.take([self._places[word] for word in words], axis=0)


def save(folder: Path, arrays: Mapping[str, NDArray[Any]], names: Mapping[str, Any]) -> None:
    """Write the arrays and names into `folder`; the manifest comes last, so that half a model is no model."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
    (folder / "names.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
    written = [*(f"{name}.npy" for name in arrays), "names.json"]
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in written}
    (folder / MANIFEST).write_text(json.dumps({"format": FORMAT, "files": sums}, indent=1), encoding="utf-8")


def load(folder: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return the arrays and names of a saved model; raise `ModelError` unless every sum is right.

    Not mapped: whoever cut or overwrote a mapped file killed the service (SIGBUS) or changed its answers.
    """
    try:
        manifest = json.loads(bounded_files.read(folder / MANIFEST, MOST_BYTES))
        if manifest["format"] != FORMAT:
            raise ModelError(f"{folder}: written by another version")
        read = {name: _checked(folder / name, expected) for name, expected in manifest["files"].items()}
        arrays = {Path(name).stem: _array(content) for name, content in read.items() if name.endswith(".npy")}
        return arrays, json.loads(read["names.json"])
    except UNREADABLE as error:
        raise ModelError(f"{folder}: cannot be read: {error}") from error


def _checked(path: Path, expected: str) -> bytes:
    """Return the bytes that were checked, so that the file is not opened again."""
    content = bounded_files.read(path, MOST_BYTES)
    if hashlib.sha256(content).hexdigest() != expected:
        raise ModelError(f"{path}: does not match its checksum")
    return content


def _array(content: bytes) -> NDArray[Any]:
    """Return an array over the bytes that were read, so that they are in memory once."""
    head = io.BytesIO(content)
    if np.lib.format.read_magic(head) != (1, 0):
        raise ValueError("not written by `save`")
    shape, _, dtype = np.lib.format.read_array_header_1_0(head)
    return np.frombuffer(content, dtype, offset=head.tell()).reshape(shape)
