"""Which features stand in which texts, and the matrix made of that. For fitting only.

The keys of a text's features are found once; choosing among the features and weighing them is arithmetic on arrays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.matching.features import CHARACTERS, FAMILIES, SPELLING, Features, KeyArray, Reading, characters, family_of


@dataclass(frozen=True)
class Occurrences:
    """Each time that a feature stands in a text."""

    keys: KeyArray
    """Of the features, ascending."""
    places: NDArray[np.int32]
    """Of the feature in `keys`."""
    rows: NDArray[np.int32]
    """The text."""
    texts: int

    @classmethod
    def of(cls, readings: Sequence[Reading]) -> "Occurrences":
        found = list(_keys(readings))
        rows = np.repeat(np.arange(len(found), dtype=np.int32), [len(each) for each in found])
        keys, places = np.unique(np.concatenate(found), return_inverse=True)
        return cls(keys, places.astype(np.int32), rows, len(found))

    def shown(self) -> NDArray[np.int64]:
        """Texts that show each feature."""
        return np.asarray(self._matrix(np.ones(len(self.places), np.int32), self.places).getnnz(axis=0), np.int64)

    def keep(self, chosen: NDArray[np.bool_]) -> "Occurrences":
        """Only those of the chosen features."""
        places = (np.cumsum(chosen, dtype=np.int32) - 1)[self.places]
        here = chosen[self.places]
        return Occurrences(self.keys[chosen], places[here], self.rows[here], self.texts)

    def features(self) -> Features:
        """`idf = 1 + ln((1 + n) / (1 + df))`."""
        shown = self.shown()
        commonest = np.argsort(-shown, kind="stable")
        idf = 1 + np.log((1 + self.texts) / (1 + shown[commonest]))
        return Features(self.keys, np.argsort(commonest).astype(np.int32), idf.astype(np.float32))

    def matrix(self, features: Features) -> csr_matrix:
        """A row for each text and a column for each row of `features`, as it weighs the text."""
        columns = features.rows[self.places]
        values = features.idf[columns].astype(np.float64)
        blocks = self.rows * FAMILIES + family_of(self.keys)[self.places]
        values /= np.sqrt(np.bincount(blocks, values * values))[blocks]
        values[(self.keys >= CHARACTERS)[self.places]] *= SPELLING
        return self._matrix(values, columns)

    def _matrix(self, values: NDArray[np.number[Any]], columns: NDArray[np.int32]) -> csr_matrix:
        """A row for each text; what stands in it twice is summed."""
        return csr_matrix((values, (self.rows, columns)), shape=(self.texts, len(self.keys)))


def _keys(readings: Sequence[Reading]) -> Iterator[KeyArray]:
    """All keys of each text."""
    spelt = {word: characters(word) for word in {word for reading in readings for word in reading.words}}
    for reading in readings:
        yield np.concatenate([reading.keys(), *(spelt[word] for word in reading.words)])
