"""Exports of QnA Maker and of its successor, custom question answering of Azure AI Language.

TSV and XLSX have the columns Question, Answer, Source, Metadata, SuggestedQuestions, IsContextOnly, Prompts, QnaId and
SourceDisplayName, and a row for each way to ask (learn.microsoft.com, QnA Maker, "Importing from data sources"; custom
question answering, "Export-import-refresh": a zip file, to be unpacked first). JSON is `{"qnaDocuments": [...]}` of QnA
Maker's API, "Knowledgebase - Download", or `{"assets": {"qnas": [...]}}` of the newer service, "Question Answering
Projects - Export"; each item has id, answer, source, questions, metadata, and `context` or `dialog` with isContextOnly
and prompts. Names are compared without case, which the two services write differently.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from app.errors import FileError
from app.interchange import questions
from app.interchange.questions import Question, Reading, folded
from app.interchange.table import Row, Table, cleaned

MOST_QUESTIONS: Final = 5_000
_OWN_COLUMNS: Final = frozenset({"qnaid", "iscontextonly", "suggestedquestions"})
_EDITORIAL: Final = frozenset({"editorial", "customeditorial", "customeditorialtsv"})
"""Sources that are none: typed into the program itself."""
_THEMES: Final = ("category", "theme", "topic")
"""Keys of metadata that name a theme."""


def is_export(table: Table) -> bool:
    header = questions.find_header(table)
    return bool(header and len(_OWN_COLUMNS & set(map(folded, header.cells))) >= 2)


def read_tables(tables: Sequence[Table]) -> Reading:
    """Return the questions of those tables that are an export; the others hold settings and synonyms."""
    exports = [table for table in tables if is_export(table)]
    if not exports:
        raise FileError(tables[0].place if tables else "the file", "is no export of QnA Maker: it has no column QnaId")
    passed_over = [f"{table.place}: holds no questions" for table in tables if table not in exports]
    return Reading(tuple(question for table in exports for question in _of_table(table)), tuple(passed_over))


def _of_table(table: Table) -> Iterator[Question]:
    """Yield a question for each id, of the rows that have it, one for each way to ask."""
    header = questions.find_header(table)
    assert header is not None  # noqa: S101 - an export has one
    names = list(map(folded, header.cells))
    groups: dict[tuple[str, str], list[tuple[Row, dict[str, str]]]] = {}
    for row in table.rows[table.rows.index(header) + 1 :]:
        cells = {name: row.cell(column) for column, name in enumerate(names)}
        key = (cells.get("qnaid", ""), "" if cells.get("qnaid") else cells.get("answer", ""))
        groups.setdefault(key, []).append((row, cells))
    yield from (_of_rows(rows) for rows in groups.values())


def _of_rows(rows: Sequence[tuple[Row, Mapping[str, str]]]) -> Question:
    first, cells = rows[0]
    problems = tuple(problem for row, _ in rows for problem in row.problems.values())
    if problems:
        return Question(first.place, cells["question"], problems=problems)
    asked = [own["question"].replace("\\n", " ") for _, own in rows]
    return _question(
        first.place,
        cells.get("qnaid", ""),
        asked,
        cells["answer"].replace("\\n", "\n"),
        cells.get("source", ""),
        _metadata(cells.get("metadata", "")),
        cells.get("iscontextonly", "").casefold() == "true",
        _has_items(cells.get("prompts", "")),
    )


def _has_items(cell: str) -> bool:
    return cell.strip(" []") != ""


def _metadata(cell: str) -> dict[str, str]:
    """Return metadata, written `key:value | key:value` or as JSON."""
    if cell.startswith("["):
        return _pairs(_parsed(cell))
    pairs = (pair.partition(":") for pair in cell.split("|"))
    return {folded(key): value.strip() for key, _, value in pairs if value.strip()}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _pairs(metadata: Any) -> dict[str, str]:
    if isinstance(metadata, dict):
        return {folded(key): value for key, value in metadata.items() if isinstance(value, str)}
    items = [_lowered(item) for item in metadata] if isinstance(metadata, list) else []
    return {folded(_text(item, "name")): _text(item, "value") for item in items}


def read_json(name: str, text: str) -> Reading:
    """Return the questions of an export in JSON. Raises `FileError`."""
    try:
        data = _lowered(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise FileError(
            name, f"is no good JSON: {error}" if isinstance(error, ValueError) else "nests too deep"
        ) from error
    items = data.get("qnadocuments", _lowered(data.get("assets")).get("qnas"))
    if not isinstance(items, list):
        raise FileError(name, "is no export of QnA Maker: it has neither `qnaDocuments` nor `assets` with `qnas`")
    if len(items) > MOST_QUESTIONS:
        raise FileError(name, f"holds more than {MOST_QUESTIONS:,} questions")
    return Reading(tuple(_of_item(f"{name}: item {number}", _lowered(item)) for number, item in enumerate(items, 1)))


def _of_item(place: str, item: Mapping[str, Any]) -> Question:
    asked = item.get("questions")
    context = _lowered(item.get("context") or item.get("dialog"))
    return _question(
        place,
        _text(item, "id"),
        [cleaned(line) for line in asked if isinstance(line, str)] if isinstance(asked, list) else [],
        cleaned(_text(item, "answer")),
        cleaned(_text(item, "source")),
        _pairs(item.get("metadata")),
        context.get("iscontextonly") is True,
        bool(context.get("prompts")),
    )


def _lowered(value: Any) -> dict[str, Any]:
    return {str(key).lower(): own for key, own in value.items()} if isinstance(value, dict) else {}


def _text(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    return str(value) if isinstance(value, str | int) else ""


def _question(
    place: str,
    id_: str,
    asked: Iterable[str],
    answer: str,
    source: str,
    metadata: Mapping[str, str],
    context_only: bool,
    prompts: bool,
) -> Question:
    first, *others = [*asked] or [""]
    theme = next((metadata[key] for key in _THEMES if key in metadata), "")
    question = Question(
        place,
        first,
        answer,
        id=f"qna-{id_}" if id_ else "",
        phrasings=tuple(others),
        source="" if folded(source) in _EDITORIAL else source,
        theme=theme,
        not_taken=("the prompts that follow it",) if prompts else (),
    )
    completed = questions.completed(question)
    if context_only:
        problem = "is said only after another answer (IsContextOnly)"
        return replace(completed, problems=(*completed.problems, problem))
    return completed
