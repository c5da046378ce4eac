import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import evaluation
from app.dialogue.knowledge import Knowledge
from app.errors import ContentError
from tests.conftest import NOW

CASES: list[dict[str, Any]] = [
    {"text": "what color is the lamp", "accept": ["lamp-color"]},
    {"text": "what color is the lamp", "accept": ["lamp-bulb"]},
    {"text": "what does the lamp cost", "accept": []},
    {"text": "i cant breathe", "expect": "emergency"},
    {"text": "i cant breathe", "expect": "crisis"},
    {"text": "i cant breathe", "expect": "calm"},
    {"text": "dizzy", "expect": "call-now"},
    {"text": "dizzy", "expect": "calm"},
    {"text": "hello", "expect": "greeting"},
    {"text": "where is the lamp", "accept_all": [["lamp-place"], ["lamp-color"]]},
    {"turns": [{"text": "hello", "expect": "greeting"}, {"text": "where is the lamp", "accept": ["lamp-place"]}]},
]


@pytest.fixture
def scores(knowledge: Knowledge, tmp_path: Path) -> evaluation.Scores:
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(json.dumps(case) for case in CASES))
    return evaluation.evaluate([path], knowledge, NOW)


def test_each_line_is_judged_as_the_scorer_judges_it(scores: evaluation.Scores) -> None:
    assert [f"{each.group}/{each.outcome}" for each in scores.judged] == [
        "in/correct",
        "in/WRONG",
        "out/declined",
        "emergency/caught",
        "crisis/other-tier",
        "calm/false-alarm",
        "call-now/netted",
        "calm/netted",
        "talk/right",
        "multi/some",
        "turn1:talk/right",
        "turn+:in/correct",
    ]


def test_the_table_holds_intervals(scores: evaluation.Scores) -> None:
    assert "in           n=   2  correct 50.0% [9-91]" in scores.table()


def test_confused_pairs_and_failures_are_listed(scores: evaluation.Scores) -> None:
    assert ("lamp-bulb", "lamp-color", 1) in evaluation.confused(scores)
    assert len(evaluation.failures(scores)) == 6


def test_the_report_is_a_page_with_pictures(scores: evaluation.Scores) -> None:
    page = evaluation.report(scores, 0.5)
    assert page.count("<svg") == 2
    assert "<script" not in page


def test_the_curve_falls_as_the_threshold_rises(scores: evaluation.Scores) -> None:
    right = [share for _, share, _, _ in evaluation.curve(scores)]
    assert right == sorted(right, reverse=True)


def test_a_line_that_is_no_json_names_its_place(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"text": "a", "accept": []}\nnope\n')
    with pytest.raises(ContentError, match=r"bad\.jsonl:2"):
        evaluation.read_cases(path)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("[" * 100_000, "is not JSON"),
        ("[1]", "it has no text"),
        ('{"accept": []}', "it has no text"),
        ('{"text": 5}', "it has no text"),
        ('{"turns": [5]}', "it has no text"),
        ('{"turns": "hello"}', "it has no text"),
        ("\udcff", "is not UTF-8"),
    ],
)
def test_a_line_that_is_no_labelled_message_names_its_place(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(b'{"text": "hello"}\n' + line.encode(errors="surrogateescape"))
    with pytest.raises(ContentError, match=rf"cases\.jsonl:2: .*{problem}"):
        evaluation.read_cases(path)


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_labelled_messages_without_an_end_are_an_error(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "cases.jsonl")
    with pytest.raises(ContentError, match="not a file"):
        evaluation.read_cases(tmp_path / "cases.jsonl")


def test_wilsons_interval_of_a_known_share() -> None:
    low, high = evaluation.interval(50, 100)
    assert (round(low, 1), round(high, 1)) == (40.4, 59.6)
