"""Tables of other programs, CSV, TSV and XLSX, read as rows of text within bounds: nobody vouches for them.

Nothing is worked out: a formula is a problem of its cell, macros and links are left where they are.
"""

import contextlib
import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.escape import unescape

from app import bounded_files
from app.errors import FileError
from app.spreadsheets import runs

MOST_BYTES, MOST_UNPACKED, MOST_TAGS, MOST_MEMBERS = 10 << 20, 100 << 20, 1_600_000, 1_000
"""Most bytes of a file; of a workbook also most bytes, XML tags and files when it is unpacked. 5,000 rows of 50 columns
have 1.5 million tags; nested in each other, so many take 0.5 GB and 5 s before they are refused.
"""
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL, MOST_TEXT = 5_000, 50, 20_000, 10_000_000
"""Most rows of a table, columns of a row, characters of a cell and of a table."""
_MOST_READ: Final = 2 * LONGEST_CELL
"""Characters of a cell that are looked at: 90 kB can hold one text of 90 million, and name it in each cell."""
_EMPTY_ROWS: Final = 15_000
"""Most rows that may be empty: to pass over the million that a sheet can have took 26 s."""
_PEEK: Final = MOST_COLUMNS + 10
"""Columns that are read, so that what lies beyond the bound is seen."""
_SAMPLE: Final = 20
"""Rows by which the delimiter is told."""
_DELIMITERS: Final = "\t;,"
_BOMS: Final = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
"""And halves of characters, which JSON can name and no file can hold."""
_BREAKS: Final = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SHEET: Final = re.compile(rb"[<:]sheet\s")
_HINT: Final = re.compile(r"sep=(.)\r?\n")
"""The line by which spreadsheets tell each other the delimiter."""


@dataclass(frozen=True)
class Row:
    place: str
    """For messages: `questions.xlsx: Sheet1, row 5`."""
    cells: tuple[str, ...]
    """Without empty ones at the end."""
    problems: Mapping[int, str] = field(default_factory=dict)
    """What is wrong with a cell, by its place in the row."""

    def cell(self, column: int) -> str:
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True)
class Table:
    name: str
    """The sheet's; empty for a file of one table."""
    place: str
    rows: tuple[Row, ...]
    """Those that hold something."""


def read_tables(path: Path, most_rows: int = MOST_ROWS) -> tuple[Table, ...]:
    """Return the tables of a file: one, or the visible sheets of a workbook. Raises `FileError`."""
    content = read_bounded(path)
    if content.startswith(_OLE):
        raise FileError(path.name, "is an old Excel file or has a password: save it as .xlsx without one")
    if content.startswith(_ZIP):
        return tuple(_sheets(path.name, content, most_rows))
    return (Table("", path.name, _bounded(path.name, "", _records(path.name, decoded(path.name, content)), most_rows)),)


