"""Which sessions are over before their time, as all replicas know it."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.errors import StoreError
from app.records.ended_sessions import ALWAYS, End, EndedSession, EndedSessions, name_of

log = logging.getLogger(__name__)

FRESH = 2.0
"""Seconds for which what the store said is believed: so late a sign-out reaches another replica. Staff send a request
for each letter that they type, and the store is asked for few of them.
"""
OVERLAP = timedelta(minutes=5)
"""So far back what was read is read again: clocks of replicas differ, and a row appears some time after it was made."""
PATIENCE = 0.25
"""Most seconds that a request waits for the store: the look-up at the counter goes on without it."""


class SessionEnds:
    """Keeps the ended sessions of the store in memory. While the store is down, those known before stay ended."""

    def __init__(
        self, store: EndedSessions, clock: Callable[[], float] = time.monotonic, patience: float = PATIENCE
    ) -> None:
        self._store = store
        self._clock = clock
        self._patience = patience
        self._known: dict[str, EndedSession] = {}
        self._untold: dict[str, EndedSession] = {}
        """What the store did not take yet."""
        self._read_until: datetime | None = None
        self._due = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    async def of(self, session: Mapping[str, Any]) -> End | None:
        """Return why a session is over, or None for one that goes on."""
        await self._refresh()
        ends = (self._known.get(name) for name in _names(session))
        return next((end.why for end in ends if end and session.get("issued", 0.0) <= end.until), None)

    async def end(self, id_: str, why: End, at: datetime) -> None:
        """End one session."""
        with contextlib.suppress(StoreError):  # it is counted, and over here
            await self.add([EndedSession(name_of("session", id_), at, ALWAYS, why)])

    async def add(self, ended: Sequence[EndedSession], token: EndedSession | None = None) -> bool:
        """End sessions, here at once; return False where the token has counted before.

        Raises `StoreError` where the store did not take them, which is then told as soon as it can be reached.
        """
        named = {end.name: end for end in ended}
        try:
            is_new = await asyncio.to_thread(self._store.add, ended, token)
        except StoreError:
            self._untold |= named
            self._known |= named
            raise
        if is_new:  # a token that has counted before changes nothing
            self._known |= named
        return is_new

    async def _refresh(self) -> None:
        """Read the store again when it is due; whoever comes while it is read goes by what is known."""
        if self._clock() < self._due or (self._reading and not self._reading.done()):
            return
        self._due = self._clock() + FRESH
        self._reading = asyncio.create_task(self._read())
        await asyncio.wait({self._reading}, timeout=self._patience)

    async def _read(self) -> None:
        now, untold = datetime.now(UTC), dict(self._untold)  # more may come while these are told
        oldest = now - self._store.keep
        try:
            if untold:
                late = [replace(end, at=now) for end in untold.values()]  # other replicas read what is new
                await asyncio.to_thread(self._store.add, late)
                self._untold = {name: end for name, end in self._untold.items() if name not in untold}
            found = await asyncio.to_thread(self._store.since, min(self._read_until or oldest, now) - OVERLAP)
        except StoreError as error:
            log.warning("sign-outs at other replicas are not known: %s", error)
            return
        self._read_until = now
        self._known = {name: end for name, end in (self._known | found).items() if end.at > oldest}


def _names(session: Mapping[str, Any]) -> Iterator[str]:
    yield name_of("session", session["id"])
    if person := session.get("sub"):
        yield name_of("person", person)
        of_provider = session.get("sid")
        yield name_of("provider session", of_provider) if of_provider else name_of("person without session", person)
