from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from app.records.ledger import Decision, Ledger
from app.records.tables import connect, decisions, migrate
from tests.conftest import NOW

DECISION = Decision("id-1", NOW, "web", "answer", "lamp-color", "ab" * 32, 0.9, 0.0, False, "v1", "m1")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = connect(f"sqlite:///{tmp_path / 'deep' / 'ledger.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


def written(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(select(decisions.c.message_id).order_by(decisions.c.message_id)).scalars())


def test_what_waits_is_written_before_it_stops(engine: Engine) -> None:
    ledger = Ledger(engine, timedelta(days=365))
    ledger.start()
    for number in range(1200):
        ledger.record(replace(DECISION, message_id=f"id-{number:04}"))
    ledger.stop()
    assert len(written(engine)) == 1200


def test_what_is_too_old_is_swept(engine: Engine) -> None:
    for decision in (replace(DECISION, message_id="old", at=NOW - timedelta(days=400)), DECISION):
        ledger = Ledger(engine, timedelta(days=365))
        ledger.start()
        ledger.record(decision)
        ledger.stop()
    assert written(engine) == ["id-1"]


def test_a_dead_store_costs_the_record_and_nothing_else(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}")
    ledger = Ledger(engine, timedelta(days=365))
    ledger.start()
    ledger.record(DECISION)
    ledger.stop()
    engine.dispose()
