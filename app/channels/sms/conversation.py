"""Each text message gets one reply, with the writer's consent, in the wording approved for text messages.

Urgent goes before everything: an opt-out, a limit, a loop and a dead store hold back any other reply, never that one.
Where danger is only possible, the sentence of the safety net is the first line, and comes alone instead of silence.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

from app import metrics, text
from app.answering import Answering
from app.channels.sms import consent
from app.channels.sms.gateway import Gateway, Receipt, Received, Texts, count_event
from app.channels.sms.incoming import Incoming, Reader
from app.channels.sms.outbox import Outbox
from app.channels.sms.phone_texts import PhoneText
from app.channels.sms.twilio import REPLY
from app.content import schema
from app.dialogue import text_messages
from app.dialogue.messages import Reply, ScriptPart
from app.errors import StoreError, TextNotTaken, TooLarge
from app.records.consents import Consents
from app.records.deliveries import Deliveries, Delivery
from app.records.limits import Limits
from app.records.repeats import Repeats
from app.segments import for_sending

if TYPE_CHECKING:  # a service without text messages does without cryptography
    from app.channels.sms.numbers import Numbers
    from app.channels.sms.opt_outs import OptOuts

log = logging.getLogger(__name__)

Params = TypeVarTuple("Params")
Result = TypeVar("Result")

MORE = "more"
LOOP = 3
"""The same message so many times in a row is an auto-responder's: from then on it gets nothing."""
RETRY_AFTER = 5.0
"""Seconds after which an urgent text that did not arrive goes out once more."""
LOOKS, EVERY = 60, 0.1
"""Looks, and seconds between them, at what another process makes of the same message."""


@dataclass(frozen=True, slots=True)
class Replied:
    """What a message gets at once; nothing where silence is right or an API carries the reply."""

    texts: Texts = ()
    receipts: str = ""
    """The URL that is to be told what becomes of it: for urgent texts."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A reply as text messages."""

    texts: tuple[str, ...] = ()
    warning: str = ""
    """The urgent text, or the sentence of the safety net, that is in it. Twice is better than never."""
    is_alone: bool = False
    """Nothing but the warning is in it."""


