"""Each text message gets a reply, with the writer's consent, in the wording approved for text messages.

Urgent goes before everything: an opt-out, a limit, a loop and a dead store hold back any other reply, never that one.
Where danger is only possible, the sentence of the safety net is the first line, and comes alone instead of silence.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app import metrics, text
from app.answering import Answering
from app.channels.sms import consent
from app.channels.sms.gateway import Gateway, Receipt, Received, Texts, count_event
from app.channels.sms.incoming import Incoming, Reader
from app.channels.sms.once import Once
from app.channels.sms.outbox import Outbox
from app.channels.sms.phone_texts import PhoneText
from app.content import schema
from app.dialogue import compose, text_messages
from app.dialogue.messages import Reply, ScriptPart
from app.errors import StoreError, TextNotTaken, TooLarge
from app.records.consents import Consents
from app.records.deliveries import Delivery
from app.records.limits import Limits
from app.records.repeats import Repeats
from app.segments import for_sending

if TYPE_CHECKING:  # a service without text messages does without cryptography
    from app.channels.sms.numbers import Numbers
    from app.channels.sms.opt_outs import OptOuts

log = logging.getLogger(__name__)

MORE = "more"
LOOP = 3
"""The same message so many times in a row is an auto-responder's: from then on it gets nothing."""
DOUBT = "?"
"""What a reaction asks that questions or dislikes our text."""
RETRY_AFTER = 5.0
"""Seconds after which an urgent text that did not arrive goes out once more."""


@dataclass(frozen=True, slots=True)
class Replied:
    """What a message gets at once; nothing where silence is right or an API carries the reply."""

    texts: Texts = ()
    id: str = ""
    """Of a reply with a warning: the gateway is to tell what becomes of it."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A reply as text messages."""

    texts: tuple[str, ...] = ()
    warning: str = ""
    """The urgent text, or the sentence of the safety net, that is in it. Twice is better than never."""
    is_alone: bool = False
    """Nothing that answers is in it: the same goes to a number once a minute."""
    asked: str = ""
    """What it answers, where another question gets it again: who is in danger and asks on is not left in silence."""


