"""Imports of real spreadsheets into copies of the fixture, one after the other."""

import difflib
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app import lint
from app.content import citations, files
from app.content.edits import with_values
from app.content.schema import Entry
from app.errors import ContentError
from app.interchange import draft_folder, formats
from app.interchange.draft_folder import Import, Served
from app.interchange.merging import Options
from app.interchange.questions import Question, completed
from app.interchange.report import Outcome
from app.interchange.reviews import review_days
from app.lint import Draft
from tests.conftest import FIXTURE
from tests.interchange.files import FAQ, workbook

TODAY = date(2029, 6, 1)
HEADER = ("Question", "Answer", "Owner")


def take(
    folder: Path, *rows: tuple[str, ...], served: Path = FIXTURE, carry_out: bool = True, **options: str
) -> list[Outcome]:
    file = workbook(folder.parent / "faq.xlsx", rows or FAQ)
    done = tried(folder, file, served, **options)
    if carry_out:
        draft_folder.carry_out(done)
    return list(done.outcomes)


def tried(folder: Path, file: Path, served: Path = FIXTURE, **options: str) -> Import:
    questions = formats.read(file).questions
    return draft_folder.tried(folder, Served(served, None), questions, Options(file.name, **options), TODAY)


def only(folder: Path, *rows: tuple[str, ...], **options: Any) -> Outcome:
    [outcome] = take(folder, HEADER, *rows, **options)
    return outcome


