"""Twilio: a form post signed by `X-Twilio-Signature`, answered with TwiML."""

import base64
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape, quoteattr

from fastapi import Response

from app.channels.http.bodies import fields_of
from app.channels.sms.gateway import HANDLED, Posted, Receipt, Received, Texts, check_signature, count_event
from app.errors import InvalidBody

REPLY = "reply"
"""The query parameter of the URL for receipts that names the reply; Twilio's signature covers it."""
_PORTS = {"https": 443, "http": 80}
_ENDS = {"delivered": True, "read": True, "failed": False, "undelivered": False, "canceled": False}
"""Statuses that are the last of a text -> whether it arrived."""
_ON_THE_WAY = ("queued", "accepted", "scheduled", "sending", "sent", "partially_delivered")
_TRANSIENT = frozenset({"30001", "30003", "30008", "30017", "30022", "30046", "30410", "30500"})
"""Codes of faults that pass. All others are blocks, wrong numbers or missing registrations (Twilio, Error codes)."""


@dataclass(frozen=True)
class Twilio:
    tokens: tuple[str, ...]
    """Auth tokens, several while one is being replaced."""
    receipts: str = ""
    """The URL to which the id of a reply is added, and which is then told what becomes of it."""
    name: str = "twilio"
    answers_by_api: bool = False

    def read(self, posted: Posted) -> Received | Receipt | None:
        fields = fields_of(posted.body)
        signed = posted.headers.get("x-twilio-signature", "")
        valid = (signature(token, url, fields) for token in self.tokens for url in _with_and_without_port(posted.url))
        check_signature(signed, valid)
        first = {name: values[0] for name, values in fields.items()}
        if _is_receipt(first):
            return self._receipt(first, posted.url)
        if "MessageSid" not in first or "From" not in first:
            raise InvalidBody
        return Received(
            id=first["MessageSid"],
            sender=first["From"],
            recipient=first.get("To", ""),
            text=first.get("Body", ""),
            has_media=first.get("NumMedia", "0") not in ("", "0"),
            handled=HANDLED.get(first.get("OptOutType", "").upper()),
        )

    def _receipt(self, fields: Mapping[str, str], url: str) -> Receipt | None:
        """Return what became of a text for which it will not change any more."""
        status = fields.get("MessageStatus") or fields.get("SmsStatus", "")
        if status not in _ENDS:
            count_event(self.name, "sent" if status in _ON_THE_WAY else "unknown")
            return None
        code = fields.get("ErrorCode", "")
        return Receipt(
            reply_id=parse_qs(urlsplit(url).query).get(REPLY, [""])[0],
            sender=fields.get("From", ""),
            recipient=fields.get("To", ""),
            arrived=_ENDS[status],
            code=code,
            may_retry=code in _TRANSIENT,
        )

    def response(self, texts: Texts, reply_id: str = "") -> Response:
        """Return TwiML. Twilio's accounts read one of the two attributes each, and it advises to set both. With them
        some drop the messages that follow, so that a reply of several asks for no receipt.
        """
        url = quoteattr(f"{self.receipts}{reply_id}")
        told = f" action={url} statusCallback={url}" if len(texts) == 1 and reply_id else ""
        messages = "".join(f"<Message{told}>{escape(text)}</Message>" for text in texts)
        body = f'<?xml version="1.0" encoding="UTF-8"?><Response>{messages}</Response>'
        return Response(body, media_type="text/xml")


def _is_receipt(fields: Mapping[str, str]) -> bool:
    """Return whether Twilio tells of a text that we sent: one that it received has another status."""
    return "MessageStatus" in fields or fields.get("SmsStatus", "received") not in ("received", "receiving", "")


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
