"""Telnyx: JSON signed with Ed25519 over `timestamp|body`, acknowledged at once, answered by its API."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import Response

from app import text
from app.channels.sms import vendor_api
from app.channels.sms.gateway import HANDLED, Outcome, Posted, Receipt, Received, Texts, check_recent, count_event
from app.errors import Forged, InvalidBody

_FAILED = ("sending_failed", "delivery_failed")
_TRANSIENT = frozenset({"40004", "40006", "40008", "40011", "40014"})
"""Codes of faults that pass (Telnyx, Messaging error codes). All others are blocks, wrong numbers or missing
registrations, and sending again makes those worse.
"""


@dataclass(frozen=True)
class Telnyx:
    public_keys: tuple[str, ...]
    """As Mission Control shows them, base64; several while one is being replaced."""
    api_key: str
    api_url: str = "https://api.telnyx.com"
    name: str = "telnyx"
    answers_by_api: bool = True
    client: httpx2.AsyncClient = field(default_factory=vendor_api.client)

    def read(self, posted: Posted) -> Received | Receipt | None:
        self._check_signature(posted)
        try:
            data = json.loads(posted.body)["data"]
            if data["event_type"] == "message.received":
                return _received(data["payload"])
            if data["event_type"] == "message.finalized":
                return _receipt(data["payload"])
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
            raise InvalidBody from error
        count_event(self.name, "sent" if data["event_type"] == "message.sent" else "unknown")
        return None

    def response(self, texts: Texts, reply_id: str = "") -> Response:  # noqa: ARG002 the reply goes by the API
        return Response(status_code=200)

    async def send(self, sender: str, recipient: str, text: str, reply_id: str) -> Outcome:
        return await vendor_api.post(
            self.client,
            f"{self.api_url}/v2/messages",
            json={"from": sender, "to": recipient, "text": text, **({"tags": [reply_id]} if reply_id else {})},
            headers={"authorization": f"Bearer {self.api_key}"},
        )

    def _check_signature(self, posted: Posted) -> None:
        timestamp, signature = (posted.headers.get(f"telnyx-{name}", "") for name in ("timestamp", "signature-ed25519"))
        check_recent(timestamp, posted.now)
        signed = timestamp.encode() + b"|" + posted.body
        if not any(_signed_by(key, signature, signed) for key in self.public_keys):
            raise Forged


def _received(message: Mapping[str, Any]) -> Received:
    return Received(
        id=str(message["id"]),
        sender=str(message["from"]["phone_number"] or ""),
        recipient=str(message["to"][0]["phone_number"]),
        text=text.whole(str(message.get("text") or "")),
        has_media=bool(message.get("media")),
        handled=HANDLED.get(message.get("autoresponse_type") or ""),
        at=_seconds(message.get("received_at")),
    )


def _receipt(message: Mapping[str, Any]) -> Receipt:
    """Return what became of a text; `delivery_unconfirmed` is no failure."""
    codes = [str(error.get("code")) for error in message.get("errors") or ()]
    return Receipt(
        reply_id=str(next(iter(message.get("tags") or ()), "")),
        sender=str(message["from"]["phone_number"]),
        recipient=str(message["to"][0]["phone_number"]),
        arrived=message["to"][0].get("status") not in _FAILED,
        code=next(iter(codes), ""),
        may_retry=bool(codes) and set(codes) <= _TRANSIENT,
    )


def _seconds(stamp: object) -> float | None:
    try:
        return datetime.fromisoformat(str(stamp)).timestamp()
    except ValueError:
        return None


def _signed_by(key: str, signature: str, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(base64.b64decode(signature), signed)
    except (InvalidSignature, ValueError):
        return False
    return True
