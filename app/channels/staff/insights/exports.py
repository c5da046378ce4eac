"""What leaves the house: figures as files and as a month on a page, without numbers that may point at a person."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.channels.staff.insights.items import CHANNEL
from app.channels.staff.insights.tables import ALL, Cell, Table
from app.records.counts import UNANSWERED
from app.spreadsheets import csv_text
from app.suppression import LEAST, Key, Sum, hidden, is_small

SMALL, PROTECTING = f"<{LEAST}", "not shown"
MEANING = (
    f"{SMALL} stands for a number from 1 to {LEAST - 1}, which might point at a person. “{PROTECTING}” stands in place "
    "of what such a number could be worked out from: the next larger number beside it, a sum, a share or a time. Zero "
    "is told as it is, for it is nobody."
)
_UNANSWERED = Sum(("unanswered", ALL), [(f"outcome {name}", ALL) for name in UNANSWERED])


class HandedOn:
    """The numbers of a span as they may be handed on: those of all tables together, for a reader may have them all."""

    def __init__(self, tables: Iterable[Table]) -> None:
        tables = list(tables)
        self._numbers: dict[Key, int] = {}
        sums = [one for table in tables for one in self._take(table)]
        unwritten = [one for table in tables for one in self._take_others(table)]
        known = [one for one in (*sums, *unwritten, _UNANSWERED) if self._numbers.keys() >= {one.total, *one.parts}]
        nowhere = {_UNANSWERED.total, *(one.parts[-1] for one in unwritten)}
        of_span = {key for key in self._numbers if isinstance(key, tuple) and key[-1] == ALL} - nowhere
        self._hidden = hidden(self._numbers, known, nowhere, of_span)

    def number(self, key: Key) -> int | str:
        """Return a number as it may be told; what was never counted is zero."""
        number = self._numbers.get(key, 0)
        if key not in self._hidden:
            return number
        return SMALL if is_small(number) else PROTECTING

    def tells(self, *keys: Key) -> bool:
        return self._hidden.isdisjoint(keys)

    def table(self, table: Table) -> Table:
        rows = [[self._cell(table, row, place) for place in range(len(row))] for row in table.rows]
        return Table(table.columns, rows, table.sums_up)

    def _cell(self, table: Table, row: Sequence[Cell], place: int) -> Cell:
        column = table.columns[place]
        if not self.tells(*(table.key(row, counts) for counts in column.of)):
            return PROTECTING
        return self.number(table.key(row, column.counts)) if column.counts else row[place]

    def _take(self, table: Table) -> Iterator[Sum]:
        """Take the numbers of a table, and yield its sums: of each column, and of the rows where they have some."""
        for place, column in enumerate(table.columns):
            if column.counts:
                keys = [table.key(row, column.counts) for row in table.rows]
                self._numbers |= zip(keys, _numbers(table, place), strict=True)
                total = (column.total or column.counts, ALL)
                self._numbers.setdefault(total, sum(_numbers(table, place)))
                yield Sum(total, keys)
            if column.parts:
                yield Sum((column.counts, ALL), [(part, ALL) for part in column.parts])
                for row in table.rows:
                    yield Sum(table.key(row, column.counts), [table.key(row, part) for part in column.parts])

    def _take_others(self, table: Table) -> Iterator[Sum]:
        """Take what is on no page, and is the difference of two numbers: messages of a channel that asked nothing."""
        for place, column in enumerate(table.columns):
            if column.counts == f"asked by {CHANNEL}":
                for row, asked in zip(table.rows, _numbers(table, place), strict=True):
                    every, other = (f"{CHANNEL} {row[-1]}", ALL), (f"nothing asked by {CHANNEL}", row[-1])
                    self._numbers[other] = self._numbers.get(every, asked) - asked
                    yield Sum(every, (table.key(row, column.counts), other))


def _numbers(table: Table, place: int) -> list[int]:
    return [number if isinstance(number := row[place], int) else 0 for row in table.rows]


def as_csv(tables: Mapping[str, Table]) -> str:
    """Write one table, or several below each other, for spreadsheets, and last what stands in place of a number.

    Every line is as long as the longest.
    """
    lines: list[Sequence[Cell]] = []
    for title, table in tables.items():
        head = [column.title for column in table.columns]
        lines += [[title], head, *table.rows, []] if len(tables) > 1 else [head, *table.rows, []]
    lines.append([MEANING])
    width = max(map(len, lines))
    return csv_text([*line, *[""] * (width - len(line))] for line in lines)
