"""Reads labelled messages: what a person writes, and what must become of it. docs/CONTENT.md shows the format.

A line of JSON is `{"text", "accept": [ids]}`, `{"text", "accept_all": [[ids]]}`, `{"text", "expect": intent}` or
`{"turns": [lines]}`, as the HTTP scorer reads them; a row of CSV has `text` and `expected`.
"""

import csv
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails

from app.content import schema
from app.content.file_io import read_text
from app.content.nearest import did_you_mean
from app.content.schema import Content
from app.errors import ContentError

Case = Mapping[str, Any]
SUFFIXES = (".csv", ".jsonl")
NONE = "none"
"""In CSV, what is expected where no entry may answer."""
TALK = frozenset({*schema.TALK, schema.UNCLEAR, "too-long"})
"""Scripted replies that are neither danger, a language nor about a topic."""
MOST_BYTES, MOST_MESSAGES, MOST_TURNS, LONGEST = 64 << 20, 100_000, 50, 20_000
"""Most bytes and messages of a file, turns of a conversation, and characters of a message that the service takes."""
_COLUMNS = ("text", "expected")
_TAGS = "tags"
_PROBLEMS = {
    "missing": "is missing",
    "string_pattern_mismatch": "is empty",
    "string_too_long": f"is longer than {LONGEST:,} characters",
    "string_type": "must be a text",
    "string_unicode": "holds half a character (a lone surrogate)",
    "list_type": "must be a list",
    "too_short": "is empty",
    "model_type": "must be an object",
}
"""Our words in place of pydantic's, by its type of error."""


class Labelled(NamedTuple):
    file: str
    case: Case


class Turn(BaseModel):
    """A message and its label; keys that nobody knows are remarks."""

    model_config = ConfigDict(extra="ignore", strict=True)
    text: Annotated[str, StringConstraints(pattern=r"\S", max_length=LONGEST)]
    accept: list[str] | None = None
    """Entries of which one must answer; none may where the list is empty."""
    accept_all: Annotated[list[Annotated[list[str], Field(min_length=1)]], Field(min_length=1)] | None = None
    """Of each group one must answer."""
    expect: str | None = None
    also: list[str] = []
    """Tiers that are right beside `expect`."""
    topics: list[str] = []
    """Not-covered topics that it is about; which of them a reply names is not judged."""
    tags: list[str] = []

    @model_validator(mode="after")
    def has_one_label(self) -> Self:
        if sum(label is not None for label in (self.accept, self.accept_all, self.expect)) != 1:
            raise ValueError("needs one of `accept`, `accept_all` and `expect`")
        return self


class Dialog(BaseModel):
    turns: Annotated[list[Turn], Field(min_length=1, max_length=MOST_TURNS)]


@dataclass(frozen=True)
class KnownIds:
    """What the labels may name: the ids of one content or of several."""

    entries: frozenset[str]
    intents: frozenset[str]

    @classmethod
    def of(cls, *contents: Content) -> Self:
        entries = itertools.chain.from_iterable(content.entries for content in contents)
        topics = itertools.chain.from_iterable(content.topics for content in contents)
        languages = (f"language-{language}" for content in contents for language in content.languages())
        return cls(frozenset(entries), frozenset({*schema.TIERS, schema.CALM, *TALK, *topics, *languages}))

    def problem(self, turn: Case) -> str | None:
        """Return what is wrong with the first id that no reply could have."""
        groups: Sequence[Sequence[str]] = [turn.get("accept", ()), *turn.get("accept_all", ())]
        for id_ in itertools.chain.from_iterable(groups):
            if id_ in self.intents:
                return f"{id_} is no entry, and does not go together with one"
            if id_ not in self.entries:
                return self._unknown(id_)
        named = (*([turn["expect"]] if "expect" in turn else []), *turn.get("topics", ()))
        unknown = next((id_ for id_ in named if id_ not in self.intents), None)
        if unknown in self.entries:
            return f"{unknown} is an entry: write it as `accept`"
        tier = next((id_ for id_ in turn.get("also", ()) if id_ not in schema.TIERS), None)
        return self._unknown(unknown) if unknown else f"{tier} is no tier of danger" if tier else None

    def _unknown(self, id_: str) -> str:
        return f"{id_!r} is no id of this content{did_you_mean(id_, (*self.entries, *self.intents, NONE))}"


