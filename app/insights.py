"""What the counts tell: how much was asked, what could not be answered, how fast, and what people said of the replies.

Functions of rows, without a store or a clock. A day is a day in UTC, and one without messages counts as zero.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import get_args

from app.dialogue.messages import Channel
from app.records.counts import BUCKETS, ENTRY, MILLISECONDS, OUTCOME, TOPIC, Key
from app.records.feedback import Tally

ANSWER, URGENT = "answer", "urgent"
ASKED = (ANSWER, "clarify", "not-covered", "fallback")
"""Outcomes of messages that asked something; the answer rate is a share of these."""
OUTCOMES = (*ASKED, "smalltalk", "language", "scripted", URGENT)
CHANNELS: tuple[str, ...] = get_args(Channel)
SLOWEST = BUCKETS[-1]
"""Milliseconds; a percentile among slower replies is given as this."""
_LOWER = {upper: lower for lower, upper in pairwise((0.0, *BUCKETS))}

Daily = Mapping[str, Sequence[int]]
"""A number for each day, by name."""


@dataclass(frozen=True, slots=True)
class Insights:
    days: Sequence[date]
    channels: Daily
    outcomes: Daily
    times: Sequence[float | None]
    """Milliseconds within which 95% of a day's replies were made; None on a day without any."""
    time: float | None
    """The same over all days."""
    entries: Sequence[tuple[str, int]]
    """Answers given, the most frequent first."""
    topics: Sequence[tuple[str, int]]
    """Messages taken for a topic that is not covered, the most frequent first."""

    @property
    def asked(self) -> list[int]:
        """Messages that asked something, a day."""
        return [sum(of_day) for of_day in zip(*(self.outcomes[name] for name in ASKED), strict=True)]

    @property
    def rates(self) -> list[float | None]:
        """Answers as a share of what was asked, a day; None where nothing was."""
        return [share(hits, of) for hits, of in zip(self.outcomes[ANSWER], self.asked, strict=True)]

    @property
    def rate(self) -> float | None:
        return share(sum(self.outcomes[ANSWER]), sum(self.asked))

    @property
    def messages(self) -> int:
        return sum(map(sum, self.outcomes.values()))


@dataclass(frozen=True, slots=True)
class Opinions:
    """What was said of replies about one entry, or one intent."""

    subject: str
    up: int
    reasons: Mapping[str | None, int]
    """Of those that said down; None where no reason was given."""

    @property
    def down(self) -> int:
        return sum(self.reasons.values())


def gather(rows: Iterable[tuple[Key, int]], last: date, length: int) -> Insights:
    """The `length` days up to `last`, of rows as `Counts.since` reads them."""
    days = [last - timedelta(days=back) for back in reversed(range(length))]
    within = [row for row in rows if days[0] <= row[0][0] <= last]
    outcomes = [row for row in within if row[0][2] == OUTCOME]
    histograms = _by_day(((day, name), times) for (day, _, measure, name), times in within if measure == MILLISECONDS)
    together = sum(histograms.values(), Counter[str]())
    return Insights(
        days=days,
        channels=_daily((((day, channel), times) for (day, channel, _, _), times in outcomes), days, CHANNELS),
        outcomes=_daily((((day, name), times) for (day, _, _, name), times in outcomes), days, OUTCOMES),
        times=[percentile(histograms[day]) if day in histograms else None for day in days],
        time=percentile(together),
        entries=_top(within, ENTRY),
        topics=_top(within, TOPIC),
    )


def opinions(tallies: Iterable[Tally]) -> list[Opinions]:
    """By entry or intent, those that helped least first; an opinion on a reply of two answers counts for both."""
    ups: Counter[str] = Counter()
    downs: dict[str, Counter[str | None]] = {}
    for tally in tallies:
        for subject in tally.subject.split():
            reasons = downs.setdefault(subject, Counter())
            if tally.verdict == "up":
                ups[subject] += tally.times
            else:
                reasons[tally.reason] += tally.times
    found = [Opinions(subject, ups[subject], reasons) for subject, reasons in downs.items()]
    return sorted(found, key=lambda each: (-each.down, -each.up, each.subject))


def percentile(histogram: Mapping[str, int], share: float = 0.95) -> float | None:
    """The milliseconds within which this share of replies was made, of counts by the upper bound of their step.

    Replies within a step are taken as spread evenly over it, as Prometheus's `histogram_quantile` does; what lies in
    the open last step is given as `SLOWEST`.

    >>> percentile({"1": 90, "2": 10})
    1.5
    """
    steps = sorted((float(name), times) for name, times in histogram.items())
    rank, before = share * sum(times for _, times in steps), 0
    for upper, times in steps:
        if times and before + times >= rank:
            lower = _LOWER.get(upper, 0.0)
            return SLOWEST if math.isinf(upper) else lower + (upper - lower) * (rank - before) / times
        before += times
    return None


def share(hits: int, of: int) -> float | None:
    return hits / of if of else None


def _by_day(items: Iterable[tuple[tuple[date, str], int]]) -> dict[date, Counter[str]]:
    found: dict[date, Counter[str]] = {}
    for (day, name), times in items:
        found.setdefault(day, Counter())[name] += times
    return found


def _daily(items: Iterable[tuple[tuple[date, str], int]], days: Sequence[date], names: Sequence[str]) -> Daily:
    """A series for each of the names, and for any that this version does not know."""
    found = _by_day(items)
    unknown = {name for of_day in found.values() for name in of_day} - set(names)
    return {name: [found.get(day, Counter())[name] for day in days] for name in (*names, *sorted(unknown))}


def _top(rows: Iterable[tuple[Key, int]], wanted: str) -> list[tuple[str, int]]:
    total: Counter[str] = Counter()
    for (_, _, measure, name), times in rows:
        if measure == wanted:
            total[name] += times
    return sorted(total.items(), key=lambda each: (-each[1], each[0]))
