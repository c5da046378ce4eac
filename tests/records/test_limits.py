import asyncio

import pytest
from redis.asyncio import Redis

from app.records.limits import Limits, MemoryLimits, RedisLimits
from app.records.redis_client import COOL_DOWN, RedisClient
from tests.records.conftest import Clock
from tests.redis import RedisServer

pytestmark = pytest.mark.anyio

Replicas = tuple[Limits, Limits]


@pytest.fixture(params=["memory", "redis"])
def replicas(request: pytest.FixtureRequest, clock: Clock) -> Replicas:
    """Two messages a second, counted by two processes: with memory alone, by one."""
    memory = MemoryLimits(2, clock=clock)
    if request.param == "memory":
        return memory, memory
    here, there = request.getfixturevalue("shared")
    return in_redis(here, clock), in_redis(there, clock)


def in_redis(shared: RedisClient, clock: Clock | None, name: str = "client") -> RedisLimits:
    return RedisLimits(shared, name, b"key", MemoryLimits(2, clock=Clock()), clock)


async def test_a_burst_up_to_the_rate_passes_then_waits(replicas: Replicas, clock: Clock) -> None:
    here, there = replicas
    assert [await limits.allows("a") for limits in (here, there, here)] == [True, True, False]
    clock.now += 0.5
    assert [await limits.allows("a") for limits in (there, here)] == [True, False]


async def test_clients_do_not_share_a_bucket(replicas: Replicas) -> None:
    assert [await replicas[0].allows("a") for _ in range(3)] == [True, True, False]
    assert await replicas[1].allows("b")


async def test_a_pause_saves_up_no_more_than_a_burst(replicas: Replicas, clock: Clock) -> None:
    await replicas[0].allows("a")
    clock.now += 1000
    assert [await replicas[1].allows("a") for _ in range(3)] == [True, True, False]


async def test_messages_at_one_moment_never_take_the_same_token(replicas: Replicas) -> None:
    allowed = await asyncio.gather(*(replicas[number % 2].allows("a") for number in range(20)))
    assert sum(allowed) == 2


async def test_a_clock_that_is_behind_takes_nothing_away(replicas: Replicas, clock: Clock) -> None:
    await replicas[0].allows("a")
    clock.now -= 5
    assert [await replicas[0].allows("a") for _ in range(2)] == [True, False]


async def test_memory_is_bounded() -> None:
    limits = MemoryLimits(1, most=2, clock=Clock())
    for client in ("a", "b", "c"):
        await limits.allows(client)
    assert await limits.allows("a")


async def test_by_its_own_clock_redis_counts_too(shared: tuple[RedisClient, RedisClient]) -> None:
    limits = RedisLimits(shared[0], "client", b"key", MemoryLimits(0.001, burst=2))
    assert [await limits.allows("a") for _ in range(3)] == [True, True, False]


async def test_limits_have_buckets_of_their_own_that_hide_and_forget_the_client(
    shared: tuple[RedisClient, RedisClient], redis_server: RedisServer
) -> None:
    await in_redis(shared[0], None, "number").allows("10.0.0.9")
    await in_redis(shared[0], None, "client").allows("10.0.0.9")
    async with Redis.from_url(redis_server.url, decode_responses=True) as redis:
        keys = await redis.keys("*")
        assert len(keys) == 2
        assert not any("10.0.0.9" in key for key in keys)
        for key in keys:
            assert 0 < await redis.ttl(key) <= 61


async def test_with_redis_dead_each_process_counts_by_itself(
    shared: tuple[RedisClient, RedisClient], redis_server: RedisServer, clock: Clock
) -> None:
    limits = in_redis(shared[0], clock)
    await limits.allows("a")
    redis_server.kill()
    assert [await limits.allows("a") for _ in range(3)] == [True, True, False]
    redis_server.start()
    clock.now += COOL_DOWN
    assert [await limits.allows("a") for _ in range(3)] == [True, True, False]
