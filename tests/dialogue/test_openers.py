import pytest

from app.dialogue.knowledge import Knowledge
from app.dialogue.openers import Openers
from app.text import parse


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Hello, where is it? Thank you!", "where is it?"),
        ("hi hey good morning where is it?", "where is it?"),
        ("Where is it?", "Where is it?"),
        ("hi", ""),
        ("thanks to the lamp i can read", "to the lamp i can read"),
    ],
)
def test_openers_are_taken_off_and_the_rest_stays(knowledge: Knowledge, said: str, left: str) -> None:
    assert knowledge.openers.strip(parse(said)) == parse(left)


def test_a_goodbye_stands_apart_by_a_mark() -> None:
    openers = Openers.of({"goodbye": ["later", "night"], "thanks": ["thanks"], "greeting": ["how do", "hi"]})
    for said, left in (
        ("can it be on at night", "can it be on at night"),
        ("later can i turn it off", "later can i turn it off"),
        ("where is it, later!", "where is it,"),
        ("where is it thanks", "where is it"),
        ("how do i switch it on", "how do i switch it on"),
    ):
        assert openers.strip(parse(said)).key == parse(left).key


@pytest.mark.parametrize(
    ("said", "intent"), [("HELLO!!", "greeting"), ("thank you, bye", "thanks"), ("hi, thanks", "greeting")]
)
def test_of_openers_alone_the_first_counts(knowledge: Knowledge, said: str, intent: str) -> None:
    assert knowledge.openers.intent(parse(said)) == intent


@pytest.mark.parametrize("said", ["hello where is the lamp", "where", "", "👍"])
def test_a_message_that_says_more_is_no_opener(knowledge: Knowledge, said: str) -> None:
    assert knowledge.openers.intent(parse(said)) is None
