from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app.analytics import (
    SLOWEST,
    UNRECORDED,
    Asked,
    Choice,
    Miss,
    Usage,
    change,
    feedback_by_subject,
    misses,
    percentile,
    usage,
)
from app.records.counts import keys_of
from app.records.exchange import Exchange
from app.records.feedback import Tally
from tests.conftest import NOW
from tests.exchanges import EXCHANGE

LAST = date(2029, 6, 1)
DAY_BEFORE = LAST - timedelta(days=1)


def counted(*messages: Exchange) -> Usage:
    """Over the three days up to the last."""
    return usage([(key, 1) for message in messages for key in keys_of(message)], LAST, 3)


def message(
    outcome: str, day: date = LAST, channel: Any = "web", entries: tuple[str, ...] = (), topic: str | None = None
) -> Exchange:
    at = datetime.combine(day, NOW.timetz())
    return replace(EXCHANGE, at=at, channel=channel, outcome=outcome, entries=entries, topic=topic, seconds=0.0015)


def test_messages_are_counted_by_day_channel_and_outcome() -> None:
    figures = counted(message("answer"), message("answer", channel="sms"), message("fallback", DAY_BEFORE, "sms"))
    assert figures.channels["web"] == [0, 0, 1]
    assert figures.channels["sms"] == [0, 1, 1]
    assert figures.outcomes["answer"] == [0, 0, 2]
    assert figures.outcomes["urgent"] == [0, 0, 0]
    assert figures.messages == 3


def test_only_the_days_asked_for_count() -> None:
    figures = counted(message("answer", LAST - timedelta(days=3)), message("answer", LAST + timedelta(days=1)))
    assert (figures.messages, len(figures.days), figures.days[-1]) == (0, 3, LAST)


def test_a_name_of_another_version_is_counted_after_those_known() -> None:
    figures = counted(message("riddle", channel="fax"))
    assert list(figures.outcomes)[-1] == "riddle"
    assert figures.channels["fax"] == [0, 0, 1]


def test_the_answer_rate_leaves_out_messages_that_asked_nothing() -> None:
    asked = [message(outcome) for outcome in ("answer", "clarify", "not-covered", "fallback")]
    other = [message(outcome) for outcome in ("smalltalk", "language", "scripted", "urgent")]
    figures = counted(*asked, *other, message("urgent", DAY_BEFORE))
    assert (figures.outcomes["answer"], figures.asked) == ([0, 0, 1], [0, 0, 4])
    assert figures.answer_rate == 0.25


def test_without_rows_everything_is_zero_and_no_rate_is_invented() -> None:
    figures = usage([], LAST, 30)
    assert (figures.messages, figures.answer_rate, figures.response_time, figures.entries, figures.topics) == (
        0,
        None,
        None,
        [],
        [],
    )
    assert figures.response_times == [None] * 30


def test_the_most_frequent_come_first_and_ties_by_name() -> None:
    figures = counted(
        message("answer", entries=("b", "a")), message("answer", entries=("c",)), message("answer", entries=("c",))
    )
    assert figures.entries == [("c", 2), ("a", 1), ("b", 1)]


def test_a_topic_that_is_not_covered_is_counted_over_all_channels() -> None:
    figures = counted(message("not-covered", topic="cost"), message("not-covered", channel="sms", topic="cost"))
    assert figures.topics == [("cost", 2)]


@pytest.mark.parametrize(
    ("histogram", "milliseconds"),
    [
        ({}, None),
        ({"0.2": 0}, None),
        ({"0.2": 100}, 0.19),
        ({"1": 90, "2": 10}, 1.5),
        ({"1": 95, "2": 5}, 1.0),
        ({"10": 5, "5": 95}, 5.0),
        ({"1": 1, "inf": 1}, SLOWEST),
    ],
)
def test_a_percentile_lies_evenly_within_its_step(histogram: dict[str, int], milliseconds: float | None) -> None:
    assert percentile(histogram) == (milliseconds if milliseconds is None else pytest.approx(milliseconds))


