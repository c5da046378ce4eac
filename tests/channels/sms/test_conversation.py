import asyncio
import hashlib
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from app.channels.sms.conversation import SmsConversation
from app.channels.sms.gateway import Received
from app.errors import StoreError
from app.main import create_app
from app.records.deliveries import Deliveries, Delivery, deliveries
from app.records.limits import MemoryLimits
from app.settings import Settings
from tests.channels.conftest import Service
from tests.channels.sms.conftest import PUBLIC, Api, Phone
from tests.conftest import GUIDE, give_form, seal
from tests.redis import RedisServer

FIRST = "An automated service. Reply STOP to stop, HELP for help."
STOP_WORDS = [
    "STOP",
    "stop.",
    "Stop all",
    "STOPALL",
    "unsubscribe",
    "Cancel",
    "end",
    "QUIT",
    "revoke",
    "opt out",
    "Parar",
]


def test_the_first_reply_says_who_we_are_and_the_second_does_not(phone: Phone) -> None:
    assert phone.says("what color is the lamp") == f"{FIRST}\n\nThe lamp is green."
    assert phone.says("where is the lamp") == "The lamp stands on the table beside the bed."


@pytest.mark.parametrize("word", [*STOP_WORDS, "stop texting me", "please leave me alone"])
def test_a_stop_is_confirmed_once_and_then_there_is_silence(phone: Phone, word: str) -> None:
    phone.says("what color is the lamp")
    assert [phone.says(word), phone.says(word), phone.says("where is the lamp")] == ["No more messages.", "", ""]


@pytest.mark.parametrize("word", ["start", "UNSTOP", "Yes!", "start again please", "opt in", "Subscribe"])
def test_messages_can_be_turned_on_again(phone: Phone, word: str) -> None:
    phone.says("stop")
    assert phone.says(word) == "Messages are on again."
    assert phone.says("what color is the lamp") == "The lamp is green."


def test_yes_is_no_consent_word_where_nothing_was_turned_off(phone: Phone) -> None:
    assert "on again" not in phone.says("yes")


def test_a_sentence_with_a_stop_word_is_a_question(phone: Phone) -> None:
    assert phone.says("when does the lamp stop") != "No more messages."


def test_help_says_who_runs_it_even_after_a_stop(phone: Phone) -> None:
    phone.says("stop")
    assert "Reply STOP to stop. In an emergency call 911." in phone.says("HELP")


def test_danger_is_answered_even_after_a_stop(phone: Phone) -> None:
    phone.says("stop")
    assert phone.says("i cant breathe") == "Call 911 now."


def test_the_same_danger_gets_its_text_once_a_minute_and_other_words_get_it_again(phone: Phone) -> None:
    assert [phone.says("i cant breathe"), phone.says("i cant breathe!")] == ["Call 911 now.", ""]
    assert phone.says("is anyone there") == "Call 911 now."
    assert Phone(phone.url).says("i cant breathe") == "Call 911 now."


def test_more_gives_the_link_to_the_whole_answer(phone: Phone) -> None:
    phone.says("what color is the lamp")
    assert phone.says("More") == f"The whole answer: {PUBLIC}/faq#lamp-color"


def test_more_after_a_choice_is_about_the_choice(phone: Phone) -> None:
    phone.says("where is the lamp")
    assert phone.says("bulb color").startswith("Which one?")
    assert phone.says("MORE").startswith("Which one?")


@pytest.mark.parametrize("text", ["", "😢😢", "?!"])
def test_without_words_there_is_a_fixed_text(phone: Phone, text: str) -> None:
    assert phone.says(text).endswith("I read words only.")


def test_an_auto_responder_is_left_alone(phone: Phone) -> None:
    replies = [phone.says("who looks after the lamp") for _ in range(5)]
    assert all(replies[:3])
    assert replies[3:] == ["", ""]


def test_too_many_messages_get_silence_but_danger_does_not(phone: Phone) -> None:
    replies = [phone.says(f"what color is the lamp number {number}") for number in range(14)]
    assert replies[-1] == ""
    assert phone.says("i cant breathe") == "Call 911 now."


