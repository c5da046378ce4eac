"""Attacks on the webhooks of the gateways: docs/SECURITY-TRIALS.md."""

import base64
import json
import time
from urllib.parse import urlencode

import httpx2
import pytest
from twilio.request_validator import RequestValidator

from app.channels.sms.generic import signature
from tests.channels.sms.conftest import KEY, OURS, PUBLIC, SECRET, TOKEN, Api, Phone

FORM = {"content-type": "application/x-www-form-urlencoded"}


def twilio_signature(fields: dict[str, str]) -> str:
    return str(RequestValidator(TOKEN).compute_signature(f"{PUBLIC}/sms/twilio", fields))


@pytest.mark.parametrize("given", [None, "", "=", "A" * 28, "é", twilio_signature({})])
def test_twilio_without_its_signature_is_refused(phone: Phone, given: str | None) -> None:
    body = urlencode({"MessageSid": "SMx", "From": phone.number, "Body": "lamp"}).encode()
    named = [("content-type", FORM["content-type"])] + ([("x-twilio-signature", given)] if given is not None else [])
    headers = [(name.encode(), value.encode("latin-1")) for name, value in named]
    assert httpx2.post(f"{phone.url}/sms/twilio", content=body, headers=headers).status_code == 403


@pytest.mark.parametrize("change", [{"Body": "other"}, {"From": "+12155559999"}, {"MessageSid": "SMy"}, {"Extra": "1"}])
def test_a_signature_of_twilio_is_good_for_its_own_fields_only(phone: Phone, change: dict[str, str]) -> None:
    fields = {"MessageSid": "SMz", "From": phone.number, "To": OURS, "Body": "what color is the lamp"}
    headers = FORM | {"x-twilio-signature": twilio_signature(fields)}
    assert phone.post("twilio", urlencode(fields | change).encode(), headers).status_code == 403
    assert phone.post("twilio", urlencode(fields).encode(), headers | {"host": "evil.example"}).status_code == 200
    assert (
        httpx2.post(f"{phone.url}/sms/twilio?x=1", content=urlencode(fields).encode(), headers=headers).status_code
        == 403
    )


def test_a_replay_gets_the_reply_of_the_first_and_moves_nothing(phone: Phone, api: Api) -> None:
    fields = {"MessageSid": "SMreplayed", "From": phone.number, "To": OURS, "Body": "what color is the lamp"}
    headers = FORM | {"x-twilio-signature": twilio_signature(fields)}
    first, again = (phone.post("twilio", urlencode(fields).encode(), headers) for _ in range(2))
    assert first.text == again.text
    assert [phone.telnyx("what color is the lamp", id_="again") for _ in range(2)] == [200, 200]
    phone.telnyx("where is the lamp")
    assert len(api.wait(2)) == 2


@pytest.mark.parametrize("off", [-301, 310, 10**9])
def test_an_old_or_future_signature_is_refused(phone: Phone, off: int) -> None:
    body, at = json.dumps({"id": "1", "from": phone.number, "text": "lamp"}).encode(), str(int(time.time()) + off)
    headers = {"x-hai-faq-timestamp": at, "x-hai-faq-signature": signature(SECRET, at, body)}
    assert phone.post("generic", body, headers).status_code == 403
    assert phone.telnyx("lamp", at=time.time() + off) == 403


def test_a_signature_of_one_gateway_opens_no_other(phone: Phone) -> None:
    body, at = json.dumps({"id": "1", "from": phone.number, "text": "lamp"}).encode(), str(int(time.time()))
    generic = {"x-hai-faq-timestamp": at, "x-hai-faq-signature": signature(SECRET, at, body)}
    telnyx = {"telnyx-timestamp": at, "telnyx-signature-ed25519": generic["x-hai-faq-signature"]}
    assert phone.post("telnyx", body, telnyx).status_code == 403
    assert phone.post("twilio", body, {"x-twilio-signature": generic["x-hai-faq-signature"]}).status_code == 403
    assert phone.post("generic", body, {**generic, "x-hai-faq-timestamp": str(int(at) + 1)}).status_code == 403


@pytest.mark.parametrize(
    "body", [b"[" * 60_000, b"null", b"{}", b'{"id": 1}', b'{"id": "1", "from": "+1"}', b"\xff", b""]
)
def test_a_signed_body_of_any_shape_is_no_fault_of_ours(phone: Phone, body: bytes) -> None:
    at = str(int(time.time()))
    generic = {"x-hai-faq-timestamp": at, "x-hai-faq-signature": signature(SECRET, at, body)}
    signed = base64.b64encode(KEY.sign(f"{at}|".encode() + body)).decode()
    telnyx = {"telnyx-timestamp": at, "telnyx-signature-ed25519": signed}
    assert phone.post("generic", body, generic).status_code in (200, 400)
    assert phone.post("telnyx", body, telnyx).status_code == 400


@pytest.mark.parametrize(
    "text", ["</Message><Redirect>http://evil.example</Redirect>", "]]><x/>", "\x00\x0b", "{phone_line}"]
)
def test_no_text_breaks_out_of_the_reply(phone: Phone, text: str) -> None:
    reply = phone.twilio(text).text
    assert "evil" not in reply
    assert reply.count("<Message>") <= 1


@pytest.mark.parametrize("body", [b"[" * 60_000, b"null", b"{", b"\xff", b"", b"a=1&a=2&=%ff"])
@pytest.mark.parametrize("gateway", ["twilio", "telnyx", "generic"])
def test_what_is_not_signed_is_refused_before_its_shape_is_looked_at(phone: Phone, gateway: str, body: bytes) -> None:
    now = str(int(time.time()))
    headers = {"x-twilio-signature": "A" * 28, "x-hai-faq-timestamp": now, "x-hai-faq-signature": "0" * 64}
    telnyx = {"telnyx-timestamp": now, "telnyx-signature-ed25519": base64.b64encode(bytes(64)).decode()}
    assert phone.post(gateway, body, headers | telnyx).status_code == 403
