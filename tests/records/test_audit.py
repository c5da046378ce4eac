from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine

from app.errors import StoreError
from app.records.audit import Act, Audit, Choice, Event
from app.records.database import connect
from tests.conftest import NOW


def test_events_are_kept_in_order(engine: Engine) -> None:
    audit = Audit(engine)
    events = [Event(NOW, "ann", "view", "3 questions"), Event(NOW, "bob", "export", "")]
    for event in events:
        audit.add(event)
    assert audit.all() == events


@pytest.mark.parametrize(
    ("choice", "days"),
    [
        (Choice(), [3, 2, 1]),
        (Choice(first=date(2026, 7, 2)), [3, 2]),
        (Choice(last=date(2026, 7, 2)), [2, 1]),
        (Choice(date(2026, 7, 2), date(2026, 7, 2)), [2]),
        (Choice(date(2026, 7, 3), date(2026, 7, 2)), []),
        (Choice(last=date.max), [3, 2, 1]),
        (Choice(who="NN"), [3, 1]),
        (Choice(who="%"), []),
        (Choice(who="'; drop table audit"), []),
        (Choice(act="export"), [2]),
        (Choice(who="ann", act="export"), []),
    ],
)
def test_events_are_chosen_by_day_person_and_act_the_newest_first(
    engine: Engine, choice: Choice, days: list[int]
) -> None:
    audit = Audit(engine)
    acts: tuple[Act, ...] = ("view", "export", "sign-in")
    for day, who, act in zip((1, 2, 3), ("ann", "bob", "Ann"), acts, strict=True):
        audit.add(Event(datetime(2026, 7, day, 23, 59, 59, tzinfo=UTC), who, act, ""))
    assert [event.at.day for _, event in audit.newest(choice, None, 10)] == days
    assert [event.at.day for event in audit.chosen(choice, at_once=2)] == days


def test_events_are_read_page_by_page_while_new_ones_come(engine: Engine) -> None:
    audit, read, before = Audit(engine), [], None
    for number in range(5):
        audit.add(Event(NOW, str(number), "view", ""))
    while rows := audit.newest(Choice(), before, 2):
        audit.add(Event(NOW, "new", "view", ""))
        read += [event.who for _, event in rows]
        before = rows[-1][0]
    assert read == ["4", "3", "2", "1", "0"]


def test_a_long_name_from_outside_fits(engine: Engine) -> None:
    Audit(engine).add(Event(NOW, "x" * 500, "sign-in refused", "y" * 900))
    assert len(Audit(engine).all()[0].who) == 200


def test_what_cannot_be_audited_is_an_error() -> None:
    nowhere = connect("postgresql://nobody@127.0.0.1:9/none")
    with pytest.raises(StoreError):
        Audit(nowhere).add(Event(NOW, "ann", "view", ""))
    nowhere.dispose()
