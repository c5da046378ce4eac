from pathlib import Path

import pytest

from app import lint
from app.content import files
from app.lint import Draft, fillers
from tests.lint.test_lint import ROOT, change


def problems(folder: Path) -> list[str]:
    return [finding.told for finding in fillers.find(files.load_content(folder))]


@pytest.mark.parametrize(
    ("filler", "shown"),
    [
        ("Lorem ipsum dolor sit amet.", "Lorem ipsum"),
        ("TODO", "TODO"),
        ("Call us on xxx.", "xxx"),
        ("The number is TBD.", "TBD"),
        ("Come to [name of the ward].", "[name of the ward]"),
        ("Come to ____.", "____"),
        ("This is a sample.", "This is a sample"),
        ("Sample answer about the lamp.", "Sample answer"),
        ("Put a placeholder here.", "placeholder"),
    ],
)
def test_a_filler_is_named_in_lint_and_before_going_live(folder: Path, filler: str, shown: str) -> None:
    change(folder, "faq.yaml", "answer: The lamp is green.", f"answer: '{filler}'")
    assert f"lamp-color.answer: holds placeholder text, {shown!r}" in problems(folder)
    assert f"lamp-color.answer: holds placeholder text, {shown!r}" in lint.going_live(Draft.read(folder), {})


@pytest.mark.parametrize(
    "answer",
    [
        "Bring a urine sample with you.",
        "A blood sample is taken. For example, from the arm.",
        "Todo lo que necesita está aquí.",
        "See [the page](https://example.org/lamp).",
    ],
)
def test_ordinary_words_are_no_filler(folder: Path, answer: str) -> None:
    change(folder, "faq.yaml", "answer: The lamp is green.", f"answer: '{answer}'")
    assert not any("lamp-color.answer" in problem for problem in problems(folder))


def test_a_text_that_only_repeats_its_id_is_a_placeholder(folder: Path) -> None:
    repeated = "script.greeting: is placeholder text, which only repeats its id: 'The greeting text.'"
    assert repeated in problems(folder)
    change(folder, "faq.yaml", "The greeting text.", "Hello. Ask me about the lamp.")
    change(folder, "faq.yaml", "The goodbye text.", "Goodbye.")
    assert not any("greeting" in problem or "goodbye" in problem for problem in problems(folder))


def test_two_scripts_that_say_the_same_are_named(folder: Path) -> None:
    change(folder, "faq.yaml", "The thanks text.", "The greeting  text!")
    change(folder, "faq.yaml", "The greeting text.", "The greeting text!")
    assert "script.greeting: has the same text as thanks" in problems(folder)


def test_the_shipped_content_holds_no_placeholder() -> None:
    assert problems(ROOT) == []
