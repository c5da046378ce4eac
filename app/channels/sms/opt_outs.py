"""Hands on at once which numbers turned messages off or on, so that the site can honour it elsewhere too.

The webhook gets JSON `{"id", "event": "opt-out" or "opt-in", "number", "gateway", "at"}`, signed as the generic gateway
signs: `x-hai-faq-timestamp`, and `x-hai-faq-signature` over `timestamp.body`. It goes through the outbox, which tries
for a day. Two events of a number may come in either order: the one with the later `at` is its wish.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx2

from app.channels.sms import vendor_api
from app.channels.sms.gateway import Outcome
from app.channels.sms.generic import signature
from app.channels.sms.outbox import Outbox

if TYPE_CHECKING:
    from app.channels.sms.numbers import Numbers

NAME = "opt-outs"
"""Of the webhook, among the outbox's senders."""


@dataclass(frozen=True)
class OptOuts:
    outbox: Outbox
    numbers: "Numbers"

    def hand_on(self, number: str, opted_out: bool, at: float, gateway: str) -> None:
        """Leave a change of consent to the outbox, where a webhook is set. Raises `StoreError`."""
        if NAME not in self.outbox.senders:
            return
        event = "opt-out" if opted_out else "opt-in"
        id_ = hashlib.sha256("\0".join((NAME, *self.numbers.parties(number), event, repr(at))).encode()).hexdigest()
        self.outbox.add(id_, f"{event} {at}", self.numbers.seal(NAME, gateway, number))


@dataclass(frozen=True)
class OptOutWebhook:
    url: str
    secret: str
    clock: Callable[[], float]
    client: httpx2.AsyncClient = field(default_factory=vendor_api.client)

    async def send(self, sender: str, recipient: str, text: str, reply_id: str) -> Outcome:
        """Post an event: `text` is which and when, `sender` the gateway, `recipient` the number."""
        now = str(round(self.clock()))
        event, at = text.split()
        told = {"id": reply_id, "event": event, "number": recipient, "gateway": sender, "at": float(at)}
        body = json.dumps(told).encode()
        headers = {
            "content-type": "application/json",
            "x-hai-faq-timestamp": now,
            "x-hai-faq-signature": signature(self.secret, now, body),
        }
        return await vendor_api.post(self.client, self.url, content=body, headers=headers)
