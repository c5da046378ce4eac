"""The sentence of the safety net by text message: before the reply, or alone where the reply would be silence."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.channels.sms.conversation import SmsConversation
from app.errors import StoreError, TextNotTaken
from app.main import create_app
from app.records.deliveries import Deliveries, Delivery, deliveries
from app.records.repeats import MemoryRepeats
from app.settings import Settings
from tests.channels.conftest import Service
from tests.channels.sms.conftest import Api, Phone
from tests.channels.sms.test_conversation import FIRST, conversation_of, reply
from tests.records.conftest import Clock

NET = "If you think of ending your life, call 988."


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def conversation(texting: Settings, tmp_path: Path, clock: Clock) -> Iterator[SmsConversation]:
    """With a store of its own, and time that is made up."""
    own = texting.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'own.db'}"})
    with TestClient(app := create_app(own)):
        made = conversation_of(app)
        yield replace(made, clock=clock, repeats=MemoryRepeats(clock), once=replace(made.once, clock=clock))


def test_the_sentence_is_the_first_line(phone: Phone) -> None:
    phone.says("what color is the lamp")
    assert phone.says("make it stop. where is the lamp") == f"{NET}\nThe lamp stands on the table beside the bed."


def test_it_stands_before_who_we_are(phone: Phone) -> None:
    assert phone.says("make it stop") == f"{NET}\n{FIRST}\n\nThe unclear text."


def test_it_goes_alone_to_a_number_that_opted_out(phone: Phone) -> None:
    phone.says("stop")
    assert [phone.says("make it stop"), phone.says("what color is the lamp")] == [NET, ""]


def test_after_a_crisis_it_goes_to_a_number_that_opted_out_whatever_is_denied(phone: Phone) -> None:
    phone.says("stop")
    assert phone.says("i want to die").startswith("Call or text 988 now.")
    assert phone.says("no that was a mistake, i only wanted to know what color the lamp is") == NET


def test_a_site_may_leave_opted_out_numbers_alone_but_not_in_danger(texting: Settings) -> None:
    service = Service(texting.model_copy(update={"sms_net_to_opted_out": False}))
    service.start()
    phone = Phone(service.url)
    phone.says("stop")
    assert [phone.says("make it stop"), phone.says("i cant breathe")] == ["", "Call 911 now."]
    loud = Phone(service.url)
    assert [loud.says("make it stop") for _ in range(4)][-1] == NET
    service.stop()


def test_it_stands_before_the_confirmation_of_a_wish_that_may_be_despair(phone: Phone) -> None:
    assert [phone.says("leave me alone"), phone.says("leave me alone")] == [f"{NET}\nNo more messages.", NET]


def test_a_plain_wish_for_silence_is_no_doubt(phone: Phone) -> None:
    assert phone.says("stop texting me") == "No more messages."


def test_it_goes_alone_where_the_same_message_comes_again_and_again(phone: Phone) -> None:
    replies = [phone.says("make it stop") for _ in range(5)]
    assert replies[2:] == [f"{NET}\nThe unclear text.", NET, ""]


def test_it_goes_alone_over_the_limit(phone: Phone) -> None:
    for number in range(14):
        phone.says(f"what color is the lamp number {number}")
    assert [phone.says("make it stop"), phone.says("where is the lamp")] == [NET, ""]


def test_alone_it_goes_once_a_minute(conversation: SmsConversation, clock: Clock) -> None:
    reply(conversation, "stop")
    said = []
    for passed in (0, 30, 59.9, 60):
        clock.now = 2000.0 + passed
        said.append(reply(conversation, "make it stop", f"after {passed}"))
    assert said == [NET, "", "", NET]


def test_another_sentence_waits_for_none(phone: Phone) -> None:
    phone.says("stop")
    replies = [phone.says(text) for text in ("make it stop", "dizzy", "make it stop")]
    assert replies == [NET, "If you feel unwell, call the nurse.", ""]


def test_after_an_urgent_reply_a_doubt_repeats_it_and_is_never_silence(
    conversation: SmsConversation, clock: Clock
) -> None:
    reply(conversation, "stop", "a")
    assert reply(conversation, "i want to die", "b") == "Call or text 988 now."
    clock.now += 61
    assert reply(conversation, "make it stop", "c") == "Call or text 988 now."


def test_who_was_told_to_call_and_cannot_talk_is_no_auto_responder(conversation: SmsConversation, clock: Clock) -> None:
    reply(conversation, "i cant breathe", "a")
    clock.now += 61
    assert reply(conversation, "I can't talk right now", "b") == "Call 911 now."


def test_an_urgent_text_that_is_repeated_waits_for_no_introduction(conversation: SmsConversation, clock: Clock) -> None:
    reply(conversation, "i want to die", "a")
    clock.now += 61
    assert reply(conversation, "ok", "b") == "Call or text 988 now."
    assert reply(conversation, "what color is the lamp", "c") == f"{NET}\n{FIRST}\n\nThe lamp is green."


@pytest.mark.parametrize("before", ["what color is the lamp", "stop"])
def test_an_unknown_outcome_is_tried_again(phone: Phone, api: Api, before: str) -> None:
    phone.says(before)
    api.plan = ["drop"]
    phone.telnyx("make it stop")
    assert [text.split("\n")[0] for text in api.wait(2)] == [NET, NET]


class Failing(Deliveries, table=deliveries):
    """A store that cannot keep a reply."""

    def __init__(self, kept: Deliveries) -> None:
        super().__init__(kept._engine, 1e6)

    def replied(self, delivery: Delivery, address: str, now: float) -> None:
        raise StoreError("no room")


def test_a_doubt_that_no_store_can_keep_gets_the_sentence_and_the_rest_comes_again(
    conversation: SmsConversation,
) -> None:
    failing = replace(conversation, once=replace(conversation.once, deliveries=Failing(conversation.once.deliveries)))
    assert reply(failing, "make it stop", "a") == NET
    with pytest.raises(TextNotTaken):
        reply(failing, "where is the lamp", "b")


def test_danger_that_could_not_be_kept_is_not_taken_for_said(conversation: SmsConversation) -> None:
    failing = replace(conversation, once=replace(conversation.once, deliveries=Failing(conversation.once.deliveries)))
    assert [reply(failing, "i cant breathe", id_) for id_ in ("a", "b")] == ["Call 911 now."] * 2
