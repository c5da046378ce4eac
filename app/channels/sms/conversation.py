"""Each text message gets one reply, with the writer's consent, in the wording approved for text messages.

Urgent goes before everything: an opt-out, a limit and a dead store hold back any other reply, never that one. Where
danger is only possible, the sentence of the safety net is the first line, and comes alone instead of silence.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

from app import text
from app.answering import Answering
from app.channels.sms import consent
from app.channels.sms.gateway import Gateway, Received
from app.channels.sms.outbox import Outbox
from app.dialogue.messages import Message
from app.dialogue.urgent import Urgency
from app.errors import NotReady, StoreError, TooLarge
from app.records.consents import Consents
from app.records.deliveries import Deliveries, Delivery
from app.records.limits import Limits
from app.segments import for_sending

if TYPE_CHECKING:  # a service without text messages does without cryptography
    from app.channels.sms.numbers import Numbers

Params = TypeVarTuple("Params")
Result = TypeVar("Result")

MORE = "more"
LOOP = 3
"""The same message so many times in a row is an auto-responder's: from then on it gets nothing."""
LOOP_WITHIN = 600.0
"""Seconds between two of them."""
AGAIN = 60.0
"""Seconds in which a number gets the same urgent text once, and the same sentence of the safety net alone once."""
LOOKS, EVERY = 60, 0.1
"""Looks, and seconds between them, at what another process makes of the same message."""
SENDERS = 10_000
"""Numbers whose last message and last texts about danger are remembered."""


@dataclass(frozen=True, slots=True)
class _SmsReply:
    """A reply as a text message."""

    warning: str = ""
    """The urgent text, or the sentence of the safety net. Nothing stands before it, and twice is better than never."""
    rest: str = ""

    def __str__(self) -> str:
        return "\n".join(filter(None, (self.warning, self.rest)))


@dataclass(slots=True)
class _Sender:
    """What this process remembers of a number: its last message, how often in a row, and when it got which warning with
    nothing after it.
    """

    message: str = ""
    at: float = 0.0
    times: int = 0
    warned: dict[str, float] = field(default_factory=dict)

    def without_recent_warning(self, said: _SmsReply, now: float) -> _SmsReply:
        """Return the text, or nothing where it is a warning alone that the number got less than `AGAIN` seconds ago."""
        if said.rest or not said.warning:
            return said
        self.warned = {warning: at for warning, at in self.warned.items() if 0 <= now - at < AGAIN}
        if said.warning in self.warned:
            return _SmsReply()
        self.warned[said.warning] = now
        return said


