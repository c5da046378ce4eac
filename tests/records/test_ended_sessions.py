from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from app.records.ended_sessions import ALWAYS, EndedSession, EndedSessions, name_of

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
KEEP = timedelta(hours=10)


def ended(name: str, at: datetime = NOW, until: float = ALWAYS) -> EndedSession:
    return EndedSession(name_of("session", name), at, until, "signed out")


def everything(store: EndedSessions) -> dict[str, EndedSession]:
    return store.since(datetime(2000, 1, 1, tzinfo=UTC))


def test_only_what_ended_since_is_read(engine: Engine) -> None:
    store = EndedSessions(engine, KEEP)
    store.add([ended("a"), ended("b", NOW + timedelta(hours=1))])
    assert store.since(NOW + timedelta(hours=1)).keys() == {ended("b").name}


def test_what_ended_is_read_again_as_it_was(engine: Engine) -> None:
    store = EndedSessions(engine, KEEP)
    rows = [ended("a"), ended("b", until=5.5)]
    assert store.add(rows)
    assert everything(EndedSessions(engine, KEEP)) == {row.name: row for row in rows}


def test_a_later_end_takes_the_place_of_an_earlier(engine: Engine) -> None:
    store = EndedSessions(engine, KEEP)
    store.add([ended("a", until=5.0)])
    store.add([ended("a", until=7.0)])
    assert [row.until for row in everything(store).values()] == [7.0]


def test_rows_go_when_no_session_can_be_as_old(engine: Engine) -> None:
    store = EndedSessions(engine, KEEP)
    store.add([ended("a")])
    store.add([ended("b", NOW + KEEP)])
    assert len(everything(store)) == 2
    store.add([ended("c", NOW + KEEP + timedelta(seconds=1))])
    assert everything(store).keys() == {ended("b").name, ended("c").name}


def test_a_token_counts_once_and_a_second_time_nothing_is_ended(engine: Engine) -> None:
    store, token = EndedSessions(engine, KEEP), EndedSession(name_of("logout token", "t"), NOW, 0.0, "hospital")
    assert store.add([ended("a")], token)
    assert not store.add([ended("b")], token)
    assert ended("b").name not in everything(store)


def test_a_name_tells_nobody_and_is_of_its_kind() -> None:
    names = {name_of("session", "ann"), name_of("person", "ann"), name_of("person", "bob")}
    assert {len(name) for name in names} == {64}
    assert len(names) == 3
