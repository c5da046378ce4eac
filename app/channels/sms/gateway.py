"""A gateway tells that a request is its own, reads it, and carries replies: in its response, or by its API."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from fastapi import Response

from app import metrics
from app.channels.sms.consent import Wish
from app.errors import Forged

OLDEST = 300.0
"""Seconds by which a signed time may be off: Telnyx's own libraries allow five minutes."""

Outcome = Literal["sent", "refused", "rejected", "unknown"]
"""How a sending ended: refused may be tried again (429, 5xx, no connection), rejected never will be taken."""
HANDLED: Final[Mapping[str, Wish]] = {"STOP": "stop", "START": "start", "HELP": "help"}
"""How vendors name what they have answered by themselves."""
Texts = Sequence[str]
"""The messages of a reply, in order."""


@dataclass(frozen=True, slots=True)
class Received:
    """One message; numbers as the gateway writes them."""

    id: str
    sender: str
    recipient: str
    text: str
    """Empty where only a picture was sent."""
    has_media: bool = False
    """A picture, or other media, came with it."""
    handled: Wish | None = None
    """The wish for which the gateway took it, and which it has answered by itself."""
    at: float | None = None
    """When the gateway got it, in seconds since 1970, where it says so."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a text that was sent."""

    reply_id: str
    """The id of its delivery; empty for a text that asked for no receipt."""
    sender: str
    recipient: str
    arrived: bool
    code: str
    """The gateway's code of the fault."""
    may_retry: bool
    """The same text may go through a second time: the fault was no block and no wrong number."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A request as it came; `url` is the public one, `now` in seconds since 1970."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    now: float


class Gateway(Protocol):
    @property
    def name(self) -> str:
        """As in `/sms/{name}`."""

    @property
    def answers_by_api(self) -> bool:
        """The reply goes by its `Sender`, not in the response."""

    def read(self, posted: Posted) -> Received | Receipt | None:
        """Return the message of a request, or what became of a text of ours; None where it is of another kind.

        Raises `Forged` before anything is believed, and `InvalidBody`.
        """

    def response(self, texts: Texts, reply_id: str = "") -> Response:
        """Return what the gateway takes as the reply at once; without texts it stays silent. With `reply_id` it is to
        tell what becomes of the text.
        """


class Sender(Protocol):
    """Sends a text by an API; `reply_id` comes back in receipts."""

    async def send(self, sender: str, recipient: str, text: str, reply_id: str) -> Outcome: ...


def count_event(gateway: str, event: str) -> None:
    """Count a request that carried no message; `event` is a name of ours, never the gateway's."""
    metrics.gateway_events.labels(gateway, event).inc()


def check_recent(timestamp: str, now: float) -> None:
    """Raise `Forged` where a signed time, in seconds since 1970, is more than `OLDEST` off."""
    if not (timestamp.isdecimal() and len(timestamp) <= 12 and abs(now - int(timestamp)) <= OLDEST):
        raise Forged


def check_signature(signature: str, valid: Iterable[str]) -> None:
    """Raise `Forged` unless a signature is a valid one, each compared in constant time."""
    if not any(hmac.compare_digest(signature.encode(), own.encode()) for own in valid):
        raise Forged
