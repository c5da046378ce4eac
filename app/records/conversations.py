"""States of conversations, in memory, each for half an hour after its last message."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.dialogue.messages import Channel, State

MOST = 50_000
"""The conversation idle the longest makes room for a new one."""
IDLE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class _Kept:
    state: State
    until: datetime


class Conversations:
    """Ids are made here, 128 random bits after the channel's name; an id made up by a client finds nothing."""

    def __init__(self, most: int = MOST, idle: timedelta = IDLE) -> None:
        self._most = most
        self._idle = idle
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def open(self, id_: str | None, channel: Channel, now: datetime) -> tuple[str, State]:
        """The conversation of this id and channel, or a new one when it is unknown, expired or another channel's."""
        kept = self._kept.get(id_) if id_ and id_.startswith(f"{channel}-") else None
        if id_ is None or kept is None or now >= kept.until:
            return f"{channel}-{secrets.token_urlsafe(16)}", State()
        return id_, kept.state

    def named(self, id_: str, now: datetime) -> State:
        """The state of a conversation whose id the server derives from a sender's; new when unknown or expired."""
        kept = self._kept.get(id_)
        return kept.state if kept and now < kept.until else State()

    def save(self, id_: str, state: State, now: datetime) -> None:
        self._kept[id_] = _Kept(state, now + self._idle)
        self._kept.move_to_end(id_)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def __len__(self) -> int:
        return len(self._kept)
