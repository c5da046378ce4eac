"""Figures as tables: behind each picture of the insights, and as CSV for a spreadsheet."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.insights import Daily, Insights, Opinions, opinions
from app.records.feedback import Tally

Cell = str | int | float | date | None
Name = Literal["outcomes", "channels", "answered", "times", "topics", "entries", "feedback", "reasons"]

OUTCOMES: Mapping[str, str] = {
    "answer": "Answered",
    "clarify": "Choice offered",
    "not-covered": "Not covered",
    "fallback": "Nothing fits",
    "smalltalk": "Small talk",
    "language": "Other language",
    "scripted": "Other script",
    "urgent": "Urgent",
}
CHANNELS: Mapping[str, str] = {
    "web": "Website",
    "sms": "Text message",
    "staff": "Staff look-up",
    "api": "API",
    "rasa": "Rasa widget",
}
REASONS: Mapping[str | None, str] = {
    "not-my-question": "Not what was asked",
    "not-clear": "Hard to understand",
    "not-enough": "Not enough",
    "looks-wrong": "Looks wrong",
    None: "No reason",
}
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # wide signs are read alike where a keyboard is set to Japanese or Chinese


@dataclass(frozen=True, slots=True)
class Figures:
    """All that tables and pictures draw on."""

    counted: Insights
    tallies: Sequence[Tally]
    titles: Mapping[str, str]
    """Of entries and of topics that are not covered."""

    def title(self, id_: str) -> str:
        return self.titles.get(id_, id_)

    @property
    def opinions(self) -> list[Opinions]:
        return opinions(self.tallies)

    def said(self, verdict: str) -> int:
        return sum(tally.times for tally in self.tallies if tally.verdict == verdict)

    def reasons(self) -> list[tuple[str, int]]:
        """How often each was given, the most frequent first."""
        downs = [tally for tally in self.tallies if tally.verdict == "down"]
        counted = [(label, sum(t.times for t in downs if t.reason == reason)) for reason, label in REASONS.items()]
        return sorted(counted, key=lambda each: -each[1])


@dataclass(frozen=True, slots=True)
class Table:
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def table(name: Name, figures: Figures) -> Table:
    return _TABLES[name](figures)


def as_csv(table: Table) -> str:
    """For spreadsheets, which take a text that begins like a formula for one: such texts get an apostrophe."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerows([_harmless(cell) for cell in row] for row in (table.columns, *table.rows))
    return written.getvalue()


def shown(cell: Cell) -> str:
    if cell is None:
        return "none"
    return f"{cell:,}" if isinstance(cell, int | float) else str(cell)


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _daily(series: Daily, labels: Mapping[str, str], days: Sequence[date]) -> Table:
    columns = ("Day", *(labels.get(name, name) for name in series), "All")
    by_day = list(zip(*series.values(), strict=True))
    return Table(columns, [(day, *of_day, sum(of_day)) for day, of_day in zip(days, by_day, strict=True)])


def _outcomes(figures: Figures) -> Table:
    return _daily(figures.counted.outcomes, OUTCOMES, figures.counted.days)


def _channels(figures: Figures) -> Table:
    return _daily(figures.counted.channels, CHANNELS, figures.counted.days)


def _answered(figures: Figures) -> Table:
    counted = figures.counted
    rates = [None if rate is None else round(100 * rate, 1) for rate in counted.rates]
    rows = list(zip(counted.days, counted.outcomes["answer"], counted.asked, rates, strict=True))
    return Table(("Day", "Answered", "Asked", "Answered, %"), rows)


def _times(figures: Figures) -> Table:
    times = [None if time is None else round(time, 2) for time in figures.counted.times]
    return Table(("Day", "95% within, ms"), list(zip(figures.counted.days, times, strict=True)))


def _topics(figures: Figures) -> Table:
    rows = [(figures.title(id_), times, id_) for id_, times in figures.counted.topics]
    return Table(("Topic", "Messages", "Id"), rows)


def _entries(figures: Figures) -> Table:
    rows = [(figures.title(id_), times, id_) for id_, times in figures.counted.entries]
    return Table(("Question", "Answers", "Id"), rows)


def _feedback(figures: Figures) -> Table:
    columns = ("Reply about", "Helped", "Did not help", *REASONS.values(), "Id")
    rows: list[Sequence[Cell]] = []
    for each in figures.opinions:
        reasons = (each.reasons.get(reason, 0) for reason in REASONS)
        rows.append((figures.title(each.subject), each.up, each.down, *reasons, each.subject))
    return Table(columns, rows)


def _reasons(figures: Figures) -> Table:
    return Table(("Reason", "Times"), figures.reasons())


_TABLES: Mapping[Name, Callable[[Figures], Table]] = {
    "outcomes": _outcomes,
    "channels": _channels,
    "answered": _answered,
    "times": _times,
    "topics": _topics,
    "entries": _entries,
    "feedback": _feedback,
    "reasons": _reasons,
}
