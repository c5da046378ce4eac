"""Replies are cached: the pipeline is deterministic, so that a question which many ask is worked out once."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import date

from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Channel, Message, Reply, State
from app.dialogue.urgent import Urgency

MOST = 1_000
"""Most replies that are cached."""

Key = tuple[bytes, Channel, str | None, State, date]


@dataclass(frozen=True, slots=True)
class CachedReply:
    """A message led to this in one state of a conversation, on one day."""

    folded: str
    """The folded text of the message."""
    urgency: Urgency
    reply: Reply
    following: State
    rendered: dict[str, bytes] = field(default_factory=dict, compare=False)
    """Bytes that channels wrote of the reply, by the name of the channel."""


class ReplyCache:
    """The keys hold no text, only a keyed hash: the words of a short message could be guessed from a plain one. The
    replies hold the folded words until the day ends or the cache is full, and never leave the process.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._secret = secrets.token_bytes(32)
        self._knowledge: Knowledge | None = None
        self._replies: dict[Key, CachedReply] = {}

    def key(self, message: Message, state: State, day: date) -> Key:
        text = message.text.encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(text, digest_size=16, key=self._secret).digest()
        return digest, message.channel, message.prefers, state, day

    def find(self, knowledge: Knowledge, key: Key) -> CachedReply | None:
        """Return the cached reply; those from another knowledge are forgotten all at once."""
        if self._knowledge is not knowledge:
            self._knowledge = knowledge
            self._replies.clear()
        return self._replies.get(key)

    def keep(self, knowledge: Knowledge, key: Key, reply: CachedReply) -> None:
        """Keep a reply, unless its urgent check broke or another knowledge has come meanwhile, which may lack its
        answer.
        """
        if reply.urgency.failed or self._knowledge is not knowledge:
            return
        if len(self._replies) >= self._most:
            self._replies.clear()
        self._replies[key] = reply
