import pytest

from app.dialogue.questions import Cut, asking, bare, parted
from app.text import parse

STORY = "My aunt is eighty and lives by the sea with her two old dogs. " * 3


def test_a_short_message_is_its_own_question() -> None:
    assert asking(parse("Where is it? I forgot.")) == [parse("Where is it? I forgot.")]


def test_in_a_story_the_sentence_that_asks_is_a_question_too() -> None:
    message = parse(f"{STORY}Where is the lamp in the room? Thank you.")
    assert asking(message) == [message, parse("where is the lamp in the room?")]


def test_a_story_without_a_question_mark_asks_at_its_end() -> None:
    assert asking(parse(f"{STORY}She wonders where the lamp is"))[1:] == [parse("she wonders where the lamp is")]


@pytest.mark.parametrize(
    ("message", "first", "second"),
    [
        ("how big is it and where does it go", "how big is it", "where does it go"),
        ("What is it? And who made it?", "what is it?", "and who made it?"),
        ("size? place?", "size?", "place?"),
        ("two questions: what is it, and when is it on", "two questions: what is it", "when is it on"),
        (
            "We would like to know where it is. Also who checks it?",
            "we would like to know where it is.",
            "also who checks it?",
        ),
    ],
)
def test_two_questions_are_parted(message: str, first: str, second: str) -> None:
    assert Cut(parse(first), parse(second), both_ask=True) in list(parted(parse(message)))


@pytest.mark.parametrize(
    "message",
    [
        "what is the difference between the lamp and the light",
        "My lamp came in June and it is green. Where is the switch?",
        "does it work only here, the lamp",
        "I have a lamp, a bed and a table",
        "which is better for my room, that or the lamp?",
    ],
)
def test_one_question_stays_whole(message: str) -> None:
    assert not [cut for cut in parted(parse(message)) if cut.both_ask]


@pytest.mark.parametrize(
    ("message", "left"),
    [("ok, and where?", "where?"), ("No, I meant the bulb", "the bulb"), ("and", "and"), ("why", "why")],
)
def test_what_leads_over_from_an_answer_is_taken_off(message: str, left: str) -> None:
    assert bare(parse(message)) == parse(left)
