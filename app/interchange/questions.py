"""Questions and answers as a file of another program holds them, and the rows of a spreadsheet read as such.

The header is matched leniently; what a row lacks or holds too much of is said with its place.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from app.errors import FileError
from app.interchange import html
from app.interchange.table import Row, Table, cleaned, column_name

LONGEST_QUESTION, LONGEST_ANSWER, LONGEST_FIELD = 300, 10_000, 2_000
"""Most characters; the longest question that is shipped has 75, the longest answer 745."""
MOST_PHRASINGS = 500
MOST_SIGNS: Final = 500
"""Most of a sign of Markdown in an answer: 9,900 of `[` took 1 s to read, and a file can hold a thousand of these."""
_SIGNS: Final = "[]*_~"
_HEADER_WITHIN: Final = 20
"""Rows of a table among which its header is."""
_SEPARATORS: Final = re.compile(r"[\n|;]")
_BULLET: Final = re.compile(r"^\s*(?:[•*‣◦]|-)\s+")
_NUMBER: Final = re.compile(r"\d+$")

_NAMES: Final[Mapping[str, str]] = {
    "id": "id key identifier entryid faqid questionid",
    "question": "question q faqquestion faq questiontext frequentlyaskedquestion mainquestion questions",
    "answer": "answer a faqanswer answertext response reply approvedanswer answers",
    "phrasings": (
        "otherphrasings phrasings phrasing otherphrasing alternatequestions alternatequestion alternativequestions "
        "alternativequestion alternatephrasings alternativephrasings otherquestions otherwordings similarquestions "
        "variants variant variations variation utterances utterance synonyms examples alsoaskedas alternates"
    ),
    "source": "source url sourceurl link page webpage document reference",
    "owner": "owner contentowner publisher namedowner responsible department",
    "theme": "theme category topic section group subject",
    "limits": "limits limit limitations limitation notcovered",
    "sms": "sms smstext textmessage smsanswer shortanswer",
    "read_aloud": "readaloud spoken spokenanswer voice voiceanswer phonescript",
}
"""What a column may be called, its letters and digits in lower case; those that come first are preferred."""
_MANY: Final = "phrasings"
"""The one field that several columns may hold."""
_LINES: Final = tuple(field for field in _NAMES if field not in (_MANY, "answer"))
"""Fields of one line without any form."""


@dataclass(frozen=True)
class Question:
    """What a row says. Of a row with problems nothing is taken."""

    place: str
    question: str = ""
    answer: str = ""
    """In the forms that an answer may have."""
    id: str = ""
    phrasings: tuple[str, ...] = ()
    source: str = ""
    owner: str = ""
    theme: str = ""
    limits: str = ""
    sms: str = ""
    read_aloud: str = ""
    problems: tuple[str, ...] = ()
    not_taken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What a file holds: its questions, and what of it nobody reads."""

    questions: tuple[Question, ...]
    passed_over: tuple[str, ...] = ()


Columns = Mapping[str, Sequence[int]]
"""The columns of each field."""


def read(tables: Sequence[Table]) -> Reading:
    """Return the questions of those tables that have a header. Raises `FileError` where none has one."""
    found = [(table, find_header(table)) for table in tables]
    headed = [(table, header) for table, header in found if header]
    if not headed:
        raise FileError(tables[0].place if tables else "the file", _no_header(tables))
    passed_over = [f"{table.place}: has no column for questions and answers" for table, header in found if not header]
    questions: list[Question] = []
    for table, header in headed:
        columns = _columns(header)
        passed_over += _unread(header, columns)
        questions += _questions(table, header, columns)
    return Reading(tuple(questions), tuple(passed_over))


def _no_header(tables: Sequence[Table]) -> str:
    first = tables[0].rows[0].cells if tables and tables[0].rows else ()
    shown = ", ".join(repr(cell[:40]) for cell in first[:10]) or "nothing"
    return f"has no row with the columns `question` and `answer`; its first row holds {shown}"


def find_header(table: Table) -> Row | None:
    """Return the first row that names a column for questions and one for answers."""
    return next((row for row in table.rows[:_HEADER_WITHIN] if {"question", "answer"} <= _fields(row).keys()), None)


def folded(name: str) -> str:
    """Return a column's name without case, spaces and punctuation.

    >>> folded(" FAQ Question: ")
    'faqquestion'
    """
    return "".join(character for character in name.casefold() if character.isalnum())