def test_a_number_is_stored_nowhere(phone: Phone, texting: Settings, api: Api) -> None:
    phone.says("what color is the lamp")
    phone.telnyx("where is the lamp")
    api.wait(1)
    stored = texting.database_url.removeprefix("sqlite:///")
    for suffix in ("", "-wal"):
        with open(stored + suffix, "rb") as file:  # noqa: PTH123 with a suffix that is none
            assert phone.number[2:].encode() not in file.read()


def test_with_the_store_down_danger_is_answered_and_the_rest_comes_again(
    texting: Settings, api: Api, tmp_path: object
) -> None:
    service = Service(texting.model_copy(update={"database_url": f"sqlite:///{tmp_path}"}))
    service.start()
    phone = Phone(service.url)
    assert phone.says("i cant breathe") == "Call 911 now."
    assert phone.generic("what color is the lamp").status_code == 503
    assert phone.telnyx("i cant breathe") == 200
    assert api.wait(1) == ["Call 911 now."]
    service.stop()


class Hanging(Deliveries, table=deliveries):
    """A store that says nothing until it is let go."""

    def __init__(self, let_go: threading.Event) -> None:
        self._let_go = let_go

    def claim(self, *_: object) -> tuple[Delivery, bool]:
        self._let_go.wait()
        raise StoreError


def reply(
    conversation: SmsConversation,
    text: str,
    id_: str = "x1",
    then: Callable[[], None] = lambda: None,
    number: str = "+12155550999",
) -> str:
    """`then` comes before the loop ends, which waits for threads that still hang."""

    async def said() -> str:
        try:
            return "\n--\n".join((await conversation.reply(conversation.gateways["generic"], received)).texts)
        finally:
            then()

    received = Received(id_, number, "+12155550100", text)
    return asyncio.run(said())


def conversation_of(app: FastAPI) -> SmsConversation:
    conversation: SmsConversation = app.state.sms
    return conversation


def hanging(conversation: SmsConversation, store: Deliveries) -> SmsConversation:
    return replace(conversation, once=replace(conversation.once, deliveries=store), urgent_within=0.05)


def test_many_numbers_together_meet_a_limit_that_danger_passes(texting: Settings) -> None:
    with TestClient(app := create_app(texting.model_copy(update={"messages_per_second": 2.0}))):
        conversation = conversation_of(app)
        assert isinstance(conversation.limit_in_all, MemoryLimits)
        standing = MemoryLimits(conversation.limit_in_all.rate, clock=lambda: 0.0)
        conversation = replace(conversation, limit_in_all=standing)
        texts = ["what color is the lamp"] * 4 + ["i cant breathe"]
        replies = [reply(conversation, text, f"all{n}", number=f"+1215555088{n}") for n, text in enumerate(texts)]
    assert [bool(text) for text in replies[:4]] == [True, True, False, False]
    assert replies[4] == "Call 911 now."


def test_a_store_that_hangs_holds_back_no_danger(texting: Settings) -> None:
    let_go = threading.Event()
    with TestClient(app := create_app(texting)):
        conversation = hanging(conversation_of(app), Hanging(let_go))
        assert reply(conversation, "i cant breathe", then=let_go.set) == "Call 911 now."


def test_danger_that_a_dead_process_left_without_a_reply_is_answered_by_another(texting: Settings) -> None:
    with TestClient(app := create_app(texting)):
        conversation = replace(conversation_of(app), urgent_within=0.2)
        party, now = conversation.numbers.parties("+12155550999")[0], conversation.clock()
        id_ = hashlib.sha256(f"generic\0{party}\0left".encode()).hexdigest()
        digest = conversation.numbers.text_hash("i cant breathe\0False")
        conversation.once.deliveries.claim(id_, party, digest, now, now)
        assert reply(conversation, "i cant breathe", "left") == "Call 911 now."


def test_an_opt_out_outlives_a_new_key(texting: Settings) -> None:
    old = Service(texting)
    old.start()
    phone = Phone(old.url)
    phone.says("stop")
    old.stop()
    keys = (SecretStr("m" * 32), *texting.sms_number_keys)
    new = Service(texting.model_copy(update={"sms_number_keys": keys}))
    new.start()
    phone.url = new.url
    assert phone.says("what color is the lamp") == ""
    new.stop()


