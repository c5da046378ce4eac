"""Signed message ids: any replica can tell what a message was about without looking it up."""

import base64
import hmac
import itertools
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

_SUM = 16
"""Bytes kept of the HMAC: 128 bits."""


@dataclass(frozen=True, slots=True)
class Token:
    at: datetime
    channel: str
    subject: tuple[str, ...]
    version: str


@dataclass(frozen=True, slots=True)
class Tokens:
    key: bytes
    _ours: str = field(default_factory=lambda: secrets.token_hex(4))
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def sign(self, at: datetime, channel: str, subject: tuple[str, ...], version: str) -> str:
        """URL-safe text; a number keeps two messages of one moment apart, random bytes those of two processes."""
        fields = [
            round(at.timestamp() * 1000),
            channel,
            " ".join(subject),
            version,
            f"{self._ours}{next(self._numbers):x}",
        ]
        payload = json.dumps(fields, separators=(",", ":")).encode()
        return _encode(payload) + "." + _encode(self._sum(payload))

    def read(self, token: str) -> Token | None:
        """What was signed, or None for anything that was not signed with this key."""
        try:
            payload, given = (_decode(part) for part in token.split("."))
            if not hmac.compare_digest(given, self._sum(payload)):
                return None
            millis, channel, subject, version, _ = json.loads(payload)
            return Token(datetime.fromtimestamp(millis / 1000, UTC), channel, tuple(subject.split()), version)
        except (ValueError, TypeError, AttributeError, OverflowError, OSError):  # or signed by another version
            return None

    def conversation(self, channel: str, sender: str) -> str:
        """The id of the one conversation that a sender has within a channel; tells nothing of the sender."""
        named = f"conversation\0{channel}\0{sender}".encode("utf-8", "surrogatepass")
        return f"{channel}-{_encode(hmac.digest(self.key, named, 'sha256')[:_SUM])}"

    def text_hash(self, text: str) -> str:
        """Return a hash as hex digits, keyed, since the words of a short message could be guessed from a plain one."""
        return hmac.digest(self.key, text.encode("utf-8", "surrogatepass"), "sha256").hex()

    def _sum(self, payload: bytes) -> bytes:
        return hmac.digest(self.key, b"message-id" + payload, "sha256")[:_SUM]


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _decode(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