@dataclass(frozen=True)
class SmsConversation:
    gateways: Mapping[str, Gateway]
    answering: Answering
    deliveries: Deliveries
    consents: Consents
    numbers: "Numbers"
    outbox: Outbox
    limits: Limits
    """By number."""
    limit_in_all: Limits
    clock: Callable[[], float]
    public_url: str
    consent_by_gateway: bool
    """STOP, START and HELP are answered by the gateway, and its opt-outs kept there."""
    nets_opted_out: bool = True
    """A number that opted out gets the sentence of the safety net where danger is possible."""
    urgent_within: float = 2.0
    """Seconds that a store which hangs, or a process which died, may hold back an urgent reply."""
    _senders: OrderedDict[str, _Sender] = field(default_factory=OrderedDict)
    _unkept: set[asyncio.Task[None]] = field(default_factory=set)

    async def reply(self, gateway: Gateway, received: Received) -> str:
        """Return what to say at once, empty where silence is right or an API carries the reply. Raises `NotReady` when
        the gateway shall try again.
        """
        id_ = hashlib.sha256(f"{gateway.name}\0{received.id}".encode("utf-8", "replace")).hexdigest()
        parties = self.numbers.parties(received.sender)
        sender = self._sender(parties[0])
        message = Message(received.text, "sms")
        urgency = await self._urgency(message, received.sender)
        urgent = urgency.tier is not None
        address = self.numbers.seal(gateway.name, received) if gateway.name in self.outbox.senders else ""
        try:
            earlier = await self._store(urgent, self.deliveries.claim, id_, parties[0], self.clock())
            if earlier is not None:
                return await self._as_before(earlier, urgent)
            said = sender.without_recent_warning(
                await self._say(message, received.sender, parties, urgency), self.clock()
            )
            reply = for_sending(str(said))
            keep, retried = address if reply else "", urgent or bool(said.warning)
            await self._store(urgent, self.deliveries.replied, id_, reply, retried, keep, self.clock())
        except StoreError as error:
            if not urgent:
                sender.warned.clear()  # it was not sent, and must not count when it comes again
                raise NotReady from error
            return await self._unkept_urgent(message, received.sender, address)
        if keep:
            self.outbox.wake()
        return reply

    async def _store(self, urgent: bool, step: Callable[[*Params], Result], *args: *Params) -> Result:
        """Return what a step of the store returns; for an urgent message one that hangs is a `StoreError`."""
        try:
            async with asyncio.timeout(self.urgent_within if urgent else None):
                return await asyncio.to_thread(step, *args)
        except TimeoutError as error:
            raise StoreError("the store hangs") from error

    async def _urgency(self, message: Message, number: str) -> Urgency:
        """A message that is a wish for silence and nothing else is no danger, however like one it sounds."""
        if consent.word(message.text, opted_out=False) or consent.asks_to_stop(message.text):
            return Urgency()
        return await self.answering.urgency(message, number)

    async def _as_before(self, earlier: Delivery, urgent: bool) -> str:
        """Return the reply that another delivery of the same message has led to, as soon as there is one. The process
        that worked on it may have died: danger is then answered here, at the price of saying it twice.
        """
        for _ in range(round(self.urgent_within / EVERY) if urgent else LOOKS):
            if earlier.state != "received":
                return earlier.reply
            await asyncio.sleep(EVERY)
            latest = await asyncio.to_thread(self.deliveries.find, earlier.id)
            earlier = latest or earlier
        raise StoreError("an earlier delivery has no reply yet")

    async def _unkept_urgent(self, message: Message, number: str, address: str) -> str:
        reply = for_sending(str(await self._answer(message, number)))
        if address:
            task = asyncio.create_task(self.outbox.send_unkept(address, reply))
            self._unkept.add(task)
            task.add_done_callback(self._unkept.discard)
        return reply

    async def _say(self, message: Message, number: str, parties: list[str], urgency: Urgency) -> _SmsReply:
        if urgency.tier:
            return await self._answer(message, number)
        opted_out = await asyncio.to_thread(self.consents.opted_out, parties)
        wish = consent.word(message.text, bool(opted_out))
        if wish and self.consent_by_gateway:
            if wish == "start":
                await self._set_opted_out(parties, False)
            return _SmsReply()
        if wish is None and consent.asks_to_stop(message.text):
            wish = "stop"
        if wish:
            return _SmsReply(rest=await self._grant(wish, parties, bool(opted_out)))
        if opted_out or self._is_loop(message, parties[0]) or not await self._within_limits(parties[0]):
            nets = urgency.net and (self.nets_opted_out or not opted_out)
            return replace(await self._answer(message, number), rest="") if nets else _SmsReply()
        said = await self._ordinary(message, number)
        if opted_out is None and said.rest:
            await self._set_opted_out(parties, False)
            return replace(said, rest=f"{self._script('sms-first')}\n\n{said.rest}")
        return said

    async def _grant(self, wish: consent.Wish, parties: list[str], opted_out: bool) -> str:
        """Return one confirmation of a stop, with nothing else in it, and none of a second stop."""
        if wish == "help":
            return self._script("sms-help")
        await self._set_opted_out(parties, wish == "stop")
        return "" if wish == "stop" and opted_out else self._script(f"sms-{wish}")

    async def _set_opted_out(self, parties: list[str], opted_out: bool) -> None:
        await asyncio.to_thread(self.consents.set, parties, opted_out, self.clock())

    async def _ordinary(self, message: Message, number: str) -> _SmsReply:
        if not text.words(message.text):  # a picture, or nothing
            return _SmsReply(rest=self._script("sms-media"))
        if text.key(message.text) == MORE and (about := await self.answering.answered("sms", number)):
            return _SmsReply(rest=f"{self._script('sms-more')} {self.public_url}/faq#{about}")
        return await self._answer(message, number)

    async def _answer(self, message: Message, number: str) -> _SmsReply:
        try:
            reply = (await self.answering.answer(message, None, None, number)).reply
        except TooLarge:
            return _SmsReply(rest=self._script("too-long"))
        if reply.urgent:
            return _SmsReply(reply.sms)
        if net := reply.net:
            return _SmsReply(
                net.short, replace(reply, parts=tuple(part for part in reply.parts if part is not net)).sms
            )
        return _SmsReply(rest=reply.sms)

    async def _within_limits(self, party: str) -> bool:
        return await self.limits.allows(party) and await self.limit_in_all.allows("all")

    def _is_loop(self, message: Message, party: str) -> bool:
        sender = self._sender(party)
        key, now = text.key(message.text), self.clock()
        again = key == sender.message and now - sender.at < LOOP_WITHIN
        sender.times = sender.times + 1 if again else 1
        sender.message, sender.at = key, now
        return sender.times > LOOP

    def _sender(self, party: str) -> _Sender:
        sender = self._senders.setdefault(party, _Sender())
        self._senders.move_to_end(party)
        if len(self._senders) > SENDERS:
            self._senders.popitem(last=False)
        return sender

    def _script(self, id_: str) -> str:
        knowledge = self.answering.reloader.current
        return knowledge.approved.scripts.get(id_, knowledge.approved.scripts["safety-notice"]).short
