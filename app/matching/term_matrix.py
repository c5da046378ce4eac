"""The term matrix: which features stand in which texts, counted once and weighted as often as it takes. For fitting
only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.matching.features import (
    CHARACTER_WEIGHT,
    CHARACTERS,
    FAMILIES,
    Features,
    KeyArray,
    Reading,
    character_keys,
    family_of,
)


@dataclass(frozen=True)
class TermMatrix:
    """One item for each time that a feature stands in a text."""

    keys: KeyArray
    """The features, ascending."""
    places: NDArray[np.int32]
    """Place in `keys` of each item's feature."""
    rows: NDArray[np.int32]
    """Text of each item."""
    texts: int

    @classmethod
    def of(cls, readings: Sequence[Reading]) -> "TermMatrix":
        keys_of_texts = list(_keys(readings))
        rows = np.repeat(np.arange(len(keys_of_texts), dtype=np.int32), [len(keys) for keys in keys_of_texts])
        keys, places = np.unique(np.concatenate(keys_of_texts), return_inverse=True)
        return cls(keys, places.astype(np.int32), rows, len(keys_of_texts))

    def document_frequencies(self) -> NDArray[np.int64]:
        """Return for each feature how many texts show it."""
        return np.asarray(self._sparse(np.ones(len(self.places), np.int32), self.places).getnnz(axis=0), np.int64)

    def keep(self, chosen: NDArray[np.bool_]) -> "TermMatrix":
        """Return the matrix of the chosen features only."""
        places = (np.cumsum(chosen, dtype=np.int32) - 1)[self.places]
        kept = chosen[self.places]
        return TermMatrix(self.keys[chosen], places[kept], self.rows[kept], self.texts)

    def features(self) -> Features:
        """Return the features, weighted by `idf = 1 + ln((1 + n) / (1 + df))`, the commonest in the first rows."""
        frequencies = self.document_frequencies()
        commonest = np.argsort(-frequencies, kind="stable")
        idf = 1 + np.log((1 + self.texts) / (1 + frequencies[commonest]))
        return Features(self.keys, np.argsort(commonest).astype(np.int32), idf.astype(np.float32))

    def weighted(self, features: Features) -> csr_matrix:
        """Return a matrix with a row for each text and a column for each row of `features`."""
        columns = features.rows[self.places]
        values = features.idf[columns].astype(np.float64)
        blocks = self.rows * FAMILIES + family_of(self.keys)[self.places]
        values /= np.sqrt(np.bincount(blocks, values * values))[blocks]
        values[(self.keys >= CHARACTERS)[self.places]] *= CHARACTER_WEIGHT
        return self._sparse(values, columns)

    def _sparse(self, values: NDArray[np.number[Any]], columns: NDArray[np.int32]) -> csr_matrix:
        """Return a row for each text; what stands in it twice is summed."""
        return csr_matrix((values, (self.rows, columns)), shape=(self.texts, len(self.keys)))


def _keys(readings: Sequence[Reading]) -> Iterator[KeyArray]:
    """Yield all keys of each text."""
    characters = {word: character_keys(word) for word in {word for reading in readings for word in reading.words}}
    for reading in readings:
        yield np.concatenate([reading.keys(), *(characters[word] for word in reading.words)])
