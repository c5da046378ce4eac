import pytest

from app.records.redis_client import RedisClient
from app.records.repeats import AGAIN, PARTIES, WITHIN, MemoryRepeats, RedisRepeats, Repeats
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


async def test_a_text_that_was_sent_is_known_to_all_for_a_minute(replicas: Replicas) -> None:
    here, there = replicas
    assert not await here.was_sent("number", "text")
    await here.remember("number", "text")
    assert await there.was_sent("number", "text")
    assert not await there.was_sent("number", "another")
    assert not await there.was_sent("another", "text")


async def test_after_a_pause_both_begin_anew(clock: Clock) -> None:
    repeats = MemoryRepeats(clock)
    await repeats.count("number", "a")
    await repeats.remember("number", "text")
    clock.now += AGAIN
    assert not await repeats.was_sent("number", "text")
    clock.now += WITHIN - AGAIN
    assert await repeats.count("number", "a") == 1


async def test_without_redis_each_replica_counts_by_itself(redis_server: RedisServer, clock: Clock) -> None:
    repeats = RedisRepeats(RedisClient("redis://127.0.0.1:1/0"), MemoryRepeats(clock))
    assert [await repeats.count("number", "a") for _ in range(2)] == [1, 2]
    await repeats.remember("number", "text")
    assert await repeats.was_sent("number", "text")


async def test_the_number_idle_the_longest_makes_room(clock: Clock) -> None:
    repeats = MemoryRepeats(clock)
    for number in range(PARTIES + 1):
        await repeats.count(str(number), "a")
    assert [await repeats.count(number, "a") for number in (str(PARTIES), "0")] == [2, 1]