def test_a_topic_without_a_title_is_what_fits_nothing_in_old_counts_too() -> None:
    old = [key for topic in ("nc-other", "cost") for key in keys_of(message("not-covered", topic=topic))]
    figures = usage([(key, 1) for key in old], LAST, 1, untitled={"nc-other"})
    assert (figures.outcomes["not-covered"], figures.outcomes["fallback"], figures.topics) == ([1], [1], [("cost", 1)])


def test_tiers_stand_apart_and_old_counts_have_none() -> None:
    crisis = replace(message("urgent"), subject=("crisis",), raised=True)
    rows = [(key, 2) for key in keys_of(crisis)] + [(key, 1) for key in keys_of(replace(crisis, raised=False))]
    figures = usage([*rows, ((LAST, "web", "outcome", "urgent"), 5)], LAST, 1)
    assert figures.tiers == {"emergency": 0, "crisis": 2, "call-now": 0, "again": 1, UNRECORDED: 5}


def test_the_unanswered_are_told_by_channel_and_hour() -> None:
    late = replace(message("fallback", channel="sms"), at=NOW.replace(hour=23))
    figures = counted(message("answer"), message("clarify"), late, message("smalltalk"))
    assert figures.by_channel == [Asked("sms", 1, 1), Asked("web", 2, 1)]
    assert [one for one in figures.by_hour if one.asked] == [Asked("12", 2, 1), Asked("23", 1, 1)]


def test_what_was_asked_before_hours_were_counted_has_none() -> None:
    figures = usage([((LAST, "web", "outcome", name), 3) for name in ("answer", "fallback")], LAST, 1)
    assert [one for one in figures.by_hour if one.asked] == [Asked(UNRECORDED, 6, 3)]


def test_choices_are_told_by_entry_with_how_often_each_was_taken() -> None:
    offered = replace(message("clarify"), subject=("a", "b"))
    figures = counted(
        offered, offered, replace(message("answer"), taken=("b",)), replace(message("answer"), taken=("c",))
    )
    assert figures.choices == [Choice("a", 2, 0), Choice("b", 2, 1), Choice("c", 1, 1)]


def test_misses_gather_what_came_close_to_the_same() -> None:
    near = replace(message("fallback"), missed="a")
    figures = counted(near, near, replace(message("scripted"), missed="a"), message("fallback"))
    tallies = [Tally("b a", "down", "not-my-question", 4), Tally("a", "down", "not-clear", 9)]
    assert misses(figures, tallies) == [Miss("a", 2, 1, 4), Miss("b", 0, 0, 4), Miss("-", 1, 0, 0)]


def test_entries_held_back_are_counted_by_what_was_asked_for() -> None:
    held = replace(message("fallback"), withheld="a", missed=None)
    figures = counted(held, held)
    assert (figures.withheld, figures.near_misses) == ([("a", 2)], {})


@pytest.mark.parametrize(
    ("now", "before", "by"), [(112, 100, 12), (50, 100, -50), (0, 11, -100), (5, 10, None), (3, 0, None)]
)
def test_a_change_is_told_where_there_was_enough_before(now: int, before: int, by: int | None) -> None:
    assert change(now, before) == by


def test_times_are_of_each_day_and_of_all() -> None:
    figures = counted(message("answer"), message("urgent"))
    assert figures.response_times == [None, None, pytest.approx(1.95)]
    assert figures.response_time == pytest.approx(1.95)


def test_opinions_are_by_entry_the_least_helpful_first() -> None:
    feedback = feedback_by_subject(
        [Tally("a", "up", None, 9), Tally("b", "down", "not-clear", 2), Tally("b", "down", None, 1)]
    )
    assert [(about.subject, about.up, about.down) for about in feedback] == [("b", 0, 3), ("a", 9, 0)]
    assert feedback[0].reasons == {"not-clear": 2, None: 1}


def test_an_opinion_on_two_answers_counts_for_both() -> None:
    feedback = feedback_by_subject([Tally("a b", "down", "looks-wrong", 1)])
    assert [(about.subject, about.down) for about in feedback] == [("a", 1), ("b", 1)]
