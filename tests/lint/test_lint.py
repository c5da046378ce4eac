from datetime import date, timedelta
from pathlib import Path

import pytest

from app import lint
from app.content import approval, files
from app.lint import Draft

TODAY = date(2029, 6, 1)
ROOT = Path(__file__).parents[2]


def findings(folder: Path, today: date = TODAY) -> list[str]:
    listed = lint.lint(Draft.read(folder), today, timedelta(days=90))
    return [str(finding) for finding in listed if "fingerprint" not in str(finding)]


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    path.write_text(path.read_text().replace(old, new, 1))


def test_sealed_content_has_no_errors(folder: Path) -> None:
    assert not [finding for finding in findings(folder) if finding.startswith("error")]


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("faq.yaml", "lamp is green.", "lamp is gren.", "error: lamp-color.answer: does not match its seal"),
        ("faq.yaml", "sms: The lamp is green.", f"sms: {'green ' * 60}", "takes 3 SMS parts"),
        ("faq.yaml", "read_aloud: The lamp is green.", f"read_aloud: {'green ' * 26}", "more than 25 words"),
        (
            "faq.yaml",
            "answer: The lamp is green.",
            "answer: Institutional illumination considerations necessitate administrative authorization.",
            "reads at grade",
        ),
        ("intents/lamp.yaml", "lamp colour", "price of the lamp", "stand under lamp-color, nc-price"),
        ("intents/lamp.yaml", "lamp colour", "she stopped breathing", "stand under emergency, lamp-color"),
        ("intents/lamp.yaml", "lamp colour", "color of the lamp, please!", "near-duplicate"),
    ],
)
def test_a_finding_says_where_and_what(folder: Path, name: str, old: str, new: str, problem: str) -> None:
    change(folder, name, old, new)
    assert any(problem in finding for finding in findings(folder))


def test_words_under_two_ids_are_found_in_whatever_files_they_stand(folder: Path) -> None:
    (folder / "intents" / "reviewed.yaml").write_text("lamp-color: [price of the lamp]\n")
    assert any("stand under lamp-color, nc-price" in finding for finding in findings(folder))


def test_an_entry_in_the_shadow_of_a_topic_that_is_not_covered_is_named(folder: Path) -> None:
    change(folder, "faq.yaml", "What color is the lamp?", "What does the lamp cost?")
    assert any(
        "lamp-color: its question is like 'what does the lamp cost' of nc-price" in finding
        for finding in findings(folder)
    )


def test_errors_alone_are_found_without_the_warnings(folder: Path) -> None:
    change(folder, "intents/lamp.yaml", "lamp colour", "price of the lamp")
    (finding,) = lint.errors(Draft.read(folder), TODAY, timedelta(days=90))
    assert "stand under lamp-color, nc-price" in str(finding)


def test_a_review_is_warned_of_then_overdue(folder: Path) -> None:
    assert "warning: lamp-color: review is due on 2030-01-07" in findings(folder, date(2029, 11, 20))
    assert any("grace is over" in finding for finding in findings(folder, date(2030, 4, 8)))


def test_too_many_reviews_in_one_week_are_an_error(folder: Path) -> None:
    path = folder / "faq.yaml"
    path.write_text(path.read_text().replace("2030-02-04", "2030-01-07").replace("2030-03-04", "2030-01-08"))
    assert any("stagger them" in finding for finding in findings(folder))


@pytest.mark.parametrize(
    ("message", "low", "high"),
    [("The cat sat.", -3, 2), ("The lamp may be on until ten at night.", 0, 5), ("", 0, 0)],
)
def test_simple_words_have_a_low_grade(message: str, low: float, high: float) -> None:
    assert low <= lint.grade(message) <= high


def test_going_live_lists_demo_seals_and_unset_facts(folder: Path) -> None:
    content = files.load_content(folder)
    lock = approval.read_lock(folder / "faq.lock")
    unreviewed = "lamp-place.translations.es: not reviewed by a qualified translator"
    assert lint.going_live(content, lock, {"the line is not set": True}) == [unreviewed]
    assert lint.going_live(content, lock, {"the line is not set": False}) == ["the line is not set", unreviewed]


def test_going_live_asks_where_a_document_can_be_read(folder: Path) -> None:
    change = (folder / "faq.yaml").read_text().replace("    url: https://example.org/lamp\n", "")
    (folder / "faq.yaml").write_text(change)
    todo = lint.going_live(files.load_content(folder), approval.read_lock(folder / "faq.lock"), {})
    assert "document lamp has no `url`: its answers cannot link to their source" in todo


RULES = "intents/urgent/general/rules.yaml"


def test_a_rule_that_does_not_do_what_its_examples_say_is_an_error(folder: Path) -> None:
    rule = "any: [cant|cannot .. breathe]\n"
    change(folder, RULES, rule, f"{rule}      fires: [he is well]\n      leaves: [i cannot breathe]\n")
    listed = findings(folder)
    assert "error: urgent emergency breathing: does not fire on 'he is well'" in listed
    assert "error: urgent emergency breathing: fires on 'i cannot breathe'" in listed


def test_a_rule_without_examples_is_named(folder: Path) -> None:
    assert any("urgent crisis suicide: shows no message" in finding for finding in findings(folder))


def test_a_thin_general_layer_of_danger_is_named(folder: Path) -> None:
    assert any("urgent.general: has" in finding and "phrasings of emergency" in finding for finding in findings(folder))
    assert lint.general_danger(files.load_urgent(ROOT)) == []
