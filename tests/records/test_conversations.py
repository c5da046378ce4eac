import asyncio
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from app.dialogue.messages import State
from app.records.conversations import IDLE, KEY, Conversations, MemoryConversations, RedisConversations
from app.records.redis_client import COOL_DOWN, RedisClient
from tests.conftest import NOW
from tests.records.conftest import Clock
from tests.redis import RedisServer

pytestmark = pytest.mark.anyio

STATE = State(("a", "b"), ("c",), "a", "call-now", frozenset({"treated", "fever"}), "es")
OTHER = State(about="b")
Replicas = tuple[Conversations, Conversations]


@pytest.fixture(params=["memory", "redis"])
def replicas(request: pytest.FixtureRequest) -> Replicas:
    """Two processes: with memory alone, one and the same."""
    if request.param == "memory":
        alone = MemoryConversations()
        return alone, alone
    here, there = request.getfixturevalue("shared")
    return RedisConversations(here), RedisConversations(there)


async def test_a_saved_state_is_found_again_whole(replicas: Replicas) -> None:
    here, there = replicas
    id_, _ = await here.open(None, "web", NOW)
    await here.save(id_, STATE, NOW)
    assert await there.open(id_, "web", NOW) == (id_, STATE)


async def test_an_unknown_id_starts_a_new_conversation(replicas: Replicas) -> None:
    id_, state = await replicas[0].open("web-made-up", "web", NOW)
    assert id_ != "web-made-up"
    assert state == State()


async def test_a_conversation_of_another_channel_is_unknown(replicas: Replicas) -> None:
    here, there = replicas
    id_, _ = await here.open(None, "web", NOW)
    await here.save(id_, STATE, NOW)
    assert (await there.open(id_, "api", NOW))[1] == State()


async def test_half_an_hour_ends_a_conversation(replicas: Replicas) -> None:
    here, there = replicas
    await here.save("web-1", STATE, NOW)
    assert (await there.open("web-1", "web", NOW + timedelta(minutes=29)))[1] == STATE
    assert (await there.open("web-1", "web", NOW + timedelta(minutes=30)))[1] == State()


async def test_a_conversation_named_by_the_server_begins_empty_and_is_found_again(replicas: Replicas) -> None:
    here, there = replicas
    assert await here.named("rasa-1", NOW) == State()
    await here.save("rasa-1", STATE, NOW)
    assert await there.named("rasa-1", NOW) == STATE
    assert await there.named("rasa-1", NOW + timedelta(minutes=30)) == State()


async def test_the_last_state_counts_whichever_clock_is_behind(replicas: Replicas) -> None:
    here, there = replicas
    await here.save("web-1", OTHER, NOW)
    await there.named("web-1", NOW)
    await there.save("web-1", STATE, NOW - timedelta(seconds=5))
    assert await here.named("web-1", NOW) == STATE


async def test_the_longest_idle_makes_room() -> None:
    conversations = MemoryConversations(most=2)
    for id_ in ("web-1", "web-2", "web-3"):
        await conversations.save(id_, STATE, NOW)
    assert len(conversations) == 2
    assert (await conversations.open("web-1", "web", NOW))[1] == State()


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"\xff",
        b"{",
        b"null",
        b'{"state": {}}',
        b'{"state": {}, "until": "2029-06-01T12:10:00"}',
        b'{"state": {"offered": "a"}, "until": "2029-06-01T12:10:00Z"}',
        b'{"state": {"urgent": "unheard-of"}, "until": "2029-06-01T12:10:00Z"}',
        b'{"state": {"about": "a"}, "until": "9999-12-31T23:59:59Z"}',
    ],
)
async def test_a_value_of_another_version_is_a_new_conversation(
    value: bytes, shared: tuple[RedisClient, RedisClient], redis_server: RedisServer
) -> None:
    async with Redis.from_url(redis_server.url) as redis:
        await redis.set(f"{KEY}web-1", value)
    conversations = RedisConversations(shared[0])
    assert (await conversations.open("web-1", "web", NOW))[1] == State()
    await conversations.save("web-1", STATE, NOW)
    assert await RedisConversations(shared[1]).named("web-1", NOW) == STATE


async def test_what_another_message_saved_meanwhile_is_seen(replicas: Replicas) -> None:
    here, _ = replicas
    await here.save("sms-1", OTHER, NOW)
    saving = asyncio.create_task(here.save("sms-1", STATE, NOW))
    await asyncio.sleep(0)
    assert await here.named("sms-1", NOW) == STATE
    await saving


async def test_redis_forgets_by_itself(shared: tuple[RedisClient, RedisClient], redis_server: RedisServer) -> None:
    await RedisConversations(shared[0]).save("web-1", STATE, NOW)
    async with Redis.from_url(redis_server.url) as redis:
        assert 0 < await redis.ttl(f"{KEY}web-1") <= IDLE.total_seconds()


async def test_a_conversation_goes_on_while_redis_is_dead_and_after(
    shared: tuple[RedisClient, RedisClient], redis_server: RedisServer, clock: Clock
) -> None:
    here, there = (RedisConversations(redis) for redis in shared)
    await here.save("web-1", OTHER, NOW)
    redis_server.kill()
    assert await here.named("web-1", NOW) == OTHER
    await here.save("web-1", STATE, NOW)
    redis_server.start()
    clock.now += COOL_DOWN
    assert await here.named("web-1", NOW) == STATE
    await here.save("web-1", STATE, NOW)
    assert await there.named("web-1", NOW) == STATE


async def test_what_was_said_while_redis_was_away_outlasts_what_it_holds(
    shared: tuple[RedisClient, RedisClient], redis_server: RedisServer, clock: Clock
) -> None:
    await RedisConversations(shared[0]).save("sms-1", OTHER, NOW)
    redis_server.freeze()
    away = RedisClient(redis_server.url, 0.05, clock)
    there, later = RedisConversations(away), NOW + timedelta(seconds=1)
    assert await there.named("sms-1", NOW) == State()
    await there.save("sms-1", STATE, later)
    redis_server.thaw()
    clock.now += COOL_DOWN
    assert await there.named("sms-1", later) == STATE
    await away.close()
