"""What gateways tell beside messages: receipts, opt-outs that they have handled, events of other kinds."""

from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from prometheus_client import REGISTRY

from tests.channels.sms.conftest import OURS, PUBLIC, Api, Phone

COLOR = "what color is the lamp"
SILENCE = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


def events(gateway: str, event: str) -> float:
    labels = {"gateway": gateway, "event": event}
    return REGISTRY.get_sample_value("hai_faq_gateway_events_total", labels) or 0.0


def failed(gateway: str) -> float:
    return REGISTRY.get_sample_value("hai_faq_urgent_texts_failed_total", {"gateway": gateway}) or 0.0


def receipts_url(answer: str) -> str:
    message = ElementTree.fromstring(answer).find("Message")  # noqa: S314 our own reply
    assert message is not None
    assert message.get("action") == message.get("statusCallback")
    return message.get("action") or ""


def receipt_of(phone: Phone, query: str, status: str, code: str = "") -> str:
    form = {"MessageSid": "SMout", "SmsSid": "SMout", "MessageStatus": status, "SmsStatus": status}
    numbers = {"From": OURS, "To": phone.number, **({"ErrorCode": code} if code else {})}
    return phone.twilio_form({**form, **numbers}, query=query).text


def test_only_an_urgent_text_of_twilio_asks_for_a_receipt(phone: Phone) -> None:
    assert receipts_url(phone.twilio(COLOR).text) == ""
    assert receipts_url(phone.twilio("i cant breathe").text).startswith(f"{PUBLIC}/sms/twilio?reply=")


@pytest.mark.parametrize("status", ["queued", "sent", "delivered", "undelivered", "failed", "read", "new-status"])
def test_a_status_callback_is_acknowledged_and_never_answered(phone: Phone, status: str) -> None:
    assert receipt_of(phone, "", status) == SILENCE


def test_an_urgent_text_that_did_not_arrive_is_recorded_once(phone: Phone) -> None:
    query = f"?{urlsplit(receipts_url(phone.twilio('i cant breathe').text)).query}"
    before = failed("twilio")
    assert parse_qs(query[1:])["reply"]
    assert [receipt_of(phone, query, status, "30007") for status in ("sent", "undelivered", "undelivered")] == [
        SILENCE
    ] * 3
    assert failed("twilio") == before + 1


def test_a_receipt_must_be_signed_with_the_reply_that_it_names(phone: Phone) -> None:
    form = {"MessageSid": "SMout", "MessageStatus": "failed", "From": OURS, "To": phone.number}
    forged = phone.twilio_form(form, token="another", query="?reply=x")
    assert forged.status_code == 403


@pytest.mark.parametrize(("kind", "after"), [("STOP", ""), ("HELP", "The lamp stands on the table beside the bed.")])
def test_what_twilio_has_answered_itself_gets_silence_and_is_kept(phone: Phone, kind: str, after: str) -> None:
    phone.says(COLOR)
    assert phone.twilio("arret", OptOutType=kind).text == SILENCE
    assert phone.says("where is the lamp") == after


def test_a_start_that_twilio_has_answered_turns_messages_on(phone: Phone) -> None:
    phone.says("stop")
    assert phone.twilio("Yes", OptOutType="START").text == SILENCE
    assert phone.says("where is the lamp") == "The lamp stands on the table beside the bed."


def test_twilio_tells_of_a_picture_beside_the_text(phone: Phone) -> None:
    phone.says(COLOR)
    assert "I see no pictures." in phone.twilio(COLOR, NumMedia="1").text
    assert "I see no pictures." not in phone.twilio(COLOR, NumMedia="0").text


def test_what_telnyx_has_answered_itself_gets_silence_and_is_kept(phone: Phone) -> None:
    phone.says(COLOR)
    assert phone.telnyx("STOP", autoresponse_type="STOP") == 200
    assert phone.says("where is the lamp") == ""


def test_events_of_telnyx_are_acknowledged_and_counted(phone: Phone) -> None:
    before = events("telnyx", "sent"), events("telnyx", "unknown")
    assert [phone.telnyx(COLOR, event=event) for event in ("message.sent", "call.hangup")] == [200, 200]
    assert (events("telnyx", "sent"), events("telnyx", "unknown")) == (before[0] + 1, before[1] + 1)


def finalized(phone: Phone, api: Api, status: str, code: str) -> None:
    payload = {
        "from": {"phone_number": OURS},
        "to": [{"phone_number": phone.number, "status": status}],
        "tags": api.sent[0]["tags"],
        "errors": [{"code": code}],
    }
    assert phone.telnyx("", event="message.finalized", **payload) == 200


def test_an_urgent_text_that_telnyx_could_not_deliver_goes_out_once_more(phone: Phone, api: Api) -> None:
    phone.telnyx("i cant breathe")
    api.wait(1)
    finalized(phone, api, "delivery_failed", "40008")
    assert api.wait(2) == ["Call 911 now."] * 2
    finalized(phone, api, "delivery_failed", "40008")
    phone.telnyx(COLOR)
    assert len(api.wait(3)) == 3


@pytest.mark.parametrize(("status", "code"), [("delivery_failed", "40300"), ("delivered", "")])
def test_a_blocked_text_and_one_that_arrived_are_not_sent_again(phone: Phone, api: Api, status: str, code: str) -> None:
    phone.telnyx("i cant breathe")
    api.wait(1)
    before = failed("telnyx")
    finalized(phone, api, status, code)
    assert failed("telnyx") - before == (1 if code else 0)
    phone.telnyx(COLOR)
    assert len(api.wait(2)) == 2


@pytest.mark.parametrize("number", ["72345", "HOSPITAL"])
def test_a_short_code_and_a_name_are_never_answered(phone: Phone, number: str) -> None:
    phone.number = number
    assert phone.says("i cant breathe") == ""


@pytest.mark.parametrize("number", ["", None, "+266696687", {"a": 1}, ["+12155550123"]])
def test_a_sender_that_is_no_number_is_refused(phone: Phone, number: Any) -> None:
    phone.number = number
    response = phone.generic(COLOR)
    assert (response.status_code, response.headers["content-type"]) == (400, "application/problem+json")


def test_a_number_in_another_spelling_is_the_same_person(phone: Phone) -> None:
    phone.says("stop")
    phone.number = f"({phone.number[2:5]}) {phone.number[5:8]}-{phone.number[8:]}"
    assert phone.says(COLOR) == ""
