import asyncio
import threading
from collections.abc import Callable

import pytest

from app.turns import MOST_ASIDE, SHORT_TEXT, Rank, Turns


@pytest.fixture
def turns() -> Turns:
    return Turns()


def in_order(turns: Turns, *wanted: tuple[str, Rank]) -> list[str]:
    """Return the names in the order in which their turn came."""
    came: list[str] = []

    async def wait(name: str, rank: Rank) -> None:
        await turns.take(rank)
        came.append(name)

    async def ask() -> None:
        await asyncio.gather(*(wait(name, rank) for name, rank in wanted))

    asyncio.run(ask())
    return came


def test_a_check_goes_before_work_that_has_waited_longer(turns: Turns) -> None:
    asked = [("first", Rank.REST), ("second", Rank.REST), ("third", Rank.REST), ("check", Rank.CHECK)]
    assert in_order(turns, *asked) == ["first", "check", "second", "third"]


def test_between_two_turns_the_loop_sees_to_everything_else(turns: Turns) -> None:
    seen: list[str] = []

    async def work(name: str) -> None:
        await turns.take(Rank.REST)
        asyncio.get_running_loop().call_soon(seen.append, "else")
        seen.append(name)

    async def ask() -> None:
        await asyncio.gather(*(work(name) for name in "abc"))

    asyncio.run(ask())
    assert seen[:5] == ["a", "else", "b", "else", "c"]


def test_whoever_is_gone_costs_nobody_a_turn(turns: Turns) -> None:
    async def ask() -> None:
        await turns.take(Rank.REST)
        waiting = [asyncio.create_task(turns.take(Rank.REST)) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(asyncio.wait_for(ask(), 5))
    assert in_order(turns, ("later", Rank.REST)) == ["later"]


@pytest.mark.parametrize(("length", "is_here"), [(SHORT_TEXT, True), (SHORT_TEXT + 1, False)])
def test_a_long_text_is_worked_on_in_a_thread_aside(turns: Turns, length: int, is_here: bool) -> None:
    thread: Callable[[], threading.Thread] = threading.current_thread
    worked = asyncio.run(turns.work(Rank.CHECK, length, thread))
    assert (worked is threading.current_thread()) == is_here


def test_only_so_many_characters_wait_aside(turns: Turns) -> None:
    goes_on = threading.Event()
    rooms: list[bool] = []

    async def ask() -> None:
        work = [asyncio.create_task(turns.work(Rank.CHECK, MOST_ASIDE // 4, goes_on.wait)) for _ in range(4)]
        rooms.append(turns.has_room_aside(1))
        await asyncio.sleep(0)
        rooms.append(turns.has_room_aside(1))
        goes_on.set()
        await asyncio.gather(*work)
        rooms.append(turns.has_room_aside(MOST_ASIDE))

    asyncio.run(ask())
    assert rooms == [True, False, True]


def test_aside_a_check_goes_before_the_rest_and_a_shorter_text_before_a_longer(turns: Turns) -> None:
    done: list[str] = []

    async def ask() -> None:
        wanted = [
            ("first", Rank.REST, 900),
            ("rest", Rank.REST, 400),
            ("long", Rank.CHECK, 900),
            ("short", Rank.CHECK, 500),
        ]
        await asyncio.gather(*(turns.work(rank, length, done.append, name) for name, rank, length in wanted))

    asyncio.run(ask())
    assert done == ["first", "short", "long", "rest"]


def test_long_work_that_nobody_waits_for_any_more_holds_up_no_other(turns: Turns) -> None:
    goes_on = threading.Event()

    async def ask() -> list[bool]:
        work = [asyncio.create_task(turns.work(Rank.REST, 400, goes_on.wait)) for _ in range(3)]
        await asyncio.sleep(0)
        for each in work[:2]:
            each.cancel()
        goes_on.set()
        return [isinstance(each, BaseException) for each in await asyncio.gather(*work, return_exceptions=True)]

    assert asyncio.run(asyncio.wait_for(ask(), 10)) == [True, True, False]
    assert turns.has_room_aside(MOST_ASIDE)
