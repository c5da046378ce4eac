"""Telnyx: JSON signed with Ed25519 over `timestamp|body`, acknowledged at once, answered by its API."""

import base64
import json
from dataclasses import dataclass, field

import httpx2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import Response

from app.channels.sms.gateway import Outcome, Posted, Received, check_recent
from app.errors import Forged, InvalidBody

PATIENCE = 10.0
"""Seconds for a call to the API."""


@dataclass(frozen=True)
class Telnyx:
    public_keys: tuple[str, ...]
    """As Mission Control shows them, base64; several while one is being replaced."""
    api_key: str
    api_url: str = "https://api.telnyx.com"
    name: str = "telnyx"
    client: httpx2.AsyncClient = field(default_factory=lambda: httpx2.AsyncClient(timeout=PATIENCE))

    def read(self, posted: Posted) -> Received | None:
        self._check_signature(posted)
        try:
            data = json.loads(posted.body)["data"]
            if data["event_type"] != "message.received":
                return None
            message = data["payload"]
            return Received(
                id=str(message["id"]),
                sender=str(message["from"]["phone_number"]),
                recipient=str(message["to"][0]["phone_number"]),
                text=str(message.get("text") or ""),
            )
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
            raise InvalidBody from error

    def response(self, text: str) -> Response:  # noqa: ARG002 the reply goes by the API
        return Response(status_code=200)

    async def send(self, sender: str, recipient: str, text: str) -> Outcome:
        """A call that broke off after it was made may have been taken: that is unknown."""
        body = {"from": sender, "to": recipient, "text": text}
        headers = {"authorization": f"Bearer {self.api_key}"}
        try:
            answer = await self.client.post(f"{self.api_url}/v2/messages", json=body, headers=headers)
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            return "refused"
        except httpx2.HTTPError:
            return "unknown"
        if answer.is_success:
            return "sent"
        return "refused" if answer.status_code == 429 or answer.status_code >= 500 else "rejected"

    def _check_signature(self, posted: Posted) -> None:
        timestamp, signature = (posted.headers.get(f"telnyx-{name}", "") for name in ("timestamp", "signature-ed25519"))
        check_recent(timestamp, posted.now)
        signed = timestamp.encode() + b"|" + posted.body
        if not any(_signed_by(key, signature, signed) for key in self.public_keys):
            raise Forged


def _signed_by(key: str, signature: str, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(base64.b64decode(signature), signed)
    except (InvalidSignature, ValueError):
        return False
    return True
