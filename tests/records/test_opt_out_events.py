import pytest
from sqlalchemy import Engine

from app.records.database import AT_ONCE
from app.records.opt_out_events import OptOutEvent, OptOutEvents

EVENT = OptOutEvent("party", "opt-out", 100_000.0, "sealed", 100_000.0, AT_ONCE)


@pytest.mark.parametrize("now", [100_000.0, 99_970.0, 99_400.0, 13_600.0])
def test_a_clock_that_was_set_back_holds_no_event_back(engine: Engine, now: float) -> None:
    events = OptOutEvents(engine)
    events.add(EVENT)
    assert events.waiting(now) == [EVENT]


def test_an_event_that_waits_is_due_in_its_time_or_when_the_clock_is_set_far_back(engine: Engine) -> None:
    events = OptOutEvents(engine)
    events.add(EVENT)
    events.again(EVENT, 100_600.0)
    assert [bool(events.waiting(now)) for now in (100_000.0, 100_600.0, 90_000.0)] == [False, True, True]