def _field(name: str) -> tuple[str, int] | None:
    """Return the field that a column's name means, and how good a name it is: 0 is the best."""
    for field, names in _NAMES.items():
        own = folded(name)
        own = _NUMBER.sub("", own) if field == _MANY else own
        if own in names.split():
            return field, names.split().index(own)
    return None


def _fields(header: Row) -> dict[str, list[tuple[int, int]]]:
    """Return for each field how good the name of a column is, and the column."""
    fields: dict[str, list[tuple[int, int]]] = {}
    for column, name in enumerate(header.cells):
        if found := _field(name):
            fields.setdefault(found[0], []).append((found[1], column))
    return fields


def _columns(header: Row) -> Columns:
    """Return the columns of each field. Raises `FileError` where two may be the same one."""
    columns: dict[str, list[int]] = {}
    for field, found in _fields(header).items():
        best = sorted(found)
        if field == _MANY:
            columns[field] = sorted(column for _, column in found)
        elif len(best) > 1 and best[0][0] == best[1][0]:
            both = " and ".join(column_name(column) for _, column in best[:2])
            raise FileError(header.place, f"two columns may be the {field}, {both}: rename one")
        else:
            columns[field] = [best[0][1]]
    return columns


def _unread(header: Row, columns: Columns) -> list[str]:
    read_ = {column for own in columns.values() for column in own}
    unread = [name for column, name in enumerate(header.cells) if name and column not in read_]
    return [f"{header.place}: nobody reads the columns {', '.join(name[:40] for name in unread)}"] if unread else []


def _questions(table: Table, header: Row, columns: Columns) -> Iterator[Question]:
    below = table.rows[table.rows.index(header) + 1 :]
    names = [folded(cell) for cell in header.cells]
    for row in below:
        if [folded(cell) for cell in row.cells] != names:  # a header that is printed on every page
            yield _question(row, columns)


def _question(row: Row, columns: Columns) -> Question:
    cells = {field: [row.cell(column) for column in own] for field, own in columns.items()}
    texts: dict[str, Any] = {field: own[0] for field, own in cells.items() if field != _MANY}
    read_ = {column for own in columns.values() for column in own}
    problems = tuple(problem for column, problem in row.problems.items() if column in read_)
    if problems:
        return Question(row.place, _one_line(texts["question"])[:LONGEST_QUESTION], problems=problems)
    phrasings = [phrasing for cell in cells.get(_MANY, ()) for phrasing in _SEPARATORS.split(cell)]
    return completed(replace(Question(row.place, phrasings=tuple(phrasings)), **texts))


def completed(question: Question) -> Question:
    """Return a question as it was read, put into the forms that an entry has, with what is wrong with it."""
    held = cleaned(question.answer)
    is_readable = len(held) <= LONGEST_ANSWER and not _has_too_many_signs(held)
    answer = html.read(held) if is_readable else html.Answer(held)
    lines: dict[str, Any] = {name: html.words(cleaned(getattr(question, name)[:LONGEST_ANSWER])) for name in _LINES}
    lines["question"] = _BULLET.sub("", lines["question"])
    read_ = replace(
        question,
        **lines,
        answer=answer.text,
        phrasings=tuple(filter(None, (_one_line(_BULLET.sub("", cleaned(line))) for line in question.phrasings))),
        not_taken=(*question.not_taken, *answer.not_taken),
    )
    return replace(read_, problems=(*question.problems, *_problems(read_, bool(question.answer))))


def _has_too_many_signs(text: str) -> bool:
    return max(map(text.count, _SIGNS)) > MOST_SIGNS


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _problems(question: Question, had_answer: bool) -> Iterator[str]:
    if not any(map(str.isalnum, question.question)):
        yield "has no question"
    if not any(map(str.isalnum, question.answer)):
        yield "has an answer that holds nothing that can be taken" if had_answer else "has no answer"
    if len(question.question) > LONGEST_QUESTION:
        yield f"has a question of more than {LONGEST_QUESTION} characters"
    if len(question.answer) > LONGEST_ANSWER:
        yield f"has an answer of more than {LONGEST_ANSWER:,} characters"
    if _has_too_many_signs(question.answer):
        yield f"has an answer with more than {MOST_SIGNS} of one sign of Markdown"
    if len(question.phrasings) > MOST_PHRASINGS:
        yield f"has more than {MOST_PHRASINGS} other phrasings"
    for name in _LINES:
        if len(getattr(question, name)) > LONGEST_FIELD:
            yield f"has more than {LONGEST_FIELD:,} characters of {name}"
