"""Limits of the messages that a client may send: a token bucket each, in memory or in Redis."""

import hmac
import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.errors import StoreError

if TYPE_CHECKING:  # a service with one replica does without redis-py
    from redis.asyncio import Redis

    from app.records.redis_client import RedisClient

Clock = Callable[[], float]
"""Returns seconds."""
MAX_CLIENTS = 50_000
"""The client idle the longest makes room for a new one."""


class Limits(ABC):
    """`rate` messages a second, with `burst` (as many, when left out) at once after a pause."""

    @abstractmethod
    async def allows(self, client: str, price: int = 1) -> bool:
        """Take so many tokens, all of a full bucket for a price beyond it; return False when fewer are left."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class MemoryLimits(Limits):
    def __init__(
        self, rate: float, burst: float | None = None, most: int = MAX_CLIENTS, clock: Clock = time.monotonic
    ) -> None:
        self.rate = rate
        self.burst = burst or rate
        self._most = most
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    async def allows(self, client: str, price: int = 1) -> bool:
        now = self._clock()
        bucket = self._buckets.get(client)
        if bucket is None:
            bucket = self._buckets[client] = _Bucket(self.burst, now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(client)
        bucket.tokens = min(self.burst, bucket.tokens + max(0.0, now - bucket.at) * self.rate)
        bucket.at = max(now, bucket.at)
        taken = min(price, self.burst)
        if bucket.tokens < taken:
            return False
        bucket.tokens -= taken
        return True


@dataclass(frozen=True, slots=True)
class RedisLimits(Limits):
    """Buckets that replicas share; with Redis down, each counts by itself."""

    redis: "RedisClient"
    name: str
    """Keeps the buckets of one limit apart from those of another."""
    key: bytes
    """Hides who the clients are."""
    memory: MemoryLimits
    clock: Clock | None = None
    """None for Redis's own clock, the one that replicas share."""

    async def allows(self, client: str, price: int = 1) -> bool:
        hidden = hmac.digest(self.key, f"limit\0{client}".encode("utf-8", "replace"), "sha256").hex()[:32]
        bucket = f"hai-faq:limit:{self.name}:{hidden}"
        now = repr(self.clock()) if self.clock else ""
        try:
            return await self.redis.attempt("limits", lambda redis: self._take(redis, bucket, now, price))
        except StoreError:
            return await self.memory.allows(client, price)

    async def _take(self, redis: "Redis", bucket: str, now: str, price: int) -> bool:
        take = redis.register_script(_TAKE)  # sent the first time, and after a restart
        return bool(await take(keys=[bucket], args=[self.memory.rate, self.memory.burst, now, price]))


_TAKE = """
local rate, burst, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if not now then
  local clock = redis.call('TIME')
  now = clock[1] + clock[2] / 1000000
end
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local at = math.max(now, tonumber(bucket[2]) or now)
local tokens = math.min(burst, (tonumber(bucket[1]) or burst) + (at - (tonumber(bucket[2]) or at)) * rate)
local price = math.min(burst, tonumber(ARGV[4]))
local allowed = tokens >= price
redis.call('HSET', KEYS[1], 'tokens', allowed and tokens - price or tokens, 'at', at)
redis.call('EXPIRE', KEYS[1], 60 + math.ceil(burst / rate))
return allowed and 1 or 0
"""
"""One step, so that two replicas never take the same token. A bucket that has expired is as good as a full one."""
