"""States of conversations, each for half an hour after its last message: in memory, or in Redis with memory behind.

Ids and marks only, never text.
"""

import contextlib
from abc import ABC, abstractmethod
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from app.content.schema import TIERS
from app.dialogue.messages import Channel, State
from app.errors import StoreError
from app.records.shared import Shared
from app.tokens import random_id

MOST = 50_000
"""The conversation idle the longest makes room for a new one."""
IDLE = timedelta(minutes=30)
KEY = "hai-faq:conversation:"
"""Before an id, in Redis."""
_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Kept:
    state: State
    until: AwareDatetime
    """Grows with each message, whatever the clocks of replicas say: of two memories the later one is right."""


class Conversations(ABC):
    """Ids are made here, 128 random bits after the channel's name; an id made up by a client finds nothing."""

    async def open(self, id_: str | None, channel: Channel, now: datetime) -> tuple[str, State]:
        """The conversation of this id and channel, or a new one when it is unknown, expired or another channel's."""
        kept = await self._find(id_, now) if id_ and id_.startswith(f"{channel}-") else None
        if id_ is None or kept is None:
            return f"{channel}-{random_id()}", State()
        return id_, kept.state

    async def named(self, id_: str, now: datetime) -> State:
        """The state of a conversation whose id the server derives from a sender's; new when unknown or expired."""
        kept = await self._find(id_, now)
        return kept.state if kept else State()

    @abstractmethod
    async def save(self, id_: str, state: State, now: datetime, waited: float = 0.0) -> None:
        """`waited` seconds are off the time that this may take."""

    @abstractmethod
    async def _find(self, id_: str, now: datetime) -> Kept | None: ...


class MemoryConversations(Conversations):
    def __init__(self, most: int = MOST, idle: timedelta = IDLE) -> None:
        self._most = most
        self._idle = idle
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    async def save(self, id_: str, state: State, now: datetime, waited: float = 0.0) -> None:  # noqa: ARG002
        self.follow(id_, state, now)

    async def _find(self, id_: str, now: datetime) -> Kept | None:
        return self.find(id_, now)

    def find(self, id_: str, now: datetime) -> Kept | None:
        kept = self._kept.get(id_)
        return kept if kept and now < kept.until else None

    def follow(self, id_: str, state: State, now: datetime) -> Kept:
        """Keeps what comes after the state that is kept now."""
        before, until = self._kept.get(id_), now + self._idle
        kept = Kept(state, max(until, before.until + _TICK) if before else until)
        self.keep(id_, kept)
        return kept

    def keep(self, id_: str, kept: Kept) -> None:
        self._kept[id_] = kept
        self._kept.move_to_end(id_)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def __len__(self) -> int:
        return len(self._kept)


class RedisConversations(Conversations):
    """Every state is in this process's memory too: with Redis gone, its conversations go on."""

    def __init__(self, shared: Shared, memory: MemoryConversations | None = None) -> None:
        self._shared = shared
        self._memory = memory or MemoryConversations()

    async def save(self, id_: str, state: State, now: datetime, waited: float = 0.0) -> None:
        kept = self._memory.follow(id_, state, now)
        value, life = _KEPT.dump_json(kept), kept.until - now
        with contextlib.suppress(StoreError):  # the next message of this conversation carries it there
            await self._shared.attempt("conversations", lambda redis: redis.set(KEY + id_, value, px=life), waited)

    async def _find(self, id_: str, now: datetime) -> Kept | None:
        try:
            value = await self._shared.attempt("conversations", lambda redis: redis.get(KEY + id_))
        except StoreError:
            return self._memory.find(id_, now)
        ours = self._memory.find(id_, now)  # looked at last: another message may have come while this one waited
        theirs = _read(value, now)
        if theirs is None or (ours and ours.until > theirs.until):
            return ours
        self._memory.keep(id_, theirs)
        return theirs


_KEPT = TypeAdapter(Kept)


def _read(value: bytes | str | None, now: datetime) -> Kept | None:
    """None for what has expired, and for what another version, or anything else, has written."""
    try:
        kept = _KEPT.validate_json(value or b"")
    except ValidationError:
        return None
    known = kept.state.urgent is None or kept.state.urgent in TIERS
    return kept if known and now < kept.until < now + 2 * IDLE else None
