import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from app.records.database import transaction
from app.records.ledger import Ledger, decisions
from app.tokens import Tokens
from tests.conftest import NOW
from tests.exchanges import EXCHANGE

LEDGER = Ledger(timedelta(days=365), Tokens(b"key").text_hash)


def written(engine: Engine) -> list[tuple[str, datetime]]:
    with engine.connect() as connection:
        rows = connection.execute(select(decisions.c.message_id, decisions.c.at).order_by(decisions.c.message_id))
        return [(row.message_id, row.at) for row in rows]


def test_decisions_are_kept_with_their_time(engine: Engine) -> None:
    with transaction(engine, "ledger") as connection:
        LEDGER.write(connection, [EXCHANGE, replace(EXCHANGE, message_id="id-2")])
    assert written(engine) == [("id-1", NOW), ("id-2", NOW)]


def test_a_decision_has_rounded_scores_and_a_keyed_hash_of_the_folded_text_in_place_of_it(engine: Engine) -> None:
    with transaction(engine, "ledger") as connection:
        LEDGER.write(connection, [replace(EXCHANGE, confidence=0.123456, subject=("lamp-color", "lamp-size"))])
        row = connection.execute(select(decisions)).one()
    assert row.text_hash == hashlib.blake2b(b"what color is the lamp?", digest_size=16, key=b"key").hexdigest()
    assert (row.kind, row.subject, row.confidence) == ("answer", "lamp-color lamp-size", 0.1235)
    assert (row.content_version, row.model_version) == ("v1", "m1")
    assert EXCHANGE.text not in row


def test_what_is_too_old_is_swept(engine: Engine) -> None:
    with transaction(engine, "ledger") as connection:
        LEDGER.write(connection, [replace(EXCHANGE, message_id="old", at=NOW - timedelta(days=400)), EXCHANGE])
        LEDGER.sweep(connection, NOW)
    assert written(engine) == [("id-1", NOW)]
