"""Redis, where replicas share what is remembered for minutes: reached within a deadline, or done without."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from app import metrics
from app.errors import StoreError

log = logging.getLogger(__name__)

TIMEOUT = 0.05
"""Seconds for one operation, connecting and signing in included."""
CONNECTIONS = 1_000
"""One for each message under way. A pool of 32 that lets others wait gave up on a healthy Redis at 150 messages at one
moment, so did the driver's 100.
"""
COOL_DOWN = 1.0
"""Seconds in which nothing is tried after a failure: a dead Redis costs one message a second the timeout."""
_TURNS = 3
"""Turns of the event loop after the time is up."""
T = TypeVar("T")


class RedisClient:
    """One Redis behind a circuit breaker. Whoever uses it has a memory of its own to go on with."""

    def __init__(self, url: str, timeout: float = TIMEOUT, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis: Redis = Redis.from_url(
            url,
            max_connections=CONNECTIONS,
            protocol=2,  # with 3 the driver hands out connections that the server has closed
            driver_info=None,  # saves a round trip of each new connection
            socket_timeout=None,  # otherwise each write is a task of its own; `attempt` has the one deadline
            socket_connect_timeout=timeout,  # also of closing
            retry=Retry(NoBackoff(), 1),  # a connection that broke while it was idle is made anew
        )
        self._timeout = timeout
        self._clock = clock
        self._retry_at: float | None = None
        """None while Redis answers."""
        self._has_failed = False
        self._leaving: asyncio.Task[None] | None = None

    async def attempt(self, store: str, work: Callable[[Redis], Awaitable[T]], waited: float = 0.0) -> T:
        """Return what `work` returns. Raises `StoreError`, without trying in the cool-down.

        `waited` seconds are off the timeout.
        """
        is_probe = self._refuse_in_cool_down()
        try:
            async with _deadline(self._timeout - waited):
                if is_probe and self._leaving:
                    await asyncio.wait({self._leaving})
                done = await work(self._redis)
        except Exception as error:  # whatever the driver raises: the answer must come
            if is_probe or self._retry_at is None:  # and not one of many that failed at one moment
                self._suspect(error)
            self._trip(store, error)
            raise StoreError("Redis did not do it") from error
        if self._retry_at is not None:
            log.info("redis: back")
        self._retry_at = None
        return done

    def _suspect(self, error: Exception) -> None:
        """Leave a server that answers with an error, and one that fails a second time: once may be a busy moment, after
        which connecting anew for every message would only add to it.
        """
        if self._has_failed or isinstance(error, ResponseError):
            self._leaving = asyncio.create_task(self._leave())
        self._has_failed = not self._has_failed

    async def _leave(self) -> None:
        """Connect anew from now on. After a fail-over the address leads to another server, while the one before keeps
        its connections, refuses to write, or says nothing more: it was spoken to for as long as it lived.
        """
        pool = self._redis.connection_pool
        with contextlib.suppress(RedisError, OSError):
            await pool.update_active_connections_for_reconnect()  # type: ignore[no-untyped-call]
            await pool.disconnect(inuse_connections=False)

    async def close(self) -> None:
        if self._leaving:
            await self._leaving
        with contextlib.suppress(RedisError, OSError):  # a connection that does not close in time is dropped
            await self._redis.aclose()

    def _refuse_in_cool_down(self) -> bool:
        """Return whether this is the one message that finds out if Redis is back."""
        if self._retry_at is None:
            return False
        now = self._clock()
        if now < self._retry_at:
            raise StoreError("Redis is left alone for a moment")
        self._retry_at = now + COOL_DOWN  # those beside it do not wait
        return True

    def _trip(self, store: str, error: Exception) -> None:
        """Start the cool-down, and log the kind of the error, whose text may hold the address and so the password."""
        metrics.store_errors.labels(store).inc()
        if self._retry_at is None:
            log.warning("redis: %s: %s; going on from memory", store, type(error).__name__)
        self._retry_at = self._clock() + COOL_DOWN


@contextlib.asynccontextmanager
async def _deadline(seconds: float) -> AsyncIterator[None]:
    """Limit the time of Redis, not of this process: what came in while it was busy is read before it gives up.

    Without this, 64 messages at one moment, a millisecond each, were enough to leave a healthy Redis alone.
    """
    loop = asyncio.get_running_loop()
    timer: asyncio.Handle

    def expire(turns: int) -> None:
        nonlocal timer
        if turns:
            timer = loop.call_soon(expire, turns - 1)
        else:
            limit.reschedule(loop.time())

    async with asyncio.timeout(None) as limit:
        timer = loop.call_later(seconds, expire, _TURNS)
        try:
            yield
        finally:
            timer.cancel()
