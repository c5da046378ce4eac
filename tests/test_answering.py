import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.answering import Answering
from app.dialogue.engine import respond
from app.dialogue.messages import Message, State
from app.records.conversations import MemoryConversations
from app.records.exchange import Exchange
from app.reply_cache import CachedReply


class Kept:
    """A writer that keeps what it is given in memory."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []

    def record(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)


@pytest.fixture
def kept(client: TestClient) -> Kept:
    """What the service of `client` has to write."""
    kept = Kept()
    object.__setattr__(client.app.state.services.answering, "writer", kept)  # type: ignore[attr-defined]
    return kept


@pytest.mark.parametrize(
    ("text", "outcome", "subject", "topic"),
    [
        ("What color is the lamp", "answer", ("lamp-color",), None),
        ("how much does the lamp cost", "not-covered", ("nc-price",), "nc-price"),
        ("bulb color", "clarify", ("lamp-bulb", "lamp-color"), None),
        ("hello", "smalltalk", ("greeting",), None),
        ("👍", "smalltalk", ("unclear",), None),
        ("i cant breathe", "urgent", ("emergency",), None),
    ],
)
def test_every_message_leaves_one_exchange(
    client: TestClient, kept: Kept, text: str, outcome: str, subject: tuple[str, ...], topic: str | None
) -> None:
    reply = client.post("/v1/messages", json={"text": text, "channel": "web"}).json()
    exchange = kept.exchanges[0]
    assert len(kept.exchanges) == 1
    assert (exchange.message_id, exchange.channel, exchange.text) == (reply["message_id"], "web", text)
    assert (exchange.outcome, exchange.subject, exchange.topic) == (outcome, subject, topic)
    assert exchange.entries == (subject if outcome == "answer" else ())
    assert (exchange.raised, exchange.unclear) == (outcome == "urgent", subject == ("unclear",))


def test_an_answered_message_in_doubt_of_danger_is_told_by_its_exchange(client: TestClient, kept: Kept) -> None:
    answering: Answering = client.app.state.services.answering  # type: ignore[attr-defined]
    knowledge, now, asked = answering.reloader.current, answering.clock(), Message("what color is the lamp", "web")
    urgency = replace(knowledge.assess(asked), net="crisis")
    key = answering.cache.key(asked, State(), now.date())
    answering.cache.find(knowledge, key)
    answering.cache.keep(
        knowledge, key, CachedReply(asked.text, urgency, *respond(asked, State(), knowledge, now, urgency))
    )
    client.post("/v1/messages", json={"text": "what color is the lamp", "channel": "web"})
    assert [(exchange.netted, exchange.outcome) for exchange in kept.exchanges] == [(True, "answer")]


class Watched(MemoryConversations):
    waited = -1.0

    async def save(self, id_: str, state: State, now: datetime, waited: float = 0.0) -> None:
        self.waited = waited


def test_what_danger_waited_for_its_state_is_off_the_time_to_save_it(client: TestClient) -> None:
    app: Any = client.app
    watched = Watched()
    answering: Answering = replace(app.state.services.answering, conversations=watched)
    asyncio.run(answering.answer(Message("i cant breathe"), None, None))
    assert watched.waited > 0
    asyncio.run(answering.answer(Message("what color is the lamp"), None, None))
    assert watched.waited == 0
