import json
from pathlib import Path
from typing import Any

import pytest

from app import evaluation, labelled
from app.dialogue.knowledge import Knowledge
from app.labelled import KnownIds
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
    return evaluation.evaluate(labelled.read([path], KnownIds.of(knowledge.content)), knowledge, NOW)


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


def test_wilsons_interval_of_a_known_share() -> None:
    low, high = evaluation.interval(50, 100)
    assert (round(low, 1), round(high, 1)) == (40.4, 59.6)