def state(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def entry(folder: Path, id_: str) -> Entry:
    return files.load_content(folder).entries[id_]


def edit(folder: Path, id_: str, field: str, value: str) -> None:
    faq = folder / "faq.yaml"
    faq.write_text(with_values(faq, faq.read_text(), {("entries", id_, field): value}))


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    return tmp_path / "draft"


def test_a_new_folder_becomes_a_copy_of_the_content_with_the_rows_in_it(draft: Path) -> None:
    assert [outcome.kind for outcome in take(draft)] == ["taken", "taken"]
    content = files.load_content(draft)
    assert list(content.entries)[-2:] == ["battery-life", "buy"]
    assert content.documents["faq"].publisher == "Hearing"
    assert files.load_phrasings(draft, content)["buy"] == ("Where can I buy batteries?", "buying batteries")
    for path in files.intent_files(FIXTURE):
        assert (draft / path.relative_to(FIXTURE)).read_bytes() == path.read_bytes()


def test_an_entry_says_what_its_row_says_and_cites_all_of_it(draft: Path) -> None:
    take(draft, HEADER, ("What to bring?", "Please bring:\n- a card\n- a form\n\nThank you.", "Hearing"))
    content = files.load_content(draft)
    own = content.entries["what-to-bring"]
    places = citations.paragraphs(content.documents["faq"], (draft / "documents/faq.txt").read_text())
    assert own.answer == "Please bring:\n\n- a card\n- a form\n\nThank you."
    assert [places[f"{source.section}/{source.paragraph}"] for source in own.sources] == list(places.values())
    assert list(places.values()) == ["Please bring:", "a card", "a form", "Thank you."]


def test_lines_of_the_owner_and_all_comments_stay(draft: Path) -> None:
    take(draft)
    before, after = ((folder / "faq.yaml").read_text().splitlines() for folder in (FIXTURE, draft))
    assert [line for line in difflib.ndiff(before, after) if line.startswith("- ")] == []


def test_the_same_file_again_changes_nothing(draft: Path) -> None:
    take(draft)
    before = state(draft)
    assert [outcome.kind for outcome in take(draft)] == ["unchanged", "unchanged"]
    assert state(draft) == before


def test_a_dry_run_writes_nothing(draft: Path) -> None:
    assert [outcome.kind for outcome in take(draft, carry_out=False)] == ["taken", "taken"]
    assert not draft.exists()


def test_a_changed_row_shows_as_a_change_and_leaves_the_others(draft: Path) -> None:
    take(draft)
    untouched = entry(draft, "buy")
    [changed, same] = take(draft, FAQ[0], (*FAQ[1][:2], "A battery lasts two weeks.", *FAQ[1][3:]), FAQ[2])
    assert (changed.kind, same.kind) == ("changed", "unchanged")
    assert "answer before: A battery lasts a week." in changed.remarks
    assert "answer after:  A battery lasts two weeks." in changed.remarks
    assert entry(draft, "battery-life").answer == entry(draft, "battery-life").sms == "A battery lasts two weeks."
    assert "two weeks" in (draft / "documents/faq.txt").read_text()
    assert entry(draft, "buy") == untouched


def test_more_paragraphs_are_cited_and_texts_that_no_longer_fit_go(draft: Path) -> None:
    take(draft)
    answer = "It depends:\n- on the size\n- on the use"
    take(draft, FAQ[0], (*FAQ[1][:2], answer, *FAQ[1][3:]), FAQ[2])
    own = entry(draft, "battery-life")
    assert [source.paragraph for source in own.sources] == [1, 2, 3]
    assert (own.sms, own.read_aloud, own.drafted) == (None, None, ())


def test_a_question_that_changed_goes_with_its_heading_and_phrasing(draft: Path) -> None:
    take(draft)
    take(draft, FAQ[0], (FAQ[1][0], "How long will it last?", *FAQ[1][2:]), FAQ[2])
    content = files.load_content(draft)
    assert content.documents["faq"].sections["battery-life"] == "How long will it last?"
    assert files.load_phrasings(draft, content)["battery-life"][0] == "How long will it last?"


def test_what_the_owner_edited_stays_while_the_row_is_the_same(draft: Path) -> None:
    take(draft)
    edit(draft, "buy", "answer", "At the desk on the left.")
    before = state(draft)
    assert [outcome.kind for outcome in take(draft)] == ["unchanged", "unchanged"]
    assert state(draft) == before


def test_what_both_changed_is_a_conflict_and_left(draft: Path) -> None:
    take(draft)
    edit(draft, "buy", "answer", "At the desk on the left.")
    before = state(draft)
    rows = [FAQ[0], FAQ[1], (*FAQ[2][:2], "At the shop.", *FAQ[2][3:])]
    [_, conflict] = take(draft, *rows)
    assert conflict.kind == "conflict"
    assert "answer: the row and the entry have both changed: left as it is" in conflict.remarks
    assert state(draft) == before


def test_a_change_that_the_owner_made_too_is_no_conflict(draft: Path) -> None:
    take(draft)
    edit(draft, "buy", "answer", "At the shop.")
    rows = [FAQ[0], FAQ[1], (*FAQ[2][:2], "At the shop.", *FAQ[2][3:])]
    assert [outcome.kind for outcome in take(draft, *rows)] == ["unchanged", "changed"]
    assert [outcome.kind for outcome in take(draft, *rows)] == ["unchanged", "unchanged"]


def test_a_draft_that_a_person_rewrote_is_not_written_over(draft: Path) -> None:
    take(draft)
    edit(draft, "buy", "sms", "Desk, ground floor.")
    [_, changed] = take(draft, FAQ[0], FAQ[1], (*FAQ[2][:2], "At the shop.", *FAQ[2][3:]))
    assert entry(draft, "buy").sms == "Desk, ground floor."
    assert "sms is as it was: look whether it still fits the answer" in changed.remarks


def test_a_row_that_is_gone_is_told_and_its_entry_stays(draft: Path) -> None:
    take(draft)
    before = state(draft)
    [same, gone] = take(draft, *FAQ[:2])
    assert (same.kind, gone.kind, gone.id) == ("unchanged", "gone", "buy")
    assert state(draft) == before


def test_an_entry_that_a_person_wrote_is_never_written_over(draft: Path) -> None:
    outcomes = take(draft, FAQ[0], ("lamp-color", "What tint is it?", "Red.", "", "Hearing"), FAQ[2])
    assert [outcome.kind for outcome in outcomes] == ["conflict", "taken"]
    assert entry(draft, "lamp-color").answer == "The lamp is green."


def test_an_entry_that_was_taken_out_stays_out(draft: Path) -> None:
    take(draft)
    faq = draft / "faq.yaml"
    text = faq.read_text()
    faq.write_text(re.sub(r"  buy:\n    theme(.|\n)*?(?=scripts:)", "", text))
    (draft / "intents/imported.yaml").write_text("battery-life: [a battery]\n")
    assert "buy" not in files.load_content(draft).entries
    assert [outcome.kind for outcome in take(draft)] == ["unchanged", "conflict"]


@pytest.mark.parametrize(
    ("row", "remark"),
    [
        (("Why?", "So.", ""), "names no owner: --owner says who stands for the answers"),
        (("Why {name}?", "So.", "H"), "question holds {name}, which is not a placeholder"),
        (("What color is the lamp?", "Red.", "H"), "has no phrasing that can be taken"),
        (("Who is Jane Doe?", "A nurse.", "H"), "has no phrasing that can be taken"),
        (("???", "So.", "H"), "has no question"),
        (("Why so?", "Because:\n\nWhere is it?", "H"), "has a paragraph that is the same as a question"),
    ],
)
def test_a_row_is_refused_with_the_reason(draft: Path, row: tuple[str, ...], remark: str) -> None:
    first, second = take(draft, HEADER, ("Where is it?", "Here.", "H"), row)
    assert (first.kind, second.kind) == ("taken", "refused")
    assert remark in second.remarks


def test_the_owner_and_the_title_of_the_command_are_those_of_rows_that_name_none(draft: Path) -> None:
    take(draft, ("Question", "Answer"), ("Why?", "So."), owner="Hearing", title="The leaflet", theme="first-weeks")
    content = files.load_content(draft)
    assert (content.documents["the-leaflet"].title, content.documents["the-leaflet"].publisher) == (
        "The leaflet",
        "Hearing",
    )
    assert content.themes["first-weeks"] == "First weeks"


def test_each_source_is_a_document_and_an_address_its_link(draft: Path) -> None:
    header = ("Question", "Answer", "Owner", "Source")
    rows = [
        ("Why a?", "So.", "H", "https://h.example/faq/"),
        ("Why b?", "So.", "H", "The leaflet"),
        ("Why c?", "So.", "I", "The leaflet"),
    ]
    take(draft, header, *rows)
    documents = files.load_content(draft).documents
    assert documents["h-example-faq"].url == "https://h.example/faq/"
    assert [(documents[id_].title, documents[id_].publisher) for id_ in ("the-leaflet", "the-leaflet-2")] == [
        ("The leaflet", "H"),
        ("The leaflet", "I"),
    ]
    before = state(draft)
    take(draft, header, *rows)
    assert state(draft) == before


@pytest.mark.parametrize(
    ("phrasing", "why"),
    [
        ("call me at 215-555-0142", "may say who a person is"),
        ("what color is the lamp", "stands under lamp-color"),
        ("WHY?", "stands there twice"),
        ("I am CHOKING!", "stands under emergency"),
    ],
)
def test_a_phrasing_that_cannot_be_taken_is_named_and_not_written(draft: Path, phrasing: str, why: str) -> None:
    [outcome] = take(draft, ("Question", "Answer", "Owner", "Variants"), ("Why?", "So.", "H", phrasing))
    assert f"phrasing not taken: {phrasing}: {why}" in outcome.remarks
    assert files.load_phrasings(draft, files.load_content(draft))["why"] == ("Why?",)


def test_rows_of_one_id_are_taken_once(draft: Path) -> None:
    header = ("ID", *HEADER)
    rows = [
        ("My ID", "Why?", "So.", "H"),
        ("my-id", "How?", "So.", "H"),
        ("", "Where?", "So.", "H"),
        ("", "where", "So.", "H"),
    ]
    outcomes = take(draft, header, *rows)
    assert [outcome.kind for outcome in outcomes] == ["taken", "refused", "taken", "refused"]
    assert outcomes[1].remarks == ("has the id or the question of faq.xlsx: Sheet1, row 2",)


def test_days_of_review_are_spread_so_that_lint_is_content(draft: Path) -> None:
    take(draft, HEADER, *((f"Is the aid number {number} good?", "Yes.", "H") for number in "abcdefghijklmnopqrst"))
    findings = lint.errors(Draft.read(draft), TODAY, timedelta(days=90))
    assert [finding for finding in findings if "stagger" in finding.problem] == []
    content = files.load_content(draft)
    assert min(entry.review for id_, entry in content.entries.items() if "aid" in id_) >= date(2029, 11, 30)


@given(number=st.integers(0, 300))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_week_has_more_than_a_quarter_of_the_reviews(number: int) -> None:
    content = files.load_content(FIXTURE)
    days = [*review_days(content, number, TODAY), *(entry.review for entry in content.entries.values())]
    weeks = [day.isocalendar()[:2] for day in days]
    assert len(days) == number + 6
    assert max(weeks.count(week) for week in weeks) <= max(1, len(days) / 4)


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


@given(answer=TEXT, limits=TEXT, question=TEXT, phrasing=TEXT)
@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_file_holds_the_folder_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, answer: str, limits: str, question: str, phrasing: str
) -> None:
    folder = tmp_path_factory.mktemp("any") / "draft"
    [row] = [Question("here", question, answer, limits=limits, phrasings=(phrasing,), owner="H")]
    questions = [completed(row)]
    for expected in ({"taken", "refused"}, {"unchanged", "refused"}):
        done = draft_folder.tried(folder, Served(FIXTURE, None), questions, Options("any.csv"), TODAY)
        assert {outcome.kind for outcome in done.outcomes} <= expected
        draft_folder.carry_out(done)
    if done.outcomes[0].kind == "unchanged":
        assert list(files.load_content(folder).entries.values())[-1].answer == questions[0].answer.strip()


