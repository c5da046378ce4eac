"""Usage and feedback of a span of days, worked out from the rows of `records/counts` and `records/feedback`.

The functions know no store and no clock. A day is a day in UTC, and one without messages counts as zero.
"""

import math
from collections import Counter, defaultdict
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
PERCENTILE = 0.95
"""Share of the replies that are as quick as the response time, or quicker."""
CHANNELS: tuple[str, ...] = get_args(Channel)
SLOWEST = BUCKETS[-1]
"""Milliseconds; a percentile among slower replies is given as this."""
_LOWER = {upper: lower for lower, upper in pairwise((0.0, *BUCKETS))}

DailyCounts = Mapping[str, Sequence[int]]
"""A number for each day, by name."""


@dataclass(frozen=True, slots=True)
class Usage:
    days: Sequence[date]
    channels: DailyCounts
    outcomes: DailyCounts
    response_times: Sequence[float | None]
    """Milliseconds within which 95% of a day's replies were made; None on a day without any."""
    response_time: float | None
    """The same over all days."""
    entries: Sequence[tuple[str, int]]
    """Answers given, the most frequent first."""
    topics: Sequence[tuple[str, int]]
    """Messages taken for a topic that is not covered, the most frequent first."""

    @property
    def asked(self) -> list[int]:
        """Messages that asked something, a day."""
        return [sum(numbers) for numbers in zip(*(self.outcomes[name] for name in ASKED), strict=True)]

    @property
    def answer_rates(self) -> list[float | None]:
        """Answers as a share of what was asked, a day; None where nothing was."""
        return [_share(answers, asked) for answers, asked in zip(self.outcomes[ANSWER], self.asked, strict=True)]

    @property
    def answer_rate(self) -> float | None:
        return _share(sum(self.outcomes[ANSWER]), sum(self.asked))

    @property
    def messages(self) -> int:
        return sum(map(sum, self.outcomes.values()))


@dataclass(frozen=True, slots=True)
class SubjectFeedback:
    """Opinions on replies about one entry, or one intent."""

    subject: str
    up: int
    reasons: Mapping[str | None, int]
    """How many gave each reason with their `down`; None where no reason was given."""

    @property
    def down(self) -> int:
        return sum(self.reasons.values())


def usage(rows: Iterable[tuple[Key, int]], last: date, length: int) -> Usage:
    """Sum rows as `Counts.since` reads them, for the `length` days up to `last`."""
    days = [last - timedelta(days=back) for back in reversed(range(length))]
    channels, outcomes, histograms = (defaultdict[date, Counter[str]](Counter) for _ in range(3))
    totals = defaultdict[str, Counter[str]](Counter)
    for (day, channel, measure, name), times in rows:
        if days[0] <= day <= last:
            totals[measure][name] += times
            if measure == OUTCOME:
                channels[day][channel] += times
                outcomes[day][name] += times
            elif measure == MILLISECONDS:
                histograms[day][name] += times
    return Usage(
        days=days,
        channels=_daily(channels, days, CHANNELS),
        outcomes=_daily(outcomes, days, OUTCOMES),
        response_times=[percentile(histograms[day]) for day in days],
        response_time=percentile(totals[MILLISECONDS]),
        entries=_by_frequency(totals[ENTRY]),
        topics=_by_frequency(totals[TOPIC]),
    )


def feedback_by_subject(tallies: Iterable[Tally]) -> list[SubjectFeedback]:
    """Sum opinions by subject, the least helpful first; an opinion on a reply of two answers counts for both."""
    ups, downs = Counter[str](), defaultdict[str, Counter[str | None]](Counter)
    for tally in tallies:
        for subject in tally.subject.split():
            reasons = downs[subject]  # empty where all said up
            if tally.verdict == "up":
                ups[subject] += tally.times
            else:
                reasons[tally.reason] += tally.times
    feedback = [SubjectFeedback(subject, ups[subject], reasons) for subject, reasons in downs.items()]
    return sorted(feedback, key=lambda one: (-one.down, -one.up, one.subject))


def percentile(histogram: Mapping[str, int]) -> float | None:
    """Return the milliseconds within which 95% of replies were made, from counts by the upper bound of a step.

    Replies within a step are taken as spread evenly over it, as Prometheus's `histogram_quantile` does; what lies in
    the open last step is given as `SLOWEST`.

    >>> percentile({"1": 90, "2": 10})
    1.5
    """
    steps = sorted((float(name), times) for name, times in histogram.items())
    rank, before = PERCENTILE * sum(times for _, times in steps), 0
    for upper, times in steps:
        if times and before + times >= rank:
            lower = _LOWER.get(upper, 0.0)
            return SLOWEST if math.isinf(upper) else lower + (upper - lower) * (rank - before) / times
        before += times
    return None


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _daily(counts: Mapping[date, Counter[str]], days: Sequence[date], names: Sequence[str]) -> DailyCounts:
    """Return a series for each of the names, and for any that this version does not know."""
    unknown = {name for of_day in counts.values() for name in of_day} - set(names)
    return {name: [counts.get(day, Counter())[name] for day in days] for name in (*names, *sorted(unknown))}


def _by_frequency(totals: Counter[str]) -> list[tuple[str, int]]:
    return sorted(totals.items(), key=lambda total: (-total[1], total[0]))
