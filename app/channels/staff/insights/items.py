"""The items of the dashboard: each a chart with its title, how it is counted, and the table that it is drawn from."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from app import analytics
from app.analytics import ANSWER, NOT_COVERED, UNRECORDED, URGENT, Asked, DailyCounts, Usage
from app.channels.staff.flags import reasons as flag_reasons
from app.channels.staff.insights import titles as dashboard_titles
from app.channels.staff.insights.tables import (
    BARS,
    FEW_DAYS,
    ID,
    LEAST_SHARE,
    Cell,
    Column,
    Point,
    Table,
    milliseconds,
    share,
    ticks,
)
from app.channels.staff.insights.titles import Titles
from app.channels.staff.words import CHANNELS
from app.records.counts import ASKED, BUCKETS, SAID_AGAIN
from app.records.feedback import Tally
from app.records.flags import FlagTally

Name = Literal[
    "outcomes",
    "tiers",
    "channels",
    "answered",
    "unanswered",
    "hours",
    "topics",
    "misses",
    "choices",
    "withheld",
    "entries",
    "feedback",
    "reasons",
    "flags",
    "times",
]

PER_CENT = (0.0, 25.0, 50.0, 75.0, 100.0)
STEPS = ", ".join(f"{upper:,g}" for upper in BUCKETS)
OUTCOMES: Mapping[str, str] = {
    ANSWER: "Answered",
    "clarify": "Choice offered",
    NOT_COVERED: "Not covered",
    "fallback": "Nothing fits",
    "smalltalk": "Small talk",
    "language": "Other language",
    "scripted": "Other script",
    URGENT: "Urgent",
}
TIERS: Mapping[str, str] = {
    **dashboard_titles.TIERS,
    SAID_AGAIN: "The same text again",
    UNRECORDED: "Tier not recorded",
}
REASONS: Mapping[str | None, str] = {
    "not-my-question": "Not what was asked",
    "not-clear": "Hard to understand",
    "not-enough": "Not enough",
    "looks-wrong": "Looks wrong",
    None: "No reason",
}
CHANNEL, HOUR = "channel", "hour"
NONE = "none"
HOUR_UNRECORDED = "Hour not recorded"


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures and titles that every table is made of."""

    usage: Usage
    tallies: Sequence[Tally]
    """What patients said."""
    flags: Sequence[FlagTally]
    """What staff said."""
    titles: Titles
    statuses: Mapping[str, str]
    """Why entries are not served now; none for those that are."""

    def opinions(self, verdict: str) -> int:
        return sum(tally.times for tally in self.tallies if tally.verdict == verdict)

    @property
    def flagged(self) -> int:
        return sum(flag.times for flag in self.flags)


@dataclass(frozen=True, slots=True)
class Item:
    """A chart and the table that it is drawn from."""

    title: str
    counted: str
    """It says how the figures came about."""
    chart: Literal["stacked", "line", "bars", "shares"]
    """Name of the macro of charts.html that draws the table."""
    table: Callable[[Figures], Table]
    unit: str = ""
    ticks: Sequence[float] = ()
    """They are empty where they follow from the values."""
    words: str = "{all:,}"
    """Format of the figures beside a lying bar, and of what they sum up to."""
    points: Callable[[Table], list[Point]] = lambda _: []
    """What a line goes through."""
    hint: str = ""
    """What to do about it."""

    def shows(self, table: Table) -> bool:
        """Return whether there is anything to draw; a line has days of nothing too."""
        return any(point.height is not None or point.words != NONE for point in self.points(table)) or bool(table.bars)

    def chart_of(self, table: Table) -> str:
        """Return the name of the macro that draws a table: of few days no chart, but what they make together."""
        few = isinstance(table.rows[0][0], date) and len(table.rows) < FEW_DAYS if table.rows else False
        return {"stacked": "totals", "line": "listed"}.get(self.chart, self.chart) if few else self.chart

    def scale(self, table: Table) -> Sequence[float]:
        heights = [point.height or 0 for point in self.points(table)] or table.heights
        return self.ticks or ticks(max(heights, default=0))


