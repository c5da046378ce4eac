"""The sheet in which people who write no YAML read content, correct it and comment on it: its rows, out and in.

What comes back is told by its heads, whatever a spreadsheet has made of the file. A text is unchanged when it is what
the sheet showed, so that nothing which a spreadsheet cannot hold counts as a change.
"""

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from app.content.approval import Lock, digest
from app.content.schema import Content
from app.errors import FileError
from app.interchange.table import Row, Table, cleaned, read_tables
from app.interchange.workbook import Sheet

Kind = Literal["text", "phrasing"]
KIND, KEY, ID, TEXT, PHRASING = "kind", "key", "id", "text", "phrasing"
WHAT, SEAL, PROBLEMS, EXPORTED, COMMENT = "what it is", "seal", "open problems", "as exported", "comment"
_TEXT_HEADS = (KEY, WHAT, TEXT, SEAL, PROBLEMS, EXPORTED, COMMENT)
_CSV_HEADS = (KIND, *_TEXT_HEADS)
MOST_ROWS = 60_000
"""Most rows of a sheet that comes back: that of the shipped content has 21,700."""
HASH = 12
"""Hex digits of a text's hash that tell which text was exported."""
NOTE = (
    'Read each text in "Texts". Where it should say something else, write the whole new text over it.',
    'Write questions and remarks into "comment". Leave the other columns as they are: they say where a text belongs.',
    'In "Phrasings" stand ways in which people ask. Correct them, empty wrong ones, add rows with words of your own.',
    "Safety texts and danger cannot be changed here: comment on them. Leave an apostrophe before = + - or @: a guard.",
    "Save the file as .xlsx or .csv and send it back. Nothing that you write is used before it has been approved.",
)
_FIELDS = {
    "question": "question",
    "answer": "answer",
    "limits": "what the document does not say",
    "sms": "text message",
    "read_aloud": "what staff read aloud",
}
_ORDER = ("title", "theme", "script", "document")
"""Texts that come after the entries, by what their keys begin with."""
_UNHOLDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_BEFORE_HEAD = re.compile("^[^a-z]+")
"""What a program that takes UTF-8 for something else makes of the mark that opens a file."""


class Returned(NamedTuple):
    """A row that came back."""

    place: str
    kind: Kind
    key: str
    text: str
    exported: str
    comment: str
    problem: str
    """What is wrong with a cell of it; empty if nothing is."""


def mark(text: str) -> str:
    """Return what says which text was exported; without its first letter a spreadsheet makes a number of `12e4`."""
    return f"h{digest(text)[:HASH]}"


def seen(text: str) -> str:
    """Return what comes back of a text that nobody has changed."""
    return cleaned(holdable(text))


def holdable(text: str) -> str:
    """Return a text without the characters that a workbook, or `table`, does not take."""
    return _UNHOLDABLE.sub("", text)


def sheets(
    content: Content, lock: Lock, phrasings: Mapping[str, Sequence[str]], problems: Iterable[tuple[str, str]]
) -> tuple[Sheet, ...]:
    """Return a sheet for the reader, and those of texts, phrasings, and the problems that belong to no text.

    `problems` are what lint says, each with the key of a text, an entry's id or another place.
    """
    texts = content.texts()
    of_texts: dict[str, list[str]] = {key: [] for key in texts}
    others: list[tuple[str, str]] = []
    for where, problem in problems:
        key = where if where in texts else f"{where}.answer"
        of_texts[key].append(problem) if key in texts else others.append((where, problem))
    return (
        Sheet("Read me", (), tuple((line,) for line in NOTE), (120,)),
        Sheet("Texts", _TEXT_HEADS, tuple(_text_rows(content, lock, of_texts)), (28, 32, 70, 30, 40, 14, 50)),
        Sheet("Phrasings", (ID, PHRASING, EXPORTED, COMMENT), tuple(_phrasing_rows(phrasings)), (28, 80, 14, 50)),
        Sheet("Problems", ("where", "problem"), tuple(others), (40, 110)),
    )


