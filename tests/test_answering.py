import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.answering import Answering
from app.dialogue import compose
from app.dialogue.engine import respond
from app.dialogue.messages import Intent, Message, State
from app.dialogue.urgent import Urgency
from app.errors import TooManyRequests
from app.records.conversations import MemoryConversations
from app.records.exchange import Exchange
from app.records.limits import MemoryLimits
from app.reply_cache import CachedReply
from app.turns import MOST_ASIDE, SHORT_TEXT


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


@pytest.mark.parametrize(
    ("topic", "expected"), [("nc-price", ("not-covered", "nc-price")), ("nc-other", ("fallback", None))]
)
def test_a_topic_without_a_title_is_what_fits_nothing(
    client: TestClient, kept: Kept, topic: str, expected: tuple[str, str | None]
) -> None:
    answering: Answering = client.app.state.services.answering  # type: ignore[attr-defined]
    knowledge, now, asked = answering.reloader.current, answering.clock(), Message("what about the cat", "web")
    reply = replace(compose.fallback(knowledge, 0.1, Intent(topic, "not-covered")), missed=topic)
    key = answering.cache.key(asked, State(), now.date())
    answering.cache.find(knowledge, key)
    answering.cache.keep(knowledge, key, CachedReply(asked.text, Urgency(), reply, State()))
    client.post("/v1/messages", json={"text": asked.text, "channel": "web"})
    assert [(exchange.outcome, exchange.topic) for exchange in kept.exchanges] == [expected]
    assert kept.exchanges[0].missed == topic


def test_what_is_picked_of_a_choice_is_told_by_its_exchange(client: TestClient, kept: Kept) -> None:
    offered = client.post("/v1/messages", json={"text": "bulb color"}).json()
    client.post("/v1/messages", json={"text": "2", "conversation_id": offered["conversation_id"]})
    assert [exchange.taken for exchange in kept.exchanges] == [(), (offered["options"][1]["id"],)]


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

    async def save(
        self, id_: str, state: State, now: datetime, waited: float = 0.0, before: State | None = None
    ) -> None:
        self.waited = waited


def test_what_danger_waited_for_its_state_is_off_the_time_to_save_it(client: TestClient) -> None:
    app: Any = client.app
    watched = Watched()
    answering: Answering = replace(app.state.services.answering, conversations=watched)
    asyncio.run(answering.answer(Message("i cant breathe"), None, None))
    assert watched.waited > 0
    asyncio.run(answering.answer(Message("what color is the lamp"), None, None))
    assert watched.waited == 0


CALM_LONG = "the lamp stands by the window. " * 40


@pytest.fixture
def limited(client: TestClient) -> Answering:
    """An answering whose clients may send three messages, and no more."""
    answering: Answering = client.app.state.services.answering  # type: ignore[attr-defined]
    return replace(answering, limits=MemoryLimits(3.0, clock=lambda: 0.0))


def tier_of(answering: Answering, text: str) -> str | None:
    reply = asyncio.run(answering.answer(Message(text), None, "203.0.113.9")).reply
    return reply.intent.id if reply.urgent and reply.intent else None


def test_an_emergency_is_answered_before_questions_that_came_first(client: TestClient) -> None:
    app: Any = client.app
    answering: Answering = app.state.services.answering
    done: list[str] = []

    async def ask(text: str) -> None:
        await answering.answer(Message(text), None, None)
        done.append(text)

    async def ask_all() -> None:
        await asyncio.gather(*(ask(f"what color is lamp {number}") for number in range(20)), ask("i cant breathe"))

    asyncio.run(ask_all())
    assert done.index("i cant breathe") <= 1


def test_a_long_message_counts_for_as_many_as_it_is_long(limited: Answering) -> None:
    asyncio.run(limited.answer(Message(CALM_LONG[: 2 * SHORT_TEXT + 1]), None, "203.0.113.9"))
    with pytest.raises(TooManyRequests):
        asyncio.run(limited.answer(Message("lamp"), None, "203.0.113.9"))


@pytest.mark.parametrize("text", [f"i cant breathe. {CALM_LONG}", f"{CALM_LONG}. i cant breathe"])
def test_danger_at_either_end_of_a_long_message_is_answered_beyond_the_limit(limited: Answering, text: str) -> None:
    for _ in range(3):
        asyncio.run(limited.answer(Message("lamp"), None, "203.0.113.9"))
    assert tier_of(limited, text) == "emergency"
    with pytest.raises(TooManyRequests):
        tier_of(limited, CALM_LONG)


def test_danger_in_the_middle_of_a_long_message_is_found_within_the_limit(limited: Answering) -> None:
    assert tier_of(limited, f"{CALM_LONG}. i cant breathe. {CALM_LONG}") == "emergency"


def test_what_was_read_by_its_ends_only_is_read_whole_the_next_time(limited: Answering) -> None:
    said = f"i have a fever of 102. {CALM_LONG}. i cant breathe. {CALM_LONG}"
    for _ in range(3):
        asyncio.run(limited.answer(Message("lamp"), None, "203.0.113.9"))
    by_its_ends = tier_of(limited, said)
    whole = asyncio.run(limited.answer(Message(said), None, None)).reply.intent
    assert (by_its_ends, whole and whole.id) == ("call-now", "emergency")


def test_who_is_exempt_is_read_whole_however_much_waits_aside(limited: Answering) -> None:
    limited.turns._characters_aside = MOST_ASIDE
    said = f"{CALM_LONG}. i cant breathe. {CALM_LONG}"
    reply = asyncio.run(limited.answer(Message(said), None, None)).reply
    assert reply.intent
    assert reply.intent.id == "emergency"


def test_danger_told_while_a_long_message_is_worked_on_is_not_forgotten(client: TestClient) -> None:
    app: Any = client.app
    answering: Answering = app.state.services.answering
    conversation = client.post("/v1/messages", json={"text": "lamp"}).json()["conversation_id"]

    async def ask_both() -> None:
        long = asyncio.create_task(answering.answer(Message(CALM_LONG), conversation, None))
        await asyncio.sleep(0)
        await answering.answer(Message("i cant breathe"), conversation, None)
        await long

    asyncio.run(ask_both())
    _, state = asyncio.run(answering.conversations.open(conversation, "api", answering.clock()))
    assert state.urgent == "emergency"