def read_bounded(path: Path, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of a file that nobody vouches for. Raises `FileError`."""
    try:
        return bounded_files.read(path, most)
    except OSError as error:
        raise FileError(path.name, f"cannot be read: {error.strerror}") from error


def decoded(name: str, content: bytes) -> str:
    """Return text as spreadsheets write it: UTF-8, UTF-16 with its mark, or else Windows-1252. Raises `FileError`."""
    encodings = [encoding for bom, encoding in _BOMS.items() if content.startswith(bom)] or ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROLS.search(text):
            return text
    raise FileError(name, "is no text in UTF-8, UTF-16 or Windows-1252, and no workbook")


def column_name(column: int) -> str:
    """Return the letters that a spreadsheet shows over a column; the first is number 0."""
    return str(get_column_letter(column + 1))


def _bounded(name: str, sheet: str, rows: Iterable[Sequence[Any]], most: int) -> tuple[Row, ...]:
    """Return the rows that hold something. Raises `FileError` beyond the bounds."""
    kept: list[Row] = []
    size = 0
    for number, values in enumerate(rows, 1):
        if not any(value not in (None, "") for value in values):
            continue
        place = f"{name}: {sheet}, row {number}" if sheet else f"{name}: row {number}"
        row = _row(place, number, values)
        if len(row.cells) > MOST_COLUMNS:
            raise FileError(place, f"has more than {MOST_COLUMNS} columns")
        if row.cells:
            kept.append(row)
        size += sum(len(value) for value in values if isinstance(value, str))
        if len(kept) > most or size > MOST_TEXT:
            raise FileError(place, f"the table has more than {most:,} rows or {MOST_TEXT:,} characters: divide it")
    return tuple(kept)


def _row(place: str, number: int, values: Sequence[Any]) -> Row:
    read = [_cell(value[:_MOST_READ] if isinstance(value, str) else value) for value in values]
    problems = {}
    for column, (text, problem) in enumerate(read):
        value = values[column]
        is_long = len(text) > LONGEST_CELL or (isinstance(value, str) and len(value) > _MOST_READ)
        if problem or is_long:
            what = problem or f"has more than {LONGEST_CELL:,} characters"
            problems[column] = f"cell {column_name(column)}{number} {what}"
    cells = [text[:LONGEST_CELL] for text, _ in read]
    while cells and not cells[-1] and len(cells) - 1 not in problems:
        del cells[-1]
    return Row(place, tuple(cells), problems)


def _cell(value: Any) -> tuple[str, str]:
    """Return the text of a cell and what is wrong with it."""
    if isinstance(value, _Formula):
        return "", value.problem
    if isinstance(value, datetime):
        value = value.date() if value.time() == time() else value
    if isinstance(value, date | time):
        return value.isoformat(), ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value)
    return cleaned(text[1:] if text.startswith("'") and runs(text) else text), ""  # as `neutral` has it


def cleaned(text: str) -> str:
    """Return a text with plain line ends and spaces, without control characters and spaces at ends of lines."""
    lines = _CONTROLS.sub("", _BREAKS.sub("\n", text)).replace("\t", " ").replace("\u00a0", " ").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


@dataclass(frozen=True)
class _Formula:
    problem: str


def _records(name: str, text: str) -> Iterator[list[Any]]:
    """Yield the records of CSV or TSV; a formula in one would run when it is opened, so it is marked."""
    hint = _HINT.match(text)
    body = text[hint.end() :] if hint else text
    delimiter = hint[1] if hint else _delimiter(body)
    if hint:
        yield []
    try:
        for record in _parsed(body, delimiter, _quoting(body, delimiter)):
            yield [_Formula("holds a formula") if field.startswith("=") else field for field in record]
    except csv.Error as error:
        raise FileError(name, f"is no good {'TSV' if delimiter == chr(9) else 'CSV'}: {error}") from error


def _parsed(text: str, delimiter: str, quoting: Any = csv.QUOTE_MINIMAL) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting, strict=True)


def _quoting(text: str, delimiter: str) -> Any:
    """Return how cells are quoted. Exports with tabs often are not, and hold quotes that mean themselves."""
    if delimiter != "\t":
        return csv.QUOTE_MINIMAL
    try:
        for _ in _parsed(text, delimiter):
            pass
    except csv.Error:
        return csv.QUOTE_NONE
    return csv.QUOTE_MINIMAL


def _delimiter(text: str) -> str:
    """Return the delimiter by which most of the first rows have as many cells as each other, and more than one."""
    return max(_DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))


def _evenness(text: str, delimiter: str) -> tuple[int, int]:
    counts: list[int] = []
    with contextlib.suppress(csv.Error):
        counts.extend(len(record) for record in islice(_parsed(text, delimiter), _SAMPLE) if len(record) > 1)
    return max(((counts.count(count), count) for count in set(counts)), default=(0, 0))


def _sheets(name: str, content: bytes, most_rows: int) -> Iterator[Table]:
    """Yield the sheets of a workbook that are not hidden. Raises `FileError`."""
    _check_workbook(name, content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on what openpyxl leaves out: styles, extensions
            workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            sheets = workbook.worksheets
            if len({getattr(sheet, "_worksheet_path", sheet.title) for sheet in sheets}) < len(
                sheets
            ):  # each would be read anew
                raise FileError(name, "names one sheet twice: save it again with a spreadsheet program")
            for sheet in sheets:
                if sheet.sheet_state == "visible":
                    yield Table(
                        sheet.title,
                        f"{name}: {sheet.title}",
                        _bounded(name, sheet.title, _values(sheet, most_rows), most_rows),
                    )
    except FileError:
        raise
    except Exception as error:  # a broken workbook makes openpyxl raise anything
        raise FileError(name, f"is a broken workbook: {type(error).__name__}") from error


def _values(sheet: Any, most_rows: int) -> Iterator[list[Any]]:
    sheet.reset_dimensions()  # a sheet may say that it has a million columns
    for number, row in enumerate(sheet.iter_rows(max_col=_PEEK), 1):
        if number > most_rows + _EMPTY_ROWS:
            raise FileError(sheet.title, f"goes on below row {number - 1:,}: delete the empty rows below the last one")
        yield [_value(cell) for cell in row]


def _value(cell: Any) -> Any:
    if cell.data_type == "f":
        return _Formula("holds a formula: paste it as a value")
    if cell.data_type == "e":
        return _Formula("holds an error of the spreadsheet")
    return unescape(cell.value[: _MOST_READ + 1]) if isinstance(cell.value, str) else cell.value


def _check_workbook(name: str, content: bytes) -> None:
    """Look into the zip before anything is unpacked, then count the tags, which cost more than their bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise FileError(name, "is a zip file and no .xlsx workbook: unpack it, and take the file in it")
            if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
                raise FileError(name, f"unpacks to more than {bounded_files.shown_size(MOST_UNPACKED)}")
            tags, sheets = map(sum, zip(*(_tags(archive, member) for member in members), strict=True))
            if sheets > MOST_MEMBERS:
                raise FileError(name, f"names more than {MOST_MEMBERS:,} sheets")
            if tags > MOST_TAGS:
                raise FileError(name, "unpacks to more cells and formats than fit: save the values alone")
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise FileError(name, "is a broken or encrypted zip file") from error


def _tags(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[int, int]:
    """Return how many tags a file begins, whatever its name, since a workbook says which one is a sheet; and how many
    of them name sheets: each is looked into. No more bytes are unpacked than the zip says.
    """
    tags = sheets = 0
    with archive.open(member) as file:
        while chunk := file.read(1 << 20):
            tags += chunk.count(b"<")
            sheets += len(_SHEET.findall(chunk))
    return tags, sheets
