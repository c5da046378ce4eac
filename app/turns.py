"""Who gets the processor next: the danger check of a message, then all else, and what takes long in a thread aside.

One event loop serves everyone, and one core does the work. First come, first served would let whoever is in danger wait
behind everything that others have sent: 300 questions at once held an emergency back for seconds.
"""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import IntEnum
from typing import ParamSpec, TypeVar

SHORT = 300
"""Most characters of a text that is worked on at its turn, for 1 to 20 ms; what is longer takes up to 100, aside."""
MOST_ASIDE = 16
"""Most pieces of long work that wait: the last of them for about a second."""

P = ParamSpec("P")
R = TypeVar("R")


class Rank(IntEnum):
    """Who waits less: the lower."""

    CHECK = 0
    REST = 1


@dataclass
class Turns:
    """One piece of work a turn of the event loop, so that between two of them others are accepted, read and checked."""

    _waiting: list[tuple[Rank, int, asyncio.Future[None]]] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _is_taken: bool = False
    _aside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "long-work"))
    """One thread: Python's lock gives way to the event loop every half millisecond (`SWITCH`), to two threads half as
    often.
    """
    _are_aside: int = 0

    async def take(self, rank: Rank) -> None:
        """Return when it is one's turn; the work up to the next `await` is what it lasts for."""
        loop = asyncio.get_running_loop()
        if not self._is_taken:
            self._is_taken = True
            loop.call_soon(self._next)
            return
        turn = loop.create_future()
        heapq.heappush(self._waiting, (rank, next(self._numbers), turn))
        await turn

    def _next(self) -> None:
        """Give the turn to whoever waits: it is taken before this is called again."""
        while self._waiting:
            *_, turn = heapq.heappop(self._waiting)
            if not turn.done():  # whoever was cancelled waits no more
                turn.set_result(None)
                asyncio.get_running_loop().call_soon(self._next)
                return
        self._is_taken = False

    @property
    def has_room_aside(self) -> bool:
        return self._are_aside < MOST_ASIDE

    async def work(self, rank: Rank, length: int, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what a function makes of a text of `length` characters: at its turn, or aside after all before it."""
        if length <= SHORT:
            await self.take(rank)
            return function(*args, **kwargs)
        self._are_aside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._aside, lambda: function(*args, **kwargs))
        finally:
            self._are_aside -= 1

    def close(self) -> None:
        self._aside.shutdown(wait=False, cancel_futures=True)
