"""States of conversations, each for half an hour after its last message: in memory, or in Redis with memory behind.

Ids and marks only, never text.
"""

import contextlib
from abc import ABC, abstractmethod
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from app.content.schema import TIERS
from app.dialogue.messages import Channel, State
from app.errors import StoreError
from app.tokens import random_id

if TYPE_CHECKING:  # a service with one replica does without redis-py
    from app.records.redis_client import RedisClient

MAX_CONVERSATIONS = 50_000
"""The conversation idle the longest makes room for a new one."""
IDLE = timedelta(minutes=30)
KEY = "hai-faq:conversation:"
"""The prefix of an id in Redis."""
_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class StoredState:
    state: State
    until: AwareDatetime
    """Grows with each message, whatever the clocks of replicas say: of two memories the later one is right."""


class Conversations(ABC):
    """Ids are made here, 128 random bits after the channel's name; an id made up by a client finds nothing."""

    async def open(self, id_: str | None, channel: Channel, now: datetime) -> tuple[str, State]:
        """Return the conversation of this id, or a new one when it is unknown, expired or another channel's."""
        stored = await self._find(id_, now) if id_ and id_.startswith(f"{channel}-") else None
        if id_ is None or stored is None:
            return f"{channel}-{random_id()}", State()
        return id_, stored.state

    async def named(self, id_: str, now: datetime) -> State:
        """Return the state of a conversation whose id derives from a sender's; new when unknown or expired."""
        stored = await self._find(id_, now)
        return stored.state if stored else State()

    @abstractmethod
    async def save(
        self, id_: str, state: State, now: datetime, waited: float = 0.0, before: State | None = None
    ) -> None:
        """Store a state, in which danger stays that another message has told of since the state `before` was read;
        `waited` seconds are off the time that this may take.
        """

    @abstractmethod
    async def _find(self, id_: str, now: datetime) -> StoredState | None: ...


class MemoryConversations(Conversations):
    def __init__(self, most: int = MAX_CONVERSATIONS) -> None:
        self._most = most
        self._stored: OrderedDict[str, StoredState] = OrderedDict()

    async def save(
        self,
        id_: str,
        state: State,
        now: datetime,
        waited: float = 0.0,  # noqa: ARG002
        before: State | None = None,
    ) -> None:
        self.follow(id_, state, now, before)

    async def _find(self, id_: str, now: datetime) -> StoredState | None:
        return self.find(id_, now)

    def find(self, id_: str, now: datetime) -> StoredState | None:
        stored = self._stored.get(id_)
        return stored if stored and now < stored.until else None

    def follow(self, id_: str, state: State, now: datetime, before: State | None = None) -> StoredState:
        """Store and return the state that comes after the one stored now."""
        last, until = self._stored.get(id_), now + IDLE
        if last and before is not None and last.state != before:
            state = replace(state, urgent=state.urgent or last.state.urgent, flags=state.flags | last.state.flags)
        stored = StoredState(state, max(until, last.until + _TICK) if last else until)
        self.keep(id_, stored)
        return stored

    def keep(self, id_: str, stored: StoredState) -> None:
        self._stored[id_] = stored
        self._stored.move_to_end(id_)
        if len(self._stored) > self._most:
            self._stored.popitem(last=False)

    def __len__(self) -> int:
        return len(self._stored)


class RedisConversations(Conversations):
    """Every state is in this process's memory too: with Redis gone, its conversations go on."""

    def __init__(self, redis: "RedisClient") -> None:
        self._redis = redis
        self._memory = MemoryConversations()

    async def save(
        self, id_: str, state: State, now: datetime, waited: float = 0.0, before: State | None = None
    ) -> None:
        stored = self._memory.follow(id_, state, now, before)
        value, life = _STORED.dump_json(stored), stored.until - now
        with contextlib.suppress(StoreError):  # the next message of this conversation carries it there
            await self._redis.attempt("conversations", lambda redis: redis.set(KEY + id_, value, px=life), waited)

    async def _find(self, id_: str, now: datetime) -> StoredState | None:
        try:
            value = await self._redis.attempt("conversations", lambda redis: redis.get(KEY + id_))
        except StoreError:
            return self._memory.find(id_, now)
        ours = self._memory.find(id_, now)  # looked at last: another message may have come while this one waited
        theirs = _read(value, now)
        if theirs is None or (ours and ours.until > theirs.until):
            return ours
        self._memory.keep(id_, theirs)
        return theirs


_STORED = TypeAdapter(StoredState)


def _read(value: bytes | str | None, now: datetime) -> StoredState | None:
    """Return None for what has expired, and for what another version, or anything else, has written."""
    try:
        stored = _STORED.validate_json(value or b"")
    except ValidationError:
        return None
    is_tier = stored.state.urgent is None or stored.state.urgent in TIERS
    return stored if is_tier and now < stored.until < now + 2 * IDLE else None
