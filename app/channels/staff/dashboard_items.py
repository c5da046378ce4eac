"""The items of the dashboard: each a chart with its title, its meaning and the table that it is drawn from."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from app import analytics
from app.analytics import DailyCounts, Usage
from app.records.counts import BUCKETS
from app.records.feedback import Tally

Cell = str | int | float | date | None
Name = Literal["outcomes", "channels", "answered", "times", "topics", "entries", "feedback", "reasons"]

BARS = 10
"""Most rows of a chart of lying bars; its table has all."""
PER_CENT = (0.0, 25.0, 50.0, 75.0, 100.0)
STEPS = ", ".join(f"{upper:,g}" for upper in BUCKETS)
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


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures and titles that every table is made of."""

    usage: Usage
    tallies: Sequence[Tally]
    titles: Mapping[str, str]
    """Titles of entries and of topics that are not covered, by id."""

    def title(self, id_: str) -> str:
        return self.titles.get(id_, id_)

    def opinions(self, verdict: str) -> int:
        return sum(tally.times for tally in self.tallies if tally.verdict == verdict)


class Column(NamedTuple):
    title: str
    fill: str = ""
    """Name of a fill of charts.html; a column without one is in the table only."""


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

    @property
    def series(self) -> list[Series]:
        """The columns that have a fill; none where there are no rows."""
        columns = zip(self.columns, zip(*self.rows, strict=True), strict=False)
        return [Series(column.title, column.fill, _whole(cells)) for column, cells in columns if column.fill]

    @property
    def bars(self) -> list[tuple[str, list[int]]]:
        """The first `BARS` rows that are not all zeros: a label, and the numbers of the columns that have a fill."""
        filled = [place for place, column in enumerate(self.columns) if column.fill]
        bars = [(str(row[0]), _whole([row[place] for place in filled])) for row in self.rows]
        return [bar for bar in bars if any(bar[1])][:BARS]

    @property
    def last(self) -> list[float]:
        """The numbers of the last column: the totals of stacked bars, the heights of a line."""
        return [row[-1] for row in self.rows if isinstance(row[-1], int | float)]


def _whole(cells: Iterable[Cell]) -> list[int]:
    return [cell for cell in cells if isinstance(cell, int)]


@dataclass(frozen=True, slots=True)
class Item:
    """A chart and the table that it is drawn from."""

    title: str
    note: str
    """It says what the figures mean."""
    chart: Literal["stacked", "line", "bars"]
    """Name of the macro of charts.html that draws the table."""
    table: Callable[[Figures], Table]
    unit: str = ""
    ticks: Sequence[float] = ()
    """They are empty where they follow from the values."""
    words: str = "{:,}"
    """Format of the figures beside a lying bar."""

    def scale(self, table: Table) -> Sequence[float]:
        return self.ticks or ticks(max(table.last, default=0), whole=self.chart == "stacked")


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


def _daily(usage: Usage, counts: DailyCounts, labels: Mapping[str, str]) -> Table:
    named = [Column(labels[name], name) if name in labels else Column(name, "other") for name in counts]
    columns = [Column("Day"), *named, Column("All")]
    rows = [(day, *numbers, sum(numbers)) for day, *numbers in zip(usage.days, *counts.values(), strict=True)]
    return Table(columns, rows)


def _answered(figures: Figures) -> Table:
    usage = figures.usage
    rates = [None if rate is None else round(100 * rate, 1) for rate in usage.answer_rates]
    rows = list(zip(usage.days, usage.outcomes["answer"], usage.asked, rates, strict=True))
    return Table([Column("Day"), Column("Answered"), Column("Asked"), Column("Answered, %")], rows)


def _times(figures: Figures) -> Table:
    times = [None if time is None else round(time, 2) for time in figures.usage.response_times]
    return Table([Column("Day"), Column("95% within, ms")], list(zip(figures.usage.days, times, strict=True)))


def _ranking(figures: Figures, totals: Iterable[tuple[str, int]], subject: str, column: Column) -> Table:
    rows = [(figures.title(id_), times, id_) for id_, times in totals]
    return Table([Column(subject), column, Column("Id")], rows)


def _feedback(figures: Figures) -> Table:
    columns = [Column("Reply about"), Column("Helped", "up"), Column("Did not help", "down")]
    columns += [*map(Column, REASONS.values()), Column("Id")]
    rows: list[Sequence[Cell]] = [
        (
            figures.title(feedback.subject),
            feedback.up,
            feedback.down,
            *(feedback.reasons.get(reason, 0) for reason in REASONS),
            feedback.subject,
        )
        for feedback in analytics.feedback_by_subject(figures.tallies)
    ]
    return Table(columns, rows)


def _reasons(figures: Figures) -> Table:
    downs = [tally for tally in figures.tallies if tally.verdict == "down"]
    times = [
        (title, sum(tally.times for tally in downs if tally.reason == reason)) for reason, title in REASONS.items()
    ]
    most_first = sorted(times, key=lambda row: -row[1])
    return Table([Column("Reason"), Column("Times", "down")], most_first)


ITEMS: Mapping[Name, Item] = {
    "outcomes": Item(
        "What messages got",
        "One outcome a message. Not covered: it was taken for a topic without an approved text. Nothing fits: for no "
        "topic at all. Urgent: help was named first; the counts do not tell the tiers apart.",
        "stacked",
        lambda figures: _daily(figures.usage, figures.usage.outcomes, OUTCOMES),
    ),
    "channels": Item(
        "Where messages came from",
        "All messages, by the way they came.",
        "stacked",
        lambda figures: _daily(figures.usage, figures.usage.channels, CHANNELS),
    ),
    "answered": Item(
        "Answered, of what was asked",
        "Answers as a share of the messages that asked something: answered, choice offered, not covered or nothing "
        "fits. A day on which nothing was asked has no share.",
        "line",
        _answered,
        unit="%",
        ticks=PER_CENT,
    ),
    "times": Item(
        "Time to reply",
        "Milliseconds within which 95% of a day's replies were made, without the network. Replies are counted in steps "
        f"(up to {STEPS}, and slower); within a step they are taken as spread evenly, and slower ones than the last "
        "step stand as that.",
        "line",
        _times,
        unit=" ms",
    ),
    "topics": Item(
        "What the next document should cover",
        f"Topics without an approved text that messages were taken for; the first {BARS}.",
        "bars",
        lambda figures: _ranking(figures, figures.usage.topics, "Topic", Column("Messages", "not-covered")),
    ),
    "entries": Item(
        "Answers given most",
        f"How often each was given; the first {BARS}. A reply may give two.",
        "bars",
        lambda figures: _ranking(figures, figures.usage.entries, "Question", Column("Answers", "answer")),
    ),
    "feedback": Item(
        "Whether replies helped",
        f"The first {BARS}, those that most often did not help before others. A reply of two answers counts for both "
        "here; what staff flag counts as not helping.",
        "bars",
        _feedback,
        words="{:,} helped, {:,} did not",
    ),
    "reasons": Item("Why they did not help", "Of replies that did not help; each counts once.", "bars", _reasons),
}
"""All that the dashboard shows, in the order of the page."""
