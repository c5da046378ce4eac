from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from app.records.ledger import Decision, Ledger
from app.records.tables import decisions, transaction
from tests.conftest import NOW

DECISION = Decision("id-1", NOW, "web", "answer", "lamp-color", "ab" * 32, 0.9, 0.0, False, "v1", "m1")


def written(engine: Engine) -> list[tuple[str, datetime]]:
    with engine.connect() as connection:
        rows = connection.execute(select(decisions.c.message_id, decisions.c.at).order_by(decisions.c.message_id))
        return [(row.message_id, row.at) for row in rows]


def test_decisions_are_kept_with_their_time(engine: Engine) -> None:
    with transaction(engine, "ledger") as connection:
        Ledger(timedelta(days=365)).write(connection, [DECISION, replace(DECISION, message_id="id-2")])
    assert written(engine) == [("id-1", NOW), ("id-2", NOW)]


def test_what_is_too_old_is_swept(engine: Engine) -> None:
    ledger = Ledger(timedelta(days=365))
    with transaction(engine, "ledger") as connection:
        ledger.write(connection, [replace(DECISION, message_id="old", at=NOW - timedelta(days=400)), DECISION])
        ledger.sweep(connection, NOW)
    assert written(engine) == [("id-1", NOW)]
