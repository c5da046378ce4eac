"""What a text message gets: once, with the writer's consent, in the wording approved for text messages.

Urgent goes before everything: an opt-out, a limit and a dead store hold back any other reply, never that one.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from app import text
from app.answering import Answering
from app.channels.sms import consent
from app.channels.sms.gateway import Gateway, Received
from app.channels.sms.numbers import Numbers
from app.channels.sms.outbox import Outbox
from app.dialogue.messages import Message
from app.errors import NotReady, StoreError, TooLarge
from app.records.consents import Consents
from app.records.deliveries import Deliveries, Delivery
from app.records.limits import Limits
from app.segments import for_sending

Given = ParamSpec("Given")
Result = TypeVar("Result")

MORE = "more"
LOOP = 3
"""The same message so many times in a row is an auto-responder's: from then on it gets nothing."""
LOOP_WITHIN = 600.0
"""Seconds between two of them."""
URGENT_AGAIN = 60.0
"""Seconds in which a number gets one urgent text once."""
LOOKS, EVERY = 60, 0.1
"""Looks, and seconds between them, at what another process makes of the same message."""
SENDERS = 10_000
"""Numbers of which the last message and the last urgent text are remembered."""


@dataclass(slots=True)
class _Last:
    """Of a number, in memory: what it wrote last and how often in a row, and its last urgent text."""

    said: str = ""
    said_at: float = 0.0
    times: int = 0
    urgent: str = ""
    urgent_at: float = 0.0