def _daily(usage: Usage, counts: DailyCounts, labels: Mapping[str, str], measure: str) -> Table:
    named = [
        Column(labels.get(name, "Of another release"), name if name in labels else "other", f"{measure} {name}")
        for name in counts
    ]
    rows = [(day, *numbers, sum(numbers)) for day, *numbers in zip(usage.days, *counts.values(), strict=True)]
    every = Column("All", counts="messages", parts=[column.counts for column in named])
    return Table([Column("Day"), *named, every], rows)


def _answered(figures: Figures) -> Table:
    usage = figures.usage
    asked = Column("Asked", counts="asked", parts=[f"outcome {name}" for name in ASKED])
    columns = [Column("Day"), Column("Answered", counts=f"outcome {ANSWER}"), asked]
    shares = [share(part, whole) for part, whole in zip(usage.outcomes[ANSWER], usage.asked, strict=True)]
    rows = list(zip(usage.days, usage.outcomes[ANSWER], usage.asked, shares, strict=True))
    return Table([*columns, Column("Share answered", of=(f"outcome {ANSWER}", "asked"))], rows)


def _answered_points(table: Table) -> list[Point]:
    """Return the share of each day on which enough was asked."""
    return [
        Point(day, 100 * part / whole if whole >= LEAST_SHARE else None, _in_words(part, whole))
        for day, part, whole, _ in table.rows
        if isinstance(day, date) and isinstance(part, int) and isinstance(whole, int)
    ]


def _in_words(part: int, whole: int) -> str:
    told = share(part, whole) or NONE
    return f"{told}, {part:,} of {whole:,}" if whole >= LEAST_SHARE else told


def _times(figures: Figures) -> Table:
    columns = [Column("Day"), Column("95% within, ms", of=("messages",))]
    return Table(columns, list(zip(figures.usage.days, map(milliseconds, figures.usage.response_times), strict=True)))


def _times_points(table: Table) -> list[Point]:
    return [
        Point(day, None if time is None else time if isinstance(time, int) else 0.5, f"{time} ms" if time else NONE)
        for day, time in table.rows
        if isinstance(day, date) and not isinstance(time, float | date)
    ]


def _tiers(figures: Figures) -> Table:
    columns = [Column("Tier"), Column("Messages", URGENT, "tier", f"outcome {URGENT}"), Column(ID)]
    tiers = figures.usage.tiers
    return Table(columns, [(TIERS.get(tier, TIERS[UNRECORDED]), times, tier) for tier, times in tiers.items()])


def _unanswered(rows: Iterable[Asked], labels: Callable[[str], str], by: str) -> Table:
    """Return how many that asked got no answer, by channel or by hour."""
    missed, answered, asked = (f"{what} by {by}" for what in ("unanswered", "answered", "asked"))
    columns = [
        Column(by.capitalize()),
        Column("Unanswered", "fallback", missed, "unanswered"),
        Column("Answered", ANSWER, answered, f"outcome {ANSWER}"),
        Column("Asked", counts=asked, total="asked", parts=(missed, answered)),
        Column("Share unanswered", of=(missed, asked)),
        Column(ID),
    ]
    return Table(
        columns,
        [
            (
                labels(one.name),
                one.unanswered,
                one.asked - one.unanswered,
                one.asked,
                share(one.unanswered, one.asked),
                one.name,
            )
            for one in rows
        ],
    )


def _by_channel(figures: Figures) -> Table:
    asked = (one for one in figures.usage.by_channel if one.asked)
    return _unanswered(asked, lambda name: CHANNELS.get(name, "Of another release"), CHANNEL)


def _by_hour(figures: Figures) -> Table:
    """Return the hours of the day; none where what was asked is older than the counting of hours."""
    hours = figures.usage.by_hour
    recorded = any(one.asked for one in hours if one.name != UNRECORDED)
    shown = [one for one in hours if one.asked or one.name != UNRECORDED] if recorded else []
    table = _unanswered(shown, lambda name: f"{name}:00" if name else HOUR_UNRECORDED, HOUR)
    return replace(table, undrawn=sum(one.name == UNRECORDED for one in shown))


