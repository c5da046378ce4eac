"""Writes workbooks (XLSX) that a person can read at once: widths, wrapped text, heads that stay in sight.

Every cell is a text: none is a formula, whatever it begins with.
"""

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from app.spreadsheets import neutral

_WRAPPED, _BOLD = Alignment(wrap_text=True, vertical="top"), Font(bold=True)
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""What Excel takes for a character by its number, as `_x0041_`."""


class Sheet(NamedTuple):
    name: str
    heads: tuple[str, ...]
    """None where the sheet only holds words."""
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    """Of the columns, in characters."""


def xlsx(sheets: Sequence[Sheet]) -> bytes:
    workbook = Workbook(write_only=True)
    for sheet in sheets:
        _add(workbook, sheet)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _add(workbook: Workbook, sheet: Sheet) -> None:
    written: Any = workbook.create_sheet(sheet.name)
    for column, width in enumerate(sheet.widths, 1):
        written.column_dimensions[get_column_letter(column)].width = width
        written.column_dimensions[get_column_letter(column)].alignment = _WRAPPED  # of cells that are empty as yet
    if sheet.heads:
        written.freeze_panes = "A2"
        written.append(list(_cells(written, sheet.heads, _BOLD)))
    for row in sheet.rows:
        written.append(list(_cells(written, row)))


def _cells(sheet: Any, texts: Sequence[str], font: Font | None = None) -> Iterator[Cell | None]:
    for text in texts:
        if not text:
            yield None
            continue
        cell = WriteOnlyCell(sheet, _ESCAPE.sub("_x005F_", neutral(text)))
        cell.data_type = "s"
        cell.alignment = _WRAPPED
        if font:
            cell.font = font
        yield cell
