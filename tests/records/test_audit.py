import pytest
from sqlalchemy import Engine

from app.errors import StoreError
from app.records.audit import Audit, Event
from app.records.database import connect
from tests.conftest import NOW


def test_events_are_kept_in_order(engine: Engine) -> None:
    audit = Audit(engine)
    events = [Event(NOW, "ann", "view", "3 questions"), Event(NOW, "bob", "export", "")]
    for event in events:
        audit.add(event)
    assert audit.all() == events


def test_a_long_name_from_outside_fits(engine: Engine) -> None:
    Audit(engine).add(Event(NOW, "x" * 500, "sign-in refused", "y" * 900))
    assert len(Audit(engine).all()[0].who) == 200


def test_what_cannot_be_audited_is_an_error() -> None:
    nowhere = connect("postgresql://nobody@127.0.0.1:9/none")
    with pytest.raises(StoreError):
        Audit(nowhere).add(Event(NOW, "ann", "view", ""))
    nowhere.dispose()
