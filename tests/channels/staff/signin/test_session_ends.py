import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from app.channels.staff.signin.session_ends import FRESH, SessionEnds
from app.errors import StoreError
from app.records import database
from app.records.ended_sessions import ALWAYS, EndedSession, EndedSessions, ended_sessions, name_of
from app.settings import Settings
from tests.records.conftest import Clock

pytestmark = pytest.mark.anyio

SESSION = {"id": "s", "sub": "ann", "sid": "p", "issued": 100.0}
PATIENT = 60.0


class Interruptible(EndedSessions, table=ended_sessions):
    """Its file may be out of reach, or slow."""

    is_down = False
    opened = threading.Event()

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, timedelta(hours=10))
        self.opened.set()

    def since(self, at: datetime) -> dict[str, EndedSession]:
        self.opened.wait()
        if self.is_down:
            raise StoreError
        return super().since(at)

    def add(self, ended: object, token: object = None) -> bool:
        if self.is_down:
            raise StoreError
        return super().add(ended, token)  # type: ignore[arg-type]


@pytest.fixture
def store(settings: Settings) -> Iterator[Interruptible]:
    engine = database.connect(settings.database_url)
    database.migrate(engine)
    yield Interruptible(engine)
    engine.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def ago(**time: float) -> datetime:
    return datetime.now(UTC) - timedelta(**time)


def end(kind: str, id_: str, until: float = ALWAYS) -> list[EndedSession]:
    return [EndedSession(name_of(kind, id_), ago(), until, "hospital")]  # type: ignore[arg-type]


async def test_another_replica_knows_in_two_seconds(store: Interruptible, clock: Clock) -> None:
    here, there = (SessionEnds(store, clock, PATIENT) for _ in range(2))
    assert [await replica.of(SESSION) for replica in (here, there)] == [None, None]
    await here.end("s", "signed out", ago())
    assert [await replica.of(SESSION) for replica in (here, there)] == ["signed out", None]
    clock.now += FRESH
    assert [await replica.of(SESSION) for replica in (here, there)] == ["signed out", "signed out"]


@pytest.mark.parametrize(
    ("ended", "over"),
    [
        (end("session", "s"), True),
        (end("session", "other"), False),
        (end("provider session", "p"), True),
        (end("provider session", "q"), False),
        (end("person", "ann", 100.0), True),
        (end("person", "ann", 99.0), False),
        (end("person", "bob"), False),
        (end("person without session", "ann"), False),
    ],
)
async def test_a_session_is_over_by_any_name_that_it_has(
    store: Interruptible, ended: list[EndedSession], over: bool
) -> None:
    ends = SessionEnds(store, patience=PATIENT)
    await ends.add(ended)
    assert (await ends.of(SESSION) is not None) == over


async def test_a_session_that_the_provider_did_not_name_is_over_with_any_of_its_persons(store: Interruptible) -> None:
    ends = SessionEnds(store, patience=PATIENT)
    await ends.add(end("person without session", "ann", 100.0))
    assert await ends.of({**SESSION, "sid": ""}) == "hospital"
    assert await ends.of({**SESSION, "sid": "", "issued": 101.0}) is None


async def test_while_the_store_is_down_what_was_known_stays_and_what_ends_is_told_later(
    store: Interruptible, clock: Clock
) -> None:
    here, there = (SessionEnds(store, clock, PATIENT) for _ in range(2))
    assert await there.of(SESSION) is None
    await there.end("old", "signed out", ago())
    assert await here.of({"id": "old"}) == "signed out"
    store.is_down = True
    await here.end("s", "signed out", ago(hours=1))
    for _ in range(2):
        clock.now += FRESH
        assert [await here.of({"id": id_}) for id_ in ("old", "s", "x")] == ["signed out", "signed out", None]
    store.is_down = False
    clock.now += FRESH
    await here.of(SESSION)
    clock.now += FRESH
    assert await there.of(SESSION) == "signed out"


async def test_what_ends_while_others_are_told_late_is_told_as_well(
    store: Interruptible, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = (SessionEnds(store, clock, PATIENT) for _ in range(2))
    store.is_down = True
    await here.end("s", "signed out", ago())
    store.is_down = False
    telling, told = threading.Event(), threading.Event()

    def add_slowly(ended: object, token: object = None) -> bool:
        is_kept = Interruptible.add(store, ended, token)
        telling.set()
        return told.wait() and is_kept

    monkeypatch.setattr(store, "add", add_slowly)
    clock.now += FRESH
    reading = asyncio.create_task(here.of(SESSION))
    assert await asyncio.to_thread(telling.wait, PATIENT)
    monkeypatch.undo()
    store.is_down = True
    await here.end("other", "signed out", ago())
    store.is_down = False
    told.set()
    await reading
    clock.now += FRESH
    assert await here.of(SESSION) == "signed out"
    assert await there.of({"id": "other"}) == "signed out"


async def test_nobody_waits_long_for_a_store_that_hangs(store: Interruptible) -> None:
    store.opened.clear()
    ends = SessionEnds(store, patience=0.0)
    assert [await ends.of(SESSION) for _ in range(3)] == [None] * 3
    store.opened.set()
    assert ends._reading
    await ends._reading


async def test_what_ends_while_the_store_is_read_stays_ended(store: Interruptible, clock: Clock) -> None:
    store.opened.clear()
    ends = SessionEnds(store, clock, patience=0.0)
    assert await ends.of(SESSION) is None
    await ends.end("s", "signed out", ago())
    store.opened.set()
    assert ends._reading
    await ends._reading
    assert await ends.of(SESSION) == "signed out"


async def test_what_is_so_old_that_no_session_can_be_of_it_is_forgotten(store: Interruptible, clock: Clock) -> None:
    ends = SessionEnds(store, clock, PATIENT)
    await ends.of(SESSION)
    await ends.end("old", "signed out", ago(hours=11))
    await ends.end("s", "signed out", ago())
    clock.now += FRESH
    assert [await ends.of({"id": id_}) for id_ in ("old", "s")] == [None, "signed out"]
    assert len(ends._known) == 1


async def test_what_ended_before_this_replica_came_up_is_known(store: Interruptible) -> None:
    await SessionEnds(store).end("s", "signed out", ago(hours=9))
    assert await SessionEnds(store, patience=PATIENT).of(SESSION) == "signed out"


async def test_a_token_that_was_used_ends_nothing(store: Interruptible) -> None:
    ends = SessionEnds(store, patience=PATIENT)
    token = EndedSession(name_of("logout token", "t"), ago(), 0.0, "hospital")
    assert await ends.add(end("person", "bob"), token)
    assert not await ends.add(end("person", "ann"), token)
    assert await ends.of(SESSION) is None
