from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from app import metrics
from app.errors import StoreError
from app.records import database
from app.records.feedback import Feedback, Opinion, Tally, feedback
from tests.conftest import NOW

OPINION = Opinion("m1", NOW, "web", "lamp-color", "v1", "down", "not-clear")
KEEP = timedelta(days=30)


def written(engine: Engine) -> list[tuple[str, str, str | None]]:
    columns = (feedback.c.message_id, feedback.c.verdict, feedback.c.reason)
    with engine.connect() as connection:
        return [(row[0], row[1], row[2]) for row in connection.execute(select(*columns))]


def test_one_opinion_counts_for_a_message_the_last_one(engine: Engine) -> None:
    feedback = Feedback(engine, KEEP)
    feedback.give(OPINION)
    feedback.give(OPINION)
    assert written(engine) == [("m1", "down", "not-clear")]
    feedback.give(replace(OPINION, verdict="up", reason=None))
    assert written(engine) == [("m1", "up", None)]


def test_a_message_is_counted_once_however_often_an_opinion_on_it_is_given(engine: Engine) -> None:
    def counted() -> float:
        return float(sum(metrics.feedback.labels(verdict)._value.get() for verdict in ("up", "down")))

    before = counted()
    for verdict in ("down", "down", "up"):
        Feedback(engine, KEEP).give(replace(OPINION, message_id="m9", verdict=verdict))
    assert counted() - before == 1


def test_it_is_on_disk_when_it_is_given(engine: Engine) -> None:
    Feedback(engine, KEEP).give(OPINION)
    other = database.connect(engine.url.render_as_string(hide_password=False))
    assert len(written(other)) == 1
    if engine.dialect.name == "sqlite":
        with other.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    other.dispose()


def test_what_is_older_than_the_ledger_goes(engine: Engine) -> None:
    feedback = Feedback(engine, KEEP)
    feedback.give(OPINION)
    feedback.give(replace(OPINION, message_id="m2", at=NOW + timedelta(days=31)))
    assert [row[0] for row in written(engine)] == ["m2"]


def test_what_was_said_since_a_day_is_counted_by_subject_verdict_and_reason(engine: Engine) -> None:
    feedback = Feedback(engine, KEEP)
    feedback.give(replace(OPINION, message_id="m0", at=NOW - timedelta(days=2)))
    for id_ in ("m1", "m2"):
        feedback.give(replace(OPINION, message_id=id_))
    feedback.give(replace(OPINION, message_id="m3", verdict="up", reason=None))
    assert set(feedback.tally(NOW - timedelta(days=1))) == {
        Tally("lamp-color", "down", "not-clear", 2),
        Tally("lamp-color", "up", None, 1),
    }


def test_a_store_that_cannot_be_written_is_a_store_error(tmp_path: Path) -> None:
    engine = database.connect(f"sqlite:///{tmp_path}")
    with pytest.raises(StoreError):
        Feedback(engine, KEEP).give(OPINION)
    engine.dispose()


def test_what_staff_gave_in_an_earlier_release_is_no_verdict_of_a_patient(engine: Engine) -> None:
    feedback = Feedback(engine, timedelta(days=30))
    feedback.give(replace(OPINION, message_id="staff", channel="staff"))
    feedback.give(OPINION)
    assert [tally.times for tally in feedback.tally(OPINION.at)] == [1]
    assert [tally.times for tally in feedback.tally(OPINION.at, by_staff=True)] == [1]
    assert feedback.tally(OPINION.at - timedelta(days=1), before=OPINION.at) == []