def test_two_replicas_know_what_a_number_was_answered(texting: Settings, redis_server: RedisServer) -> None:
    changed = {"redis_url": SecretStr(redis_server.url), "redis_milliseconds": 1000.0, "secret": SecretStr("a9" * 20)}
    here, there = (Service(texting.model_copy(update=changed)) for _ in range(2))
    here.start()
    there.start()
    phone = Phone(here.url)
    phone.says("what color is the lamp")
    phone.url = there.url
    assert phone.says("More") == f"The whole answer: {PUBLIC}/faq#lamp-color"
    here.stop()
    there.stop()


def test_where_the_gateway_handles_consent_its_words_get_silence(texting: Settings) -> None:
    service = Service(texting.model_copy(update={"sms_consent": "gateway"}))
    service.start()
    phone = Phone(service.url)
    assert [phone.says(word) for word in ("stop", "START", "help")] == ["", "", ""]
    assert phone.says("stop texting me") == "No more messages."
    service.stop()


def test_a_wish_to_stop_in_free_words_is_told_by_what_it_is_like(phone: Phone) -> None:
    assert phone.says("please strike my mother from the roster") == "No more messages."
    assert phone.says("where is the lamp") == ""


def test_a_wish_beside_danger_is_kept_and_confirmed_after_it(phone: Phone) -> None:
    answer = phone.generic("no more texts, i cant breathe").json()
    assert (answer["text"], answer["then"]) == ("Call 911 now.", ["No more messages."])
    assert phone.says("where is the lamp") == ""


def test_words_of_a_wish_do_not_quiet_the_danger_beside_them(phone: Phone) -> None:
    assert phone.says("dont text no more i cant breathe") == "Call 911 now."


def test_who_asks_us_not_to_stop_goes_on_getting_answers(phone: Phone) -> None:
    assert "No more messages." not in phone.says("please dont drop us off the roster")
    assert phone.says("where is the lamp") == "The lamp stands on the table beside the bed."


def test_a_start_that_was_held_up_undoes_no_later_stop(phone: Phone) -> None:
    phone.says("stop")
    late = phone.telnyx("start", received_at="2026-01-01T00:00:00.000+00:00")
    assert (late, phone.says("what color is the lamp")) == (200, "")


def test_a_redelivered_start_changes_nothing(phone: Phone) -> None:
    assert [phone.says("start", id_="s1"), phone.says("stop", id_="s2"), phone.says("start", id_="s1")] == [
        "Messages are on again.",
        "No more messages.",
        "Messages are on again.",
    ]
    assert phone.says("what color is the lamp") == ""


def test_an_opt_out_under_an_earlier_spelling_of_the_number_counts(texting: Settings) -> None:
    with TestClient(app := create_app(texting)):
        conversation = conversation_of(app)
        conversation.consents.set(conversation.numbers.parties("215-555-0998"), True, 1.0)
        spelled = Received("s1", "215-555-0998", "+12155550100", "what color is the lamp")
        gateway = conversation.gateways["generic"]
        assert asyncio.run(conversation.reply(gateway, spelled)).texts == ()


def test_an_answer_without_a_text_message_is_said_whole_or_by_its_link(texting: Settings, folder: Path) -> None:
    faq = folder / "faq.yaml"
    text = faq.read_text()
    for line in ("    sms: The lamp is green.\n", "    sms: The lamp has a small bulb.\n"):
        text = text.replace(line, "")
    faq.write_text(text.replace("answer: The lamp has a small bulb.", f"answer: {'The lamp has a small bulb. ' * 20}"))
    seal(folder)
    service = Service(texting.model_copy(update={"content_dir": folder}))
    service.start()
    phone = Phone(service.url)
    assert phone.says("what color is the lamp") == f"{FIRST}\n\nThe lamp is green."
    assert phone.says("what kind of bulb is it") == "What kind of bulb does the lamp have?\nReply MORE."
    assert phone.says("more") == f"The whole answer: {PUBLIC}/faq#lamp-bulb"
    service.stop()


def test_the_link_of_an_answer_stands_bare_under_its_text_message(texting: Settings, folder: Path) -> None:
    give_form(folder)
    service = Service(texting.model_copy(update={"content_dir": folder, "link_hosts": ("www.hospital.example",)}))
    service.start()
    text = f"{FIRST}\n\nThe lamp has a small bulb.\n{GUIDE}"
    assert Phone(service.url).says("what kind of bulb does the lamp have") == text
    service.stop()
