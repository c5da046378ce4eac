import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from app.errors import ModelError
from app.matching import model
from app.matching.features import Features
from app.matching.model import LinearModel, _CharacterScores
from app.matching.vocabulary import Vocabulary


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    model.save(tmp_path / "m", {"weights": np.eye(3, dtype=np.float32)}, {"labels": ["a"]})
    return tmp_path / "m"


def test_what_was_saved_is_loaded(saved: Path) -> None:
    arrays, names = model.load(saved)
    assert (arrays["weights"] == np.eye(3)).all()
    assert names == {"labels": ["a"]}


def test_loaded_arrays_cannot_be_written(saved: Path) -> None:
    arrays, _ = model.load(saved)
    with pytest.raises(ValueError, match="read-only"):
        arrays["weights"][0, 0] = 5


def test_a_loaded_model_outlives_its_files(saved: Path) -> None:
    arrays, _ = model.load(saved)
    with (saved / "weights.npy").open("r+b") as file:
        file.truncate(1)
    assert (arrays["weights"] == np.eye(3)).all()


@pytest.mark.parametrize("name", ["weights.npy", "names.json", "manifest.json"])
def test_a_missing_file_is_an_error(saved: Path, name: str) -> None:
    (saved / name).unlink()
    with pytest.raises(ModelError):
        model.load(saved)


@pytest.mark.parametrize("name", ["weights.npy", "names.json"])
def test_an_altered_file_is_an_error(saved: Path, name: str) -> None:
    content = bytearray((saved / name).read_bytes())
    content[-2] ^= 1
    (saved / name).write_bytes(bytes(content))
    with pytest.raises(ModelError, match="checksum"):
        model.load(saved)


def test_a_manifest_of_another_format_is_an_error(saved: Path) -> None:
    manifest = saved / model.MANIFEST
    manifest.write_text(manifest.read_text().replace(f'"format": {model.FORMAT}', '"format": 0'))
    with pytest.raises(ModelError, match="another version"):
        model.load(saved)


def test_rounding_moves_no_weight_by_more_than_half_a_step() -> None:
    weights = np.array([[0.5, -1.0, 0.1], [0.0, 0.0, 0.0]], np.float32)
    known = Features(np.arange(2, dtype=np.uint64), np.arange(2, dtype=np.int32), np.ones(2, np.float32))
    rounded = LinearModel.of_weights(Vocabulary(frozenset()), known, weights, np.zeros(3))
    assert np.abs(rounded.weights * rounded.steps[:, None] - weights).max() <= rounded.steps.max() / 2


class Trap:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return pytest.fail, ("was unpickled",)


def test_objects_are_never_unpickled_though_their_checksum_is_right(saved: Path) -> None:
    manifest = json.loads((saved / model.MANIFEST).read_text())
    np.save(saved / "weights.npy", np.array([Trap()]), allow_pickle=True)
    manifest["files"]["weights.npy"] = hashlib.sha256((saved / "weights.npy").read_bytes()).hexdigest()
    (saved / model.MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(ModelError):
        model.load(saved)


def test_scores_are_kept_of_so_many_words_only() -> None:
    scores = _CharacterScores(columns=1_000)
    for start in range(0, 3 * scores.room, 500):
        words = [f"word{number}" for number in range(start, start + 500)]
        rows = scores.rows_of(words, lambda word: np.full(1_001, int(word[4:]), np.float32))
        assert rows[:, 0].tolist() == list(range(start, start + 500))
    assert len(scores._places) <= scores.room
