"""`hai-faq approve` shows all that a person approves. No folder here lies in git, unless a test says so."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.content.approval import digest
from app.content.files import urgent_texts

APPROVE = ("approve", "--by", "Dr. B", "--role", "doctor", "--on", "2029-02-03")
Approve = Callable[..., Result]


@pytest.fixture
def approve(folder: Path) -> Approve:
    def invoke(*args: str, input: str | None = None) -> Result:
        return CliRunner().invoke(main, [*APPROVE, *args], env={"HAI_FAQ_CONTENT_DIR": str(folder)}, input=input)

    return invoke


@pytest.fixture
def calm(folder: Path) -> Path:
    """A file of the safety block that is much longer than a screen."""
    path = folder / "intents" / "urgent" / "general" / "more.yaml"
    path.write_text("calm:\n  more:\n" + "".join(f"    - it was nothing, {number}\n" for number in range(500)))
    return path


def reword(folder: Path, old: str = "A small bulb.", new: str = "A big bulb.") -> None:
    """Change `lamp-bulb.read_aloud`, whose words no other text has."""
    path = folder / "faq.yaml"
    path.write_text(path.read_text().replace(f"read_aloud: {old}", f"read_aloud: {new}"))


def commit(folder: Path) -> None:
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "."]):
        who = ["-c", "user.name=A", "-c", "user.email=a@ward.example", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", str(folder), *who, *command], check=True)


def test_a_change_far_down_is_shown_alone(approve: Approve, calm: Path) -> None:
    approve("--yes")
    calm.write_text(calm.read_text().replace("nothing, 400", "a heart attack"))
    shown = approve(input="y\n").output
    assert "== urgent.general: 1 line added, 1 removed since 2029-02-03, sealed by Dr. B (doctor)\n@@ -" in shown
    assert "@@ intents/urgent/general/more.yaml > calm: > more:\n" in shown
    assert "-    - it was nothing, 400\n+    - it was a heart attack\n" in shown
    assert "it was nothing, 4\n" not in shown
    assert "sealed 1 of 1 texts" in shown


def test_a_text_of_which_no_copy_is_kept_is_shown_whole(approve: Approve, calm: Path) -> None:
    shown = approve(input="n\n").output
    assert "by Dr. Test (doctor) is not kept here" in shown
    assert "    - it was nothing, 499\n" in shown


def test_what_was_refused_is_compared_with_the_same_seal_again(approve: Approve, folder: Path) -> None:
    approve("--yes")
    reword(folder)
    assert approve(input="n\n").output == approve(input="n\n").output
    assert "before: A small bulb.\nnow:    A big bulb." in approve(input="n\n").output


def test_approve_keeps_what_matches_its_seal_already(approve: Approve, folder: Path) -> None:
    assert "sealed 0 of 0 texts" in approve("--yes").output
    kept = folder / ".sealed" / digest(urgent_texts(folder)["urgent.general"])
    assert kept.read_bytes() == urgent_texts(folder)["urgent.general"].encode()


def test_a_copy_goes_with_its_seal(approve: Approve, folder: Path) -> None:
    approve("--yes")
    reword(folder)
    approve(input="n\n")
    assert (folder / ".sealed" / digest("A small bulb.")).exists()
    approve(input="y\n")
    assert not (folder / ".sealed" / digest("A small bulb.")).exists()


def test_a_copy_that_was_tampered_with_is_not_shown(approve: Approve, folder: Path) -> None:
    approve("--yes")
    (folder / ".sealed" / digest("A small bulb.")).write_text("A big bulb.")
    reword(folder)
    shown = approve(input="n\n").output
    assert "is not kept here\nnow:    A big bulb.\n" in shown
    assert "before:" not in shown


def test_a_folder_that_cannot_be_written_costs_a_warning_only(approve: Approve, folder: Path) -> None:
    (folder / ".sealed").write_text("a file where a folder should be")
    reword(folder)
    done = approve(input="y\n")
    assert "sealed 1 of 1 texts" in done.output
    assert "warning: no copy is kept to compare the next change with: " in done.stderr
    assert done.exit_code == 0


def test_yes_prints_the_headline_and_no_text(approve: Approve, folder: Path) -> None:
    approve("--yes")
    reword(folder)
    assert approve("--yes").output.splitlines() == [
        "== lamp-bulb.read_aloud: 1 line added, 1 removed since 2029-01-01, sealed by Dr. Test (doctor)",
        "sealed 1 of 1 texts",
    ]


def test_what_was_committed_stands_in_where_nothing_is_kept(approve: Approve, folder: Path) -> None:
    commit(folder)
    reword(folder)
    assert "since 2029-01-01, sealed by Dr. Test (doctor)\nbefore: A small bulb." in approve(input="n\n").output
    commit(folder)
    reword(folder, "A big bulb.", "A lamp.")
    assert "is not kept here\nlast committed: A big bulb.\nnow:    A lamp." in approve(input="n\n").output


def test_a_long_text_goes_through_the_pager_of_a_terminal(folder: Path, calm: Path, tmp_path: Path) -> None:
    paged = tmp_path / "paged"
    environment = os.environ | {"HAI_FAQ_CONTENT_DIR": str(folder), "PAGER": f"cp /dev/stdin {paged}"}
    command = [sys.executable, "-c", "from app.cli import main; main()", *APPROVE]
    person, terminal = pty.openpty()
    with os.fdopen(person, "r+b", buffering=0) as typed, os.fdopen(terminal, "r+b", buffering=0) as shown:
        typed.write(b"y\n")
        subprocess.run(command, stdin=shown, stdout=shown, stderr=shown, env=environment, check=True, timeout=60)
        assert b"it was nothing" not in typed.read(4096)
    assert "    - it was nothing, 499\n" in paged.read_text()


def test_what_was_accepted_before_a_person_stopped_is_sealed(approve: Approve, folder: Path) -> None:
    approve("--yes")
    reword(folder)
    reword(folder, "The night nurse does.", "The night nurse.")
    assert "sealed 1 of 2 texts" in approve(input="y\n").output  # and then the end of what is typed
    assert "sealed 1 of 1 texts" in approve("--yes").output
