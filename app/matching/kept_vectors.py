"""The vectors of phrasings, kept by text from fit to fit, so that an edit encodes only what it changed.

For fitting only.
"""

import io
import multiprocessing
import zlib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from app import bounded_files
from app.matching import encoder
from app.matching.features import FloatArray, key_of

MOST_BYTES = 1 << 30
"""Most bytes of the file, which has 1 KB for each phrasing."""
WORKERS = 2
AT_ONCE = 2_000
"""Texts that a worker encodes before it fetches more."""
Keys = NDArray[np.uint64]


def encode(texts: Sequence[str], kept: Path | None) -> FloatArray:
    """Return the vector of each text, from the file `kept` where it is there; the file then holds these and no others.

    A file that cannot be read or written only costs time.
    """
    keys = np.array([key_of(text) for text in texts], np.uint64)
    known, vectors = _read(kept)
    found = np.isin(keys, known)
    rows = np.empty((len(texts), encoder.SIZE), np.float32)
    rows[found] = vectors[np.searchsorted(known, keys[found])]
    rows[~found] = _encode_together(
        [text for text, is_known in zip(texts, found.tolist(), strict=True) if not is_known]
    )
    if kept and not found.all():
        _write(kept, keys, rows)
    return rows


def _encode_together(texts: Sequence[str]) -> FloatArray:
    if not texts:
        return np.empty((0, encoder.SIZE), np.float32)
    batches = [texts[start : start + AT_ONCE] for start in range(0, len(texts), AT_ONCE)]
    encode = encoder.load().encode  # before the fork, so that it is in memory once
    if len(batches) == 1:
        return encode(texts)
    with ProcessPoolExecutor(WORKERS, multiprocessing.get_context("fork")) as pool:
        return np.vstack(list(pool.map(_encode, batches)))


def _encode(texts: Sequence[str]) -> FloatArray:
    return encoder.load().encode(texts)


def _read(kept: Path | None) -> tuple[Keys, FloatArray]:
    """Return the keys, ascending, and a vector for each; none where the file is missing, cut off or of other
    weights.
    """
    none = np.empty(0, np.uint64), np.empty((0, encoder.SIZE), np.float32)
    if kept is None:
        return none
    try:
        with np.load(io.BytesIO(bounded_files.read(kept, MOST_BYTES)), allow_pickle=False) as arrays:
            whole = str(arrays["sums"]) == _sums() and len(arrays["keys"]) == len(arrays["vectors"])
            return (arrays["keys"], np.round(arrays["vectors"].astype(np.float32), encoder.DECIMALS)) if whole else none
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error):
        return none


def _write(kept: Path, keys: Keys, rows: FloatArray) -> None:
    keys, first = np.unique(keys, return_index=True)
    temporary = kept.with_suffix(".new")
    try:
        with temporary.open("wb") as file:
            np.savez(file, keys=keys, vectors=rows[first].astype(np.float16), sums=np.array(_sums()))
        temporary.replace(kept)
    except OSError:
        temporary.unlink(missing_ok=True)


def _sums() -> str:
    return " ".join(encoder.SUMS.values())
