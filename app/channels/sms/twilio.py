"""Twilio: a form post signed by `X-Twilio-Signature`, answered with TwiML."""

import base64
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from fastapi import Response

from app.channels.sms.gateway import Posted, Received, check_signature
from app.errors import InvalidBody

_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Twilio:
    tokens: tuple[str, ...]
    """Auth tokens, several while one is being replaced."""
    name: str = "twilio"

    def read(self, posted: Posted) -> Received | None:
        fields = parse_qs(posted.body.decode("utf-8", "replace"), keep_blank_values=True)
        signed = posted.headers.get("x-twilio-signature", "")
        valid = (signature(token, url, fields) for token in self.tokens for url in _with_and_without_port(posted.url))
        check_signature(signed, valid)
        if "MessageSid" not in fields or "From" not in fields:
            raise InvalidBody
        first = {name: values[0] for name, values in fields.items()}
        return Received(
            id=first["MessageSid"],
            sender=first["From"],
            recipient=first.get("To", ""),
            text=first.get("Body", ""),
        )

    def response(self, text: str) -> Response:
        message = f"<Message>{escape(text)}</Message>" if text else ""
        body = f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'
        return Response(body, media_type="text/xml")


def signature(token: str, url: str, fields: Mapping[str, Sequence[str]]) -> str:
    """Return the base64 of HMAC-SHA1 over the URL and every field's name and values, in the order of the names
    (Twilio, Webhooks security).
    """
    signed = url + "".join(name + value for name in sorted(fields) for value in sorted(set(fields[name])))
    return base64.b64encode(hmac.digest(token.encode(), signed.encode("utf-8", "surrogatepass"), "sha1")).decode()


def _with_and_without_port(url: str) -> Iterator[str]:
    """Twilio signs the URL with its port on some paths and without on others; its own library tries both."""
    yield url
    parts = urlsplit(url)
    if parts.port is None and parts.scheme in _PORTS:
        yield parts._replace(netloc=f"{parts.netloc}:{_PORTS[parts.scheme]}").geturl()
    elif parts.port is not None:
        yield parts._replace(netloc=parts.netloc.removesuffix(f":{parts.port}")).geturl()
