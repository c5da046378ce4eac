from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.matching import encoder, kept_vectors
from tests.matching.test_model import Trap

TEXTS = ["where is the lamp", "who looks after it"]


def test_kept_vectors_are_those_that_were_encoded(tmp_path: Path) -> None:
    first = kept_vectors.encode(TEXTS, tmp_path / "kept.npz")
    assert np.array_equal(first, encoder.load().encode(TEXTS))
    assert np.array_equal(kept_vectors.encode(TEXTS[::-1], tmp_path / "kept.npz"), first[::-1])


def test_what_is_kept_is_not_encoded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = kept_vectors.encode(TEXTS, tmp_path / "kept.npz")
    monkeypatch.setattr(encoder, "load", lambda: pytest.fail("was encoded again"))
    assert np.array_equal(kept_vectors.encode(TEXTS, tmp_path / "kept.npz"), first)


@pytest.mark.parametrize("content", [b"", b"half a file", None])
def test_a_damaged_or_unwritable_file_costs_only_time(tmp_path: Path, content: bytes | None) -> None:
    kept = tmp_path / "kept.npz"
    if content is None:
        kept = tmp_path / "missing" / "kept.npz"
    else:
        kept.write_bytes(content)
    assert np.array_equal(kept_vectors.encode(TEXTS, kept), encoder.load().encode(TEXTS))


@pytest.mark.parametrize("damage", [lambda whole: whole[:-100], lambda whole: whole[:300] + b"x" + whole[301:]])
def test_a_file_cut_off_or_altered_costs_only_time(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    kept = tmp_path / "kept.npz"
    first = kept_vectors.encode(TEXTS, kept)
    kept.write_bytes(damage(kept.read_bytes()))
    assert np.array_equal(kept_vectors.encode(TEXTS, kept), first)


def test_vectors_of_other_weights_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "kept.npz"
    kept_vectors.encode(TEXTS, kept)
    with np.load(kept) as arrays:
        np.savez(kept, keys=arrays["keys"], vectors=arrays["vectors"] + 1, sums=np.array("others"))
    assert np.array_equal(kept_vectors.encode(TEXTS, kept), encoder.load().encode(TEXTS))


def test_objects_among_kept_vectors_are_never_unpickled(tmp_path: Path) -> None:
    kept = tmp_path / "kept.npz"
    trap = np.array([Trap()])
    np.savez(kept, keys=trap, vectors=trap, sums=trap)
    assert np.array_equal(kept_vectors.encode(TEXTS, kept), encoder.load().encode(TEXTS))
