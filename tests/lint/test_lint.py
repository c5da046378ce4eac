from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from app import lint
from app.content import files
from app.content.approval import read_lock, write_lock
from app.lint import Draft
from tests.conftest import seal

TODAY = date(2029, 6, 1)
ROOT = Path(__file__).parents[2]


def findings(folder: Path, today: date = TODAY) -> list[str]:
    return [str(finding) for finding in lint.lint(Draft.read(folder), today, timedelta(days=90))]


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
        (
            "intents/lamp.yaml",
            "lamp colour",
            "color of the lamp, please!",
            "warning: intents/lamp.yaml:5, intents/lamp.yaml:9: intents.lamp-color: 'color of the lamp please' and",
        ),
    ],
)
def test_a_finding_says_where_and_what(folder: Path, name: str, old: str, new: str, problem: str) -> None:
    change(folder, name, old, new)
    assert any(problem in finding for finding in findings(folder))


def test_words_under_two_ids_are_found_in_whatever_files_they_stand(folder: Path) -> None:
    (folder / "intents" / "reviewed.yaml").write_text("lamp-color: [price of the lamp]\n")
    places = "intents/reviewed.yaml:1, intents/not-covered/other.yaml:3"
    assert f"error: {places}: the words 'price of the lamp' stand under lamp-color, nc-price" in findings(folder)


def test_phrasings_that_nearly_stand_under_an_entry_and_a_topic_are_named_by_file_and_line(folder: Path) -> None:
    (folder / "intents" / "reviewed.yaml").write_text("lamp-color:\n- how much is the lamps on the ward today\n")
    change(folder, "intents/not-covered/other.yaml", "price of the lamp", "how much is the lamp on the ward today")
    near = [finding for finding in findings(folder) if "is nearly" in finding]
    assert any("nc-price" in finding and "lamp-color" in finding for finding in near)
    assert any("intents/reviewed.yaml:2" in finding and "not-covered/other.yaml:3" in finding for finding in near)


def test_of_many_near_duplicates_of_one_id_a_few_are_named_and_the_rest_counted(folder: Path) -> None:
    line = "please tell me again what the color of this lamp on the ward may be"
    lines = [f"{line}{mark}" for mark in ("", "!", "!!", "?")]
    (folder / "intents" / "reviewed.yaml").write_text(f"lamp-color: {lines}\n")
    named = [finding for finding in findings(folder) if "are near-duplicates" in finding and line in finding]
    assert len(named) == 3
    assert any("3 more pairs of near-duplicate phrasings" in finding for finding in findings(folder))


def test_entries_with_few_phrasings_stand_in_one_line(folder: Path) -> None:
    (warning,) = (finding for finding in findings(folder) if "fewer than 10" in finding)
    assert warning.startswith("warning: intents: 6 entries have fewer than 10 phrasings: lamp-")
    assert "lamp-color (8)" in warning
    assert warning.removeprefix("warning: ") in lint.going_live(Draft.read(folder), {})


def without_fingerprint(folder: Path, place: str) -> None:
    lock = read_lock(folder / "faq.lock")
    write_lock(
        folder / "faq.lock",
        replace(lock, paragraphs={key: lock.paragraphs[key] for key in lock.paragraphs if key != place}),
    )


def test_a_citation_that_nobody_has_compared_is_an_error_and_left_to_do(folder: Path) -> None:
    without_fingerprint(folder, "lamp/use/2")
    problem = "lamp-owner: lamp/use/2 has no fingerprint: `hai-faq sources seal` once the document says so"
    assert f"error: {problem}" in findings(folder)
    assert problem in lint.going_live(Draft.read(folder), {})


def test_of_an_entry_that_is_held_it_only_warns(folder: Path) -> None:
    without_fingerprint(folder, "lamp/use/2")
    change(folder, "faq.yaml", "    sources: [lamp/use/2]\n", "    sources: [lamp/use/2]\n    hold: who is it\n")
    assert any(finding.startswith("warning: lamp-owner: lamp/use/2 has no") for finding in findings(folder))


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (
            "The Bedside Lamp\n\nas cited\n\nUsing the lamp\n\nas cited\n",
            "lamp-owner: lamp/use/2 is not in the document",
        ),
        (
            "The Bedside Lamp\n\nas cited\n\nUsing the lamp\n\nas cited\n\nnew\n",
            "lamp-owner: lamp/use/2 has changed since",
        ),
        ("Some other page\n", "document lamp: heading not found"),
    ],
)
def test_a_citation_is_looked_up_in_the_document_where_that_is_at_hand(
    folder: Path, document: str, problem: str
) -> None:
    (folder / "documents").mkdir()
    (folder / "documents" / "lamp.txt").write_text(document)
    assert [finding for finding in findings(folder) if finding.startswith(f"error: {problem}")]


def test_a_text_that_a_command_drafted_is_named_until_it_is_sealed(folder: Path) -> None:
    change(folder, "faq.yaml", "    sms: The lamp is green.\n", "    sms: It is green.\n    drafted: [sms]\n")
    drafted = "warning: lamp-color.sms: was drafted by a command: read it before you approve it"
    assert drafted in findings(folder)
    seal(folder)
    assert drafted not in findings(folder)


def test_an_entry_in_the_shadow_of_a_topic_that_is_not_covered_is_named(folder: Path) -> None:
    change(folder, "faq.yaml", "What color is the lamp?", "What does the lamp cost?")
    assert any(
        finding.startswith("warning: intents/not-covered/other.yaml:")
        and "lamp-color: its question is like 'what does the lamp cost' of nc-price" in finding
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
    seal(folder, "demo")
    todo = lint.going_live(Draft.read(folder), {"the line is not set": False, "the name is not set": True})
    assert todo[0] == "the line is not set"
    assert "sealed for demonstration only" in todo[1]
    assert "lamp-place.translations.es: not reviewed by a qualified translator" in todo
    assert not any("the name" in item for item in todo)


def test_going_live_asks_where_a_document_can_be_read(folder: Path) -> None:
    change = (folder / "faq.yaml").read_text().replace("    url: https://example.org/lamp\n", "")
    (folder / "faq.yaml").write_text(change)
    todo = lint.going_live(Draft.read(folder), {})
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
