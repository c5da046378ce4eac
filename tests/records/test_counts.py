from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from app.errors import StoreError
from app.records.counts import Counts, bucket, keys_of
from app.records.database import connect, transaction
from tests.conftest import NOW
from tests.exchanges import EXCHANGE

DAY = NOW.date()
REFUSED = replace(EXCHANGE, channel="sms", outcome="not-covered", entries=(), topic="nc-cost", seconds=0.003)


def test_counts_add_up_over_batches(engine: Engine) -> None:
    counts = Counts(engine)
    for batch in ([EXCHANGE, EXCHANGE, REFUSED], [EXCHANGE]):
        with transaction(engine, "counts") as connection:
            counts.write(connection, batch)
    assert counts.since(DAY) == [
        ((DAY, "sms", "hour", "12"), 1),
        ((DAY, "sms", "hour-unanswered", "12"), 1),
        ((DAY, "sms", "ms", "5"), 1),
        ((DAY, "sms", "outcome", "not-covered"), 1),
        ((DAY, "sms", "topic", "nc-cost"), 1),
        ((DAY, "web", "entry", "lamp-color"), 3),
        ((DAY, "web", "hour", "12"), 3),
        ((DAY, "web", "ms", "0.5"), 3),
        ((DAY, "web", "outcome", "answer"), 3),
    ]
    assert counts.since(DAY.replace(year=2030)) == []


def test_the_first_day_is_known_and_the_last_may_be_named(engine: Engine) -> None:
    counts = Counts(engine)
    assert counts.first_day() is None
    with transaction(engine, "counts") as connection:
        counts.write(connection, [EXCHANGE, replace(EXCHANGE, at=NOW - timedelta(days=2))])
    assert counts.first_day() == DAY - timedelta(days=2)
    assert {key[0] for key, _ in counts.since(DAY - timedelta(days=2), DAY - timedelta(days=1))} == {counts.first_day()}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"outcome": "urgent", "subject": ("crisis",), "raised": True}, {("tier", "crisis")}),
        ({"outcome": "urgent", "subject": ("crisis",), "raised": False}, {("tier", "again")}),
        ({"outcome": "smalltalk"}, set()),
        ({"outcome": "answer", "taken": ("a", "b")}, {("hour", "12"), ("taken", "a"), ("taken", "b")}),
        (
            {"outcome": "clarify", "subject": ("a", "b")},
            {("hour", "12"), ("hour-unanswered", "12"), ("offered", "a"), ("offered", "b")},
        ),
        ({"outcome": "scripted", "missed": "a"}, {("none-taken", "a")}),
        ({"outcome": "language", "withheld": "a"}, {("withheld", "a")}),
        ({"outcome": "fallback"}, {("hour", "12"), ("hour-unanswered", "12"), ("near-miss", "-")}),
        (
            {"outcome": "fallback", "missed": "nc-other"},
            {("hour", "12"), ("hour-unanswered", "12"), ("near-miss", "nc-other")},
        ),
        (
            {"outcome": "not-covered", "missed": "nc-cost", "topic": "nc-cost"},
            {("hour", "12"), ("hour-unanswered", "12"), ("topic", "nc-cost")},
        ),
    ],
)
def test_what_came_of_a_message_is_counted_by_ids_and_hours_alone(
    changes: dict[str, Any], named: set[tuple[str, str]]
) -> None:
    keys = [key[2:] for key in keys_of(replace(EXCHANGE, entries=(), **changes))]
    assert {key for key in keys if key[0] not in ("outcome", "ms")} == named
    assert len(keys) == len(named) + 2


def test_a_time_falls_into_the_bucket_that_holds_it() -> None:
    assert [bucket(ms) for ms in (0.0, 0.2, 0.21, 1000, 1001)] == ["0.2", "0.2", "0.5", "1000", "inf"]


def test_a_store_that_cannot_be_reached_is_a_store_error() -> None:
    nowhere = connect("postgresql://nobody@127.0.0.1:9/none")
    with pytest.raises(StoreError):
        Counts(nowhere).since(DAY)
    nowhere.dispose()
