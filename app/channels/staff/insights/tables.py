"""Tables of figures, what a chart needs of them, and under which keys their numbers are known to `suppression`."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.suppression import Key

Cell = str | int | float | date | None

BARS = 10
"""Most rows of a chart of lying bars; its table has all."""
FEW_DAYS = 3
"""Fewer bars of days beside each other tell nothing; the totals are drawn instead."""
LEAST_SHARE = 20
"""Of fewer, a share is told in numbers: `1 of 3`, not 33%."""
ALL = "all"
"""Stands in place of a row for the sum of a column."""
BELOW_ONE = "<1"
ID = "Id"


class Column(NamedTuple):
    title: str
    fill: str = ""
    """Name of a fill of charts.html; a column without one is in the table only."""
    counts: str = ""
    """What its numbers count; the same in two tables is the same number. Empty where it counts nobody."""
    total: str = ""
    """What the sum of the column counts, where that has another name."""
    parts: Sequence[str] = ()
    """What its numbers are the sums of, in each row."""
    of: Sequence[str] = ()
    """What a share or a time is worked out from."""


class Bar(NamedTuple):
    label: str
    numbers: Sequence[int]
    id: str


class Point(NamedTuple):
    day: date
    height: float | None
    words: str


@dataclass(frozen=True, slots=True)
class Series:
    title: str
    fill: str
    values: Sequence[int]

    @property
    def total(self) -> int:
        return sum(self.values)


@dataclass(frozen=True, slots=True)
class Table:
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    sums_up: bool = False
    """Each row is a sum over a column of another table."""
    undrawn: int = 0
    """How many of the last rows are in the table only."""

    def key(self, row: Sequence[Cell], counts: str) -> Key:
        """Return under which key what a row counts is known."""
        id_ = row[-1] if self.columns[-1].title == ID else row[0]
        return (f"{counts} {id_}", ALL) if self.sums_up else (counts, id_)

    @property
    def drawn(self) -> Sequence[Sequence[Cell]]:
        return self.rows[: len(self.rows) - self.undrawn]

    @property
    def series(self) -> list[Series]:
        """The columns that have a fill; none where there are no rows."""
        columns = zip(self.columns, zip(*self.drawn, strict=True), strict=False)
        return [Series(column.title, column.fill, _whole(cells)) for column, cells in columns if column.fill]

    @property
    def bars(self) -> list[Bar]:
        """The first `BARS` rows that are not all zeros, with the numbers of the columns that have a fill."""
        filled = [place for place, column in enumerate(self.columns) if column.fill]
        bars = (Bar(str(row[0]), _whole([row[place] for place in filled]), str(row[-1])) for row in self.rows)
        return [bar for bar in bars if any(bar.numbers)][:BARS]

    @property
    def totals(self) -> list[Bar]:
        """The sums of the columns that have a fill; those that are zero too, so that each keeps its own."""
        return [Bar(series.title, [series.total], "") for series in self.series]

    @property
    def heights(self) -> list[int]:
        """The totals of stacked bars, one a row."""
        return [sum(numbers) for numbers in zip(*(series.values for series in self.series), strict=True)]


def _whole(cells: Iterable[Cell]) -> list[int]:
    return [cell for cell in cells if isinstance(cell, int)]


def share(part: int, whole: int) -> str | None:
    """Return a share in words: in numbers where they are small, and None of nothing.

    >>> share(1, 3), share(30, 90), share(0, 0)
    ('1 of 3', '33%', None)
    """
    if not whole:
        return None
    return f"{part:,} of {whole:,}" if whole < LEAST_SHARE else f"{part / whole:.0%}"


def milliseconds(time: float | None) -> int | str | None:
    """Return whole milliseconds; what is beyond them nobody can feel.

    >>> milliseconds(17.5), milliseconds(0.19), milliseconds(None)
    (18, '<1', None)
    """
    if time is None:
        return None
    return BELOW_ONE if time < 1 else math.floor(time + 0.5)


def ticks(highest: float, whole: bool = True) -> list[float]:
    """Return about four round steps from zero to at least `highest`; whole numbers where something is counted.

    >>> ticks(37)
    [0.0, 10.0, 20.0, 30.0, 40.0]
    """
    if highest <= 0:
        return [0.0, 1.0]
    least = highest / 4
    power = 10.0 ** math.floor(math.log10(least))
    step = next(times * power for times in (1, 2, 5, 10) if times * power >= least)
    if whole:
        step = max(step, 1.0)
    return [number * step for number in range(math.ceil(highest / step) + 1)]
