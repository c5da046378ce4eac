from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select

from app.metrics import dropped
from app.records.database import connect
from app.records.exchange import Exchange
from app.records.ledger import decisions
from app.records.writer import WAITING, Sink, Writer
from tests.conftest import NOW
from tests.exchanges import EXCHANGE
from tests.records.test_ledger import LEDGER


class Broken(Sink):
    """A sink that cannot write."""

    def write(self, connection: Connection, batch: Sequence[Exchange]) -> None:
        raise ValueError("broken")

    def sweep(self, connection: Connection, now: datetime) -> None:
        pass


class Picky(Broken):
    """A sink that keeps what was answered, and cannot write one of them."""

    def keeps(self, exchange: Exchange) -> bool:
        return exchange.outcome == "answer"

    def __init__(self) -> None:
        self.taken: list[str] = []

    def write(self, connection: Connection, batch: Sequence[Exchange]) -> None:
        ids = [exchange.message_id for exchange in batch]
        if "id-7" in ids:
            raise ValueError("seven")
        self.taken += ids


def lost(sink: str) -> float:
    return float(dropped.labels(sink)._value.get())


def writer_of(engine: Engine, **sinks: Sink) -> Writer:
    writer = Writer(engine, {"ledger": LEDGER, **sinks}, lambda: NOW)
    writer.start()
    return writer


@pytest.fixture
def nowhere(tmp_path: Path) -> Iterator[Engine]:
    engine = connect(f"sqlite:///{tmp_path}")
    yield engine
    engine.dispose()


def test_what_waits_is_written_before_it_stops(engine: Engine) -> None:
    writer = writer_of(engine)
    for number in range(4200):
        writer.record(replace(EXCHANGE, message_id=f"id-{number:04}"))
    writer.stop(patience=30)
    with engine.connect() as connection:
        assert len(connection.execute(select(decisions.c.message_id)).all()) == 4200


def test_a_sink_that_breaks_costs_its_own_records_only(engine: Engine) -> None:
    before, writer = lost("broken"), writer_of(engine, broken=Broken())
    writer.record(EXCHANGE)
    writer.stop()
    assert lost("broken") == before + 1
    with engine.connect() as connection:
        assert connection.execute(select(decisions.c.message_id)).scalar_one() == "id-1"


def test_a_record_that_cannot_be_written_costs_itself_only(engine: Engine) -> None:
    picky = Picky()
    before, writer = lost("picky"), writer_of(engine, picky=picky)
    for number in range(20):
        writer.record(replace(EXCHANGE, message_id=f"id-{number}"))
    writer.stop()
    assert picky.taken == [f"id-{number}" for number in range(20) if number != 7]
    assert lost("picky") == before + 1


def test_a_dead_store_costs_records_which_are_counted(nowhere: Engine) -> None:
    before, writer = lost("ledger"), writer_of(nowhere)
    writer.record(EXCHANGE)
    writer.stop()
    assert lost("ledger") == before + 1


def test_a_sink_is_handed_only_what_it_keeps(engine: Engine) -> None:
    picky = Picky()
    writer = writer_of(engine, picky=picky)
    writer.record(replace(EXCHANGE, message_id="id-1"))
    writer.record(replace(EXCHANGE, message_id="id-2", outcome="fallback"))
    writer.stop()
    assert picky.taken == ["id-1"]


def test_what_a_full_queue_costs_is_counted_for_each_sink_that_would_have_kept_it(engine: Engine) -> None:
    writer = Writer(engine, {"ledger": LEDGER, "picky": Picky()}, lambda: NOW)
    before = lost("ledger"), lost("picky")
    for _ in range(WAITING + 2):
        writer.record(replace(EXCHANGE, outcome="fallback"))
    writer.record(EXCHANGE)
    assert (lost("ledger"), lost("picky")) == (before[0] + 3, before[1] + 1)


def test_a_sweep_that_breaks_does_not_end_the_writing(engine: Engine) -> None:
    class Unswept(Picky):
        def sweep(self, connection: Connection, now: datetime) -> None:
            raise OverflowError

    sink = Unswept()
    writer = writer_of(engine, sink=sink)
    writer.record(EXCHANGE)
    writer.stop()
    assert sink.taken == ["id-1"]
