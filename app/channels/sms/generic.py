"""Any other gateway: JSON signed with HMAC-SHA256 over `timestamp.body`, answered in the response.

`x-hai-faq-timestamp` is in seconds since 1970, `x-hai-faq-signature` hexadecimal. The body is
`{"id", "from", "to", "text", "media"}` and whatever else, the reply `{"text", "then"}`: the text, null for silence, and
texts that follow it as messages of their own.
"""

import hmac
import json
from dataclasses import dataclass

from fastapi import Response
from fastapi.responses import JSONResponse

from app import text
from app.channels.sms.gateway import Posted, Received, Texts, check_recent, check_signature
from app.errors import InvalidBody


@dataclass(frozen=True)
class Generic:
    secrets: tuple[str, ...]
    """Several while one is being replaced."""
    name: str = "generic"
    answers_by_api: bool = False

    def read(self, posted: Posted) -> Received | None:
        timestamp, signed = (posted.headers.get(f"x-hai-faq-{name}", "") for name in ("timestamp", "signature"))
        check_recent(timestamp, posted.now)
        check_signature(signed, (signature(secret, timestamp, posted.body) for secret in self.secrets))
        try:
            message = json.loads(posted.body)
            return Received(
                id=str(message["id"]),
                sender=_number(message["from"]),
                recipient=str(message.get("to") or ""),
                text=text.whole(str(message.get("text") or "")),
                has_media=bool(message.get("media")),
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise InvalidBody from error

    def response(self, texts: Texts, reply_id: str = "") -> Response:  # noqa: ARG002 it sends none
        return JSONResponse({"text": texts[0] if texts else None, "then": texts[1:]})


def _number(value: object) -> str:
    """Return a sender; anything but a text or a number is as good as none."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    return hmac.digest(secret.encode(), timestamp.encode() + b"." + body, "sha256").hex()
