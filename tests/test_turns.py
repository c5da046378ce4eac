import asyncio
import threading
from collections.abc import Callable

import pytest

from app.turns import SHORT, Rank, Turns


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


@pytest.mark.parametrize(("length", "is_here"), [(SHORT, True), (SHORT + 1, False)])
def test_a_long_text_is_worked_on_in_a_thread_aside(turns: Turns, length: int, is_here: bool) -> None:
    thread: Callable[[], threading.Thread] = threading.current_thread
    worked = asyncio.run(turns.work(Rank.CHECK, length, thread))
    assert (worked is threading.current_thread()) == is_here


def test_long_work_is_done_piece_after_piece_and_only_so_much_waits(turns: Turns) -> None:
    goes_on = threading.Event()
    rooms: list[bool] = []

    async def ask() -> None:
        work = [asyncio.create_task(turns.work(Rank.CHECK, SHORT + 1, goes_on.wait)) for _ in range(16)]
        rooms.append(turns.has_room_aside)
        await asyncio.sleep(0)
        rooms.append(turns.has_room_aside)
        goes_on.set()
        await asyncio.gather(*work)
        rooms.append(turns.has_room_aside)

    asyncio.run(ask())
    assert rooms == [True, False, True]
