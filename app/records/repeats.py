"""How often a telephone number says the same, and what it was told a moment ago: in memory, or shared in Redis.

Only hashes are kept.
"""

import contextlib
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.errors import StoreError

if TYPE_CHECKING:  # a service with one replica does without redis-py
    from redis.asyncio import Redis

    from app.records.redis_client import RedisClient

WITHIN = 600.0
"""Seconds between two messages that are counted as one after the other."""
AGAIN = 60.0
"""Seconds for which a text that was sent is remembered."""
PARTIES = 10_000
"""Numbers remembered in memory; the one idle the longest makes room."""


class Repeats(ABC):
    @abstractmethod
    async def count(self, party: str, message: str) -> int:
        """Return how many times in a row, this one included, a number has sent this message; both are hashes."""

    @abstractmethod
    async def was_sent(self, party: str, text: str) -> bool:
        """Return whether a number was sent this text less than `AGAIN` seconds ago."""

    @abstractmethod
    async def remember(self, party: str, text: str) -> None:
        """Remember that a number was sent this text. Call it after the text is kept: one that was never sent must not
        silence the next.
        """


@dataclass(slots=True)
class _Party:
    message: str = ""
    at: float = 0.0
    times: int = 0
    texts: dict[str, float] = field(default_factory=dict)
    """When each text was sent last."""


class MemoryRepeats(Repeats):
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._parties: OrderedDict[str, _Party] = OrderedDict()

    async def count(self, party: str, message: str) -> int:
        known, now = self._of(party), self._clock()
        again = message == known.message and 0 <= now - known.at < WITHIN
        known.times = known.times + 1 if again else 1
        known.message, known.at = message, now
        return known.times

    async def was_sent(self, party: str, text: str) -> bool:
        return 0 <= self._clock() - self._of(party).texts.get(text, -AGAIN) < AGAIN

    async def remember(self, party: str, text: str) -> None:
        known, now = self._of(party), self._clock()
        known.texts = {sent: at for sent, at in known.texts.items() if 0 <= now - at < AGAIN} | {text: now}

    def _of(self, party: str) -> _Party:
        known = self._parties.setdefault(party, _Party())
        self._parties.move_to_end(party)
        if len(self._parties) > PARTIES:
            self._parties.popitem(last=False)
        return known


@dataclass(frozen=True, slots=True)
class RedisRepeats(Repeats):
    """With Redis down, each replica counts by itself."""

    redis: "RedisClient"
    memory: MemoryRepeats

    async def count(self, party: str, message: str) -> int:
        try:
            return await self.redis.attempt("repeats", lambda redis: self._count(redis, party, message))
        except StoreError:
            return await self.memory.count(party, message)

    async def _count(self, redis: "Redis", party: str, message: str) -> int:
        count = redis.register_script(_COUNT)  # sent the first time, and after a restart
        return int(await count(keys=[f"hai-faq:repeats:{party}"], args=[message, round(WITHIN * 1000)]))

    async def was_sent(self, party: str, text: str) -> bool:
        try:
            return bool(await self.redis.attempt("repeats", lambda redis: redis.exists(_sent(party, text))))
        except StoreError:
            return await self.memory.was_sent(party, text)

    async def remember(self, party: str, text: str) -> None:
        await self.memory.remember(party, text)
        key, life = _sent(party, text), round(AGAIN * 1000)
        with contextlib.suppress(StoreError):
            await self.redis.attempt("repeats", lambda redis: redis.set(key, "", px=life))


def _sent(party: str, text: str) -> str:
    return f"hai-faq:sent:{party}:{text}"


_COUNT = """
if redis.call('HGET', KEYS[1], 'message') ~= ARGV[1] then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'message', ARGV[1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('HINCRBY', KEYS[1], 'times', 1)
"""
"""One step, so that two replicas never count the same message as two."""