@dataclass(frozen=True)
class SmsConversation:
    gateways: Mapping[str, Gateway]
    answering: Answering
    deliveries: Deliveries
    consents: Consents
    numbers: "Numbers"
    outbox: Outbox
    opt_outs: "OptOuts"
    repeats: Repeats
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
    _unkept: set[asyncio.Task[None]] = field(default_factory=set)

    async def reply(self, gateway: Gateway, received: Received) -> Replied:
        """Return the reply to a message. Raises `InvalidBody` for a sender that is no number, and `TextNotTaken` when
        the gateway shall try again.
        """
        number = self.numbers.normalised(received.sender)
        if number is None:
            count_event(gateway.name, "unanswerable sender")
            return Replied()
        incoming = await Reader(self.answering, self.numbers, self.clock).read(gateway, received, number, self._sent)
        address = self.numbers.seal(gateway.name, received.recipient, number) if gateway.answers_by_api else ""
        said = _Said()
        try:
            claimed, is_ours = await self._claim(incoming)
            if not is_ours:
                return self._carried(gateway, await self._as_before(claimed, incoming.is_urgent))
            incoming = replace(incoming, at=claimed.at)
            said = await self._not_said_just_now(incoming, await self._say(incoming))
            kept = await self._keep(incoming, claimed, said, address)
        except StoreError as error:
            if incoming.is_urgent:
                return Replied(await self._unkept_urgent(incoming, address))
            if said.is_alone:  # it was not sent, and must not count when it comes again
                await self.repeats.forget(incoming.party, self.numbers.text_hash(said.warning))
            raise TextNotTaken from error
        return self._carried(gateway, kept)

    async def take_receipt(self, gateway: Gateway, receipt: Receipt) -> None:
        """Record what became of a text; an urgent one that did not arrive alerts, and goes out again where it may."""
        count_event(gateway.name, "delivered" if receipt.arrived else "failed")
        if receipt.arrived or not receipt.reply_id:
            return
        may_retry = receipt.may_retry and gateway.name in self.outbox.senders
        address = self.numbers.seal(gateway.name, receipt.sender, receipt.recipient) if may_retry else ""
        await self._failed(gateway.name, receipt.reply_id, receipt.code, address)

    async def _failed(self, gateway: str, id_: str, code: str, address: str = "") -> None:
        if await asyncio.to_thread(self.deliveries.fail, id_, address, self.clock() + RETRY_AFTER):
            metrics.urgent_texts_failed.labels(gateway).inc()
            log.error("an urgent text did not arrive: %s, code %.8s", gateway, code)
            self.outbox.wake()

    # ---------------------------------------------------------------- Once

    async def _claim(self, incoming: Incoming) -> tuple[Delivery, bool]:
        """Return the delivery of a message, and whether it is ours to work on. Another message under the same id is a
        message of its own: a counter that began anew must not cost anybody an answer.
        """
        received, party = incoming.received, incoming.party
        named = "\0".join((incoming.gateway, party, received.id)).encode("utf-8", "replace")
        id_ = hashlib.sha256(named).hexdigest()
        digest = self.numbers.text_hash(f"{received.text}\0{received.has_media}")
        claimed, is_ours = await self._claimed(incoming, id_, digest)
        if claimed.digest == digest:
            return claimed, is_ours
        metrics.reused_ids.labels(incoming.gateway).inc()
        return await self._claimed(incoming, hashlib.sha256(f"{id_}{digest}".encode()).hexdigest(), digest)

    async def _claimed(self, incoming: Incoming, id_: str, digest: str) -> tuple[Delivery, bool]:
        step, now = self.deliveries.claim, self.clock()
        return await self._store(incoming.is_urgent, step, id_, incoming.party, digest, incoming.at, now)

    async def _keep(self, incoming: Incoming, claimed: Delivery, said: _Said, address: str) -> Delivery:
        """Write the reply down before it is sent, and return its delivery."""
        reply, following = (*said.texts, "", "")[:2]
        kept = replace(claimed, reply=reply, following=following, urgent=bool(said.warning))
        address = address if reply else ""
        await self._store(incoming.is_urgent, self.deliveries.replied, kept, address, self.clock())
        if address:
            self.outbox.wake()
        return kept

    def _carried(self, gateway: Gateway, delivery: Delivery) -> Replied:
        """Return what the response carries of a reply."""
        if gateway.answers_by_api:
            return Replied()
        receipts = f"{self.public_url}/sms/{gateway.name}?{REPLY}={delivery.id}" if delivery.urgent else ""
        return Replied(tuple(filter(None, (delivery.reply, delivery.following))), receipts)

    async def _as_before(self, earlier: Delivery, urgent: bool) -> Delivery:
        """Return what another delivery of the same message has led to, as soon as there is a reply. The process that
        worked on it may have died: danger is then answered here, at the price of saying it twice.
        """
        for _ in range(round(self.urgent_within / EVERY) if urgent else LOOKS):
            if earlier.state != "received":
                return earlier
            await asyncio.sleep(EVERY)
            latest = await asyncio.to_thread(self.deliveries.find, earlier.id)
            earlier = latest or earlier
        raise StoreError("an earlier delivery has no reply yet")

    async def _sent(self, party: str, since: float) -> list[Delivery]:
        """Return what a number was sent; danger may be in the message that asks for it, so that nothing may hang."""
        return await self._store(True, self.deliveries.last, party, since)

    async def _store(self, urgent: bool, step: Callable[[*Params], Result], *args: *Params) -> Result:
        """Return what a step of the store returns; for an urgent message one that hangs is a `StoreError`."""
        try:
            async with asyncio.timeout(self.urgent_within if urgent else None):
                return await asyncio.to_thread(step, *args)
        except TimeoutError as error:
            raise StoreError("the store hangs") from error

    async def _unkept_urgent(self, incoming: Incoming, address: str) -> Texts:
        texts = (await self._answer(incoming)).texts
        if address:
            task = asyncio.create_task(self.outbox.send_unkept(address, texts[0]))
            self._unkept.add(task)
            task.add_done_callback(self._unkept.discard)
        return texts

    async def _not_said_just_now(self, incoming: Incoming, said: _Said) -> _Said:
        """Return the reply, or silence where it is a warning alone that the number got a moment ago."""
        if said.is_alone and not await self.repeats.is_first(incoming.party, self.numbers.text_hash(said.warning)):
            return _Said()
        return said

    # ---------------------------------------------------------------- Saying

    async def _say(self, incoming: Incoming) -> _Said:
        """Return the reply to a message: the steps, in order."""
        if incoming.phone_text:
            return await self._to_phone(incoming, incoming.phone_text)
        if incoming.received.handled:
            return await self._after_gateway(incoming, incoming.received.handled)
        if incoming.is_urgent:
            return await self._urgent(incoming)
        opted_out = await asyncio.to_thread(self.consents.opted_out, incoming.parties)
        keyword = consent.keyword(incoming.text, bool(opted_out))
        if keyword and self.consent_by_gateway:
            return await self._after_gateway(incoming, keyword)
        if wish := keyword or ("stop" if consent.asks_to_stop(incoming.text) else None):
            return await self._granted(incoming, wish, bool(opted_out))
        if opted_out or await self._is_loop(incoming) or not await self._within_limits(incoming.party):
            return await self._held_back(incoming, bool(opted_out))
        return await self._ordinary(incoming, opted_out is None)

    async def _to_phone(self, incoming: Incoming, phone_text: PhoneText) -> _Said:
        """Answer what no person wrote with silence, but a doubt about an urgent text with the same text again."""
        last = next(iter(incoming.sent), None)
        if last and last.urgent and phone_text.is_doubt:
            return _Said((last.reply,), last.reply)
        if last and last.urgent and phone_text.kind == "notice":
            await self._failed(incoming.gateway, last.id, "notice")
        return _Said()

    async def _after_gateway(self, incoming: Incoming, wish: consent.Wish) -> _Said:
        """Keep a wish that the gateway has answered, and say nothing."""
        if wish != "help":
            await self._set_opted_out(incoming, wish == "stop")
        return _Said()

    async def _urgent(self, incoming: Incoming) -> _Said:
        """Answer danger; a wish to stop beside it is kept, and its confirmation would only stand in the way."""
        if consent.asks_to_stop(incoming.text):
            await self._set_opted_out(incoming, True)
        return await self._answer(incoming)

    async def _granted(self, incoming: Incoming, wish: consent.Wish, opted_out: bool) -> _Said:
        """Confirm a wish, a stop once and with nothing else in it but the sentence of the safety net."""
        confirmation = self._part(f"sms-{wish}").short
        if wish != "help":
            changed = await self._set_opted_out(incoming, wish == "stop")
            confirmation = confirmation if changed and not (wish == "stop" and opted_out) else ""
        tier = incoming.urgency.net
        net = for_sending(self._part(f"{schema.NET}{tier}").short) if tier else ""
        said = "\n".join(filter(None, (net, for_sending(confirmation))))
        return _Said((said,) if said else (), net, is_alone=bool(net) and not confirmation)

    async def _set_opted_out(self, incoming: Incoming, opted_out: bool) -> bool:
        """Keep the wish and hand it on; return False where the number has wished otherwise since."""
        urgent = incoming.is_urgent
        changed = await self._store(urgent, self.consents.set, incoming.parties, opted_out, incoming.at)
        if changed:
            at, gateway = incoming.at, incoming.gateway
            await self._store(urgent, self.opt_outs.hand_on, incoming.number, opted_out, at, gateway)
        return changed

    async def _held_back(self, incoming: Incoming, opted_out: bool) -> _Said:
        """Say nothing, or where danger is possible its sentence alone."""
        if not incoming.urgency.net or (opted_out and not self.nets_opted_out):
            return _Said()
        net = (await self._answer(incoming)).warning
        return _Said((net,), net, is_alone=True) if net else _Said()

    async def _ordinary(self, incoming: Incoming, is_new: bool) -> _Said:
        if not text.words(incoming.text):  # a picture, or nothing
            said = self._texts(incoming, self._scripted("sms-media"), is_new)
        elif text.key(incoming.text) == MORE and (about := await self.answering.answered("sms", incoming.number)):
            said = _Said((f"{self._part('sms-more').short} {self.public_url}/faq#{about}",))
        else:
            reply = await self._reply(incoming)
            stops = reply.intent and reply.intent.id == schema.STOP_MESSAGES
            if stops and not consent.asks_to_go_on(incoming.text):
                return await self._granted(incoming, "stop", opted_out=False)
            said = self._texts(incoming, reply, is_new)
        if is_new and said.texts and not said.is_alone:
            await asyncio.to_thread(self.consents.set, incoming.parties, False, incoming.at)
        return said

    async def _answer(self, incoming: Incoming) -> _Said:
        return self._texts(incoming, await self._reply(incoming))

    async def _reply(self, incoming: Incoming) -> Reply:
        try:
            return (await self.answering.answer(incoming.message, None, None, incoming.number)).reply
        except TooLarge:
            return self._scripted("too-long")

    def _texts(self, incoming: Incoming, reply: Reply, is_new: bool = False) -> _Said:
        introduction = self._part("sms-first").short if is_new else ""
        note = self._part("sms-media-beside").short if incoming.has_picture_beside else ""
        texts = text_messages.texts_of(self.answering.reloader.current, reply, introduction, note)
        return _Said(texts, text_messages.warning_of(reply), is_alone=reply.urgent)

    async def _within_limits(self, party: str) -> bool:
        return await self.limits.allows(party) and await self.limit_in_all.allows("all")

    async def _is_loop(self, incoming: Incoming) -> bool:
        """Return whether an auto-responder keeps sending the same. Pictures are not all the same."""
        repeated = text.key(incoming.text) or incoming.text.strip() or incoming.received.id
        return await self.repeats.count(incoming.party, self.numbers.text_hash(repeated)) > LOOP

    def _scripted(self, id_: str) -> Reply:
        return Reply("scripted", (self._part(id_),))

    def _part(self, id_: str) -> ScriptPart:
        """Return a script; the safety notice stands in for one that is withheld."""
        scripts = self.answering.reloader.current.approved.scripts
        return scripts.get(id_, scripts["safety-notice"])