def test_a_row_that_is_refused_keeps_no_phrasing_from_the_others(draft: Path) -> None:
    header = (*HEADER, "Other phrasings")
    rows = (("Why so?", "So.", "", "how come"), ("Why not?", "No.", "Hearing", "how come"))
    refused, taken = take(draft, header, *rows)
    assert (refused.kind, taken.kind) == ("refused", "taken")
    assert files.load_phrasings(draft, files.load_content(draft))["why-not"] == ("Why not?", "how come")


def test_a_folder_that_is_served_is_refused_by_any_path(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    for path in (folder, tmp_path / "link", folder / "intents" / "..", folder / "intents", folder / "intents" / "new"):
        with pytest.raises(ContentError, match="is what the settings serve"):
            take(path, served=folder)


def test_a_draft_whose_intents_lead_into_what_is_served_is_refused(folder: Path, tmp_path: Path) -> None:
    (draft := tmp_path / "draft").mkdir()
    (draft / "faq.yaml").write_bytes((folder / "faq.yaml").read_bytes())
    (draft / "intents").symlink_to(folder / "intents")
    with pytest.raises(ContentError, match="is what the settings serve"):
        take(draft, served=folder)


def test_a_folder_of_something_else_is_refused(draft: Path) -> None:
    draft.mkdir()
    (draft / "letter.txt").write_text("Dear")
    with pytest.raises(ContentError, match=r"holds no faq.yaml and is not empty"):
        take(draft)


def test_an_error_names_the_folder_and_nothing_is_written(folder: Path) -> None:
    (folder / "intents/imported.yaml").write_text("lamp-moon: [the moon]\n")
    before = state(folder)
    with pytest.raises(
        ContentError, match=re.escape(f"{folder}/intents/imported.yaml:1: lamp-moon: is not a known id")
    ):
        take(folder)
    assert state(folder) == before


def test_what_cannot_be_written_leaves_no_half_of_a_draft(tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    done = tried(draft, workbook(tmp_path / "faq.xlsx", FAQ))
    blocked = replace(done, changes={**done.changes, Path("faq.yaml/below"): b"x"})
    with pytest.raises(ContentError, match="cannot be written"):
        draft_folder.carry_out(blocked)
    assert not draft.exists()


def test_empty_folders_of_a_draft_that_was_there_outlast_a_failure(folder: Path, tmp_path: Path) -> None:
    (folder / ".git" / "refs").mkdir(parents=True)
    done = tried(folder, workbook(tmp_path / "faq.xlsx", FAQ), tmp_path)
    with pytest.raises(ContentError, match="cannot be written"):
        draft_folder.carry_out(replace(done, changes={Path("faq.yaml/below"): b"x"}))
    assert (folder / ".git" / "refs").is_dir()


def test_content_that_changed_meanwhile_is_not_written_over(folder: Path, tmp_path: Path) -> None:
    done = tried(folder, workbook(tmp_path / "faq.xlsx", FAQ))
    edit(folder, "lamp-color", "answer", "The lamp is red.")
    with pytest.raises(ContentError, match="has changed meanwhile"):
        draft_folder.carry_out(done)
    assert "battery-life" not in files.load_content(folder).entries
