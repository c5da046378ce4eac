from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine, insert

from app.records.database import transaction
from app.records.flags import INTERRUPTED, Flag, Flags, FlagTally, Reason, flags
from tests.conftest import NOW

KEEP = timedelta(days=365)
FLAG = Flag(NOW, "ann", "lamp-color", "What color is the lamp?", "looks-wrong", "v1", "The lamp is teal.")


def add(store: Flags, **values: object) -> int:
    id_ = store.add(replace(FLAG, **values))  # type: ignore[arg-type]
    assert id_ is not None
    return id_


def test_a_flag_is_open_then_answered_then_closed(engine: Engine) -> None:
    store = Flags(engine, KEEP)
    id_ = add(store)
    assert store.latest() == [replace(FLAG, id=id_)]
    assert store.answer(id_, "It was repainted.", "cora", NOW)
    assert store.close(id_, "cora", NOW)
    closed = store.find(id_)
    assert closed
    assert (closed.state, closed.answer, closed.answered_by, closed.closed_by) == (
        "closed",
        "It was repainted.",
        "cora",
        "cora",
    )
    assert not store.answer(id_, "Once more.", "cora", NOW)
    assert not store.close(id_, "cora", NOW)


def test_an_open_flag_says_enough_unless_a_graver_one_comes(engine: Engine) -> None:
    store = Flags(engine, KEEP)
    assert store.standing("ann", "lamp-color", "looks-wrong") is None
    id_ = add(store)
    for same in ("looks-wrong", "not-clear"):
        standing = store.standing("ann", "lamp-color", same)
        assert standing
        assert standing.id == id_
    assert store.standing("ann", "lamp-color", "could-harm") is None
    assert store.standing("bob", "lamp-color", "looks-wrong") is None
    add(store, reason="could-harm")
    assert store.standing("ann", "lamp-color", "could-harm")


def test_of_two_like_flags_at_once_one_is_kept_until_it_is_answered(engine: Engine) -> None:
    store = Flags(engine, KEEP)
    id_ = add(store)
    assert store.add(FLAG) is None
    store.answer(id_, "It is teal.", "cora", NOW)
    assert store.add(FLAG) is not None


def test_what_waits_comes_first_and_everyone_may_be_asked_for_alone(engine: Engine) -> None:
    store = Flags(engine, KEEP)
    first, second, third = (add(store, entry_id=id_, by=by) for id_, by in (("a", "ann"), ("b", "bob"), ("c", "ann")))
    store.close(third, "cora", NOW)
    store.answer(second, "Yes.", "cora", NOW)
    assert [flag.id for flag in store.latest()] == [first, second, third]
    assert [flag.id for flag in store.latest("ann")] == [first, third]
    harm = add(store, entry_id="d", reason="could-harm")
    newest = add(store, entry_id="e")
    assert [flag.id for flag in store.latest(most=3)] == [harm, newest, first]


def test_flags_are_counted_by_entry_and_reason(engine: Engine) -> None:
    store = Flags(engine, KEEP)
    given: list[tuple[str, Reason]] = [("ann", "looks-wrong"), ("bob", "looks-wrong"), ("bob", "could-harm")]
    for by, reason in given:
        add(store, by=by, reason=reason)
    add(store, at=NOW - timedelta(days=9), entry_id="lamp-bulb")
    assert sorted(store.tally(NOW - timedelta(days=1)), key=str) == [
        FlagTally("lamp-color", "could-harm", 1),
        FlagTally("lamp-color", "looks-wrong", 2),
    ]
    assert store.tally(NOW - timedelta(days=10), before=NOW) == [FlagTally("lamp-bulb", "looks-wrong", 1)]


def test_only_what_is_closed_goes_after_its_time(engine: Engine) -> None:
    store = Flags(engine, KEEP)
    old = {"at": NOW - timedelta(days=366)}
    waiting, closed = add(store, **old), add(store, by="bob", **old)
    store.close(closed, "cora", NOW)
    newest = add(store, entry_id="lamp-bulb")
    assert [flag.id for flag in store.all()] == [waiting, newest]


def test_telling_the_owner_that_never_ended_has_failed(engine: Engine) -> None:
    store = Flags(engine, KEEP)
    id_ = add(store, told="sending")
    flag = store.find(id_)
    assert flag
    assert flag.reached(NOW) == "sending"
    assert flag.reached(NOW + 2 * INTERRUPTED) == "failed"
    store.note_told(id_, "sending", NOW + INTERRUPTED)
    again = store.find(id_)
    assert again
    assert again.reached(NOW + 2 * INTERRUPTED) == "sending"
    store.note_told(id_, "told", NOW)
    told = store.find(id_)
    assert told
    assert told.reached(NOW + 2 * INTERRUPTED) == "told"


def test_an_earlier_release_of_this_table_needs_no_later_column(engine: Engine) -> None:
    names = ("at", "by", "entry_id", "question", "reason", "content_version", "reply", "state")
    with transaction(engine, "flags") as connection:
        connection.execute(insert(flags), {name: getattr(FLAG, name) for name in names})
    assert [replace(flag, id=0) for flag in Flags(engine, KEEP).all()] == [FLAG]
