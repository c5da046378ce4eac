import json
import time
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pytest

from tests.channels.sms.conftest import OLD_TOKEN, OURS, SECRET, Api, Phone

COLOR = "what color is the lamp"
GREEN = "The lamp is green."


def test_twilio_gets_the_answer_as_twiml(phone: Phone) -> None:
    response = phone.twilio(COLOR)
    assert response.headers["content-type"].startswith("text/xml")
    message = ElementTree.fromstring(response.text).findtext("Message") or ""  # noqa: S314 our own reply
    assert message.endswith(GREEN)


def test_while_a_token_is_replaced_both_are_valid(phone: Phone) -> None:
    assert phone.twilio(COLOR, token=OLD_TOKEN).status_code == 200


@pytest.mark.parametrize("token", ["", "another"])
def test_a_wrong_twilio_signature_is_forbidden(phone: Phone, token: str) -> None:
    response = phone.twilio(COLOR, token=token)
    assert (response.status_code, response.headers["content-type"]) == (403, "application/problem+json")


def test_telnyx_is_acknowledged_and_answered_by_its_api(phone: Phone, api: Api) -> None:
    assert phone.telnyx(COLOR) == 200
    assert api.wait(1)[0].endswith(GREEN)
    assert (api.sent[0]["from"], api.sent[0]["to"]) == (OURS, phone.number)


def test_an_old_telnyx_timestamp_is_forbidden(phone: Phone) -> None:
    assert phone.telnyx(COLOR, at=time.time() - 301) == 403


def test_receipts_of_telnyx_get_no_reply(phone: Phone, api: Api) -> None:
    assert phone.telnyx(COLOR, event="message.finalized") == 200
    assert phone.telnyx(COLOR) == 200
    assert len(api.wait(1)) == 1


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-hai-faq-timestamp": "1", "x-hai-faq-signature": "0"}, {"x-hai-faq-timestamp": "soon"}],
)
def test_the_generic_gateway_must_sign(phone: Phone, headers: dict[str, str]) -> None:
    assert phone.post("generic", json.dumps({"id": "1"}).encode(), headers).status_code == 403


def test_a_gateway_that_is_not_configured_is_not_found(phone: Phone) -> None:
    assert phone.post("pigeon", b"{}", {}).status_code == 404


def test_a_repeat_gets_the_same_reply(phone: Phone) -> None:
    first = phone.says(COLOR, id_="same")
    assert first.endswith(GREEN)
    assert phone.says(COLOR, id_="same") == first


def test_another_message_under_the_same_id_is_a_message_of_its_own(phone: Phone) -> None:
    phone.says(COLOR, id_="7")
    assert phone.says("where is the lamp", id_="7") == "The lamp stands on the table beside the bed."
    assert phone.says("stop", id_="7") == "No more messages."
    assert Phone(phone.url).says("i want to die", id_="7").startswith("Call or text 988 now.")


def test_two_deliveries_at_one_moment_are_worked_on_once(phone: Phone, api: Api) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: phone.telnyx(COLOR, id_="twice"), range(8)))
    assert done == [200] * 8
    phone.telnyx("where is the lamp")
    assert len(api.wait(2)) == 2


def test_the_secret_is_not_what_is_sent(phone: Phone) -> None:
    assert SECRET not in phone.generic(COLOR).text
