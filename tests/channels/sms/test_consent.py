import pytest

from app.channels.sms import consent


@pytest.mark.parametrize(
    "message",
    ["stop texting me", "Please stop sending me texts", "leave me alone", "don't text me anymore", "lose my number"],
)
def test_a_plain_wish_is_heard(message: str) -> None:
    assert consent.asks_to_stop(message)


@pytest.mark.parametrize(
    "message",
    [
        "when will the pump stop",
        "can i stop chemo",
        "leave me alone with the nurse",
        "please do not stop",
        "stop the bleeding",
    ],
)
def test_a_question_is_no_wish(message: str) -> None:
    assert not consent.asks_to_stop(message)
    assert consent.keyword(message, opted_out=False) is None


def test_yes_turns_on_only_what_was_turned_off() -> None:
    assert (consent.keyword("YES", opted_out=True), consent.keyword("YES", opted_out=False)) == ("start", None)
