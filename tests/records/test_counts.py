from dataclasses import replace

import pytest
from sqlalchemy import Engine

from app.errors import StoreError
from app.records.counts import Counts, bucket
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
        ((DAY, "sms", "ms", "5"), 1),
        ((DAY, "sms", "outcome", "not-covered"), 1),
        ((DAY, "sms", "topic", "nc-cost"), 1),
        ((DAY, "web", "entry", "lamp-color"), 3),
        ((DAY, "web", "ms", "0.5"), 3),
        ((DAY, "web", "outcome", "answer"), 3),
    ]
    assert counts.since(DAY.replace(year=2030)) == []


def test_a_time_falls_into_the_bucket_that_holds_it() -> None:
    assert [bucket(ms) for ms in (0.0, 0.2, 0.21, 1000, 1001)] == ["0.2", "0.2", "0.5", "1000", "inf"]


def test_a_store_that_cannot_be_reached_is_a_store_error() -> None:
    nowhere = connect("postgresql://nobody@127.0.0.1:9/none")
    with pytest.raises(StoreError):
        Counts(nowhere).since(DAY)
    nowhere.dispose()
