import contextlib
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import labelled
from app.content import files
from app.errors import ContentError
from app.labelled import KnownIds
from tests.conftest import FIXTURE

ROOT = FIXTURE.parent.parent
IDS = KnownIds.of(files.load_content(FIXTURE))
GOOD = '{"text": "hello", "expect": "greeting"}\n'


def read(folder: Path, name: str, content: str | bytes) -> list[dict[str, Any]]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return [dict(case) for case in labelled.read_cases(path, IDS)]


@pytest.mark.parametrize(
    ("expected", "label"),
    [
        ("lamp-color", {"accept": ["lamp-color"]}),
        ("lamp-color | lamp-bulb", {"accept": ["lamp-color", "lamp-bulb"]}),
        ("lamp-color + lamp-bulb|lamp-hours", {"accept_all": [["lamp-color"], ["lamp-bulb", "lamp-hours"]]}),
        ("none", {"accept": [], "topics": []}),
        ("nc-price", {"accept": [], "topics": ["nc-price"]}),
        ("Emergency", {"expect": "emergency", "also": []}),
        ("crisis|emergency", {"expect": "crisis", "also": ["emergency"]}),
        ("calm", {"expect": "calm"}),
        ("greeting", {"expect": "greeting"}),
        ("language-es", {"expect": "language-es"}),
    ],
)
def test_a_cell_of_csv_means_a_label(tmp_path: Path, expected: str, label: dict[str, Any]) -> None:
    (case,) = read(tmp_path, "cases.csv", f"text,expected\nhello,{expected}\n")
    assert case == {"text": "hello", **label}


@pytest.mark.parametrize(("name", "first", "count"), [("cases.csv", "text,expected", 8), ("cases.jsonl", '{"text"', 5)])
def test_the_examples_of_the_docs_are_read(tmp_path: Path, name: str, first: str, count: int) -> None:
    blocks = (ROOT / "docs" / "CONTENT.md").read_text().split("```\n")
    (tmp_path / name).write_text(next(block for block in blocks if block.startswith(first)))
    assert len(labelled.read_cases(tmp_path / name, KnownIds.of(files.load_content(ROOT)))) == count


def test_csv_may_hold_remarks_tags_line_ends_and_what_excel_writes(tmp_path: Path) -> None:
    rows = '\ufeffNote,Expected,Text,tags\r\n,calm,"two\r\nlines, ""quoted""",a|b\r\n,,,\r\nx,none,hi,\r\n'
    first, second = read(tmp_path, "cases.csv", rows)
    assert first == {"text": 'two\nlines, "quoted"', "expect": "calm", "tags": ["a", "b"]}
    assert second["text"] == "hi"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("hi,lamp-colour", "2: 'lamp-colour' is no id of this content: did you mean lamp-color?"),
        ("hi,emergancy", "2: 'emergancy' is no id of this content: did you mean emergency?"),
        ("hi,nc-prize", "2: 'nc-prize' is no id of this content: did you mean nc-price?"),
        ("hi,xyzzy", "2: 'xyzzy' is no id of this content$"),
        ("hi,lamp-color|calm", "2: calm is no entry"),
        ("hi,greeting|thanks", "2: greeting is no entry"),
        ("hi,", "2: expected: is empty"),
        ("hi,lamp-color +", "2: expected: is empty, or ends too early"),
        ("hi", "2: expected: is empty"),
        (",calm", "2: text: is empty"),
        ('"a\nb",calm\nhi,clam', "4: 'clam' is no id of this content: did you mean calm?"),
        ('"hi,calm', "2: is not CSV"),
    ],
)
def test_a_row_that_is_no_labelled_message_names_its_line(tmp_path: Path, row: str, problem: str) -> None:
    with pytest.raises(ContentError, match=rf"cases\.csv:{problem}"):
        read(tmp_path, "cases.csv", f"text,expected\n{row}\n")


