"""Hands on at once which numbers turned messages off or on, so that the site can honour it elsewhere too.

The webhook gets JSON `{"event": "opt-out" or "opt-in", "number", "gateway", "at"}`, signed as the generic gateway
signs: `x-hai-faq-timestamp`, and `x-hai-faq-signature` over `timestamp.body`. Of a number only the last wish is told.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx2

from app import metrics
from app.channels.sms import vendor_api
from app.channels.sms.generic import signature
from app.errors import StoreError
from app.records.database import AT_ONCE
from app.records.opt_out_events import OptOutEvent, OptOutEvents

if TYPE_CHECKING:
    from app.channels.sms.numbers import Numbers

log = logging.getLogger(__name__)

LOOKS = 1.0
"""Seconds between two looks at what waits."""
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 600.0
"""Seconds before the second attempt, and the most between two: each pause is as long as all before it."""
LEASE = 2 * vendor_api.PATIENCE
"""Seconds for which one process hands an event on, and others leave it alone."""
GIVE_UP = 86_400.0
"""Seconds for which an event is handed on."""


@dataclass(frozen=True)
class OptOutWebhook:
    url: str
    secret: str
    client: httpx2.AsyncClient = field(default_factory=vendor_api.client)

    async def post(self, event: OptOutEvent, number: str, gateway: str, now: float) -> bool:
        """Return whether the webhook took an event, which it says with a status from 200 to 299."""
        timestamp = str(round(now))
        body = json.dumps({"event": event.event, "number": number, "gateway": gateway, "at": event.at}).encode()
        headers = {
            "content-type": "application/json",
            "x-hai-faq-timestamp": timestamp,
            "x-hai-faq-signature": signature(self.secret, timestamp, body),
        }
        return await vendor_api.post(self.client, self.url, content=body, headers=headers) == "sent"


@dataclass(frozen=True)
class OptOuts:
    events: OptOutEvents
    numbers: "Numbers"
    webhook: OptOutWebhook | None
    clock: Callable[[], float]
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def keep(self, number: str, opted_out: bool, at: float, gateway: str) -> None:
        """Keep a change of consent until it is handed on, where a webhook is set. Raises `StoreError`."""
        if self.webhook is None:
            return
        party = self.numbers.parties(number)[0]
        address = self.numbers.seal(gateway, "", number)
        self.events.add(OptOutEvent(party, "opt-out" if opted_out else "opt-in", at, address, self.clock(), AT_ONCE))

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Hand on what waits, until it is cancelled; what nobody foresaw must not end it."""
        while self.webhook:
            try:
                for event in await asyncio.to_thread(self.events.waiting, self.clock()):
                    await self._hand_on(event, self.webhook)
            except StoreError as error:
                log.warning("%s", error)
            except Exception as error:  # noqa: BLE001 the next look may go well
                log.error("opt-outs: %s", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), LOOKS)
            self._woken.clear()

    async def _hand_on(self, event: OptOutEvent, webhook: OptOutWebhook) -> None:
        now = self.clock()
        if not await asyncio.to_thread(self.events.lease, event, now + LEASE):
            return
        numbers, waited = self.numbers.unseal(event.address), now - event.since
        if numbers and await webhook.post(event, numbers[2], numbers[0], now):
            await asyncio.to_thread(self.events.end, event)
        elif numbers and waited <= GIVE_UP:
            pause = min(LONGEST_PAUSE, max(FIRST_PAUSE, waited))
            await asyncio.to_thread(self.events.again, event, self.clock() + pause)
        else:
            metrics.opt_outs_lost.inc()
            log.error("an opt-out could not be handed on for a day")
            await asyncio.to_thread(self.events.end, event)