def _text_rows(content: Content, lock: Lock, problems: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    safety = content.safety()
    for key, text in sorted(content.texts().items(), key=_order):
        what = _what(content, key) + (" (safety text: it cannot be changed here)" if is_safety(key, safety) else "")
        yield key, what, holdable(text), _seal(lock, key, text), "\n".join(problems[key]), mark(text), ""


def _order(text: tuple[str, str]) -> int:
    head = text[0].split(".")[0]
    return _ORDER.index(head) + 1 if head in _ORDER else 0


def is_safety(key: str, safety: Iterable[str]) -> bool:
    """Return whether a key is that of a safety text or of its translation (`script.safety-notice-es`)."""
    head, _, rest = key.partition(".")
    id_ = rest.removesuffix(".sms")
    return head == "script" and any(id_ == own or id_.startswith(f"{own}-") for own in safety)


def _what(content: Content, key: str) -> str:
    """Return in plain words what a text is."""
    head, *rest = key.split(".")
    if head == "script":
        return f"fixed text {rest[0]}" + (", as a text message" if len(rest) > 1 else "")
    if head == "title":
        return "name of a topic that is not covered"
    if head in ("theme", "document"):
        return f"{head}: {' '.join(rest[1:-1] or rest[1:]) or 'name'}"
    language = f" in the language {rest[1]}" if len(rest) > 1 else ""
    return f"{_FIELDS[rest[-1]]}{language} of: {content.entries[head].question}"


def _seal(lock: Lock, key: str, text: str) -> str:
    seal = lock.texts.get(key)
    if seal is None:
        return "not sealed"
    who = f"{seal.by} ({seal.role}), {seal.on}"
    return who if seal.sha256 == digest(text) else f"changed since it was sealed by {who}"


def _phrasing_rows(phrasings: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    yield from ((id_, holdable(line), mark(line), "") for id_, lines in phrasings.items() for line in lines)


def in_one(parts: Sequence[Sheet]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of all sheets as those of one, each with its kind: CSV has no sheets."""
    note, texts, phrasings, problems = parts
    yield _CSV_HEADS
    yield from (("note", "", "", line) for (line,) in note.rows)
    yield from ((TEXT, *row) for row in texts.rows)
    yield from ((PHRASING, id_, "", line, "", "", *rest) for id_, line, *rest in phrasings.rows)
    yield from (("problem", where, "", "", "", problem) for where, problem in problems.rows)


def read(path: Path) -> tuple[Table, ...]:
    """Return the sheets of a review; none of a file that is something else, whatever may be wrong with it."""
    with contextlib.suppress(FileError):
        tables = read_tables(path, MOST_ROWS)
        return tables if is_review(tables) else ()
    return ()


def is_review(tables: Iterable[Table]) -> bool:
    """Tell whether these are the sheets of a review, by the heads."""
    return any(_heads(row) for table in tables for row in table.rows)


def returned(tables: Iterable[Table]) -> list[Returned]:
    """Return the rows of texts and phrasings. Raises `FileError` where a sheet lacks a column."""
    return [row for table in tables for row in _rows(table)]


def _rows(table: Table) -> Iterator[Returned]:
    heads: Mapping[str, int] = {}
    for row in table.rows:
        if found := _heads(row):
            heads = found
        elif heads and (kind := _kind(row, heads)):
            key, text = (heads.get(KEY, heads.get(ID)), heads.get(TEXT, heads.get(PHRASING)))
            if key is None or text is None:
                raise FileError(row.place, f"a column is missing: {KEY} or {ID}, and {TEXT} or {PHRASING}")
            at = heads.get(COMMENT, len(row.cells))
            comment = row.cell(at) or row.problems.get(at, "")
            problem = next((row.problems[at] for at in (key, text, heads[EXPORTED]) if at in row.problems), "")
            yield Returned(row.place, kind, row.cell(key), row.cell(text), row.cell(heads[EXPORTED]), comment, problem)


def _heads(row: Row) -> Mapping[str, int] | None:
    """Return the column of each head; None for a row that is no heads."""
    heads = {_BEFORE_HEAD.sub("", cell.strip().lower()): column for column, cell in enumerate(row.cells) if cell}
    return heads if EXPORTED in heads and heads.keys() & {KEY, ID} else None


def _kind(row: Row, heads: Mapping[str, int]) -> Kind | None:
    """Return what a row holds; None for a note or a problem."""
    told = row.cell(heads[KIND]).strip().lower() if KIND in heads else PHRASING if PHRASING in heads else TEXT
    return "text" if told == TEXT else "phrasing" if told == PHRASING else None


def place_of(key: str) -> tuple[str, ...]:
    """Return where in faq.yaml a text stands, by the key of its seal."""
    head, *rest = key.split(".")
    if head == "script":
        return "scripts", rest[0], *(rest[1:] or ["text"])
    if head == "title":
        return "topics", rest[0], "title"
    if head == "theme":
        return "themes", rest[0]
    if head == "document":
        return "documents", rest[0], *("sections" if part == "section" else part for part in rest[1:])
    return "entries", head, *rest
