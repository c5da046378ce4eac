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
    message: Message
    """The writer's own words."""
    phone_text: PhoneText | None
    """What a phone or a carrier sent by itself."""
    sent: Sequence[Delivery]
    """What the number was sent, the latest first, where that was looked up."""
    urgency: Urgency
    at: float
    """When it came, in seconds since 1970."""

    @property
    def text(self) -> str:
        return self.message.text

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
        ours = [each for delivery in earlier for each in (delivery.reply, delivery.following) if each]
        own = phone_texts.own_words(received.text, ours)
        is_known = own.quotes or any(now - each.at < JUST_TEXTED for each in earlier)
        phone_text = phone_texts.recognised(received.text, own) if is_known else None
        message = Message(own.text, "sms")
        urgency = Urgency()
        if not (phone_text and phone_text.is_certain) and not _is_keyword(received, own.text):
            urgency = await self.answering.urgency(message, number)
        if urgency.tier or urgency.net:
            phone_text = None
        at = received.at or now
        return Incoming(received, gateway.name, number, parties, message, phone_text, earlier, urgency, at)

    async def _earlier(self, said: str, party: str, now: float, sent: SentTo) -> Sequence[Delivery]:
        if not (phone_texts.may_quote(said) or phone_texts.recognised(said, OwnWords(said))):
            return ()
        try:
            return await sent(party, now - LONG_TEXTED)
        except StoreError:
            return ()  # then it is read as a person's


def _is_keyword(received: Received, words: str) -> bool:
    """Return whether a message is a word of consent and nothing else, which is no danger."""
    return received.handled is not None or consent.keyword(words, opted_out=False) is not None
