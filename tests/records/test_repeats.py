import pytest

from app.records.redis_client import RedisClient
from app.records.repeats import AGAIN, WITHIN, MemoryRepeats, RedisRepeats, Repeats
from tests.records.conftest import Clock
from tests.redis import RedisServer

pytestmark = pytest.mark.anyio

Replicas = tuple[Repeats, Repeats]


@pytest.fixture(params=["memory", "redis"])
def replicas(request: pytest.FixtureRequest, clock: Clock) -> Replicas:
    """Two processes that share what they remember: with memory alone, one."""
    memory = MemoryRepeats(clock)
    if request.param == "memory":
        return memory, memory
    here, there = request.getfixturevalue("shared")
    return RedisRepeats(here, MemoryRepeats(clock)), RedisRepeats(there, MemoryRepeats(clock))


async def test_the_same_message_is_counted_over_replicas_until_another_comes(replicas: Replicas) -> None:
    here, there = replicas
    said = [("a", here), ("a", there), ("a", here), ("b", there), ("a", here)]
    assert [await repeats.count("number", message) for message, repeats in said] == [1, 2, 3, 1, 1]


async def test_numbers_are_counted_apart(replicas: Replicas) -> None:
    here, there = replicas
    await here.count("number", "a")
    assert await there.count("another", "a") == 1


async def test_a_text_is_the_first_until_it_is_forgotten(replicas: Replicas) -> None:
    here, there = replicas
    assert [await repeats.is_first("number", "text") for repeats in (here, there)] == [True, False]
    assert await there.is_first("number", "another")
    await there.forget("number", "text")
    assert await here.is_first("number", "text")


async def test_after_a_pause_both_begin_anew(clock: Clock) -> None:
    repeats = MemoryRepeats(clock)
    await repeats.count("number", "a")
    await repeats.is_first("number", "text")
    clock.now += AGAIN
    assert await repeats.is_first("number", "text")
    clock.now += WITHIN - AGAIN
    assert await repeats.count("number", "a") == 1


async def test_without_redis_each_replica_counts_by_itself(redis_server: RedisServer, clock: Clock) -> None:
    repeats = RedisRepeats(RedisClient("redis://127.0.0.1:1/0"), MemoryRepeats(clock))
    assert [await repeats.count("number", "a") for _ in range(2)] == [1, 2]
    assert [await repeats.is_first("number", "text") for _ in range(2)] == [True, False]
    await repeats.forget("number", "text")
    assert await repeats.is_first("number", "text")
