from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select

from app.metrics import dropped
from app.records.ledger import Ledger
from app.records.tables import connect, decisions
from app.records.writer import Writer
from tests.conftest import NOW
from tests.records.test_ledger import DECISION


class Broken:
    """A sink that cannot write."""

    def write(self, connection: Connection, batch: Sequence[object]) -> None:
        raise ValueError("broken")

    def sweep(self, connection: Connection, now: datetime) -> None:
        pass


class Picky(Broken):
    """A sink that takes all but one record."""

    def __init__(self) -> None:
        self.taken: list[object] = []

    def write(self, connection: Connection, batch: Sequence[object]) -> None:
        if 7 in batch:
            raise ValueError("seven")
        self.taken += batch


def lost(sink: str) -> float:
    return float(dropped.labels(sink)._value.get())


def writer_of(engine: Engine, **sinks: object) -> Writer:
    writer = Writer(engine, {"ledger": Ledger(timedelta(days=365)), **sinks}, lambda: NOW)  # type: ignore[dict-item]
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
        writer.record("ledger", replace(DECISION, message_id=f"id-{number:04}"))
    writer.stop(patience=30)
    with engine.connect() as connection:
        assert len(connection.execute(select(decisions.c.message_id)).all()) == 4200


def test_a_sink_that_breaks_costs_its_own_records_only(engine: Engine) -> None:
    before, writer = lost("broken"), writer_of(engine, broken=Broken())
    writer.record("broken", object())
    writer.record("ledger", DECISION)
    writer.stop()
    assert lost("broken") == before + 1
    with engine.connect() as connection:
        assert connection.execute(select(decisions.c.message_id)).scalar_one() == "id-1"


def test_a_record_that_cannot_be_written_costs_itself_only(engine: Engine) -> None:
    picky = Picky()
    before, writer = lost("picky"), writer_of(engine, picky=picky)
    for number in range(20):
        writer.record("picky", number)
    writer.stop()
    assert picky.taken == [number for number in range(20) if number != 7]
    assert lost("picky") == before + 1


def test_a_dead_store_costs_records_which_are_counted(nowhere: Engine) -> None:
    before, writer = lost("ledger"), writer_of(nowhere)
    writer.record("ledger", DECISION)
    writer.stop()
    assert lost("ledger") == before + 1


def test_a_sink_that_is_not_there_keeps_nothing(engine: Engine) -> None:
    before, writer = lost("unknown"), writer_of(engine)
    writer.record("unknown", 1)
    writer.stop()
    assert lost("unknown") == before
