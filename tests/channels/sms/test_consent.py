from collections.abc import Callable

import pytest

from app.channels.sms import consent

WISHES = [
    *("stop texting me", "Please stop sending me texts", "leave me alone", "don't text me anymore", "lose my number"),
    *("Please stop", "STOP STOP", "stop it", "Stop. Thank you", "STOPP", "STOOOOP", "S.T.O.P.", "stp", "🛑", "REMOVE"),
    *("Stop all texts", "Please do not contact me again", "Stop - Maria Lopez", "wrong number. stop", "STOP PROMO"),
    *("how do i unsubscribe", "can you stop texting me", "i don't want your texts", "Reply STOP", "opting out"),
    *(
        "You keep texting me. STOP",
        "why do you keep sending me these texts? stop it",
    ),
    *("Please STOP these texts, they cost me money", "Stop texting me or I will call a lawyer"),
    *("no me manden más mensajes", "déjenme en paz", "não me mande mais mensagens", "не пишите мне больше"),
    *("请不要再给我发短信了", "停止", "đừng nhắn tin cho tôi nữa", "لا ترسلوا لي رسائل"),
]
OTHERS = [
    *("when will the pump stop", "can i stop chemo", "please do not stop", "stop the bleeding", "stop the beeping"),
    *(
        "end it",
        "make it stop",
        "i want to stop",
        "take me off chemo",
        "take me off this",
        "can it go away",
        "turn off",
    ),
    *("don't unsubscribe me", "please dont take me off the list", "I don't want these messages to stop", "bot or not"),
    *("i can not call", "I don't have a number to call", "why am I not getting texts", "who sends these messages"),
    *("dont call me, text me", "I cannot text anymore my hands shake", "stow", "Your rx is ready. Txt STOP to opt out"),
    *("no puedo escribir", "¿se puede retirar?", "не удалите мой номер", "不要删除我", "tôi không gọi được"),
]


@pytest.mark.parametrize("message", WISHES)
def test_a_wish_is_heard_in_any_words(message: str) -> None:
    assert consent.asks_to_stop(message) or consent.keyword(message, opted_out=False) == "stop"


@pytest.mark.parametrize("message", OTHERS)
def test_a_question_a_plea_and_despair_are_no_wish(message: str) -> None:
    assert not consent.asks_to_stop(message)
    assert consent.keyword(message, opted_out=False) is None


@pytest.mark.parametrize("message", ["stop to end", "Reply STOP to unsubscribe", "text stop 2 quit messages"])
def test_what_services_write_at_the_end_is_a_word_of_consent(message: str) -> None:
    assert consent.keyword(message, opted_out=False) == "stop"


@pytest.mark.parametrize(
    "message",
    ["please dont stop texting me", "never cancel my messages", "do not ever stop", "please keep them coming"],
)
def test_who_wants_to_go_on_is_told_from_who_wants_to_stop(message: str) -> None:
    assert consent.asks_to_go_on(message)
    assert not consent.may_ask_to_stop(message)


@pytest.mark.parametrize(
    "message", ["take me off the pump", "get me off this thing", "i need to cancel", "stop the beeping"]
)
def test_what_is_only_like_a_wish_lacks_its_words(message: str) -> None:
    assert not consent.may_ask_to_stop(message)


@pytest.mark.parametrize(
    "message",
    [
        "STOP. I have a fever of 103",
        "STOP - he fell",
        "STOP ~ he fell",
        "no more texts, my chest hurts",
        "unsubscribe!! he fell",
    ],
)
def test_a_wish_beside_danger_is_kept_where_it_is_beyond_doubt(message: str) -> None:
    assert consent.stops_beside(message)


@pytest.mark.parametrize("message", ["stop. it hurts", "please stop, i cant breathe", "it wont stop bleeding"])
def test_a_cry_is_no_wish_beside_danger(message: str) -> None:
    assert not consent.stops_beside(message)


def test_yes_turns_on_only_what_was_turned_off() -> None:
    assert (consent.keyword("YES", opted_out=True), consent.keyword("YES", opted_out=False)) == ("start", None)


@pytest.mark.parametrize("case", [str.lower, str.upper, str.title, "{}!".format, " {} \n".format])
def test_each_word_that_rules_and_carriers_ask_for_counts_by_itself(case: Callable[[str], str]) -> None:
    """47 CFR 64.1200(a)(10) names stop, quit, end, revoke, opt out, cancel and unsubscribe; the others are carriers'"""
    stops = ("stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out")
    for words, wish in ((stops, "stop"), (("start", "unstop"), "start"), (("help", "info"), "help")):
        assert [consent.keyword(case(word), opted_out=False) for word in words] == [wish] * len(words)
    assert consent.keyword(case("parar"), opted_out=False) == "stop"


def test_more_words_turn_on_what_was_turned_off_with_courtesy_beside_them() -> None:
    for word in ("opt in", "optin", "subscribe", "resubscribe", "resume", "restart", "start again", "yes"):
        for said in (word, f"{word} please", f"Thank you, {word} now", f"{word} me"):
            assert (consent.keyword(said, True), consent.keyword(said, False)) == ("start", None)
    for said in ("yes but who is this", "please", "no"):
        assert consent.keyword(said, True) is None


def test_a_gateway_answers_only_the_words_that_every_vendor_knows() -> None:
    theirs = ("stop", "STOPALL", "unsubscribe", "cancel", "End.", "quit", "revoke", "optout", "start", "unstop", "YES")
    assert all(map(consent.is_of_carriers, (*theirs, "help", "info")))
    assert not any(map(consent.is_of_carriers, ("stop all", "parar", "opt out", "stop please", "resume", "")))


def test_who_writes_at_length_says_something_else_too() -> None:
    said = "stop texting me"
    for length, heard in ((consent.LONGEST, True), (consent.LONGEST + 1, False)):
        assert consent.asks_to_stop(said + "!" * (length - len(said))) is heard
    danger = f"{said} he fell down"
    for length, rest in ((consent.LONGEST, "he fell down"), (consent.LONGEST + 1, "")):
        assert consent.beside_wish(danger + "!" * (length - len(danger))) == rest


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        *((slip, True) for slip in ("sotp", "stpo", "cancle", "remvoe", "unsubcribe", "unsbscrib")),
        *((word, False) for word in ("sto", "stows", "stopped", "stops", "stoop", "atop", "rem", "unsubs cribing")),
    ],
)
def test_slips_of_a_stop_are_heard_and_words_near_it_are_not(said: str, heard: bool) -> None:
    assert consent.asks_to_stop(said) is heard


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("dont text no more dad collapsed", "dad collapsed"),
        ("my chest hurts stop texting me", "my chest hurts"),
        ("stop he collapsed", "he collapsed"),
        ("he collapsed stop", "he collapsed"),
        ("my chest hurts", ""),
    ],
)
def test_what_stands_beside_a_wish_is_read_without_it(said: str, rest: str) -> None:
    assert consent.beside_wish(said) == rest


@pytest.mark.parametrize(
    "said", ["take me off the list", "please remove my number from your system", "cancel my texts", "opt out of this"]
)
def test_what_has_the_words_of_a_wish_may_be_one(said: str) -> None:
    assert consent.may_ask_to_stop(said)
