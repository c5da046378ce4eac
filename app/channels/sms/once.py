"""Each message of a number is worked on once, on whatever replica, and its reply is kept before it is sent."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app import metrics
from app.channels.sms.incoming import Incoming
from app.errors import StoreError
from app.records.deliveries import Deliveries, Delivery

if TYPE_CHECKING:  # a service without text messages does without cryptography
    from app.channels.sms.numbers import Numbers

LOOKS, EVERY = 60, 0.1
"""Looks, and seconds between them, at what another process makes of the same message."""


@dataclass(frozen=True, slots=True)
class Once:
    deliveries: Deliveries
    numbers: "Numbers"
    clock: Callable[[], float]

    async def claim(self, incoming: Incoming) -> tuple[Delivery, bool]:
        """Return the delivery of a message, and whether it is ours to work on.

        Another message under the same id is a message of its own: a counter that began anew must not cost anybody an
        answer.
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
        claim, now = self.deliveries.claim, self.clock()
        return await asyncio.to_thread(claim, id_, incoming.party, digest, incoming.at, now)

    async def keep(self, claimed: Delivery, texts: tuple[str, ...], urgent: bool, address: str) -> Delivery:
        """Write a reply down before it is sent, and return its delivery. Raises `StoreError`."""
        reply, following = (*texts, "", "")[:2]
        kept = replace(claimed, reply=reply, following=following, urgent=urgent)
        await asyncio.to_thread(self.deliveries.replied, kept, address if reply else "", self.clock())
        return kept

    async def as_before(self, earlier: Delivery) -> Delivery:
        """Return what another delivery of the same message has led to, as soon as there is a reply. Raises `StoreError`
        where there is none in the end: the process that worked on it may have died.
        """
        for _ in range(LOOKS):
            if earlier.state != "received":
                return earlier
            await asyncio.sleep(EVERY)
            latest = await asyncio.to_thread(self.deliveries.find, earlier.id)
            earlier = latest or earlier
        raise StoreError("an earlier delivery has no reply yet")
