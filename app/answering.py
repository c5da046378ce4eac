"""A message of any channel gets its reply here, and is remembered.

Urgent comes first, in the queue too, then the limit; a store that fails costs a memory, never an answer.
"""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from app import metrics
from app.content.schema import UNCLEAR
from app.dialogue import engine
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Channel, Message, Reply, State
from app.dialogue.urgent import Urgency
from app.errors import TooLarge, TooManyRequests
from app.loading.reloader import Reloader
from app.records.conversations import Conversations
from app.records.exchange import Exchange
from app.records.limits import Limits
from app.records.writer import Writer
from app.reply_cache import CachedReply, ReplyCache
from app.tokens import Tokens
from app.turns import SHORT_TEXT, Rank, Turns

log = logging.getLogger(__name__)

LONGEST = 20_000
"""Most characters of a text; longer ones are refused."""
_END = SHORT_TEXT // 2 - 1
"""Characters of the beginning, and of the end, of a long message that are looked at for danger though its client has
spent its limit.
"""
_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True, slots=True)
class Answered:
    reply: Reply
    conversation_id: str
    message_id: str
    content_version: str
    rendered: dict[str, bytes]
    """Bytes that channels wrote of a reply which was asked for before, by the name of the channel."""


@dataclass(frozen=True, slots=True)
class Answering:
    reloader: Reloader
    conversations: Conversations
    limits: Limits
    limit_in_all: Limits
    """The limit of this process: many clients, or one with many addresses, must not take all of its time."""
    writer: Writer
    tokens: Tokens
    clock: Callable[[], datetime]
    cache: ReplyCache = field(default_factory=ReplyCache)
    turns: Turns = field(default_factory=Turns)

    async def answer(
        self, message: Message, conversation_id: str | None, client: str | None, sender: str | None = None
    ) -> Answered:
        """Return the reply to a message. `client` is whom the limit counts; None is exempt. Raises `TooLarge` and
        `TooManyRequests`.

        A channel that knows its people by a name of its own gives `sender` in place of a conversation.
        """
        if len(message.text) > LONGEST:
            raise TooLarge(f"A message may have at most {LONGEST} characters.")
        began = time.perf_counter()
        knowledge, now = self.reloader.current, self.clock()
        conversation, state = await self._open(message.channel, conversation_id, sender, now)
        waited = time.perf_counter() - began
        key = self.cache.key(message, state, now.date())
        cached = self.cache.find(knowledge, key)
        rendered = cached.rendered if cached else {}  # kept from the second asking on: most texts are asked once
        if cached is None:
            urgency, is_whole = await self.assess_within_limit(knowledge, message, client, state.flags)
            reply, following = await self._respond(message, state, knowledge, now, urgency)
            cached = CachedReply(knowledge.read(message).text.folded, urgency, reply, following)
            if is_whole:
                self.cache.keep(knowledge, key, cached)
        elif not cached.urgency.tier:
            await self.charge(client)
        waited = waited if cached.urgency.tier else 0.0
        await self.conversations.save(conversation, cached.following, now, waited, before=state)
        message_id = self.tokens.sign(now, message.channel, subject(cached.reply), knowledge.version)
        self._record(message, cached, knowledge, message_id, now, time.perf_counter() - began)
        return Answered(cached.reply, conversation, message_id, knowledge.version, rendered)

    async def may_be_danger(self, message: Message, conversation_id: str | None, client: str | None) -> bool:
        """Return whether a message may be danger after those before it, though it is not answered now. Raises
        `TooManyRequests`.
        """
        _, state = await self._open(message.channel, conversation_id, None, self.clock())
        urgency, _ = await self.assess_within_limit(self.reloader.current, message, client, state.flags)
        return bool(urgency.tier or engine.net_of(urgency, state))

    async def assess_within_limit(
        self,
        knowledge: Knowledge,
        message: Message,
        client: str | None,
        before: frozenset[str] = frozenset(),
        rank: Rank = Rank.CHECK,
    ) -> tuple[Urgency, bool]:
        """Return what the danger check finds in a message, and whether it was looked at as a whole; raises
        `TooManyRequests` for a calm one over the limit.

        A long message pays for being read before it is; of one that cannot, its beginning and its end are looked at.
        """
        length = len(message.text)
        if length <= SHORT_TEXT:
            urgency = await self.assess(knowledge, message, before, rank)
            if not urgency.tier:
                await self.charge(client)
            return urgency, True
        if client is None or (await self._affords(client, cost(message.text)) and self.turns.has_room_aside(length)):
            return await self.assess(knowledge, message, before, rank), True
        urgency = await self.assess(knowledge, _excerpt(message), before, rank)
        if not urgency.tier:
            metrics.limited.inc()
            raise TooManyRequests
        return urgency, False

    async def assess(
        self,
        knowledge: Knowledge,
        message: Message,
        before: frozenset[str] = frozenset(),
        rank: Rank = Rank.CHECK,
    ) -> Urgency:
        """Return what the danger check finds in a message, which goes before all other work."""
        return await self.turns.work(rank, len(message.text), _check, knowledge, message, before)

    async def _respond(
        self, message: Message, state: State, knowledge: Knowledge, now: datetime, urgency: Urgency
    ) -> tuple[Reply, State]:
        """Return the reply: to danger at once, to all else when no message waits to be checked."""
        if urgency.tier:
            return engine.respond(message, state, knowledge, now, urgency)
        length = len(message.text)
        return await self.turns.work(Rank.REST, length, engine.respond, message, state, knowledge, now, urgency)

    async def _affords(self, client: str | None, price: int) -> bool:
        return client is None or (
            await self.limits.allows(client, price) and await self.limit_in_all.allows("all", price)
        )

    async def charge(self, client: str | None, price: int = 1) -> None:
        """Count messages or an opinion of a client. Raises `TooManyRequests` for one over its limit."""
        if not await self._affords(client, price):
            metrics.limited.inc()
            raise TooManyRequests

    async def assess_sender(self, message: Message, sender: str) -> Urgency:
        """Return what the danger check finds in a message after those before it of this sender; its net is that of the
        reply.
        """
        state = await self.conversations.named(self.tokens.conversation(message.channel, sender), self.clock())
        urgency = await self.assess(self.reloader.current, message, state.flags)
        return replace(urgency, net=None if urgency.tier else engine.net_of(urgency, state))

    async def answered(self, channel: Channel, sender: str) -> str | None:
        """Return the entry that a sender was answered last; None where a topic was refused since, or a choice is
        open.
        """
        state = await self.conversations.named(self.tokens.conversation(channel, sender), self.clock())
        about = None if state.offered else state.about
        return about if about in self.reloader.current.approved.answers else None

    async def forget(self, channel: Channel, sender: str) -> None:
        await self.conversations.save(self.tokens.conversation(channel, sender), State(), self.clock())

    async def _open(
        self, channel: Channel, conversation_id: str | None, sender: str | None, now: datetime
    ) -> tuple[str, State]:
        if sender is not None:
            named = self.tokens.conversation(channel, sender)
            return named, await self.conversations.named(named, now)
        plain_id = conversation_id if conversation_id and _PLAIN_ID.fullmatch(conversation_id) else None
        return await self.conversations.open(plain_id, channel, now)

    def _record(
        self,
        message: Message,
        cached: CachedReply,
        knowledge: Knowledge,
        message_id: str,
        now: datetime,
        seconds: float,
    ) -> None:
        reply, urgency = cached.reply, cached.urgency
        _measure(message.channel, reply, seconds)
        intent, topic = reply.intent, _topic(reply, knowledge)
        self.writer.record(
            Exchange(
                message_id=message_id,
                at=now,
                channel=message.channel,
                text=message.text,
                folded=cached.folded,
                kind=reply.kind,
                outcome=outcome(reply, topic),
                subject=subject(reply),
                entries=tuple(answer.id for answer in reply.answers),
                topic=topic,
                taken=reply.picked,
                missed=reply.missed,
                withheld=reply.held,
                unclear=intent is not None and intent.id == UNCLEAR,
                confidence=reply.confidence,
                urgent_score=urgency.score,
                raised=urgency.tier is not None,
                netted=urgency.net is not None and reply.net is not None,
                check_failed=urgency.failed,
                content_version=knowledge.version,
                model_version=knowledge.model_version,
                seconds=seconds,
            )
        )


