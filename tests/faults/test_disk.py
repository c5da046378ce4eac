"""The disk that SQLite writes to is full."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import Start, assert_kept
from tests.faults.patients import Patients


class Disk:
    """A file system of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"
        self.store = f"sqlite:///{folder / 'store.db'}"

    def fill(self) -> None:
        with self._filler.open("ab", buffering=0) as file:
            for size in (65536, 4096, 512, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    continue

    def free(self) -> None:
        self._filler.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
    yield Disk(folder)
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_the_disk_fills_and_is_freed(start: Start, disk: Disk) -> None:
    with Patients(start(database_url=disk.store).url) as patients:
        patients.go_on()
        disk.fill()
        patients.go_on(20)
        assert patients.refused["feedback"] > 0
        assert patients.refused["texts"] > 0
        disk.free()
        patients.settle()
        before = patients.refused.total()
        patients.go_on(10)
    assert patients.refused.total() == before
    assert patients.restarted == 0
    assert_kept(disk.store, patients)


def test_a_service_that_started_on_a_full_disk_keeps_feedback_once_there_is_room(start: Start, disk: Disk) -> None:
    disk.fill()
    with Patients(start(database_url=disk.store).url) as patients:
        patients.go_on()
        assert patients.refused["feedback"] > 0
        disk.free()
        patients.settle()
        before = patients.refused.total()
        patients.go_on(10)
    assert patients.refused.total() == before
    assert_kept(disk.store, patients)
