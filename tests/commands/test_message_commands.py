"""`hai-faq eval` as its user meets it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.dialogue.knowledge import Knowledge
from tests.conftest import seal

Evaluate = Callable[..., Result]
ROWS = "text,expected\nwhat color is the lamp,lamp-color\ni cant breathe,emergency\nhow do i dim it,lamp-dimmer\n"


@pytest.fixture
def other(folder: Path, tmp_path: Path) -> Path:
    """The same content with an entry more."""
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    faq = other / "faq.yaml"
    entry = faq.read_text().split("  lamp-bulb:\n")[1].split("scripts:\n")[0]
    more = f"  lamp-dimmer:\n{entry.replace('What kind of bulb does the lamp have?', 'How do I dim the lamp?')}"
    faq.write_text(faq.read_text().replace("scripts:\n", f"{more}scripts:\n", 1))
    lines = ("how do i dim it", "dim the lamp", "can it be dimmed", "is there a dimmer", "less light please")
    (other / "intents" / "dimmer.yaml").write_text("lamp-dimmer:\n" + "".join(f"- {line}\n" for line in lines))
    seal(other)
    return other


@pytest.fixture
def evaluate(folder: Path, cache: Path, tmp_path: Path, knowledge: Knowledge) -> Evaluate:
    environment = {"HAI_FAQ_CONTENT_DIR": str(folder), "HAI_FAQ_CACHE_DIR": str(cache), "HAI_FAQ_RISK": "0.05"}

    def invoke(rows: str, *args: str) -> Result:
        (tmp_path / "cases.csv").write_text(rows)
        return CliRunner().invoke(main, ["eval", str(tmp_path / "cases.csv"), *args], env=environment)

    return invoke


def test_an_id_that_the_content_lacks_is_named_before_anything_is_fitted(evaluate: Evaluate) -> None:
    result = evaluate(ROWS)
    assert result.exit_code == 1
    assert "cases.csv:4: 'lamp-dimmer' is no id of this content" in result.output


def test_two_contents_of_other_ids_are_compared(evaluate: Evaluate, other: Path) -> None:
    shown = evaluate(ROWS, "--compare", str(other)).output
    assert "cases                emergency    n=   1  before  caught 100.0%" in shown
    assert "'how do i dim it': in/correct -> " in shown
    assert "1 of 3 messages changed their outcome" in shown


def test_the_same_content_changes_nothing(evaluate: Evaluate, folder: Path) -> None:
    assert (
        "0 of 2 messages changed their outcome" in evaluate(ROWS[: ROWS.index("how")], "--compare", str(folder)).output
    )
