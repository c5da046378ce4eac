"""A cache of models in which anything may lie: it is no model, so that one is fitted anew."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.errors import FitError, ModelError
from app.matching import kept_vectors, matcher, model
from app.matching.matcher import TrainingSet
from app.matching.vocabulary import Lexicon


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    model.save(tmp_path / "m", {"weights": np.eye(3, dtype=np.float32)}, {"labels": ["a"]})
    return tmp_path / "m"


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def nested(path: Path) -> None:
    path.write_text('{"format": ' + "[" * 100_000)


def giant(path: Path) -> None:
    os.truncate(path, 100 << 30)


@pytest.mark.parametrize("name", ["manifest.json", "names.json", "weights.npy"])
@pytest.mark.parametrize("damage", [pipe, device, nested, giant])
def test_what_is_no_file_or_has_no_end_is_no_model(saved: Path, name: str, damage: Callable[[Path], None]) -> None:
    damage(saved / name)
    with pytest.raises(ModelError):
        model.load(saved)


def test_a_manifest_that_leads_to_a_device_is_no_model(saved: Path) -> None:
    manifest = saved / model.MANIFEST
    manifest.write_text(manifest.read_text().replace("weights.npy", "/dev/zero"))
    with pytest.raises(ModelError, match="a device, not a file"):
        model.load(saved)


def test_whole_files_that_are_not_of_a_matcher_are_no_model(saved: Path) -> None:
    with pytest.raises(ModelError, match="is no model of ours: KeyError"):
        matcher.load_together(saved)


def test_vectors_that_are_a_pipe_are_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "vectors.npz")
    assert len(kept_vectors._read(tmp_path / "vectors.npz")[0]) == 0


def test_a_fit_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(FitError, match="took more than 0 minutes and was ended"):
        matcher.fit_together({"a": TrainingSet(())}, Lexicon(), tmp_path / "m", longest=0.0)
