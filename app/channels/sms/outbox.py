"""Sends the replies of gateways that want them by an API, each once.

How long a reply has waited is measured by a clock that nobody sets; the store has the time of day for other processes.
"""

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

from app import metrics
from app.channels.sms.gateway import Outcome, Sender
from app.errors import StoreError
from app.records.deliveries import MOST_AT_ONCE, Deliveries, Delivery

if TYPE_CHECKING:  # a service without text messages does without cryptography
    from app.channels.sms.numbers import Numbers

log = logging.getLogger(__name__)

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""Seconds before each further attempt: two minutes in all."""
LOOKS = 1.0
"""Seconds between two looks at the store, for what is due and for what another process left."""
SWEEPS = 3600.0
"""Seconds between two sweeps of what is too old."""


@dataclass(frozen=True, slots=True)
class _Pause:
    since: float
    """When the reply was first refused; like the other on the clock that nobody sets."""
    until: float


@dataclass(frozen=True)
class Outbox:
    deliveries: Deliveries
    senders: Mapping[str, Sender]
    """What sends texts by an API, by the gateway's name."""
    numbers: "Numbers"
    clock: Callable[[], float]
    timer: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _pauses: dict[str, _Pause] = field(default_factory=dict)
    """Of replies that this process sends again, by id."""
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Send until it is cancelled. What nobody foresaw is logged by its kind and must not end it."""
        swept = -math.inf
        while True:
            try:
                if self.timer() - swept >= SWEEPS:
                    swept = self.timer()
                    await asyncio.to_thread(self.deliveries.sweep, self.clock())
                await self.send_waiting()
            except StoreError as error:
                log.warning("%s", error)
            except Exception as error:  # noqa: BLE001 the next look may go well
                log.error("outbox: %s", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), LOOKS if self.senders else SWEEPS)
            self._woken.clear()

    def pause(self, id_: str, seconds: float) -> None:
        """Send a reply that waits in the store after so many seconds."""
        now = self.timer()
        since = self._pauses[id_].since if id_ in self._pauses else now
        self._pauses[id_] = _Pause(since, now + seconds)

    async def send_waiting(self) -> None:
        """Send every reply that is due now."""
        waited = [id_ for id_, pause in self._pauses.items() if pause.until <= self.timer()]
        waiting = await asyncio.to_thread(self.deliveries.waiting, self.clock(), waited)
        if len(waiting) < MOST_AT_ONCE:
            for id_ in {*waited} - {delivery.id for delivery in waiting}:  # another process saw to it
                del self._pauses[id_]
        await asyncio.gather(*(self._send(delivery) for delivery in waiting))

    async def send_unkept(self, address: str, text: str) -> None:
        """Send an urgent text that no store could keep, as often as `PAUSES` allow."""
        for pause in (0.0, *PAUSES):
            await self.sleep(pause)
            outcome = await self._call(address, text, "")
            if outcome in ("sent", "rejected"):
                break
        if outcome != "sent":
            self._alert(address)

    async def _send(self, delivery: Delivery) -> None:
        if delivery.state == "sending" and not delivery.urgent:  # interrupted: it may have been sent
            await self._end(delivery, "unknown")
            return
        if not await asyncio.to_thread(self.deliveries.begin, delivery, self.clock()):
            return
        outcome = await self._call(delivery.address, delivery.reply, delivery.id)
        pause = self._next_pause(delivery.id)
        if outcome == "sent":
            await self._end(delivery, "sent")
        elif pause is not None and (outcome == "refused" or (outcome == "unknown" and delivery.urgent)):
            await asyncio.to_thread(self.deliveries.again, delivery.id, self.clock() + pause)
            self.pause(delivery.id, pause)
        else:
            await self._end(delivery, "unknown")

    async def _call(self, address: str, text: str, reply_id: str) -> Outcome:
        numbers = self.numbers.unseal(address)
        if numbers is None:
            return "rejected"
        name, sender, recipient = numbers
        if name not in self.senders:
            return "refused"  # another replica may have it already: settings are rolled out one by one
        return await self.senders[name].send(sender, recipient, text, reply_id)

    async def _end(self, delivery: Delivery, state: Literal["sent", "unknown"]) -> None:
        metrics.texts.labels(state).inc()
        self._pauses.pop(delivery.id, None)
        if delivery.urgent and state == "unknown":
            self._alert(delivery.address)
        await asyncio.to_thread(self.deliveries.end, delivery.id, state)

    def _alert(self, address: str) -> None:
        gateway = (self.numbers.unseal(address) or ("unknown",))[0]
        metrics.urgent_texts_failed.labels(gateway).inc()
        log.error("an urgent text could not be sent: %s", gateway)

    def _next_pause(self, id_: str) -> float | None:
        """Return the seconds to the next attempt, longer each time, or None when all of them together have passed."""
        spent = self.timer() - self._pauses[id_].since if id_ in self._pauses else 0.0
        return next((pause for pause, passed in zip(PAUSES, accumulate(PAUSES), strict=True) if spent < passed), None)
