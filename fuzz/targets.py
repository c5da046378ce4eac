"""One parser each, driven by libFuzzer (atheris), which keeps what reaches new lines of `app`.

`python -m fuzz.targets NAME -max_total_time=60 FOLDER`: further arguments are libFuzzer's; FOLDER may hold seeds.
"""

import base64
import hmac
import logging
import re
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, quote

import atheris
from fastapi.testclient import TestClient

with atheris.instrument_imports(include=["app"]):
    from app import text
    from app.channels.sms import generic, twilio
    from app.channels.sms.gateway import Gateway, Posted
    from app.channels.sms.telnyx import Telnyx
    from app.dialogue import engine
    from app.dialogue.knowledge import Knowledge
    from app.dialogue.messages import Message, State
    from app.errors import Forged, InvalidBody
    from app.loading.loader import load
    from app.main import create_app
    from app.redaction.redact import redact
    from app.tokens import Tokens

from fuzz.service import KEY, PUBLIC, SECRET, TOKEN, settings

Target = Callable[[bytes], None]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
AT = "1767225600"
SLOWEST, A_CHARACTER = 0.5, 0.001
"""Seconds of processor for any text, and for each of its characters; instrumented code takes several times its time."""
LONGEST_FOLD = 18
"""Characters that one character can become (U+FDFA)."""


def _said(data: bytes) -> str:
    """Odd bytes become lone surrogates, which JSON can carry too."""
    return data.decode("utf-8", "surrogateescape")


def _timed(work: Callable[[str], object], said: str) -> None:
    began = time.process_time()
    work(said)
    assert time.process_time() - began < SLOWEST + A_CHARACTER * len(said), "slow"


def normaliser(data: bytes) -> None:
    said = _said(data)
    _timed(lambda said: text.parse(said).sentences, said)
    parsed = text.parse(said)
    assert len(parsed.folded) <= LONGEST_FOLD * len(said)
    assert len(parsed.starts) == len(parsed.words)
    assert parsed.words == text.words(said)


def reply(data: bytes) -> None:
    """Any text gets words, in any channel."""
    said, knowledge = _said(data), _knowledge()

    def respond(said: str) -> None:
        got, _ = engine.respond(Message(said), State(), knowledge, NOW)
        assert all(got.paragraphs)
        assert got.sms

    _timed(respond, said)


def redaction(data: bytes) -> None:
    said = _said(data)
    _timed(redact, said)
    once = redact(said)
    assert redact(once) == once


def tokens(data: bytes) -> None:
    """What was not signed is nothing; what was is read."""
    assert _tokens().read(_said(data)) is None
    payload = base64.urlsafe_b64encode(data).decode().rstrip("=")
    _tokens().read(f"{payload}.{_tokens()._signature(payload)}")


def sms_twilio(data: bytes) -> None:
    fields = parse_qs(data.decode("utf-8", "replace"), keep_blank_values=True)
    signed = twilio.signature(TOKEN, f"{PUBLIC}/sms/twilio", fields)
    _gateway(_TWILIO, data, {"x-twilio-signature": signed})


def sms_telnyx(data: bytes) -> None:
    signed = base64.b64encode(KEY.sign(f"{AT}|".encode() + data)).decode()
    _gateway(_TELNYX, data, {"telnyx-timestamp": AT, "telnyx-signature-ed25519": signed})


def sms_generic(data: bytes) -> None:
    signed = hmac.digest(SECRET.encode(), AT.encode() + b"." + data, "sha256").hex()
    _gateway(_GENERIC, data, {"x-hai-faq-timestamp": AT, "x-hai-faq-signature": signed})


def _gateway(gateway: Gateway, body: bytes, headers: dict[str, str]) -> None:
    """Signed, it is a message or no message; with the body as its signature, it is forged."""
    with suppress(InvalidBody):
        gateway.read(Posted(f"{PUBLIC}/sms/{gateway.name}", headers, body, float(AT)))
    *_, signature = headers
    try:
        gateway.read(
            Posted(f"{PUBLIC}/sms/{gateway.name}", headers | {signature: body.decode("latin-1")}, body, float(AT))
        )
    except Forged:
        return
    raise AssertionError("a forged message was believed")


def http(data: bytes) -> None:
    """Every address that takes a body, as JSON, as a form and as odd bytes; never a fault of ours."""
    which, body = (data[0], data[1:]) if data else (0, b"")
    path, kind = _ADDRESSES[which % len(_ADDRESSES)]
    headers = {"content-type": kind, "x-csrf-token": _csrf()}
    assert _client().post(path, content=body, headers=headers).status_code < 500
    field = b"text=" + quote(body).encode()
    assert _client().post(path, content=field, headers=headers).status_code < 500


def cookies(data: bytes) -> None:
    """A session that we did not sign is none."""
    value = data.translate(None, b"\r\n\0").decode("latin-1")
    sent = {b"cookie": f"hai-faq-staff={value}".encode("latin-1")}
    assert _stranger().get("/staff", headers=sent).status_code == 401


_TWILIO, _GENERIC = twilio.Twilio((TOKEN,)), generic.Generic((SECRET,))
_TELNYX = Telnyx((base64.b64encode(KEY.public_key().public_bytes_raw()).decode(),), "")
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
_ADDRESSES = (
    ("/v1/messages", _JSON),
    ("/v1/search", _JSON),
    ("/v1/feedback", _JSON),
    ("/webhooks/rest/webhook", _JSON),
    ("/ask", _FORM),
    ("/staff", _FORM),
    ("/staff/search", _FORM),
    ("/staff/flag", _FORM),
    ("/staff/review/propose", _FORM),
    ("/staff/review/dismiss", _FORM),
    ("/sms/generic", _JSON),
)


@cache
def _knowledge() -> Knowledge:
    return load(settings(_folder()).content_config)


@cache
def _tokens() -> Tokens:
    return Tokens(b"k" * 32)


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="hai-faq-fuzz-"))


@cache
def _client() -> TestClient:
    """Signed in by the link."""
    links: list[str] = []
    client = TestClient(create_app(settings(_folder()), announce=links.append), raise_server_exceptions=False)
    client.__enter__()
    assert client.get(links[-1]).status_code == 200
    return client


@cache
def _csrf() -> str:
    found = re.search(r'name="csrf" value="([\w-]+)"', _client().get("/staff").text)
    assert found
    return found[1]


@cache
def _stranger() -> TestClient:
    client = TestClient(create_app(settings(_folder())), raise_server_exceptions=False)
    client.__enter__()
    return client


TARGETS: dict[str, Target] = {
    each.__name__: each
    for each in (normaliser, reply, redaction, tokens, sms_twilio, sms_telnyx, sms_generic, http, cookies)
}


def main() -> None:
    logging.disable()
    target = TARGETS[sys.argv.pop(1)]
    target(b"")  # what it loads is not its time
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