def _check(knowledge: Knowledge, message: Message, before: frozenset[str]) -> Urgency:
    """Check a message for danger. One that breaks costs no answer: the reply then opens with the safety notice."""
    try:
        return knowledge.assess(message, before)
    except Exception as error:  # noqa: BLE001 whatever broke, the answer must come
        metrics.check_failures.inc()
        log.error("urgent check failed: %s", type(error).__name__)
        return Urgency(flags=before, failed=True)


def cost(text: str) -> int:
    """Return how many messages of the limit a text counts for: one for each `SHORT_TEXT` characters begun."""
    return 1 + max(0, len(text) - 1) // SHORT_TEXT


def _excerpt(message: Message) -> Message:
    return Message(f"{message.text[:_END]}\n{message.text[-_END:]}", message.channel)


def _measure(channel: Channel, reply: Reply, seconds: float) -> None:
    metrics.seconds.observe(seconds)
    metrics.labelled(metrics.replies, reply.kind, channel).inc()
    metrics.confidence.observe(reply.confidence)
    for answer in reply.answers:
        metrics.labelled(metrics.entries, answer.id).inc()
    if reply.urgent and reply.intent:
        metrics.labelled(metrics.urgent, reply.intent.id).inc()
    if reply.net:
        metrics.labelled(metrics.safety_nets, reply.net.tier).inc()


def _topic(reply: Reply, knowledge: Knowledge) -> str | None:
    """Return the topic without an approved text that a message was taken for.

    One without a title gathers what fits nothing: no next document should cover a question about a cat.
    """
    if reply.intent is None or reply.intent.category != "not-covered":
        return None
    return reply.intent.id if knowledge.content.topics[reply.intent.id].title else None


def outcome(reply: Reply, topic: str | None) -> str:
    """Return in a word what a message got: the kind of its reply, or for a script what the script was about."""
    if reply.kind == "fallback":
        return "not-covered" if topic else "fallback"
    if reply.intent and reply.kind == "scripted":
        return reply.intent.category
    return reply.kind


def subject(reply: Reply) -> tuple[str, ...]:
    """Return the entries answered, else the entries offered, else the intent."""
    if reply.answers:
        return tuple(answer.id for answer in reply.answers)
    if reply.options:
        return tuple(option.id for option in reply.options)
    return (reply.intent.id,) if reply.intent else ()
