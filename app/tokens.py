"""Message ids are signed, so that any replica can tell what a message was about without looking it up."""

import base64
import hashlib
import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hmac import compare_digest


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
        """Return a URL-safe id. A number keeps two messages of a moment apart, random bytes those of two processes."""
        fields = (round(at.timestamp() * 1000), channel, " ".join(subject), version)
        payload = _encode(f"{'|'.join(map(str, fields))}|{self._ours}{next(self._numbers):x}".encode())
        return f"{payload}.{self._signature(payload)}"

    def read(self, token: str) -> Token | None:
        """Return what was signed, or None for a text that is not letter by letter what this key signed."""
        payload, _, signature = token.rpartition(".")
        try:
            if not compare_digest(signature, self._signature(payload)):
                return None
            millis, channel, subject, version, _ = _decode(payload).decode().split("|")
            return Token(datetime.fromtimestamp(int(millis) / 1000, UTC), channel, tuple(subject.split()), version)
        except (ValueError, TypeError, OverflowError, OSError):  # or signed by another version
            return None

    def conversation(self, channel: str, sender: str) -> str:
        """Return the id of the one conversation of a sender within a channel, which does not tell who that is."""
        named = f"conversation\0{channel}\0{sender}".encode("utf-8", "surrogatepass")
        return f"{channel}-{_encode(keyed_hash(self.key, named))}"

    def text_hash(self, text: str) -> str:
        """Return a hash as hex digits, keyed, since the words of a short message could be guessed from a plain one."""
        return keyed_hash(self.key, text.encode("utf-8", "surrogatepass")).hex()

    def _signature(self, payload: str) -> str:
        return _encode(keyed_hash(self.key, b"message-id" + payload.encode("utf-8", "surrogatepass")))


def keyed_hash(key: bytes, message: bytes) -> bytes:
    """Return 128 bits of keyed BLAKE2b (RFC 7693).

    OpenSSL's HMAC lets go of the interpreter's lock, which a thread that writes records then kept for 0.1 ms and more.
    """
    fitting = key if len(key) <= hashlib.blake2b.MAX_KEY_SIZE else hashlib.blake2b(key).digest()
    return hashlib.blake2b(message, digest_size=16, key=fitting).digest()


_random: list[bytes] = []


def random_id() -> str:
    """Return 128 random bits, URL-safe. Many are drawn at a time: the call of the kernel lets go of the lock too."""
    if not _random:
        drawn = secrets.token_bytes(16 * 256)
        _random.extend(drawn[start : start + 16] for start in range(0, len(drawn), 16))
    return _encode(_random.pop())


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _decode(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
