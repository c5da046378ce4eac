import errno
import os
from pathlib import Path

import pytest

from app.content.file_io import alone, write, write_all
from app.errors import ContentError


def test_a_file_keeps_its_mode_and_its_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.yaml"
    write(path, b"one")
    path.chmod(0o640)
    write(path, b"two")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"two", 0o640)
    assert list(path.parent.iterdir()) == [path]


def test_when_one_file_cannot_be_written_the_others_get_back_what_they_held(tmp_path: Path) -> None:
    old, new, folder = (tmp_path / name for name in ("old.yaml", "new.yaml", "folder.yaml"))
    old.write_bytes(b"held")
    (folder / "inside").mkdir(parents=True)
    with pytest.raises(ContentError, match=r"folder\.yaml:1: cannot be written, nothing is changed: Is a directory"):
        write_all({old: b"changed", new: b"made", folder: b"fails"})
    assert old.read_bytes() == b"held"
    assert sorted(tmp_path.iterdir()) == [folder, old]


def test_what_does_not_verify_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"held")

    def stop() -> None:
        assert path.read_bytes() == b"changed"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_all({path: b"changed"}, stop)
    assert path.read_bytes() == b"held"


def test_nothing_is_touched_before_all_of_it_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first files became smaller, others took the room, and the old of the first found none any more."""
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_bytes(b"held")
    second.write_bytes(b"held")
    room, written = 3, os.fsync

    def full(file: int) -> None:
        nonlocal room
        room -= 1
        assert first.read_bytes() == second.read_bytes() == b"held"
        if room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written(file)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ContentError, match="nothing is changed: No space left"):
        write_all({first: b"changed", second: b"changed"})
    assert first.read_bytes() == second.read_bytes() == b"held"
    assert sorted(tmp_path.iterdir()) == [first, second]


def test_one_that_cannot_be_taken_back_keeps_none_of_the_others_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_bytes(b"held")
    second.write_bytes(b"held")
    replace = Path.replace

    def refused(staged: Path, target: Path) -> Path:
        if target == first and first.read_bytes() == b"changed":
            raise OSError(errno.EIO, "Input/output error")
        return replace(staged, target)

    def stop() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(ContentError, match=r"a\.yaml:1: holds what is new.*Input/output error"):
        write_all({first: b"changed", second: b"changed"}, stop)
    assert second.read_bytes() == b"held"


def test_a_file_that_holds_it_already_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"held")
    before = path.stat().st_ino
    write_all({path: b"held", tmp_path / "none.yaml": None})
    assert path.stat().st_ino == before


def test_two_do_not_write_into_one_folder(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(ContentError, match="another command writes here"), alone(tmp_path):
        pass
    with alone(tmp_path), alone(tmp_path / "none"):
        pass
