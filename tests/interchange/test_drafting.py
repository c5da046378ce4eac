import pytest

from app.interchange.drafting import read_aloud, sms

LONG = " ".join(["It is made of soft rubber which fits well."] * 9)


@pytest.mark.parametrize(
    "answer", ["At the desk.", "No. Take it out before you swim.", "Come in.\n\nWe are open.", "Is it **free**? Yes."]
)
def test_a_short_answer_is_drafted_whole(answer: str) -> None:
    plain = " ".join(answer.replace("**", "").split())
    assert (sms(answer, ""), read_aloud(answer, "")) == (plain, plain)


def test_of_a_long_answer_the_first_sentence_is_drafted_where_the_rest_changes_nothing() -> None:
    assert (sms(f"The aid is light. {LONG}", ""), read_aloud(f"The aid is light. {LONG}", "")) == (
        "The aid is light.",
    ) * 2


@pytest.mark.parametrize(
    "rest",
    [
        *(
            "Do not wash it.",
            "It isn't cheap.",
            "Unless it rains.",
            "It works only indoors.",
            "Call us.",
            "Take 2 a day.",
        ),
        *(
            "But some are heavy.",
            "This is true until May.",
            "Never share it.",
            "Take it out before sleep.",
            "Is it heavy?",
        ),
        *(
            "If it hurts, come in.",
            "All except one fit.",
            "It is loud without it.",
            "You must clean it.",
            "Avoid water.",
        ),
    ],
)
def test_nothing_is_drafted_where_the_rest_negates_limits_or_warns(rest: str) -> None:
    assert (sms(f"The aid is light. {LONG} {rest}", ""), read_aloud(f"The aid is light. {LONG} {rest}", "")) == ("", "")


@pytest.mark.parametrize(
    "answer", ["Bring:\n\n- a card\n- a form", "See [our page](https://h.example/a).", "No full stop"]
)
def test_nothing_is_drafted_of_lists_links_and_parts_of_sentences(answer: str) -> None:
    assert (sms(answer, ""), read_aloud(answer, "")) == ("", "")


def test_an_abbreviation_ends_no_sentence() -> None:
    assert sms(f"Ask for Dr. Adams. {LONG}", "") == ""


def test_what_the_page_does_not_say_belongs_to_the_draft() -> None:
    assert sms("It is light.", "The page does not say how light.") == "It is light."
    assert sms("It is light.", "x" * 300) == ""
    assert read_aloud("It is light.", "The page does not say how light.") == ""
