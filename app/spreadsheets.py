"""CSV that people open with a spreadsheet, none of whose cells it takes for a formula and runs."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

MARK: Final = "\ufeff"
"""Before the first line of a file: without it Excel takes UTF-8 for Windows-1252."""
_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")
"""What a cell begins with that is run. A workbook gives back an end of a line as another; wide signs are read alike
where a keyboard is set to Japanese or Chinese.
"""


def runs(cell: str) -> bool:
    """Tell whether a cell is or looks like a guarded formula: `'=x` is guarded too, so that reading gives it back."""
    return cell.lstrip("'").startswith(_FORMULA)


def neutral(cell: str) -> str:
    """Return a cell that no spreadsheet runs: what it would take for a formula gets an apostrophe before it."""
    return f"'{cell}" if runs(cell) else cell


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield CSV of rows, a line a row; numbers stay what they are."""
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([neutral(cell) if isinstance(cell, str) else cell for cell in row])
        yield line.getvalue()


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    return "".join(csv_lines(rows))
