"""Whatever comes to stand in the place of content, what was served is served on, and the watcher comes back."""

import os
from pathlib import Path

import pytest

from app.loading import model_cache
from app.loading.reloader import Reloader
from tests.conftest import config_of
from tests.hostile import ATTACKS, Attack


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_the_watcher_says_what_it_saw_and_comes_back(served: Reloader, folder: Path, attack: Attack) -> None:
    before, path = served.current, folder / attack.name
    whole = path.read_bytes() if path.exists() else None
    attack.put(path)
    served.check()
    assert served.current is before
    assert str(path) in served.failed_reload
    path.rmdir() if path.is_dir() else path.unlink()
    if whole is not None:
        path.write_bytes(whole)
    served.check()
    assert (served.failed_reload, served.current) == ("", before)


def test_a_lock_of_the_cache_that_is_a_pipe_is_not_waited_for(folder: Path, tmp_path: Path) -> None:
    config = config_of(folder, tmp_path / "cache")
    config.cache.mkdir()
    os.mkfifo(config.cache / "lock")
    with model_cache._alone(config.cache):
        pass
