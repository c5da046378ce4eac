"""Usage and feedback of a span of days, worked out from the rows of `records/counts` and `records/feedback`.

The functions know no store and no clock. A day is a day in UTC, and one without messages counts as zero.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import get_args

from app.content.schema import TIERS
from app.dialogue.messages import Channel
from app.records.counts import (
    ASKED,
    BUCKETS,
    ENTRY,
    HOUR,
    HOUR_UNANSWERED,
    MILLISECONDS,
    NEAR_MISS,
    NONE_TAKEN,
    OFFERED,
    OUTCOME,
    SAID_AGAIN,
    TAKEN,
    TIER,
    TOPIC,
    UNANSWERED,
    WITHHELD,
    Key,
)
from app.records.feedback import Tally

ANSWER, NOT_COVERED, NOTHING_FITS, URGENT = "answer", "not-covered", "fallback", "urgent"
OUTCOMES = (*ASKED, "smalltalk", "language", "scripted", URGENT)
HOURS = tuple(f"{hour:02d}" for hour in range(24))
UNRECORDED = ""
"""Stands in place of a tier or an hour in what was counted before those were."""
NOT_MY_QUESTION = "not-my-question"
LEAST_COMPARED = 11
"""Fewest in the period before that a figure is compared with: three more than two are not 150% more."""
PERCENTILE = 0.95
"""Share of the replies that are as quick as the response time, or quicker."""
CHANNELS: tuple[str, ...] = get_args(Channel)
SLOWEST = BUCKETS[-1]
"""Milliseconds; a percentile among slower replies is given as this."""
_LOWER = {upper: lower for lower, upper in pairwise((0.0, *BUCKETS))}

DailyCounts = Mapping[str, Sequence[int]]
"""A number for each day, by name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Messages of one channel, or of one hour of the day, that asked something."""

    name: str
    asked: int
    unanswered: int
    """They were offered a choice, taken for a topic that is not covered, or fitted nothing."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry that was offered with others, and how often it was the one taken."""

    id: str
    offered: int
    taken: int


@dataclass(frozen=True, slots=True)
class Miss:
    """What came close to an entry or a topic, and was not meant for it or not worded for it."""

    id: str
    nothing_fits: int
    none_taken: int
    """Choices that began with it, and of which nothing was wanted."""
    not_my_question: int
    """Patients who said of its answer that they had asked something else."""

    @property
    def times(self) -> int:
        return self.nothing_fits + self.none_taken + self.not_my_question


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
    tiers: Mapping[str, int]
    """Urgent messages by tier, and those to which the text of one was only repeated."""
    by_channel: Sequence[Asked]
    by_hour: Sequence[Asked]
    """Of each hour of the day in UTC, and last what was counted before hours were."""
    choices: Sequence[Choice]
    """The entries offered most often first."""
    none_taken: Counter[str]
    """How often nothing was wanted of a choice, by the first that was offered."""
    near_misses: Counter[str]
    """How often nothing fitted, by what came closest."""
    withheld: Sequence[tuple[str, int]]
    """Messages taken for an entry that was not served, the most frequent first."""

    @property
    def asked(self) -> list[int]:
        """Messages that asked something, a day."""
        return [sum(numbers) for numbers in zip(*(self.outcomes[name] for name in ASKED), strict=True)]

    @property
    def answer_rate(self) -> float | None:
        """Answers as a share of what was asked; None where nothing was."""
        return _share(sum(self.outcomes[ANSWER]), sum(self.asked))

    @property
    def messages(self) -> int:
        return sum(map(sum, self.outcomes.values()))

    @property
    def unanswered(self) -> int:
        return sum(sum(self.outcomes[name]) for name in UNANSWERED)


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


