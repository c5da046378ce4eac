import pytest

from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message
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
    assert knowledge.smalltalk.strip(parse(said)) == parse(left)


@pytest.mark.parametrize(
    ("said", "intent"),
    [("HELLO!!", "greeting"), ("hi, thanks", "greeting"), ("👍", "unclear"), ("ok.", "acknowledge")],
)
def test_small_talk_alone_is_recognised(knowledge: Knowledge, said: str, intent: str) -> None:
    assert knowledge.smalltalk.recognise(knowledge.read(Message(said))) == intent


@pytest.mark.parametrize("said", ["what color is the lamp", "hello where is the lamp", "where does the lamp stand"])
def test_a_question_is_no_small_talk(knowledge: Knowledge, said: str) -> None:
    assert knowledge.smalltalk.recognise(knowledge.read(Message(said))) is None


@pytest.mark.parametrize("said", ["2", "101", "12 34", "..."])
def test_numbers_without_an_offer_say_nothing(knowledge: Knowledge, said: str) -> None:
    assert knowledge.smalltalk.recognise(knowledge.read(Message(said))) == "unclear"
