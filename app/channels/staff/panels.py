"""What the insights show: a picture for each question that a curator has, what it means, and the table behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.channels.staff import charts, tables
from app.channels.staff.charts import Caption, Part, Row
from app.channels.staff.tables import Figures, Name, Table
from app.insights import Daily
from app.records.counts import BUCKETS

MOST = 10
"""Lying bars of a picture; its table has all."""
PER_CENT = (0.0, 25.0, 50.0, 75.0, 100.0)
_STEPS = ", ".join(f"{upper:,g}" for upper in BUCKETS)


@dataclass(frozen=True, slots=True)
class Panel:
    name: Name
    title: str
    said: str
    picture: Markup
    table: Table


def panels(figures: Figures) -> list[Panel]:
    """In the order of the page."""
    drawn = (_outcomes, _channels, _answered, _times, _topics, _entries, _feedback, _reasons)
    return [draw(figures) for draw in drawn]


def _outcomes(figures: Figures) -> Panel:
    title = "What messages got"
    said = (
        "One outcome a message. Not covered: it was taken for a topic without an approved text. Nothing fits: for no "
        "topic at all. Urgent: help was named first; the counts do not tell the tiers apart."
    )
    return _of_days("outcomes", title, said, figures, figures.counted.outcomes, tables.OUTCOMES)


def _channels(figures: Figures) -> Panel:
    said = "All messages, by the way they came."
    return _of_days("channels", "Where messages came from", said, figures, figures.counted.channels, tables.CHANNELS)


def _of_days(name: Name, title: str, said: str, figures: Figures, series: Daily, labels: Mapping[str, str]) -> Panel:
    parts = [Part(each, labels.get(each, each), values) for each, values in series.items()]
    some = [part for part in parts if any(part.values)] or parts
    summary = ", ".join(f"{part.label} {sum(part.values):,}" for part in some)
    caption = Caption(name, f"{title}: stacked bars, one a day", f"In all: {summary}.")
    picture = charts.legend(some) + charts.stacked(caption, figures.counted.days, some)
    return Panel(name, title, said, picture, tables.table(name, figures))


def _answered(figures: Figures) -> Panel:
    counted = figures.counted
    title = "Answered, of what was asked"
    said = (
        "Answers as a share of the messages that asked something: answered, choice offered, not covered or nothing "
        "fits. A day on which nothing was asked has no share."
    )
    values = [None if rate is None else 100 * rate for rate in counted.rates]
    caption = Caption("answered", f"{title}: a line through the days", _range(values, "%"))
    picture = charts.line(caption, counted.days, values, PER_CENT, "%")
    return Panel("answered", title, said, picture, tables.table("answered", figures))


def _times(figures: Figures) -> Panel:
    counted = figures.counted
    title = "Time to reply"
    said = (
        "Milliseconds within which 95% of a day's replies were made, without the network. Replies are counted in steps "
        f"(up to {_STEPS}, and slower); within a step they are taken as spread evenly, and slower ones than the last "
        "step stand as that."
    )
    scale = charts.ticks(max((time for time in counted.times if time is not None), default=0.0), whole=False)
    caption = Caption("times", f"{title}: a line through the days", _range(counted.times, " ms"))
    picture = charts.line(caption, counted.days, counted.times, scale, " ms")
    return Panel("times", title, said, picture, tables.table("times", figures))


def _range(values: Sequence[float | None], unit: str) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "No day has a value."
    return f"Between {charts.number(min(known))}{unit} and {charts.number(max(known))}{unit}."


def _topics(figures: Figures) -> Panel:
    rows = [Row(figures.title(id_), f"{times:,}", [("not-covered", times)]) for id_, times in figures.counted.topics]
    title = "What the next document should cover"
    said = f"Topics without an approved text that messages were taken for; the first {MOST}."
    return Panel("topics", title, said, charts.bars(rows[:MOST]), tables.table("topics", figures))


def _entries(figures: Figures) -> Panel:
    rows = [Row(figures.title(id_), f"{times:,}", [("answer", times)]) for id_, times in figures.counted.entries]
    said = f"How often each was given; the first {MOST}. A reply may give two."
    return Panel("entries", "Answers given most", said, charts.bars(rows[:MOST]), tables.table("entries", figures))


def _feedback(figures: Figures) -> Panel:
    found = figures.opinions
    rows = [
        Row(
            figures.title(each.subject),
            f"{each.up:,} helped, {each.down:,} did not",
            [("up", each.up), ("down", each.down)],
        )
        for each in found[:MOST]
    ]
    keys = [Part("up", "Helped", [figures.said("up")]), Part("down", "Did not help", [figures.said("down")])]
    said = (
        f"The first {MOST}, those that most often did not help before others. A reply of two answers counts for both "
        "here; what staff flag counts as not helping."
    )
    picture = (charts.legend(keys) if rows else Markup("")) + charts.bars(rows)
    return Panel("feedback", "Whether replies helped", said, picture, tables.table("feedback", figures))


def _reasons(figures: Figures) -> Panel:
    rows = [Row(label, f"{times:,}", [("down", times)]) for label, times in figures.reasons() if times]
    said = "Of replies that did not help; each counts once."
    return Panel("reasons", "Why they did not help", said, charts.bars(rows), tables.table("reasons", figures))
