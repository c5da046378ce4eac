"""Telephone numbers: known by a keyed hash, kept only encrypted and only until a reply is sent."""

import base64
import hashlib
import hmac
import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.channels.sms.gateway import Received


class Numbers:
    """Keys may be several while one is being replaced, the newest first."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys = [key.encode() for key in keys]
        derived = (hashlib.sha256(b"outbox" + key).digest() for key in self._keys)
        self._sealing = MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])

    def parties(self, number: str) -> list[str]:
        """Return the number's hash under each key."""
        return [hmac.digest(key, b"party" + number.encode("utf-8", "replace"), "sha256").hex() for key in self._keys]

    def seal(self, gateway: str, received: Received) -> str:
        """Return where the reply goes (gateway, from, to), encrypted."""
        return self._sealing.encrypt(json.dumps([gateway, received.recipient, received.sender]).encode()).decode()

    def unseal(self, address: str) -> tuple[str, str, str] | None:
        """Return (gateway, from, to), or None when the key is no longer known."""
        try:
            gateway, sender, recipient = json.loads(self._sealing.decrypt(address.encode()))
        except (InvalidToken, ValueError):
            return None
        return gateway, sender, recipient
