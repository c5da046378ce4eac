import json
from pathlib import Path
from typing import Any

import pytest

from app.errors import FileError
from app.interchange.formats import read
from app.interchange.questions import Question
from tests.interchange.files import table, text, workbook

HEADER = (
    "Question",
    "Answer",
    "Source",
    "Metadata",
    "SuggestedQuestions",
    "IsContextOnly",
    "Prompts",
    "QnaId",
    "SourceDisplayName",
)
ROWS = [
    HEADER,
    (
        "How long?",
        "A week.\\n\\n* or less",
        "https://h.example/faq",
        "category:Batteries | x:y",
        "[]",
        "False",
        "[]",
        "1",
        "f",
    ),
    ("battery life", "A week.\\n\\n* or less", "https://h.example/faq", "", "[]", "False", "[]", "1", "f"),
    (
        "Where?",
        "Here.",
        "Editorial",
        '[{"name":"topic","value":"Shops"}]',
        "[]",
        "False",
        '[{"displayOrder":0}]',
        "2",
        "f",
    ),
    ("And then?", "Go.", "Editorial", "", "[]", "True", "[]", "3", "f"),
]
ITEM = {"id": 1, "answer": "A <b>week</b>.", "source": "Custom Editorial", "questions": ["How long?", "battery life"]}


def from_json(path: Path, data: Any) -> tuple[Question, ...]:
    return read(text(path, json.dumps(data))).questions


@pytest.mark.parametrize("name", ["kb.tsv", "kb.xlsx"])
def test_rows_of_one_id_are_one_question(tmp_path: Path, name: str) -> None:
    rows = list(ROWS)
    path = workbook(tmp_path / name, rows, [("Settings",)]) if name == "kb.xlsx" else table(tmp_path / name, rows, "\t")
    long, where, _ = read(path).questions
    assert (long.id, long.question, long.phrasings) == ("qna-1", "How long?", ("battery life",))
    assert (long.answer, long.source, long.theme) == ("A week.\n\n- or less", "https://h.example/faq", "Batteries")
    assert (where.source, where.theme, where.not_taken) == ("", "Shops", ("the prompts that follow it",))


def test_what_only_follows_another_answer_is_refused(tmp_path: Path) -> None:
    *_, then = read(table(tmp_path / "kb.tsv", ROWS, "\t")).questions
    assert then.problems == ("is said only after another answer (IsContextOnly)",)


@pytest.mark.parametrize("wrap", [lambda items: {"qnaDocuments": items}, lambda items: {"Assets": {"Qnas": items}}])
def test_json_of_both_services_is_read(tmp_path: Path, wrap: Any) -> None:
    context = {"Dialog": {"IsContextOnly": True, "Prompts": []}, "Metadata": {"Category": "Batteries"}}
    first, second = from_json(tmp_path / "kb.json", wrap([ITEM, {**ITEM, "id": 2, **context}]))
    assert first == Question("kb.json: item 1", "How long?", "A **week**.", id="qna-1", phrasings=("battery life",))
    assert (second.theme, second.problems) == ("Batteries", ("is said only after another answer (IsContextOnly)",))


@pytest.mark.parametrize(
    "item",
    [None, 5, [], {}, {"questions": "x"}, {"questions": [1, None], "answer": {}}, {"answer": "a", "questions": []}],
)
def test_an_odd_item_is_refused_and_the_others_stay(tmp_path: Path, item: Any) -> None:
    odd, good = from_json(tmp_path / "kb.json", {"qnaDocuments": [item, ITEM]})
    assert odd.problems
    assert not good.problems


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[" * 100_000, "nests too deep"),
        ('{"a":' * 100_000, "nests too deep"),
        ("{not json", "is no good JSON"),
        ('{"qnaDocuments": {}}', "is no export of QnA Maker"),
        ("[1, 2]", "is no export of QnA Maker"),
        (f'{{"qnaDocuments": [{"{}," * 5_000}{{}}]}}', "holds more than 5,000 questions"),
        ('{"a": 1' + "0" * 5_000 + "}", "is no good JSON"),
    ],
)
def test_json_that_is_none_of_theirs_is_refused(tmp_path: Path, content: str, problem: str) -> None:
    with pytest.raises(FileError, match=problem):
        read(text(tmp_path / "kb.json", content))
