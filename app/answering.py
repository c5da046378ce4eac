"""The one use case: a message of any channel gets its reply, and is remembered.

Urgent comes first, then the limit; a store that fails costs a memory, never an answer.
"""

import hmac
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from app import metrics, text
from app.dialogue import engine
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Channel, Message, Reply, State
from app.dialogue.smalltalk import UNCLEAR
from app.dialogue.urgent import Urgency
from app.errors import TooLarge, TooManyRequests
from app.live import Live
from app.records.conversations import Conversations
from app.records.counts import Counted
from app.records.ledger import Decision
from app.records.limits import Limits
from app.records.questions import Asked
from app.records.writer import Writer
from app.tokens import Tokens

log = logging.getLogger(__name__)

LONGEST = 20_000
"""Characters; longer texts are refused."""
NEAR_URGENT = 0.2
"""Urgent score from which a message that was not raised is reviewed first. Of the labelled messages it shows 37 of the
65 dangers that were missed and 17 of 693 ordinary ones; at 0.15 43 and 29, at 0.3 30 and 13.
"""
UNANSWERED = frozenset({"clarify", "fallback", "not-covered", "language"})
"""Outcomes whose question is kept for review."""
_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True, slots=True)
class Answered:
    reply: Reply
    conversation_id: str
    message_id: str
    content_version: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a message led to, in one state of a conversation, on one day."""

    urgency: Urgency
    reply: Reply
    following: State


Key = tuple[str, Channel, State, date]


class Recall:
    """Replies to the messages of the last while, by a keyed hash of the text: the pipeline is deterministic, so that a
    question which many ask is worked out once. Forgotten whole when the knowledge is another.
    """

    def __init__(self, most: int = 1_000) -> None:
        self._most = most
        self._of: Knowledge | None = None
        self._known: dict[Key, Known] = {}

    def find(self, knowledge: Knowledge, key: Key) -> Known | None:
        if self._of is not knowledge:
            self._of = knowledge
            self._known.clear()
        return self._known.get(key)

    def keep(self, key: Key, known: Known) -> Known:
        """A reply whose urgent check broke is not kept."""
        if len(self._known) >= self._most:
            self._known.clear()
        if not known.urgency.failed:
            self._known[key] = known
        return known


@dataclass(frozen=True, slots=True)
class Answering:
    live: Live
    conversations: Conversations
    limits: Limits
    limit_in_all: Limits
    """Of this process: many clients, or one with many addresses, must not take all of its time."""
    writer: Writer
    """Of the ledger, the counts and, where they are kept, the questions."""
    tokens: Tokens
    clock: Callable[[], datetime]
    recall: Recall = field(default_factory=Recall)

    async def answer(
        self, message: Message, conversation_id: str | None, client: str | None, sender: str | None = None
    ) -> Answered:
        """`client` is whom the limit counts; None is exempt. Raises `TooLarge` and `TooManyRequests`.

        A channel that knows its people by a name of its own gives `sender` in place of a conversation.
        """
        if len(message.text) > LONGEST:
            raise TooLarge(f"A message may have at most {LONGEST} characters.")
        began = time.perf_counter()
        knowledge = self.live.current
        now = self.clock()
        conversation, state = await self._open(message.channel, conversation_id, sender, now)
        waited = time.perf_counter() - began
        key = (self._hash(message.text), message.channel, state, now.date())
        known = self.recall.find(knowledge, key)
        urgency = known.urgency if known else self.check(knowledge, message, state.flags)
        if not urgency.tier and client is not None and not await self._allows(client):
            metrics.limited.inc()
            raise TooManyRequests
        if not known:
            reply, following = engine.respond(message, state, knowledge, now, urgency)
            known = self.recall.keep(key, Known(urgency, reply, following))
        await self.conversations.save(conversation, known.following, now, waited if urgency.tier else 0.0)
        message_id = self.tokens.sign(now, message.channel, subject(known.reply), knowledge.version)
        self._record(message, known, knowledge, message_id, now, time.perf_counter() - began)
        return Answered(known.reply, conversation, message_id, knowledge.version)

    async def _allows(self, client: str) -> bool:
        return await self.limits.allows(client) and await self.limit_in_all.allows("all")

    async def is_urgent(self, message: Message, sender: str) -> bool:
        """Whether this message, after those before it of this sender, is one that nothing may hold back."""
        state = await self.conversations.named(self.tokens.conversation(message.channel, sender), self.clock())
        return self.check(self.live.current, message, state.flags).tier is not None

    async def about(self, channel: Channel, sender: str) -> str | None:
        """The entry that a sender was answered last."""
        return (await self.conversations.named(self.tokens.conversation(channel, sender), self.clock())).about

    async def forget(self, channel: Channel, sender: str) -> None:
        await self.conversations.save(self.tokens.conversation(channel, sender), State(), self.clock())

    async def _open(
        self, channel: Channel, conversation_id: str | None, sender: str | None, now: datetime
    ) -> tuple[str, State]:
        if sender is not None:
            named = self.tokens.conversation(channel, sender)
            return named, await self.conversations.named(named, now)
        given = conversation_id if conversation_id and _PLAIN_ID.fullmatch(conversation_id) else None
        return await self.conversations.open(given, channel, now)

    def check(self, knowledge: Knowledge, message: Message, before: frozenset[str] = frozenset()) -> Urgency:
        """A check that breaks must not cost the answer: the reply then opens with the safety notice."""
        try:
            return knowledge.assess(message.text, before)
        except Exception as error:  # noqa: BLE001 whatever broke, the answer must come
            metrics.check_failures.inc()
            log.error("urgent check failed: %s", type(error).__name__)
            return Urgency(None, "", 0.0, before, failed=True)

    def _record(
        self, message: Message, known: Known, knowledge: Knowledge, message_id: str, now: datetime, seconds: float
    ) -> None:
        reply, urgency = known.reply, known.urgency
        _measure(message.channel, reply, seconds)
        topic = reply.intent.id if reply.intent and reply.intent.category == "not-covered" else None
        entries = tuple(answer.id for answer in reply.answers)
        result = outcome(reply)
        self.writer.record("counts", Counted(now.date(), message.channel, result, entries, topic, seconds))
        self.writer.record(
            "ledger",
            Decision(
                message_id=message_id,
                at=now,
                channel=message.channel,
                kind=reply.kind,
                subject=" ".join(subject(reply)),
                text_hash=self._hash(text.fold(message.text)),
                confidence=round(reply.confidence, 4),
                urgent_score=round(urgency.score, 4),
                check_failed=urgency.failed,
                content_version=knowledge.version,
                model_version=knowledge.model_version,
            ),
        )
        near = urgency.tier is None and urgency.score >= NEAR_URGENT
        unclear = reply.intent is not None and reply.intent.id == UNCLEAR
        if near or unclear or result in UNANSWERED:
            score, version = round(urgency.score, 4), knowledge.version
            self.writer.record(
                "questions", Asked(message_id, now, message.channel, result, message.text, score, near, version)
            )

    def _hash(self, message: str) -> str:
        """Keyed, since the words of a short message could be guessed from a plain hash."""
        return hmac.digest(self.tokens.key, message.encode("utf-8", "surrogatepass"), "sha256").hex()


def _measure(channel: Channel, reply: Reply, seconds: float) -> None:
    metrics.seconds.observe(seconds)
    metrics.replies.labels(reply.kind, channel).inc()
    metrics.confidence.observe(reply.confidence)
    for answer in reply.answers:
        metrics.entries.labels(answer.id).inc()
    if reply.urgent and reply.intent:
        metrics.urgent.labels(reply.intent.id).inc()


def outcome(reply: Reply) -> str:
    """What a message got, in a word: its kind, or for a script what the script was about."""
    if reply.intent and reply.kind in ("scripted", "fallback"):
        return reply.intent.category
    return reply.kind


def subject(reply: Reply) -> tuple[str, ...]:
    """What a reply was about: entries answered, else entries offered, else the intent."""
    if reply.answers:
        return tuple(answer.id for answer in reply.answers)
    if reply.options:
        return tuple(option.id for option in reply.options)
    return (reply.intent.id,) if reply.intent else ()
