"""A text message as it was read: who wrote it, which words are the writer's own, and whether they tell of danger."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app import text
from app.answering import Answering
from app.channels.sms import consent, phone_texts
from app.channels.sms.gateway import Gateway, Received
from app.channels.sms.phone_texts import OwnWords, PhoneText
from app.dialogue.messages import Message
from app.dialogue.urgent import Urgency
from app.errors import StoreError
from app.records.deliveries import Delivery

if TYPE_CHECKING:  # a service without text messages does without cryptography
    from app.channels.sms.numbers import Numbers

SentTo = Callable[[str, float], Awaitable[Sequence[Delivery]]]
"""Returns what a number was sent since a time, the latest first."""
JUST_TEXTED = 600.0
"""Seconds after a text of ours in which what looks like a phone's own message is one."""
LONG_TEXTED = 30 * 86_400.0
"""Seconds for which a text of ours is looked for in a quote."""


@dataclass(frozen=True, slots=True)
class Incoming:
    received: Received
    gateway: str
    number: str
    """In E.164."""
    parties: list[str]
    """The hashes of the number, the newest first."""
    text: str
    """The writer's own words."""
    message: Message
    """What of them is answered: all, or what stands beside a wish to stop where that is the danger."""
    phone_text: PhoneText | None
    """What a phone or a carrier sent by itself."""
    about: Delivery | None
    """The text of ours that it quotes, else the last one to the number, where that was looked up."""
    urgency: Urgency
    at: float
    """When it came, in seconds since 1970."""

    @property
    def is_urgent(self) -> bool:
        return self.urgency.tier is not None

    @property
    def has_picture_beside(self) -> bool:
        return self.received.has_media and bool(text.words(self.text))

    @property
    def party(self) -> str:
        return self.parties[0]


@dataclass(frozen=True, slots=True)
class Reader:
    answering: Answering
    numbers: "Numbers"
    clock: Callable[[], float]

    async def read(self, gateway: Gateway, received: Received, number: str, sent: SentTo) -> Incoming:
        """Return a message with what is known about it. Danger is looked for before all else, in the writer's own
        words. `sent` looks up what the number was sent, where that may matter.
        """
        parties, now = self.numbers.parties(number, received.sender), self.clock()
        earlier = await self._earlier(received.text, parties[0], now, sent)
        own = phone_texts.own_words(
            received.text, [ours for each in earlier for ours in (each.reply, each.following) if ours]
        )
        message, urgency = Message(own.text, "sms"), Urgency()
        phone_text = _of_phone(received.text, own, earlier, now)
        if phone_text and not phone_text.is_certain and await self._sounds_dangerous(message):
            phone_text = None
        if phone_text is None and consent.keyword(own.text, opted_out=False) is None:
            message, urgency = await self._checked(own.text, number)
        return Incoming(
            received=received,
            gateway=gateway.name,
            number=number,
            parties=parties,
            text=own.text,
            message=message,
            phone_text=phone_text,
            about=_about(own, earlier),
            urgency=urgency,
            at=received.at or now,
        )

    async def _checked(self, said: str, number: str) -> tuple[Message, Urgency]:
        """Return the message and what the danger check finds in it; of a message with a wish to stop in it what stands
        beside the wish, where that is the more dangerous.
        """
        message = Message(said, "sms")
        urgency = await self.answering.assess_sender(message, number)
        if urgency.tier or not (beside := consent.beside_wish(said)):
            return message, urgency
        other = Message(beside, "sms")
        found = await self.answering.assess_sender(other, number)
        return (other, found) if found.tier or (found.net and not urgency.net) else (message, urgency)

    async def _sounds_dangerous(self, message: Message) -> bool:
        """Return whether the words by themselves may be danger, whatever was said before."""
        found = await self.answering.assess(self.answering.reloader.current, message)
        return found.failed or found.tier is not None or found.net is not None

    async def _earlier(self, said: str, party: str, now: float, sent: SentTo) -> Sequence[Delivery]:
        if not (phone_texts.may_quote(said) or phone_texts.recognised(said, OwnWords(said))):
            return ()
        try:
            return await sent(party, now - LONG_TEXTED)
        except StoreError:
            return ()  # then it is read as a person's


def _of_phone(said: str, own: OwnWords, earlier: Sequence[Delivery], now: float) -> PhoneText | None:
    """Return what a phone sent by itself: about a text of ours that it quotes, or just after one.

    Who was told whom to call, and can't talk, says something that matters.
    """
    recent = [each for each in earlier if now - each.at < JUST_TEXTED]
    phone_text = phone_texts.recognised(said, own) if own.quoted or recent else None
    is_tapped = phone_text is not None and phone_text.kind == "automatic" and not phone_text.is_certain
    return None if is_tapped and any(each.urgent for each in recent) else phone_text


def _about(own: OwnWords, earlier: Sequence[Delivery]) -> Delivery | None:
    """Return the text of ours that a message quotes, else the last one."""
    quoted = (each for each in earlier if own.quoted and own.quoted in (each.reply, each.following))
    return next(quoted, None) if own.quoted else next(iter(earlier), None)
