import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.answering import NEAR_URGENT, Answering
from app.dialogue.engine import respond
from app.dialogue.messages import Message, State
from app.records.conversations import MemoryConversations
from app.reply_cache import CachedReply


class Kept:
    """A writer that keeps what it is given in memory."""

    def __init__(self) -> None:
        self.items: list[tuple[str, Any]] = []

    def record(self, sink: str, item: object) -> None:
        self.items.append((sink, item))

    def of(self, sink: str) -> list[Any]:
        return [item for name, item in self.items if name == sink]


@pytest.fixture
def kept(client: TestClient) -> Kept:
    """What the service of `client` has to write."""
    kept = Kept()
    object.__setattr__(client.app.state.services.answering, "writer", kept)  # type: ignore[attr-defined]
    return kept


@pytest.mark.parametrize(
    ("text", "outcome", "asked"),
    [
        ("what color is the lamp", "answer", False),
        ("how much does the lamp cost", "not-covered", True),
        ("bulb color", "clarify", True),
        ("hello", "smalltalk", False),
        ("i cant breathe", "urgent", False),
    ],
)
def test_every_message_is_counted_and_what_was_not_answered_is_kept(
    client: TestClient, kept: Kept, text: str, outcome: str, asked: bool
) -> None:
    client.post("/v1/messages", json={"text": text, "channel": "web"})
    assert [(each.channel, each.outcome) for each in kept.of("counts")] == [("web", outcome)]
    assert len(kept.of("ledger")) == 1
    assert [(each.text, each.outcome) for each in kept.of("questions")] == ([(text, outcome)] if asked else [])


def test_an_answered_message_near_the_urgent_bar_is_kept_for_review(client: TestClient, kept: Kept) -> None:
    answering: Answering = client.app.state.services.answering  # type: ignore[attr-defined]
    knowledge, now, asked = answering.live.current, answering.clock(), Message("what color is the lamp", "web")
    urgency = replace(knowledge.assess(asked.text), score=NEAR_URGENT)
    key = answering.cache.key(asked, State(), now.date())
    answering.cache.find(knowledge, key)
    answering.cache.keep(key, CachedReply(urgency, *respond(asked, State(), knowledge, now, urgency)))
    client.post("/v1/messages", json={"text": "what color is the lamp", "channel": "web"})
    assert [(each.near_urgent, each.outcome) for each in kept.of("questions")] == [(True, "answer")]


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
