import asyncio
import logging
import socket
import time

import pytest
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from app.errors import StoreError
from app.records.limits import MemoryLimits, RedisLimits
from app.records.redis_client import COOL_DOWN, RedisClient
from tests.records.conftest import PATIENT, Clock
from tests.redis import Name, RedisServer

pytestmark = pytest.mark.anyio


class Work:
    """Asks Redis for something, and counts how often it was let to."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self, redis: Redis) -> bool:
        self.times += 1
        return bool(await redis.ping())


class Write(Work):
    async def __call__(self, redis: Redis) -> bool:
        return bool(await redis.set("a", "b"))


async def outcome(shared: RedisClient, work: Work) -> bool | str:
    try:
        return await shared.attempt("limits", work)
    except StoreError as error:
        return type(error.__cause__).__name__ if error.__cause__ else "left alone"


def errors() -> float:
    return REGISTRY.get_sample_value("hai_faq_store_errors_total", {"store": "limits"}) or 0.0


async def test_after_a_failure_redis_is_left_alone_for_a_while(redis_server: RedisServer, clock: Clock) -> None:
    shared, work, before = RedisClient(redis_server.url, PATIENT, clock), Work(), errors()
    assert await outcome(shared, work) is True
    redis_server.kill()
    assert [await outcome(shared, work) for _ in range(3)] == ["ConnectionError", "left alone", "left alone"]
    assert (work.times, errors() - before) == (2, 1)
    clock.now += COOL_DOWN
    assert [await outcome(shared, work) for _ in range(2)] == ["ConnectionError", "left alone"]
    await shared.close()


async def test_it_is_used_again_once_it_is_back(redis_server: RedisServer, clock: Clock) -> None:
    shared, work = RedisClient(redis_server.url, PATIENT, clock), Work()
    assert await outcome(shared, work) is True
    redis_server.kill()
    await outcome(shared, work)
    redis_server.start()
    assert await outcome(shared, work) == "left alone"
    clock.now += COOL_DOWN
    assert [await outcome(shared, work) for _ in range(2)] == [True, True]
    await shared.close()


async def test_a_restart_between_two_messages_goes_unnoticed(redis_server: RedisServer, clock: Clock) -> None:
    shared, work = RedisClient(redis_server.url, PATIENT, clock), Work()
    await asyncio.gather(*(outcome(shared, work) for _ in range(5)))
    redis_server.kill()
    redis_server.start()
    assert await asyncio.gather(*(outcome(shared, work) for _ in range(5))) == [True] * 5
    await shared.close()


async def test_one_that_does_not_answer_costs_one_patience(redis_server: RedisServer, clock: Clock) -> None:
    shared, work = RedisClient(redis_server.url, 0.05, clock), Work()
    redis_server.freeze()
    assert [await outcome(shared, work) for _ in range(2)] == ["TimeoutError", "left alone"]
    await shared.close()


async def test_of_messages_at_one_moment_one_finds_out_whether_it_is_back(
    redis_server: RedisServer, clock: Clock
) -> None:
    shared, work = RedisClient(redis_server.url, 0.05, clock), Work()
    redis_server.freeze()
    await outcome(shared, work)
    clock.now += COOL_DOWN
    outcomes = await asyncio.gather(*(outcome(shared, work) for _ in range(5)))
    assert sorted(outcomes, key=str) == ["TimeoutError", *["left alone"] * 4]
    await shared.close()


async def test_one_that_writes_nothing_since_a_fail_over_is_left_and_the_new_one_found(
    redis_server: RedisServer, successor: RedisServer, clock: Clock
) -> None:
    name = Name(redis_server)
    shared = RedisClient(name.url, PATIENT, clock)
    limits = RedisLimits(shared, "client", b"key", MemoryLimits(1.0))
    assert await asyncio.gather(*(outcome(shared, Write()) for _ in range(5))) == [True] * 5
    assert await limits.allows("someone")
    name.leads_to = successor
    redis_server.step_down()
    assert await outcome(shared, Write()) == "ReadOnlyError"
    clock.now += COOL_DOWN
    assert [await outcome(shared, Write()) for _ in range(5)] == [True] * 5
    assert [await limits.allows("someone") for _ in range(2)] == [True, False]
    await shared.close()
    name.close()


async def test_one_that_says_nothing_more_is_left_with_all_its_connections_after_two_failures(
    redis_server: RedisServer, successor: RedisServer, clock: Clock
) -> None:
    name = Name(redis_server)
    outcomes: list[set[bool | str]] = []
    shared = RedisClient(name.url, 1.0, clock)
    await asyncio.gather(*(outcome(shared, Work()) for _ in range(5)))
    name.leads_to = successor
    redis_server.freeze()
    for together in (1, 1, 4, 1, 5):
        outcomes.append(set(await asyncio.gather(*(outcome(shared, Work()) for _ in range(together)))))
        clock.now += COOL_DOWN
    assert outcomes == [{"TimeoutError"}, {True}, {"TimeoutError", True}, {True}, {True}]
    await shared.close()
    name.close()


async def test_time_that_was_waited_before_is_off_the_patience(redis_server: RedisServer, clock: Clock) -> None:
    shared = RedisClient(redis_server.url, PATIENT, clock)
    redis_server.freeze()
    with pytest.raises(StoreError):
        await shared.attempt("limits", Work(), waited=PATIENT)
    await shared.close()


async def test_what_came_while_this_process_was_busy_is_in_time(redis_server: RedisServer, clock: Clock) -> None:
    shared, (ours, theirs) = RedisClient(redis_server.url, 0.01, clock), socket.socketpair()
    ours.setblocking(False)

    async def work(_: Redis) -> bytes:
        got = await asyncio.get_running_loop().sock_recv(ours, 1)
        await asyncio.sleep(0)  # as the driver takes some turns of the loop from bytes to an answer
        return got

    async def busy() -> None:
        time.sleep(0.05)  # the loop stands still, and the time is up
        theirs.send(b"1")

    with ours, theirs:
        got, _ = await asyncio.gather(shared.attempt("limits", work), busy())
    assert got == b"1"


async def test_no_log_line_holds_the_password(
    redis_server: RedisServer, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = redis_server.url.replace("redis://", "redis://:hunter2@")
    shared = RedisClient(secret, PATIENT, clock)
    assert await outcome(shared, Work()) == "AuthenticationError"
    assert "limits: AuthenticationError" in caplog.text
    assert "hunter2" not in caplog.text + repr(shared)
    await shared.close()
