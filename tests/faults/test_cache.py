"""The fitted model is damaged on disk, under a running service and before the next start."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.loading import model_cache
from tests.conftest import config_of
from tests.faults.conftest import Start
from tests.faults.patients import Patients


def flip(path: Path) -> None:
    """Every byte behind the head, in place."""
    content = bytearray(path.read_bytes())
    content[128:] = bytes(each ^ 0x55 for each in content[128:])
    with path.open("r+b") as file:
        file.write(content)


def cut(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(100)


def remove(path: Path) -> None:
    path.unlink()


def remove_all(path: Path) -> None:
    shutil.rmtree(path.parent)


@pytest.mark.parametrize(
    ("damage", "name"),
    [(flip, "weights.npy"), (cut, "weights.npy"), (cut, "names.json"), (remove, "manifest.json"), (remove_all, "")],
)
def test_a_damaged_model_changes_no_answer_and_is_fitted_anew(
    start: Start, folder: Path, cache: Path, tmp_path: Path, damage: Callable[[Path], None], name: str
) -> None:
    fitted = model_cache.build(config_of(folder, cache)).folder
    model = shutil.copytree(fitted, tmp_path / "cache" / fitted.name)
    replica = start(cache_dir=str(model.parent))
    with Patients(replica.url) as patients:
        patients.go_on()
        damage(model / (name or "x"))
        patients.go_on(10)
    replica.kill()
    replica.start()
    with Patients(replica.url) as patients:
        patients.go_on(10)
    assert (model / "weights.npy").stat().st_size > 1000
