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

SHORT_TEXT = 300
"""Most characters of a text that is worked on at its turn, for 1 to 20 ms; what is longer takes up to 100, aside."""
MOST_ASIDE = 100_000
"""Most characters that wait aside; the last of them for about half a second."""

P = ParamSpec("P")
R = TypeVar("R")


class Rank(IntEnum):
    """Who waits less: the lower."""

    CHECK = 0
    REST = 1


@dataclass
class _Queue:
    """Who waits for a turn: first the lower rank, of the same rank the shorter text, then who came first."""

    _waiting: list[tuple[Rank, int, int, asyncio.Future[None]]] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    is_taken: bool = False

    def join(self, rank: Rank, length: int = 0) -> asyncio.Future[None]:
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, length, next(self._numbers), turn))
        return turn

    def go_on(self) -> None:
        """Give the turn to the first who still waits."""
        while self._waiting:
            *_, turn = heapq.heappop(self._waiting)
            if not turn.done():  # whoever was cancelled waits no more
                turn.set_result(None)
                return
        self.is_taken = False


@dataclass
class Turns:
    """One piece of work a turn of the event loop, so that between two of them others are accepted, read and checked."""

    _here: _Queue = field(default_factory=_Queue)
    _aside: _Queue = field(default_factory=_Queue)
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "long-work"))
    """Python runs one thread at a time, and another every half millisecond, as `hai-faq serve` sets it. Beside
    one thread of long work the event loop gets half of the processor, beside two it would get a third.
    """
    _characters_aside: int = 0

    async def take(self, rank: Rank) -> None:
        """Return when it is one's turn; the work up to the next `await` is what it lasts for."""
        if self._here.is_taken:
            await self._here.join(rank)
            return
        self._here.is_taken = True
        asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        """Give the turn to whoever waits, and come back after the work: it has begun when this is called again."""
        self._here.go_on()
        if self._here.is_taken:
            asyncio.get_running_loop().call_soon(self._next)

    def has_room_aside(self, length: int) -> bool:
        return self._characters_aside + length <= MOST_ASIDE

    async def work(self, rank: Rank, length: int, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what a function makes of a text of `length` characters: here at its turn, or aside."""
        if length > SHORT_TEXT:
            return await self._work_aside(rank, length, lambda: function(*args, **kwargs))
        await self.take(rank)
        return function(*args, **kwargs)

    async def _work_aside(self, rank: Rank, length: int, work: Callable[[], R]) -> R:
        self._characters_aside += length
        try:
            await self._take_aside(rank, length)
            try:
                return await asyncio.get_running_loop().run_in_executor(self._thread, work)
            finally:
                self._aside.go_on()
        finally:
            self._characters_aside -= length

    async def _take_aside(self, rank: Rank, length: int) -> None:
        if not self._aside.is_taken:
            self._aside.is_taken = True
            return
        turn = self._aside.join(rank, length)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it was given the turn just before
                self._aside.go_on()
            raise

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
