"""A month on one page for a committee: figures beside those of the month before, and the first five of each list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from app.analytics import change
from app.channels.staff.insights.exports import HandedOn
from app.channels.staff.insights.items import ITEMS, OUTCOMES, Figures, Name
from app.channels.staff.insights.tables import ALL, Cell, Table
from app.channels.staff.insights.tiles import Trend, trend
from app.records.withdrawals import Withdrawal

FIRST = 5
"""Rows of each list."""
NAMED = 12
"""Most months that the dashboard leads to."""
_TOTALS: Mapping[str, str] = {
    "messages": "Messages",
    "asked": "Asked something",
    **{f"outcome {name}": title for name, title in OUTCOMES.items()},
    "helped": "Helped, patients say",
    "did not help": "Did not help, patients say",
}
LISTS: Mapping[Name, Sequence[int]] = {
    "tiers": (0, 1),
    "unanswered": (0, 1, 3),
    "topics": (0, 1),
    "misses": (0, 4),
    "entries": (0, 1),
    "choices": (0, 1, 3),
    "withheld": (0, 1),
    "feedback": (0, 1, 2),
    "flags": (0, 1),
}
"""The tables on the page, and the places of the columns that are shown; those of tiers and channels are whole."""
WHOLE: frozenset[Name] = frozenset({"tiers", "unanswered"})


class Figure(NamedTuple):
    title: str
    number: Cell
    trend: Trend | None


class Listed(NamedTuple):
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Month:
    """What the page says; every number in it may be handed on."""

    figures: Sequence[Figure]
    lists: Sequence[Listed]
    taken_back: Sequence[tuple[str, date]]
    """Titles, and since when."""


def name_of(day: date) -> str:
    return f"{day:%Y-%m}"


def span(name: str) -> tuple[date, date]:
    """Return the first and the last day of a month.

    >>> span("2028-02")
    (datetime.date(2028, 2, 1), datetime.date(2028, 2, 29))
    """
    first = date.fromisoformat(f"{name}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def before(name: str) -> str:
    return name_of(span(name)[0] - timedelta(days=1))


def names(first: date, last: date) -> list[str]:
    """Return the months from one day to another, the newest first, and `NAMED` of them at most."""
    found = [name_of(last)]
    while found[-1] > name_of(first) and len(found) < NAMED:
        found.append(before(found[-1]))
    return found


def in_words(name: str) -> str:
    return f"{span(name)[0]:%B %Y}"


def month(figures: Figures, old: Figures | None, period: str, withdrawals: Sequence[Withdrawal]) -> Month:
    """Return the page; `old` are the figures of the month before, which `period` names, where it was counted whole."""
    tables, told = _tables(figures)
    _, told_before = _tables(old) if old else (None, None)
    return Month(
        figures=list(_figures(told, told_before, period)),
        lists=[_listed(name, told.table(tables[name])) for name in LISTS],
        taken_back=[(figures.titles(one.entry_id), one.at.date()) for one in withdrawals],
    )


def _tables(figures: Figures) -> tuple[dict[Name, Table], HandedOn]:
    tables = {name: item.table(figures) for name, item in ITEMS.items()}
    return tables, HandedOn(tables.values())


def _figures(told: HandedOn, before: HandedOn | None, period: str) -> Iterator[Figure]:
    for counts, title in _TOTALS.items():
        number, old = told.number((counts, ALL)), before.number((counts, ALL)) if before else None
        by = change(number, old) if isinstance(number, int) and isinstance(old, int) else None
        yield Figure(title, number, trend(by, "%", period))


def _listed(name: Name, table: Table) -> Listed:
    places = LISTS[name]
    rows = table.rows if name in WHOLE else table.rows[:FIRST]
    return Listed(
        ITEMS[name].title,
        [table.columns[place].title for place in places],
        [[row[place] for place in places] for row in rows],
    )
