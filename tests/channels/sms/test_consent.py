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
    "message", ["STOP. I have a fever of 103", "no more texts, my chest hurts", "unsubscribe!! he fell"]
)
def test_a_wish_beside_danger_is_kept_where_it_is_beyond_doubt(message: str) -> None:
    assert consent.stops_beside(message)


@pytest.mark.parametrize("message", ["stop. it hurts", "please stop, i cant breathe", "it wont stop bleeding"])
def test_a_cry_is_no_wish_beside_danger(message: str) -> None:
    assert not consent.stops_beside(message)


def test_yes_turns_on_only_what_was_turned_off() -> None:
    assert (consent.keyword("YES", opted_out=True), consent.keyword("YES", opted_out=False)) == ("start", None)