@dataclass(frozen=True)
class Exchange:
    gateways: Mapping[str, Gateway]
    answering: Answering
    deliveries: Deliveries
    consents: Consents
    numbers: Numbers
    outbox: Outbox
    of_number: Limits
    of_all: Limits
    clock: Callable[[], float]
    public_url: str
    consent_by_gateway: bool
    """STOP, START and HELP are answered by the gateway, and its opt-outs kept there."""
    urgent_within: float = 2.0
    """Seconds that a store which hangs, or a process which died, may hold back an urgent reply."""
    _last: OrderedDict[str, _Last] = field(default_factory=OrderedDict)
    _unkept: set[asyncio.Task[None]] = field(default_factory=set)

    async def reply(self, gateway: Gateway, received: Received) -> str:
        """What to say at once; empty where silence is right or an API carries the reply. Raises `NotReady` when the
        gateway shall try again.
        """
        id_ = hashlib.sha256(f"{gateway.name}\0{received.id}".encode("utf-8", "replace")).hexdigest()
        parties = self.numbers.parties(received.sender)
        urgent = await self._is_urgent(received)
        address = self.numbers.seal(gateway.name, received) if self.outbox.carries(gateway.name) else ""
        try:
            earlier = await self._store(urgent, self.deliveries.claim, id_, parties[0], self.clock())
            if earlier is not None:
                return await self._as_before(earlier, urgent)
            said = for_sending(await self._say(received, parties, urgent))
            keep = address if said else ""
            await self._store(urgent, self.deliveries.replied, id_, said, urgent, keep, self.clock())
        except StoreError as error:
            if not urgent:
                raise NotReady from error
            return await self._unkept_urgent(received, address)
        if keep:
            self.outbox.wake()
        return said

    async def _store(
        self, urgent: bool, step: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs
    ) -> Result:
        try:
            async with asyncio.timeout(self.urgent_within if urgent else None):
                return await asyncio.to_thread(step, *args, **kwargs)
        except TimeoutError as error:
            raise StoreError("the store hangs") from error

    async def _is_urgent(self, received: Received) -> bool:
        """A message that is a wish for silence and nothing else is no danger, however like one it sounds."""
        if consent.word(received.text, opted_out=False) or consent.asks_to_stop(received.text):
            return False
        return await self.answering.is_urgent(Message(received.text, "sms"), received.sender)

    async def _as_before(self, earlier: Delivery, urgent: bool) -> str:
        """The reply that another delivery of the same message has led to, as soon as there is one. The process that
        worked on it may have died: danger is then answered here, at the price of saying it twice.
        """
        for _ in range(round(self.urgent_within / EVERY) if urgent else LOOKS):
            if earlier.state != "received":
                return earlier.reply
            await asyncio.sleep(EVERY)
            found = await asyncio.to_thread(self.deliveries.find, earlier.id)
            earlier = found or earlier
        raise StoreError("an earlier delivery has no reply yet")

    async def _unkept_urgent(self, received: Received, address: str) -> str:
        said = for_sending(await self._answer(received, _Last()))
        if address:
            task = asyncio.create_task(self.outbox.send_unkept(address, said))
            self._unkept.add(task)
            task.add_done_callback(self._unkept.discard)
        return said

    async def _say(self, received: Received, parties: list[str], urgent: bool) -> str:
        last = self._last_of(parties[0])
        if urgent:
            return await self._answer(received, last)
        opted_out = await asyncio.to_thread(self.consents.opted_out, parties)
        wish = consent.word(received.text, bool(opted_out))
        if wish and self.consent_by_gateway:
            if wish == "start":
                await asyncio.to_thread(self.consents.set, parties, False, self.clock())
            return ""
        if wish is None and consent.asks_to_stop(received.text):
            wish = "stop"
        if wish:
            return await self._grant(wish, parties, bool(opted_out))
        if opted_out or self._is_loop(received, last) or not await self._within_limits(parties[0]):
            return ""
        said = await self._ordinary(received, last)
        if opted_out is None and said:
            await asyncio.to_thread(self.consents.set, parties, False, self.clock())
            return f"{self._script('sms-first')}\n\n{said}"
        return said

    async def _grant(self, wish: consent.Wish, parties: list[str], opted_out: bool) -> str:
        """One confirmation of a stop, nothing else in it, and none for a second stop."""
        if wish == "help":
            return self._script("sms-help")
        await asyncio.to_thread(self.consents.set, parties, wish == "stop", self.clock())
        return "" if wish == "stop" and opted_out else self._script(f"sms-{wish}")

    async def _ordinary(self, received: Received, last: _Last) -> str:
        if not any(char.isalnum() for char in received.text):
            return self._script("sms-media")
        if text.key(received.text) == MORE and (link := await self._link(received.sender)):
            return f"{self._script('sms-more')} {link}"
        return await self._answer(received, last)

    async def _link(self, sender: str) -> str | None:
        about = await self.answering.about("sms", sender)
        return f"{self.public_url}/faq#{about}" if about else None

    async def _answer(self, received: Received, last: _Last) -> str:
        try:
            done = await self.answering.answer(Message(received.text, "sms"), None, None, received.sender)
        except TooLarge:
            return self._script("too-long")
        reply, now = done.reply, self.clock()
        said = reply.sms
        if reply.urgent and said == last.urgent and now - last.urgent_at < URGENT_AGAIN:
            return ""
        if reply.urgent:
            last.urgent, last.urgent_at = said, now
        return said

    async def _within_limits(self, party: str) -> bool:
        return await self.of_number.allows(party) and await self.of_all.allows("all")

    def _is_loop(self, received: Received, last: _Last) -> bool:
        said, now = text.key(received.text), self.clock()
        again = said == last.said and now - last.said_at < LOOP_WITHIN
        last.times = last.times + 1 if again else 1
        last.said, last.said_at = said, now
        return last.times > LOOP

    def _last_of(self, party: str) -> _Last:
        last = self._last.setdefault(party, _Last())
        self._last.move_to_end(party)
        if len(self._last) > SENDERS:
            self._last.popitem(last=False)
        return last

    def _script(self, id_: str) -> str:
        knowledge = self.answering.live.current
        return knowledge.scripts_sms.get(id_, knowledge.scripts["safety-notice"])
