"""What each gateway reads of a request, without a service around it."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from prometheus_client import REGISTRY

from app.channels.sms import generic, twilio
from app.channels.sms.gateway import OLDEST, Gateway, Posted, Receipt, Received
from app.channels.sms.generic import Generic
from app.channels.sms.telnyx import Telnyx
from app.channels.sms.twilio import Twilio
from app.errors import Forged, InvalidBody

URL = "https://faq.hospital.example/sms/twilio?reply=r1"
NOW = 1_800_000_000.0
KEYS = [Ed25519PrivateKey.from_private_bytes(letter * 32) for letter in (b"a", b"b")]
PUBLIC = tuple(base64.b64encode(key.public_key().public_bytes_raw()).decode() for key in KEYS)
TWILIO, TELNYX, GENERIC = Twilio(("new", "old"), f"{URL[:-2]}"), Telnyx(PUBLIC, "api"), Generic(("new", "old"))
SMS = {"MessageSid": "SM1", "From": "+12155550123", "To": "+12155550100", "Body": "hello"}
MESSAGE: dict[str, Any] = {
    "id": "t1",
    "from": {"phone_number": "+12155550123"},
    "to": [{"phone_number": "+12155550100"}],
    "text": "hello",
}


def read_twilio(fields: Mapping[str, str], key: str = "new", signed: str = URL) -> Received | Receipt | None:
    signature = twilio.signature(key, signed, {name: [value] for name, value in fields.items()})
    return TWILIO.read(Posted(URL, {"x-twilio-signature": signature}, urlencode(fields).encode(), NOW))


def telnyx_post(payload: object, event: str = "message.received", key: Ed25519PrivateKey = KEYS[0]) -> Posted:
    body, at = json.dumps({"data": {"event_type": event, "payload": payload}}).encode(), str(int(NOW))
    signed = base64.b64encode(key.sign(f"{at}|".encode() + body)).decode()
    return Posted("", {"telnyx-timestamp": at, "telnyx-signature-ed25519": signed}, body, NOW)


def generic_post(message: object, key: str = "new", off: float = 0.0) -> Posted:
    body, at = json.dumps(message).encode(), str(int(NOW - off))
    headers = {"x-hai-faq-timestamp": at, "x-hai-faq-signature": generic.signature(key, at, body)}
    return Posted("", headers, body, NOW)


def test_a_message_of_twilio_is_read_whole() -> None:
    assert read_twilio(SMS) == Received("SM1", "+12155550123", "+12155550100", "hello")
    assert read_twilio(SMS | {"Body": "", "NumMedia": "2"}) == Received(
        "SM1", "+12155550123", "+12155550100", "", has_media=True
    )
    assert read_twilio({"MessageSid": "SM1", "From": "+12155550123"}) == Received("SM1", "+12155550123", "", "")


@pytest.mark.parametrize("missing", ["MessageSid", "From"])
def test_a_message_of_twilio_without_its_id_or_sender_is_refused(missing: str) -> None:
    with pytest.raises(InvalidBody):
        read_twilio({name: value for name, value in SMS.items() if name != missing})


@pytest.mark.parametrize(("kind", "wish"), [("STOP", "stop"), ("start", "start"), ("HELP", "help"), ("", None)])
def test_what_twilio_has_answered_itself_is_told(kind: str, wish: str | None) -> None:
    received = read_twilio(SMS | {"OptOutType": kind})
    assert isinstance(received, Received)
    assert received.handled == wish


def test_twilio_may_sign_with_its_port_and_with_either_token() -> None:
    with_port = URL.replace(".example/", ".example:443/")
    assert read_twilio(SMS, "old") == read_twilio(SMS, "new", with_port) == read_twilio(SMS)
    for wrong in (URL.replace(".example/", ".example:80/"), URL.replace("https", "http"), URL[:-1]):
        with pytest.raises(Forged):
            read_twilio(SMS, signed=wrong)


@pytest.mark.parametrize(
    ("url", "signed"), [("http://a.example:80/x", "http://a.example/x"), ("http://a/x", "http://a:80/x")]
)
def test_twilio_may_leave_the_port_out_and_put_it_in(url: str, signed: str) -> None:
    headers = {"x-twilio-signature": twilio.signature("new", signed, {name: [value] for name, value in SMS.items()})}
    assert isinstance(TWILIO.read(Posted(url, headers, urlencode(SMS).encode(), NOW)), Received)


@pytest.mark.parametrize(
    ("status", "arrived"),
    [("delivered", True), ("read", True), ("failed", False), ("undelivered", False), ("canceled", False)],
)
def test_the_last_status_of_a_text_of_twilio_is_a_receipt(status: str, arrived: bool) -> None:
    for name in ("MessageStatus", "SmsStatus"):
        receipt = read_twilio({"From": "+1", "To": "+2", name: status, "ErrorCode": "30007"})
        assert receipt == Receipt("r1", "+1", "+2", arrived, "30007", may_retry=False)


@pytest.mark.parametrize("status", ["queued", "accepted", "scheduled", "sending", "sent", "partially_delivered", "new"])
def test_a_status_that_may_change_is_no_receipt_and_is_counted(status: str) -> None:
    labels = {"gateway": "twilio", "event": "unknown" if status == "new" else "sent"}
    before = REGISTRY.get_sample_value("hai_faq_gateway_events_total", labels) or 0.0
    assert read_twilio({"From": "+1", "MessageStatus": status}) is None
    assert REGISTRY.get_sample_value("hai_faq_gateway_events_total", labels) == before + 1


@pytest.mark.parametrize("status", ["received", "receiving", ""])
def test_a_message_that_twilio_received_is_no_receipt(status: str) -> None:
    assert isinstance(read_twilio(SMS | {"SmsStatus": status}), Received)


@pytest.mark.parametrize(
    ("code", "again"),
    [*((f"30{code}", True) for code in ("001", "003", "008", "017", "022", "046", "410", "500")), ("30006", False)],
)
def test_a_fault_of_twilio_that_passes_may_be_tried_again(code: str, again: bool) -> None:
    receipt = read_twilio({"From": "+1", "MessageStatus": "failed", "ErrorCode": code})
    assert isinstance(receipt, Receipt)
    assert (receipt.code, receipt.may_retry) == (code, again)


def test_twilio_is_asked_for_a_receipt_of_one_text_with_an_id_only() -> None:
    told = f'action="{URL}" statusCallback="{URL}"'
    bodies = [bytes(TWILIO.response(*asked).body).decode() for asked in ((["a<b"], "r1"), (["a", "b"], "r1"), (["a"],))]
    assert [(told in body, "action" in body) for body in bodies] == [(True, True), (False, False), (False, False)]
    assert "<Message" in bodies[0]
    assert ">a&lt;b</Message>" in bodies[0]
    assert bodies[1].endswith("<Response><Message>a</Message><Message>b</Message></Response>")


def test_a_message_of_telnyx_is_read_whole() -> None:
    more = {"media": [{}], "autoresponse_type": "STOP", "received_at": "2027-01-15T08:00:00.000+00:00"}
    assert TELNYX.read(telnyx_post(MESSAGE)) == Received("t1", "+12155550123", "+12155550100", "hello")
    assert TELNYX.read(telnyx_post(MESSAGE | more)) == Received(
        "t1", "+12155550123", "+12155550100", "hello", has_media=True, handled="stop", at=1_800_000_000.0
    )
    assert TELNYX.read(telnyx_post(MESSAGE | {"text": None, "received_at": "soon"})) == Received(
        "t1", "+12155550123", "+12155550100", ""
    )


@pytest.mark.parametrize("body", [b"[" * 100_000, b"null", b"[]", b"7", b"{}", b"\xff", b""])
def test_a_signed_body_of_any_shape_is_refused(body: bytes) -> None:
    at = str(int(NOW))
    signed = base64.b64encode(KEYS[0].sign(f"{at}|".encode() + body)).decode()
    headers = {
        "telnyx-timestamp": at,
        "telnyx-signature-ed25519": signed,
        "x-hai-faq-timestamp": at,
        "x-hai-faq-signature": generic.signature("new", at, body),
    }
    for gateway in (TELNYX, GENERIC):
        with pytest.raises(InvalidBody):
            gateway.read(Posted("", headers, body, NOW))


def test_telnyx_may_sign_with_either_key_and_a_key_that_is_none_is_passed_over() -> None:
    for keys in (PUBLIC, ("no key", *PUBLIC), (PUBLIC[1],)):
        assert Telnyx(keys, "api").read(telnyx_post(MESSAGE, key=KEYS[1]))
    for keys in ((), ("no key",), (PUBLIC[0],)):
        with pytest.raises(Forged):
            Telnyx(keys, "api").read(telnyx_post(MESSAGE, key=KEYS[1]))


@pytest.mark.parametrize("payload", [None, [], {**MESSAGE, "to": []}, {**MESSAGE, "from": None}, {"id": "t1"}])
def test_a_message_of_telnyx_of_another_shape_is_refused(payload: object) -> None:
    with pytest.raises(InvalidBody):
        TELNYX.read(telnyx_post(payload))


@pytest.mark.parametrize(
    ("status", "codes", "arrived", "again"),
    [
        ("delivered", [], True, False),
        ("delivery_unconfirmed", [], True, False),
        ("sending_failed", [], False, False),
        *(("delivery_failed", [code], False, True) for code in ("40004", "40006", "40008", "40011", "40014")),
        ("delivery_failed", ["40300"], False, False),
        ("delivery_failed", ["40008", "40300"], False, False),
    ],
)
def test_a_receipt_of_telnyx_tells_what_became_of_a_text(
    status: str, codes: list[str], arrived: bool, again: bool
) -> None:
    to = [{"phone_number": "+12155550100", "status": status}]
    payload = {**MESSAGE, "to": to, "tags": ["r1"], "errors": [{"code": code} for code in codes]}
    receipt = TELNYX.read(telnyx_post(payload, "message.finalized"))
    assert receipt == Receipt("r1", "+12155550123", "+12155550100", arrived, "".join(codes[:1]), again)


def test_of_several_numbers_that_telnyx_names_the_first_is_ours() -> None:
    to = [{"phone_number": "+12155550100", "status": "delivered"}, {"phone_number": "+1", "status": "delivery_failed"}]
    received = TELNYX.read(telnyx_post({**MESSAGE, "to": to}))
    receipt = TELNYX.read(telnyx_post({**MESSAGE, "to": to}, "message.finalized"))
    assert isinstance(received, Received)
    assert isinstance(receipt, Receipt)
    assert (received.recipient, receipt.recipient, receipt.arrived) == ("+12155550100", "+12155550100", True)


def test_a_text_of_telnyx_that_asked_for_no_receipt_has_no_id() -> None:
    receipt = TELNYX.read(telnyx_post(MESSAGE, "message.finalized"))
    assert isinstance(receipt, Receipt)
    assert (receipt.reply_id, receipt.arrived) == ("", True)


def test_other_events_of_telnyx_are_no_message() -> None:
    assert [TELNYX.read(telnyx_post({}, event)) for event in ("message.sent", "call.hangup")] == [None, None]


def test_a_message_of_another_gateway_is_read_whole() -> None:
    message = {"id": 7, "from": "+12155550123", "to": "+12155550100", "text": "hello \ud83d", "media": ["a"]}
    assert GENERIC.read(generic_post(message)) == Received(
        "7", "+12155550123", "+12155550100", "hello \ufffd", has_media=True
    )
    assert GENERIC.read(generic_post({"id": "1", "from": 12155550123}, "old")) == Received("1", "12155550123", "", "")
    bare = GENERIC.read(generic_post({"id": "1", "from": True, "text": None}))
    assert bare == Received("1", "", "", "")


@pytest.mark.parametrize("off", [OLDEST + 1, -OLDEST - 1])
def test_a_time_that_is_too_far_off_is_forged_however_well_it_is_signed(off: float) -> None:
    assert GENERIC.read(generic_post({"id": "1", "from": "+1"}, off=OLDEST))
    with pytest.raises(Forged):
        GENERIC.read(generic_post({"id": "1", "from": "+1"}, off=off))


def test_a_reply_of_several_texts_goes_in_order_and_silence_is_null() -> None:
    bodies = [json.loads(bytes(GENERIC.response(texts).body)) for texts in ([], ["a"], ["a", "b", "c"])]
    assert bodies == [{"text": None, "then": []}, {"text": "a", "then": []}, {"text": "a", "then": ["b", "c"]}]


@pytest.mark.parametrize(("gateway", "by_api"), [(TWILIO, False), (TELNYX, True), (GENERIC, False)])
def test_only_telnyx_is_answered_by_its_api(gateway: Gateway, by_api: bool) -> None:
    assert gateway.answers_by_api is by_api
    assert gateway.response([]).status_code == 200
