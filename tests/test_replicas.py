"""Two replicas over one real Redis, and what they do without it."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY
from pydantic import SecretStr
from redis.asyncio import Redis

from app.main import create_app
from app.settings import Settings
from tests.redis import RedisServer

Replicas = tuple[TestClient, TestClient]


@pytest.fixture
def sharing(settings: Settings, redis_server: RedisServer) -> Settings:
    """A patience that no test machine is too slow for."""
    changed = {"redis_url": SecretStr(redis_server.url), "redis_milliseconds": 1000.0, "secret": SecretStr("a9" * 20)}
    return settings.model_copy(update=changed)


@pytest.fixture
def replicas(sharing: Settings) -> Iterator[Replicas]:
    with ExitStack() as running:
        here, there = (running.enter_context(TestClient(create_app(sharing))) for _ in range(2))
        yield here, there


def ask(client: TestClient, text: str, conversation: str | None = None) -> dict[str, Any]:
    response = client.post("/v1/messages", json={"text": text, "conversation_id": conversation})
    assert response.status_code == 200
    reply: dict[str, Any] = response.json()
    return reply


def store_errors() -> float:
    return REGISTRY.get_sample_value("hai_faq_store_errors_total", {"store": "conversations"}) or 0.0


def test_a_conversation_goes_on_at_another_replica(replicas: Replicas) -> None:
    here, there = replicas
    first = ask(here, "what color is the lamp")["conversation_id"]
    second = ask(there, "and where is it?", first)
    assert (second["conversation_id"], second["answers"][0]["id"]) == (first, "lamp-place")


def test_danger_that_two_messages_share_is_seen_by_two_replicas(replicas: Replicas) -> None:
    here, there = replicas
    first = ask(here, "chemo was tuesday")
    assert not first["urgent"]
    assert ask(there, "its 101 now", first["conversation_id"])["urgent"]


def test_a_sender_of_rasa_is_known_to_both(replicas: Replicas) -> None:
    said = [
        each.post("/webhooks/rest/webhook", json={"sender": "maria", "message": text}).json()[0]["text"]
        for each, text in zip(replicas, ("i cant breathe", "ok"), strict=True)
    ]
    assert said == ["Call 911 now.", "Call 911 now."]


def test_redis_holds_ids_and_marks_and_no_words(replicas: Replicas, redis_server: RedisServer) -> None:
    for text in ("what color is zq7zq7", "my chemo with zq7zq7 was tuesday", "bulb color zq7zq7"):
        replicas[0].post("/webhooks/rest/webhook", json={"sender": "maria-zq7zq7", "message": text})
    held = asyncio.run(held_by(redis_server))
    assert '"flags":' in held
    assert "zq7zq7" not in held
    assert "tuesday" not in held


async def held_by(redis_server: RedisServer) -> str:
    async with Redis.from_url(redis_server.url, decode_responses=True) as redis:
        keys = [str(key) for key in await redis.keys("*")]
        values = [str(await redis.get(key)) for key in keys if await redis.type(key) == "string"]
        return " ".join([*keys, *values])


def test_redis_may_be_killed_in_mid_conversation_and_come_back(sharing: Settings, redis_server: RedisServer) -> None:
    before = store_errors()
    with TestClient(create_app(sharing)) as client:
        first = ask(client, "what color is the lamp")["conversation_id"]
        redis_server.kill()
        replies = [ask(client, text, first) for text in ("and where is it?", "i cant breathe", "ok")]
        redis_server.start()
        replies += [ask(client, text, first) for text in ("ok", "what color is the lamp")]
    assert [reply["urgent"] for reply in replies] == [False, True, True, True, False]
    assert [reply["answers"][0]["id"] for reply in (replies[0], replies[-1])] == ["lamp-place", "lamp-color"]
    assert {reply["conversation_id"] for reply in replies} == {first}
    assert store_errors() > before


def test_a_redis_that_hangs_holds_back_no_danger(sharing: Settings, redis_server: RedisServer) -> None:
    redis_server.freeze()
    hurried = sharing.model_copy(update={"redis_milliseconds": 50.0})
    with TestClient(create_app(hurried)) as client:
        first = ask(client, "chemo was tuesday")["conversation_id"]
        assert ask(client, "its 101 now", first)["urgent"]


def test_a_service_starts_and_answers_without_its_redis(sharing: Settings, redis_server: RedisServer) -> None:
    redis_server.kill()
    with TestClient(create_app(sharing)) as client:
        assert ask(client, "what color is the lamp")["kind"] == "answer"
        assert client.get("/readyz").status_code == 200


def test_danger_passes_a_limit_that_replicas_share(sharing: Settings) -> None:
    limited = sharing.model_copy(update={"messages_per_second": 1.0, "trusted_proxies": ("testclient",)})
    with TestClient(create_app(limited), headers={"x-forwarded-for": "10.0.0.9"}) as client:
        statuses = [client.post("/v1/messages", json={"text": "lamp"}).status_code for _ in range(4)]
        assert 429 in statuses
        assert ask(client, "i cant breathe")["urgent"]