def files_of(paths: Iterable[Path]) -> list[Path]:
    """Return the files named, and those with labelled messages in the folders named."""
    return [file for path in paths for file in (_files_in(path) if path.is_dir() else [path])]


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.name[0] not in ".~#")


def read(paths: Iterable[Path], ids: KnownIds) -> list[Labelled]:
    """Return the messages of the files. Raises `ContentError` that names the file and line of the first bad one."""
    return [Labelled(path.stem, case) for path in paths for case in read_cases(path, ids)]


def read_cases(path: Path, ids: KnownIds | None = None) -> list[Case]:
    """Return the messages of a file; their ids are checked where it is told which there are."""
    text = read_text(path, MOST_BYTES).removeprefix("\ufeff")
    rows = _csv_rows(path, text) if path.suffix.lower() == ".csv" else _json_lines(path, text)
    cases = [_case(path, number, row, ids) for number, row in itertools.islice(rows, MOST_MESSAGES)]
    if not cases:
        raise ContentError(path, 1, "", "holds no labelled message")
    if next(rows, None):
        raise ContentError(path, 1, "", f"holds more than {MOST_MESSAGES:,} messages")
    return cases


def _json_lines(path: Path, text: str) -> Iterator[tuple[int, object]]:
    """Lines end with LF alone: JSON may hold the other ends of lines, such as U+2028, inside a text."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                raise ContentError(path, number, "", f"is not JSON: {error}") from error


def _csv_rows(path: Path, text: str) -> Iterator[tuple[int, object]]:
    reader = csv.reader((f"{line}\n" for line in text.split("\n")), strict=True)
    columns: dict[str, int] = {}
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise ContentError(path, number, "", f"is not CSV: {error}") from error
        if row is None:
            return
        if not columns:
            columns = _columns(path, number, row)
        elif any(cell.strip() for cell in row):
            cells = {name: row[place].strip() for name, place in columns.items() if place < len(row)}
            yield number, _labelled(path, number, cells)


def _columns(path: Path, number: int, header: Sequence[str]) -> dict[str, int]:
    columns = {name.strip().lower(): place for place, name in enumerate(header)}
    missing = [name for name in _COLUMNS if name not in columns]
    if missing:
        raise ContentError(path, number, "", f"the first row must name the columns: {' and '.join(missing)} is missing")
    return columns


def _labelled(path: Path, number: int, cells: Mapping[str, str]) -> Case:
    expected = cells.get("expected", "").lower()
    groups = [[id_.strip() for id_ in group.split("|")] for group in expected.split("+")]
    if not all(itertools.chain.from_iterable(groups)):
        raise ContentError(path, number, "expected", f"is empty, or ends too early: write {NONE} where nothing answers")
    tags = [tag.strip() for tag in cells.get(_TAGS, "").split("|") if tag.strip()]
    return {"text": cells.get("text", ""), **_label(groups), **({"tags": tags} if tags else {})}


def _label(groups: Sequence[list[str]]) -> Case:
    """Return the label that the ids of a cell mean; what does not go together stays under `accept` to be refused."""
    if len(groups) > 1:
        return {"accept_all": groups}
    (ids,) = groups
    if all(id_ == NONE or id_.startswith(schema.NOT_COVERED) for id_ in ids):
        return {"accept": [], "topics": [id_ for id_ in ids if id_ != NONE]}
    if all(id_ in schema.TIERS for id_ in ids):
        return {"expect": ids[0], "also": ids[1:]}
    scripted = ids[0] in (schema.CALM, *TALK) or ids[0].startswith("language-")
    return {"expect": ids[0]} if scripted and len(ids) == 1 else {"accept": ids}


def _case(path: Path, number: int, row: object, ids: KnownIds | None) -> Case:
    shape = Dialog if isinstance(row, dict) and row.get("turns") is not None else Turn
    try:
        case = shape.model_validate(row).model_dump(exclude_none=True, exclude_unset=True)
    except ValidationError as error:
        raise ContentError(path, number, *_problem(error.errors()[0])) from error
    problem = next(filter(None, map(ids.problem, case.get("turns", [case]))), None) if ids else None
    if problem:
        raise ContentError(path, number, "", problem)
    return case


def _problem(error: ErrorDetails) -> tuple[str, str]:
    """Return where in the message something is wrong, and what."""
    words = error["msg"].removeprefix("Value error, ")
    return ".".join(map(str, error["loc"])), f"{_PROBLEMS.get(error['type'], words)}"
