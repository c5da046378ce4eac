"""What a sheet holds, and that a spreadsheet gives every text back."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.content import approval, files
from app.content.approval import Lock
from app.content.yaml_file import read_yaml
from app.interchange import review_sheet
from app.interchange.review_sheet import is_review, mark, returned, seen
from app.interchange.table import read_tables
from app.interchange.workbook import Sheet, xlsx
from app.spreadsheets import csv_text
from tests.conftest import FIXTURE

CONTENT = files.load_content(FIXTURE)
PHRASINGS = {"lamp-color": ("what color is the lamp", "=which colour")}
NASTY = [
    "=1+1",
    "+1 215",
    "- a\n- b",
    "@x",
    "\tx",
    "'=x",
    "_x0041_",
    'a "b", c;',
    "a\n\n b ",
    "👩🏽‍⚕️ é",
    "a\x07\x7f\ufffe",
    "a\r\nb",
]
anything = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: bool(text.strip()))


@pytest.fixture
def sheets() -> Sequence[Sheet]:
    problems = [("lamp-bulb", "review is due"), ("lamp-bulb.sms", "takes 3 parts"), ("intents", "stands twice")]
    return review_sheet.sheets(CONTENT, Lock(), PHRASINGS, problems)


def rows_of(sheet: Sheet) -> dict[str, dict[str, str]]:
    return {row[0]: dict(zip(sheet.heads, row, strict=True)) for row in sheet.rows}


def test_a_row_says_what_a_text_is_and_what_is_open(sheets: Sequence[Sheet]) -> None:
    texts = rows_of(sheets[1])
    assert texts.keys() == CONTENT.texts().keys()
    assert texts["lamp-bulb.answer"] == {
        "key": "lamp-bulb.answer",
        "what it is": "answer of: What kind of bulb does the lamp have?",
        "text": "The lamp has a small bulb.",
        "seal": "not sealed",
        "open problems": "review is due",
        "as exported": mark("The lamp has a small bulb."),
        "comment": "",
    }
    assert texts["lamp-bulb.sms"]["open problems"] == "takes 3 parts"
    assert "cannot be changed here" in texts["script.emergency"]["what it is"]
    assert sheets[3].rows == (("intents", "stands twice"),)


def test_a_row_says_who_sealed_a_text_and_whether_it_changed_since(folder: Path) -> None:
    lock = approval.read_lock(folder / files.LOCK)
    lock = replace(lock, texts={**lock.texts, "lamp-bulb.sms": lock.texts["lamp-bulb.question"]})
    texts = rows_of(review_sheet.sheets(CONTENT, lock, {}, [])[1])
    assert texts["lamp-bulb.answer"]["seal"] == "Dr. Test (doctor), 2029-01-01"
    assert texts["lamp-bulb.sms"]["seal"] == "changed since it was sealed by Dr. Test (doctor), 2029-01-01"


def test_every_key_leads_to_its_text_in_faq_yaml() -> None:
    data = read_yaml(FIXTURE / files.FAQ).data
    for key, text in CONTENT.texts().items():
        value = data
        for part in review_sheet.place_of(key):
            value = value[part]
        assert value == text


def test_no_cell_of_a_workbook_is_a_formula_and_the_heads_stay_in_sight(sheets: Sequence[Sheet]) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx(sheets)))
    assert {cell.data_type for sheet in workbook for row in sheet for cell in row if cell.value} == {"s"}
    assert workbook["Phrasings"]["B3"].value == "'=which colour"
    assert [sheet.freeze_panes for sheet in workbook] == [None, "A2", "A2", "A2"]


def test_csv_holds_all_sheets_each_row_with_its_kind(sheets: Sequence[Sheet]) -> None:
    head, *rows = csv.reader(io.StringIO(csv_text(review_sheet.in_one(sheets))))
    assert {len(row) for row in rows} <= {4, 7, 8, 6}
    assert [row[0] for row in rows[:6]] == ["note"] * 5 + ["text"]
    assert {row[head.index("kind")] for row in rows} == {"note", "text", "phrasing", "problem"}


def test_a_table_of_something_else_is_no_review(tmp_path: Path) -> None:
    (tmp_path / "faq.csv").write_text("id,question,answer\n1,a,b\n")
    assert not is_review(read_tables(tmp_path / "faq.csv"))


@given(texts=st.lists(anything, min_size=1, max_size=5))
@example(texts=NASTY)
@example(texts=["\r0", "\n0"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@pytest.mark.parametrize("name", ["sheet.xlsx", "sheet.csv"])
def test_any_text_comes_back_as_what_was_shown_of_it(tmp_path: Path, name: str, texts: list[str]) -> None:
    parts = review_sheet.sheets(CONTENT, Lock(), {"lamp-color": texts}, [])
    content = xlsx(parts) if name.endswith("xlsx") else csv_text(review_sheet.in_one(parts)).encode()
    (tmp_path / name).write_bytes(content)
    rows = returned(read_tables(tmp_path / name))
    assert [row.text for row in rows if row.kind == "phrasing"] == [seen(text) for text in texts]
    assert {row.key: row.text for row in rows if row.kind == "text"} == CONTENT.texts()


@given(anything)
def test_no_spreadsheet_takes_a_mark_for_a_number(text: str) -> None:
    with pytest.raises(ValueError, match="could not convert"):
        float(mark(text))