def test_csv_without_its_columns_says_which(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"cases\.csv:1: the first row must name the columns: expected is missing"):
        read(tmp_path, "cases.csv", "text,entry\nhi,calm\n")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("nope", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('{"text": ' + "1" * 5_000 + "}", "is not JSON"),
        ("[1]", "must be an object"),
        ('{"accept": []}', "text: is missing"),
        ('{"text": 5, "accept": []}', "text: must be a text"),
        ('{"text": " ", "accept": []}', "text: is empty"),
        ('{"text": "' + "a" * 20_001 + '", "accept": []}', "text: is longer than 20,000 characters"),
        (r'{"text": "\ud800", "accept": []}', r"text: holds half a character"),
        ('{"text": "a"}', "needs one of `accept`"),
        ('{"text": "a", "accept": null}', "needs one of `accept`"),
        ('{"text": "a", "accept": [], "expect": "calm"}', "needs one of `accept`"),
        ('{"text": "a", "accept": "lamp-color"}', "accept: must be a list"),
        ('{"text": "a", "accept": [5]}', "accept.0: must be a text"),
        ('{"text": "a", "accept_all": []}', "accept_all: is empty"),
        ('{"text": "a", "accept_all": [[]]}', "accept_all.0: is empty"),
        ('{"text": "a", "accept": ["calm"]}', "calm is no entry"),
        ('{"text": "a", "expect": "lamp-color"}', "lamp-color is an entry: write it as `accept`"),
        ('{"text": "a", "expect": "crysis"}', "'crysis' is no id of this content: did you mean crisis?"),
        ('{"text": "a", "expect": "crisis", "also": ["calm"]}', "calm is no tier"),
        ('{"text": "a", "expect": "calm", "tags": 5}', "tags: must be a list"),
        ('{"turns": []}', "turns: is empty"),
        ('{"turns": [5]}', "turns.0: must be an object"),
        ('{"turns": "hello"}', "turns: must be a list"),
        ('{"turns": [{"text": "a", "expect": "crysis"}]}', "'crysis' is no id"),
        (b"caf\xe9", "is not UTF-8"),
    ],
)
def test_a_line_that_is_no_labelled_message_names_its_place(tmp_path: Path, line: str | bytes, problem: str) -> None:
    content = GOOD.encode() + (line.encode() if isinstance(line, str) else line)
    with pytest.raises(ContentError, match=rf"cases\.jsonl:2: .*{problem}"):
        read(tmp_path, "cases.jsonl", content)


@pytest.mark.parametrize("name", ["cases.jsonl", "cases.csv"])
@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", "text,expected\n"])
def test_a_file_without_a_message_is_an_error(tmp_path: Path, name: str, content: str) -> None:
    with pytest.raises(ContentError):
        read(tmp_path, name, content)


def test_a_byte_order_mark_and_separators_of_unicode_are_read(tmp_path: Path) -> None:
    (case,) = read(tmp_path, "cases.jsonl", '\ufeff{"text": "a\u2028b", "expect": "calm"}\r\n')
    assert case["text"] == "a\u2028b"


def test_more_messages_than_a_file_may_hold_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="holds more than 100,000 messages"):
        read(tmp_path, "cases.jsonl", GOOD * (labelled.MOST_MESSAGES + 1))


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_labelled_messages_without_an_end_are_an_error(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "cases.jsonl")
    with pytest.raises(ContentError, match="not a file"):
        labelled.read_cases(tmp_path / "cases.jsonl")


def test_a_folder_gives_its_files_of_both_kinds_and_none_of_an_editor(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.csv", "~$a.csv", "._b.jsonl", "notes.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in labelled.files_of([tmp_path])] == ["a.csv", "b.jsonl"]


def test_ids_of_either_content_are_known(tmp_path: Path) -> None:
    content = files.load_content(FIXTURE)
    fewer = content.model_copy(update={"entries": {"lamp-bulb": content.entries["lamp-bulb"]}})
    assert KnownIds.of(fewer, content).entries == content.entries.keys()


@given(st.binary(max_size=200), st.sampled_from(["cases.jsonl", "cases.csv"]))
def test_whatever_a_file_holds_it_is_read_or_an_error_of_ours(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"{random.getrandbits(64)}-{name}"
    path.write_bytes(b"text,expected\n" + content if name.endswith("csv") else content)
    with contextlib.suppress(ContentError):
        assert json.dumps(labelled.read_cases(path, IDS))
    path.unlink()