@dataclass(frozen=True)
class SmsConversation:
    gateways: Mapping[str, Gateway]
    answering: Answering
    once: Once
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
        try:
            async with asyncio.timeout(self.urgent_within if incoming.is_urgent else None):
                kept = await self._kept(incoming, address)
        except Exception as error:
            if incoming.is_urgent or incoming.urgency.net:  # whatever broke
                log.error("a text on danger could not be kept: %s", type(error).__name__)
                return Replied(await self._unkept_warning(incoming, address))
            if isinstance(error, StoreError | TimeoutError):
                raise TextNotTaken from error
            raise
        if gateway.answers_by_api:
            self.outbox.wake()
            return Replied()
        return Replied(tuple(filter(None, (kept.reply, kept.following))), kept.id if kept.urgent else "")

    async def _kept(self, incoming: Incoming, address: str) -> Delivery:
        """Return the delivery of a message with the reply in it, made now or before."""
        claimed, is_ours = await self.once.claim(incoming)
        if not is_ours:
            return await self.once.as_before(claimed)
        incoming = replace(incoming, at=claimed.at)
        said = await self._say(incoming)
        repeated = self.numbers.text_hash(f"{said.warning}\0{said.asked}")
        if said.is_alone and await self.repeats.was_sent(incoming.party, repeated):
            said = _Said()
        kept = await self.once.keep(claimed, said.texts, bool(said.warning), address)
        if said.is_alone:
            await self.repeats.remember(incoming.party, repeated)
        return kept

    async def _unkept_warning(self, incoming: Incoming, address: str) -> Texts:
        """Return the urgent text, or the sentence of the safety net, that no store could keep; an API sends it at
        once.
        """
        said = await self._answer(incoming)
        texts = said.texts if incoming.is_urgent else _net_alone(said.warning).texts
        if not address or not texts:
            return texts
        task = asyncio.create_task(self.outbox.send_unkept(address, texts[0]))
        self._unkept.add(task)
        task.add_done_callback(self._unkept.discard)
        return ()

    async def _sent(self, party: str, since: float) -> list[Delivery]:
        """Return what a number was sent; danger may be in the message that asks for it, so that nothing may hang."""
        try:
            async with asyncio.timeout(self.urgent_within / 2):
                return await asyncio.to_thread(self.once.deliveries.last, party, since)
        except TimeoutError as error:
            raise StoreError("the store hangs") from error

    async def take_receipt(self, gateway: Gateway, receipt: Receipt) -> None:
        """Record what became of a text; an urgent one that did not arrive alerts, and goes out again where it may."""
        count_event(gateway.name, "delivered" if receipt.arrived else "failed")
        if not receipt.reply_id:
            return
        if receipt.arrived:
            await asyncio.to_thread(self.once.deliveries.arrive, receipt.reply_id)
            return
        may_retry = receipt.may_retry and gateway.name in self.outbox.senders
        address = self.numbers.seal(gateway.name, receipt.sender, receipt.recipient) if may_retry else ""
        await self._failed(gateway.name, receipt.reply_id, receipt.code, address)

    async def _failed(self, gateway: str, id_: str, code: str, address: str = "") -> None:
        if await asyncio.to_thread(self.once.deliveries.fail, id_, address, self.clock() + RETRY_AFTER):
            metrics.urgent_texts_failed.labels(gateway).inc()
            log.error("an urgent text did not arrive: %s, code %.8s", gateway, code)
            self.outbox.pause(id_, RETRY_AFTER)
            self.outbox.wake()

    # ---------------------------------------------------------------- Saying

    async def _say(self, incoming: Incoming) -> _Said:
        """Return the reply to a message: the steps, in order."""
        if incoming.phone_text:
            return await self._to_phone(incoming, incoming.phone_text)
        if incoming.is_urgent:
            return await self._urgent(incoming)
        if incoming.received.handled:
            return await self._after_gateway(incoming, incoming.received.handled)
        opted_out = await asyncio.to_thread(self.consents.opted_out, incoming.parties)
        keyword = consent.keyword(incoming.text, bool(opted_out))
        if keyword and self.consent_by_gateway and consent.is_of_carriers(incoming.text):
            return await self._after_gateway(incoming, keyword)
        if wish := keyword or ("stop" if consent.asks_to_stop(incoming.text) else None):
            return await self._granted(incoming, wish, bool(opted_out))
        if opted_out or await self._is_loop(incoming) or not await self._within_limits(incoming.party):
            return await self._held_back(incoming, bool(opted_out))
        return await self._ordinary(incoming, opted_out is None)

    async def _to_phone(self, incoming: Incoming, phone_text: PhoneText) -> _Said:
        """Answer what no person wrote with silence, but a doubt about an urgent text with the same text again."""
        about = incoming.about
        if about and about.urgent and phone_text.is_doubt:
            return _Said((about.reply,), about.reply, is_alone=True, asked=DOUBT)
        if about and about.urgent and phone_text.kind == "notice":
            await self._failed(incoming.gateway, about.id, "notice")
        return _Said()

    async def _urgent(self, incoming: Incoming) -> _Said:
        """Answer danger; the confirmation of a wish to stop beside it follows."""
        said = await self._answer(incoming)
        if handled := incoming.received.handled:
            await self._after_gateway(incoming, handled)
            return said
        if not consent.asks_to_stop(incoming.text) and not consent.stops_beside(incoming.text):
            return said
        await self._set_opted_out(incoming, True)
        first, *then = said.texts
        following = "\n".join((*then, for_sending(self._part("sms-stop").short)))
        return replace(said, texts=(first, following))

    async def _after_gateway(self, incoming: Incoming, wish: consent.Wish) -> _Said:
        """Keep a wish that the gateway has answered, and say nothing but the sentence of the safety net."""
        if wish != "help":
            await self._set_opted_out(incoming, wish == "stop")
        return _net_alone(self._net(incoming))

    async def _granted(self, incoming: Incoming, wish: consent.Wish, opted_out: bool) -> _Said:
        """Confirm a wish, a stop once and with nothing else in it but the sentence of the safety net."""
        confirmation = self._part(f"sms-{wish}").short
        if wish != "help":
            changed = await self._set_opted_out(incoming, wish == "stop")
            confirmation = confirmation if changed and not (wish == "stop" and opted_out) else ""
        net = self._net(incoming)
        if not confirmation:
            return _net_alone(net)
        return _Said(("\n".join(filter(None, (net, for_sending(confirmation)))),), net)

    def _net(self, incoming: Incoming) -> str:
        """Return the sentence of the tier in doubt, in the writer's language; nothing where no danger is possible."""
        if incoming.urgency.net is None:
            return ""
        name = f"{schema.NET}{incoming.urgency.net}"
        own = f"{name}-{incoming.urgency.language}"
        scripts = self.answering.reloader.current.approved.scripts
        return for_sending((scripts.get(own) or scripts[name]).short)

    async def _set_opted_out(self, incoming: Incoming, opted_out: bool) -> bool:
        """Keep the wish and hand it on; return False where the number has wished otherwise since."""
        changed = await asyncio.to_thread(self.consents.set, incoming.parties, opted_out, incoming.at)
        if changed:
            at, gateway = incoming.at, incoming.gateway
            await asyncio.to_thread(self.opt_outs.keep, incoming.number, opted_out, at, gateway)
            self.opt_outs.wake()
        return changed

    async def _held_back(self, incoming: Incoming, opted_out: bool) -> _Said:
        """Say nothing, or where danger is possible its sentence alone."""
        if not incoming.urgency.net or (opted_out and not self.nets_opted_out):
            return _Said()
        return _net_alone((await self._answer(incoming)).warning)

    async def _ordinary(self, incoming: Incoming, is_new: bool) -> _Said:
        if not text.words(incoming.text):  # a picture, or nothing
            said = self._texts(incoming, self._scripted("sms-media"), is_new)
        elif text.key(incoming.text) == MORE and (about := await self.answering.answered("sms", incoming.number)):
            said = _Said((f"{self._part('sms-more').short} {self.public_url}/faq#{about}",))
        else:
            reply = await self._reply(incoming)
            stops = reply.intent and reply.intent.id == schema.STOP_MESSAGES
            if stops and consent.may_ask_to_stop(incoming.text):
                return await self._granted(incoming, "stop", opted_out=False)
            said = self._texts(incoming, reply, is_new)
        if is_new and said.texts and not said.is_alone:
            await asyncio.to_thread(self.consents.meet, incoming.party, incoming.at)
        return said

    async def _answer(self, incoming: Incoming) -> _Said:
        return self._texts(incoming, await self._reply(incoming))

    async def _reply(self, incoming: Incoming) -> Reply:
        try:
            return (await self.answering.answer(incoming.message, None, None, incoming.number)).reply
        except TooLarge:
            tier, language = incoming.urgency.tier, incoming.urgency.language
            knowledge = self.answering.reloader.current
            return compose.urgent(knowledge, tier, "sms", language) if tier else self._scripted("too-long")

    def _texts(self, incoming: Incoming, reply: Reply, is_new: bool = False) -> _Said:
        introduction = self._part("sms-first").short if is_new else ""
        note = self._part("sms-media-beside").short if incoming.has_picture_beside else ""
        texts = text_messages.texts_of(self.answering.reloader.current, reply, introduction, note)
        asked = text.key(incoming.text) if reply.urgent else ""
        return _Said(texts, text_messages.warning_of(reply), is_alone=reply.urgent, asked=asked)

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


def _net_alone(net: str) -> _Said:
    return _Said((net,), net, is_alone=True) if net else _Said()
