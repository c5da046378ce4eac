from pathlib import Path

import pytest

from app.content.file_io import write, write_all
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
