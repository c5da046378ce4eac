"""The disk that SQLite writes to is full, or its file goes."""

import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import Start, assert_kept
from tests.faults.patients import Patients
from tests.faults.replica import wait_for


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


@pytest.mark.smoke
def test_the_file_is_removed_and_a_backup_is_put_in_its_place(start: Start, store: str, tmp_path: Path) -> None:
    path, backup = tmp_path / "store.db", tmp_path / "backup.db"
    replica = start(watch_seconds="0.5")
    with Patients(replica.url) as patients:
        patients.go_on()
        for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            name.rename(backup.with_name(name.name.replace("store", "backup")))
        patients.go_on(20)
        assert patients.refused["feedback"] > 0
        assert patients.refused["texts"] > 0
        wait_for("readiness says it", lambda: "is gone" in replica.details()["failing_stores"].get("withdrawals", ""))
        copy(backup, path)
        patients.settle()
        before = patients.refused.total()
        patients.go_on(10)
    assert patients.refused.total() == before
    assert patients.restarted == 0
    assert_kept(store, patients)


def copy(backup: Path, path: Path) -> None:
    """A whole file at once, as a backup is put in place."""
    whole = path.with_name("whole.db")
    with sqlite3.connect(backup) as source, sqlite3.connect(whole) as target:
        source.backup(target)
    source.close()
    target.close()
    whole.rename(path)