def _ranking(figures: Figures, totals: Iterable[tuple[str, int]], subject: str, column: Column) -> Table:
    rows = [(figures.titles(id_), times, id_) for id_, times in totals]
    return Table([Column(subject), column, Column(ID)], rows)


def _misses(figures: Figures) -> Table:
    columns = [
        Column("Came closest to"),
        Column("Nothing fitted", "fallback", "nothing fitted"),
        Column("No choice taken", "clarify", "no choice taken"),
        Column("Not what was asked", "not-covered", "not what was asked"),
        Column("All", counts="missed", parts=("nothing fitted", "no choice taken", "not what was asked")),
        Column(ID),
    ]
    rows = [
        (figures.titles(miss.id), miss.nothing_fits, miss.none_taken, miss.not_my_question, miss.times, miss.id)
        for miss in analytics.misses(figures.usage, figures.tallies)
    ]
    return Table(columns, rows)


def _choices(figures: Figures) -> Table:
    columns = [
        Column("Question"),
        Column("Taken", ANSWER, "taken"),
        Column("Not taken", "clarify", "not taken"),
        Column("Offered", counts="offered", parts=("taken", "not taken")),
        Column("Share taken", of=("taken", "offered")),
        Column(ID),
    ]
    rows = [
        (
            figures.titles(choice.id),
            choice.taken,
            choice.offered - choice.taken,
            choice.offered,
            share(choice.taken, choice.offered),
            choice.id,
        )
        for choice in figures.usage.choices
    ]
    return Table(columns, rows)


def _withheld(figures: Figures) -> Table:
    columns = [Column("Question"), Column("Messages", "down", "withheld"), Column("Now"), Column(ID)]
    rows = [
        (figures.titles(id_), times, figures.statuses.get(id_, "served"), id_) for id_, times in figures.usage.withheld
    ]
    return Table(columns, rows)


def _feedback(figures: Figures) -> Table:
    reasons = [Column(title, counts=f"reason {reason}") for reason, title in REASONS.items()]
    down = Column("Did not help", "down", "did not help", parts=[column.counts for column in reasons])
    columns = [Column("Reply about"), Column("Helped", "up", "helped"), down, *reasons]
    rows: list[Sequence[Cell]] = [
        (
            figures.titles(feedback.subject),
            feedback.up,
            feedback.down,
            *(feedback.reasons.get(reason, 0) for reason in REASONS),
            feedback.subject,
        )
        for feedback in analytics.feedback_by_subject(figures.tallies)
    ]
    return Table([*columns, Column(ID)], rows)


def _reasons(figures: Figures) -> Table:
    downs = [tally for tally in figures.tallies if tally.verdict == "down"]
    times = [
        (title, sum(tally.times for tally in downs if tally.reason == reason), str(reason))
        for reason, title in REASONS.items()
    ]
    most_first = sorted(times, key=lambda row: -row[1])
    columns = [Column("Reason"), Column("Times", "down", "reason", "opinions that it did not help"), Column(ID)]
    return Table(columns, most_first, sums_up=True)


def _flags(figures: Figures) -> Table:
    by_entry = defaultdict[str, Counter[str]](Counter)
    for flag in figures.flags:
        by_entry[flag.entry_id][flag.reason] += flag.times
    columns = [Column(title, counts=f"flag {reason}") for reason, title in flag_reasons.REASONS.items()]
    every = Column("Flags", "down", "flags", parts=[column.counts for column in columns])
    most_first = sorted(by_entry.items(), key=lambda item: (-item[1].total(), item[0]))
    rows: list[Sequence[Cell]] = [
        (figures.titles(id_), reasons.total(), *(reasons[reason] for reason in flag_reasons.REASONS), id_)
        for id_, reasons in most_first
    ]
    return Table([Column("Answer"), every, *columns, Column(ID)], rows)


