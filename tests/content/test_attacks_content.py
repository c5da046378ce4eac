"""Content that would end, stop or fill the process that reads it is refused, with a line that says where and why."""

import os
import re
from pathlib import Path

import pytest

from app import bounded_files
from app.content import files, sealed_copies
from app.content import folder as content_folder
from app.content.approval import digest
from app.content.folder import find_yaml
from app.content.yaml_file import parse_yaml
from app.errors import ContentError
from app.lint import Draft
from tests.hostile import ATTACKS, Attack


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_hostile_file_is_refused_in_one_line_that_says_where_and_why(folder: Path, attack: Attack) -> None:
    attack.put(folder / attack.name)
    with pytest.raises(ContentError) as caught:
        Draft.read(folder)
    line = str(caught.value)
    assert re.fullmatch(f"{re.escape(str(folder / attack.name))}:{attack.said}.*", line)
    assert (line.isprintable(), len(line) < 500) == (True, True)


def test_a_file_that_grows_while_it_is_read_is_refused() -> None:
    grows = Path("/proc/self/status")  # it has no size until it is read
    with pytest.raises(OSError, match="grew while it was read"):
        bounded_files.read(grows, 1_000_000)


def test_a_sealed_copy_that_is_a_pipe_or_a_device_is_no_copy(tmp_path: Path) -> None:
    copies = tmp_path / sealed_copies.FOLDER
    copies.mkdir()
    os.mkfifo(copies / digest("green"))
    (copies / digest("red")).symlink_to("/dev/zero")
    assert [sealed_copies.read(tmp_path, digest(text)) for text in ("green", "red")] == [None, None]


def test_a_folder_of_more_files_than_people_write_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_folder, "MOST_ENTRIES", 20)
    for number in range(20):
        (folder / "intents" / f"{number}.txt").touch()
    with pytest.raises(ContentError, match="intents:1: holds more than 20 files and folders"):
        files.fingerprint(folder)


def test_more_yaml_than_people_write_is_refused(folder: Path) -> None:
    for number in range(9):
        (folder / "intents" / f"{number}.yaml").touch()
        os.truncate(folder / "intents" / f"{number}.yaml", 4 << 20)
    with pytest.raises(ContentError, match="holds more than 32 MiB of YAML"):
        files.fingerprint(folder)


def test_folders_in_each_other_without_end_are_refused(folder: Path) -> None:
    (folder / "intents" / "/".join("d" * 20)).mkdir(parents=True)
    (folder / "intents" / "again").symlink_to(folder / "intents")
    with pytest.raises(ContentError, match="lies more than 8 folders deep"):
        files.fingerprint(folder)


def test_a_name_that_is_not_utf8_is_refused_in_plain_characters(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/intents/\xff\n.yaml")).touch()
    with pytest.raises(ContentError, match="odd name") as caught:
        files.fingerprint(folder)
    assert str(caught.value).endswith(r"\udcff\n.yaml")


def test_what_editors_and_file_managers_leave_is_passed_over(folder: Path) -> None:
    before = files.fingerprint(folder)
    left = ("._lamp.yaml", "~$lamp.yaml", "#lamp.yaml#", "lamp.yaml~", ".lamp.yaml.swp", "lamp.yaml.bak", "lamp.yml")
    for name in left:
        (folder / "intents" / name).write_bytes(b"\0\5\x16\7")
    (folder / "intents" / ".#lamp.yaml").symlink_to("someone@here.1")
    assert files.fingerprint(folder) == before
    (folder / "intents" / "~$notes").touch()
    (folder / "intents" / ".DS_Store").touch()
    assert set(files.passed_over(folder)) == {f"intents/{name}" for name in (*left, ".#lamp.yaml", "~$notes")}


def test_what_is_named_like_faq_yaml_and_lies_beside_it_is_passed_over_with_a_word(folder: Path) -> None:
    left = {
        "faq.yml",
        "faq.yaml.bak",
        "faq.yaml~",
        "._faq.yaml",
        ".#faq.yaml",
        "faq (1).yaml",
        "FAQ-old.yaml",
        "faq.lock.bak",
    }
    for name in (*left, ".DS_Store", "compose.yaml", "faq.txt"):
        (folder / name).touch()
    assert set(files.passed_over(folder)) == left


def test_files_are_found_through_links_but_not_through_folders_that_link(tmp_path: Path) -> None:
    """As a config map of Kubernetes is mounted: each file links into a hidden folder."""
    (tmp_path / "..1").mkdir()
    (tmp_path / "..1" / "a.yaml").touch()
    (tmp_path / "..data").symlink_to("..1")
    (tmp_path / "a.yaml").symlink_to("..data/a.yaml")
    assert find_yaml(tmp_path).read == (tmp_path / "a.yaml",)


def test_as_much_as_is_allowed_is_read(tmp_path: Path) -> None:
    deep = "[" * 20 + "]" * 20
    assert parse_yaml(tmp_path, deep).data
    assert len(parse_yaml(tmp_path, f"[{'a,' * 99_999}]").data) == 99_999
    assert parse_yaml(tmp_path, f"a: {'x' * 20_000}\nb: 100%\n").data["b"] == "100%"