@dataclass(frozen=True, slots=True)
class _Sums:
    """What rows sum up to, by day and name, or by measure or channel and name."""

    channels: defaultdict[date, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    outcomes: defaultdict[date, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    histograms: defaultdict[date, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    totals: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    by_channel: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, key: Key, times: int, untitled: Collection[str]) -> None:
        day, channel, measure, name = key
        self.totals[measure][name] += times
        if measure == OUTCOME:
            self.channels[day][channel] += times
            self.outcomes[day][name] += times
            self.by_channel[channel][name] += times
        elif measure == MILLISECONDS:
            self.histograms[day][name] += times
        elif measure == TOPIC and name in untitled:
            self.outcomes[day][NOT_COVERED] -= times
            self.outcomes[day][NOTHING_FITS] += times


def usage(rows: Iterable[tuple[Key, int]], last: date, length: int, untitled: Collection[str] = ()) -> Usage:
    """Sum rows as `Counts.since` reads them, for the `length` days up to `last`.

    A topic without a title gathers what fits nothing, and is counted so, though an earlier release took it for a topic.
    """
    days, sums = [last - timedelta(days=back) for back in reversed(range(length))], _Sums()
    for key, times in rows:
        if days[0] <= key[0] <= last:
            sums.add(key, times, untitled)
    totals, outcomes = sums.totals, sums.outcomes
    urgent = sum(of_day[URGENT] for of_day in outcomes.values())
    topics = Counter({name: times for name, times in totals[TOPIC].items() if name not in untitled})
    return Usage(
        days=days,
        channels=_daily(sums.channels, days, CHANNELS),
        outcomes=_daily(outcomes, days, OUTCOMES),
        response_times=[percentile(sums.histograms[day]) for day in days],
        response_time=percentile(totals[MILLISECONDS]),
        entries=_by_frequency(totals[ENTRY]),
        topics=_by_frequency(topics),
        tiers=_with_rest(totals[TIER], (*TIERS, SAID_AGAIN), urgent),
        by_channel=_by_channel(sums.by_channel),
        by_hour=_by_hour(totals),
        choices=[
            Choice(id_, times, totals[TAKEN][id_]) for id_, times in _by_frequency(totals[OFFERED] | totals[TAKEN])
        ],
        none_taken=totals[NONE_TAKEN],
        near_misses=totals[NEAR_MISS],
        withheld=_by_frequency(totals[WITHHELD]),
    )


def _with_rest(counted: Counter[str], names: Iterable[str], whole: int) -> dict[str, int]:
    """Return the count of each name, and as `UNRECORDED` what is missing from the whole."""
    numbers = {name: counted[name] for name in dict.fromkeys([*names, *sorted(counted)])}
    return {**numbers, UNRECORDED: max(0, whole - sum(numbers.values()))}


def _by_channel(outcomes: Mapping[str, Counter[str]]) -> list[Asked]:
    return [
        Asked(channel, sum(counts[name] for name in ASKED), sum(counts[name] for name in UNANSWERED))
        for channel, counts in sorted(outcomes.items())
    ]


def _by_hour(totals: Mapping[str, Counter[str]]) -> list[Asked]:
    asked = _with_rest(totals[HOUR], HOURS, sum(totals[OUTCOME][name] for name in ASKED))
    missed = _with_rest(totals[HOUR_UNANSWERED], HOURS, sum(totals[OUTCOME][name] for name in UNANSWERED))
    return [Asked(hour, asked[hour], missed.get(hour, 0)) for hour in asked]


def misses(usage: Usage, tallies: Iterable[Tally]) -> list[Miss]:
    """Return what missed each entry or topic, the most frequent first."""
    verdicts = Counter[str]()
    for tally in tallies:
        if tally.reason == NOT_MY_QUESTION:
            verdicts.update(dict.fromkeys(tally.subject.split(), tally.times))
    near, none = usage.near_misses, usage.none_taken
    found = [Miss(id_, near[id_], none[id_], verdicts[id_]) for id_ in {*near, *none, *verdicts}]
    return sorted(found, key=lambda miss: (-miss.times, miss.id))


def change(now: int, before: int) -> int | None:
    """Return by how many per cent a count has changed; None where there was too little before.

    >>> change(112, 100)
    12
    """
    return round(100 * (now - before) / before) if before >= LEAST_COMPARED else None


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
