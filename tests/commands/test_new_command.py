"""`hai-faq new` as a person runs it, in the shipped starter's words."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main


def run(*args: str, input: str | None = None) -> Result:
    return CliRunner().invoke(main, args, input=input)


def test_a_department_is_ready_to_be_linted_and_says_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run("new", str(tmp_path / "allergy-clinic"), "--site", "Riverside Hospital", "--languages", "es")
    assert made.exit_code == 0, made.output
    assert "--name is not given: Allergy clinic" in made.output
    assert "languages: English, es\n" in made.output
    assert 'HAI_FAQ_SITE_NAME="Riverside Hospital"' in (tmp_path / "allergy-clinic" / "README.md").read_text()
    monkeypatch.setenv("HAI_FAQ_CONTENT_DIR", str(tmp_path / "allergy-clinic"))
    left = run("go-live")
    assert left.exit_code == 1
    assert "texts are sealed for demonstration only" in left.output


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        (("--name", "{site_name}"), "begins with a letter or digit"),
        (("--languages", "es,fr"), "no texts in fr: name some of es,zh,vi,ar,ru,pt, or none"),
    ],
)
def test_what_cannot_be_taken_is_named_and_nothing_is_written(
    tmp_path: Path, option: tuple[str, str], problem: str
) -> None:
    result = run("new", str(tmp_path / "clinic"), *option)
    assert result.exit_code == 2
    assert problem in result.output
    assert list(tmp_path.iterdir()) == []


def test_on_a_terminal_it_asks_and_asks_again(tmp_path: Path) -> None:
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-c", "from app.cli import main; main()", "new", str(tmp_path / "eye-clinic")]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.write(
            terminal, b"<b>\n\nHill Hospital\nfr\n\x04"
        )  # a bad name, then what is offered; a bad language, then no more
    os.close(theirs)
    shown = os.read(terminal, 10_000).decode()
    os.close(terminal)
    assert process.returncode == 1
    assert shown.count("What the service is called [Eye clinic]") == 2
    assert shown.count("Languages beside English, or none [es,zh,vi,ar,ru,pt]") == 2
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "faq.yaml").write_text("mine")
    result = run("new", str(tmp_path))
    assert result.exit_code == 1
    assert "is there and not empty" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["faq.yaml"]