ITEMS: Mapping[Name, Item] = {
    "outcomes": Item(
        "What messages got",
        "Each message has one outcome. Not covered: it was taken for a topic without an approved text, which the reply "
        "named only where that was sure. Nothing fits: it was taken for no topic at all. Urgent: help was named first.",
        "stacked",
        lambda figures: _daily(figures.usage, figures.usage.outcomes, OUTCOMES, "outcome"),
    ),
    "hours": Item(
        "When questions come, and go unanswered",
        "Messages that asked something, by the hour of the day in UTC: at a clock five hours behind it, 13:00 is 8 in "
        "the morning. Unanswered: not covered, nothing fits, or only a choice offered.",
        "stacked",
        _by_hour,
    ),
    "channels": Item(
        "Where messages came from",
        "All messages, by the way they came.",
        "stacked",
        lambda figures: _daily(figures.usage, figures.usage.channels, CHANNELS, CHANNEL),
    ),
    "tiers": Item(
        "Urgent, by tier",
        "Each message that the danger check raised, under its tier. Where the text of a tier was only said again, as "
        "to “ok” after it, that is counted apart. Before tiers were counted, an urgent message has none.",
        "bars",
        _tiers,
    ),
    "unanswered": Item(
        "Unanswered, by channel",
        "Messages that asked something and got no answer, as a share of all that asked: not covered, nothing fits, or "
        f"only a choice offered. Of fewer than {LEAST_SHARE} the share is told in numbers.",
        "shares",
        _by_channel,
    ),
    "answered": Item(
        "Answered, of what was asked",
        "Answers as a share of the messages that asked something: answered, choice offered, not covered or nothing "
        f"fits. A day on which fewer than {LEAST_SHARE} asked has no point; its numbers are in the table.",
        "line",
        _answered,
        unit="%",
        ticks=PER_CENT,
        points=_answered_points,
    ),
    "topics": Item(
        "What the next document should cover",
        f"Topics without an approved text that messages were taken for; the first {BARS}. What fits no topic is not "
        "among them.",
        "bars",
        lambda figures: _ranking(
            figures,
            figures.usage.topics,
            "Topic",
            Column("Messages", NOT_COVERED, "topic", f"outcome {NOT_COVERED}"),
        ),
    ),
    "misses": Item(
        "Which phrasings are missing",
        "Messages without an answer, under the question or topic that they came closest to: nothing fitted; a choice "
        "that began with it was offered, and nothing of it was wanted; or its answer was given, and the patient said "
        f"that something else was asked. The first {BARS}.",
        "bars",
        _misses,
        hint="A name leads to the questions near it that wait for review. Propose the ones that mean it as phrasings; "
        "where they mean something else, propose them for that.",
    ),
    "choices": Item(
        "Choices offered most, and which was taken",
        "How often each question was among those offered as a choice, and how often the next message took it, by its "
        f"number, its words or a tap; the first {BARS}. A choice that is shown again counts again.",
        "bars",
        _choices,
        words="{:,} taken, {:,} not",
    ),
    "withheld": Item(
        "Asked for, and held back",
        "Messages that were taken for an entry that was not served then: taken back, past its review, or held. They "
        f"got the fallback. The first {BARS}.",
        "bars",
        _withheld,
    ),
    "entries": Item(
        "Answers given most",
        f"How often each was given; the first {BARS}. A reply may give two.",
        "bars",
        lambda figures: _ranking(figures, figures.usage.entries, "Question", Column("Answers", ANSWER, "entry")),
    ),
    "feedback": Item(
        "Whether replies helped patients",
        f"What patients said; the first {BARS}, those that most often did not help before others. A reply of two "
        "answers counts for both here. Flags of staff are not among them.",
        "bars",
        _feedback,
        words="{:,} helped, {:,} did not",
    ),
    "reasons": Item(
        "Why they did not help",
        "Reasons that patients gave for replies that did not help; each counts once.",
        "bars",
        _reasons,
    ),
    "flags": Item(
        "Flagged by staff",
        f"Answers that staff flagged at the look-up, whatever became of the flag; the first {BARS}.",
        "bars",
        _flags,
    ),
    "times": Item(
        "Time to reply",
        "Milliseconds within which 95% of a day's replies were made, without the network. Replies are counted in steps "
        f"(up to {STEPS}, and slower); within a step they are taken as spread evenly, and slower ones than the last "
        "step stand as that.",
        "line",
        _times,
        unit=" ms",
        points=_times_points,
    ),
}
"""All that the dashboard shows, in the order of the page."""
