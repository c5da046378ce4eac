"""Which features stand in which texts, and the matrix made of that. For fitting only.

The names of a text's features are found once; choosing among the features and weighing them is arithmetic on arrays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.matching.features import FAMILIES, SPELLING, Features, Reading, grams

BLOCKS = len(FAMILIES) + 1
"""Parts of a text's vector that are of length one each; the last are the characters."""


@dataclass(frozen=True)
class Occurrences:
    """Each time that a feature stands in a text."""

    names: tuple[str, ...]
    places: NDArray[np.int32]
    """Of the feature in `names`."""
    blocks: NDArray[np.int32]
    """Text times `BLOCKS` plus family."""
    texts: int

    @classmethod
    def of(cls, readings: Sequence[Reading]) -> "Occurrences":
        known: dict[str, int] = {}
        places: list[int] = []
        lengths: list[int] = []
        for block in _blocks(readings, known):
            places += block
            lengths.append(len(block))
        blocks = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        return cls(tuple(known), np.array(places, np.int32), blocks, len(readings))

    def shown(self) -> NDArray[np.int64]:
        """Texts that show each feature."""
        return np.asarray(self._rows(np.ones(len(self.places), np.int32)).getnnz(axis=0), np.int64)

    def keep(self, chosen: NDArray[np.bool_]) -> "Occurrences":
        """Only those of the chosen features."""
        places = (np.cumsum(chosen, dtype=np.int32) - 1)[self.places]
        here = chosen[self.places]
        names = tuple(self.names[place] for place in np.flatnonzero(chosen))
        return Occurrences(names, places[here], self.blocks[here], self.texts)

    def features(self) -> Features:
        """`idf = 1 + ln((1 + n) / (1 + df))`."""
        idf = 1 + np.log((1 + self.texts) / (1 + self.shown()))
        return Features({name: place for place, name in enumerate(self.names)}, idf.astype(np.float32))

    def matrix(self, features: Features) -> csr_matrix:
        """A row for each text, as `Features` weighs it."""
        values = features.idf[self.places].astype(np.float64)
        lengths = np.sqrt(np.bincount(self.blocks, values * values))
        values /= lengths[self.blocks]
        values[self.blocks % BLOCKS == BLOCKS - 1] *= SPELLING
        return self._rows(values)

    def _rows(self, values: NDArray[np.number[Any]]) -> csr_matrix:
        """A row for each text; what stands in it twice is summed."""
        return csr_matrix((values, (self.blocks // BLOCKS, self.places)), shape=(self.texts, len(self.names)))


def _blocks(readings: Sequence[Reading], known: dict[str, int]) -> Iterator[list[int]]:
    """Places of the features of each text, family by family; `known` numbers the names in the order they come up."""
    spelt: dict[str, list[int]] = {}
    for reading in readings:
        for family in FAMILIES:
            yield [known.setdefault(name, len(known)) for name in family(reading)]
        for word in reading.words:
            if word not in spelt:
                spelt[word] = [known.setdefault(name, len(known)) for name in grams(word)]
        yield [place for word in reading.words for place in spelt[word]]
