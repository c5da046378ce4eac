"""A gateway tells that a request is its own, reads it, and carries a reply.

One that answers in its own response has no `send`; one that is called back has a `Sender`.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from fastapi import Response

from app.errors import Forged

OLDEST = 300.0
"""Seconds by which a signed time may be off: Telnyx's own libraries allow five minutes."""

Outcome = Literal["sent", "refused", "rejected", "unknown"]
"""How a sending ended: refused may be tried again (429, 5xx, no connection), rejected never will be taken."""


@dataclass(frozen=True, slots=True)
class Received:
    """One message; numbers in E.164."""

    id: str
    sender: str
    recipient: str
    text: str
    """Empty where only a picture was sent."""


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

    def read(self, posted: Posted) -> Received | None:
        """Return the message of a request, or None where there is nothing to reply to, such as a receipt.

        Raises `Forged` before anything is believed, and `InvalidBody`.
        """

    def response(self, text: str) -> Response:
        """Return what the gateway takes as a reply at once; without text it stays silent."""


@runtime_checkable
class Sender(Protocol):
    """A gateway that wants replies by its API."""

    async def send(self, sender: str, recipient: str, text: str) -> Outcome: ...


def check_recent(timestamp: str, now: float) -> None:
    """Raise `Forged` where a signed time, in seconds since 1970, is more than `OLDEST` off."""
    if not (timestamp.isdecimal() and len(timestamp) <= 12 and abs(now - int(timestamp)) <= OLDEST):
        raise Forged


def check_signature(signature: str, valid: Iterable[str]) -> None:
    """Raise `Forged` unless a signature is a valid one, each compared in constant time."""
    if not any(hmac.compare_digest(signature.encode(), own.encode()) for own in valid):
        raise Forged
