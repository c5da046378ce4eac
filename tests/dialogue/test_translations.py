"""What a person reads who prefers Spanish, of which the fixture has a part: an entry, most scripts."""

from dataclasses import replace

import pytest

from app.dialogue import engine
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import ChoicePart, Message, Reply, State
from app.dialogue.urgent import Urgency
from tests.conftest import NOW


def say(knowledge: Knowledge, text: str, state: State | None = None, prefers: str | None = "es") -> Reply:
    return engine.respond(Message(text, "web", prefers), state or State(), knowledge, NOW)[0]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("lamp-place", "La lámpara está en la mesa junto a la cama.\n\nFuente: The Bedside Lamp, Example Ward"),
        ("where is the lamp", "La lámpara está en la mesa junto a la cama.\n\nFuente: The Bedside Lamp, Example Ward"),
        ("what does the lamp cost", "The Spanish not-covered text."),
        ("can the lamp burn me", "The Spanish not-covered text.\n\nThe Spanish care line."),
        ("what is for lunch", "The Spanish fallback."),
        ("hi", "The Spanish greeting."),
        ("I want to talk to a person", "The Spanish human text."),
    ],
)
def test_a_reply_is_in_the_language_that_its_reader_prefers(knowledge: Knowledge, said: str, text: str) -> None:
    reply = say(knowledge, said)
    assert (reply.text, reply.language) == (text, "es")
    assert say(knowledge, said, prefers=None).language is None


def test_what_is_not_approved_in_that_language_is_said_in_english_and_says_so(knowledge: Knowledge) -> None:
    reply = say(knowledge, "what color is the lamp")
    assert reply.text == "The lamp is green.\n\nSource: The Bedside Lamp, Example Ward"
    assert (reply.language, reply.answers[0].language) == (None, None)
    assert [(option.id, option.language) for option in reply.suggestions] == [
        ("lamp-switch", None),
        ("lamp-place", "es"),
    ]
    assert say(knowledge, "thanks").text == "The thanks text."


def test_a_refusal_is_all_in_one_language(knowledge: Knowledge) -> None:
    scripts = {id_: script for id_, script in knowledge.approved.scripts.items() if id_ != "care-line-es"}
    without = replace(knowledge, approved=replace(knowledge.approved, scripts=scripts))
    assert say(without, "can the lamp burn me").text == say(knowledge, "can the lamp burn me", prefers=None).text
    assert say(without, "what does the lamp cost").text == "The Spanish not-covered text."


def test_the_words_around_a_choice_are_in_one_language(knowledge: Knowledge) -> None:
    reply = say(knowledge, "bulb color")
    assert reply.text.startswith("The Spanish clarify text.\n\n1. What kind of bulb does the lamp have?")
    assert reply.text.endswith("\n3. Otra pregunta")
    scripts = {id_: script for id_, script in knowledge.approved.scripts.items() if id_ != "clarify-none-es"}
    part = say(replace(knowledge, approved=replace(knowledge.approved, scripts=scripts)), "bulb color").choice
    assert isinstance(part, ChoicePart)
    assert (part.language, part.none) == (None, "None of these")


def test_the_line_for_none_of_the_options_is_taken_back_in_its_language(knowledge: Knowledge) -> None:
    offered = State(offered=("lamp-color", "lamp-bulb"))
    assert say(knowledge, "Otra pregunta", offered).text == "The Spanish none-chosen text."
    assert say(knowledge, "3", offered).text == "The Spanish none-chosen text."


def test_a_message_in_spanish_is_answered_as_for_anyone_with_more_to_ask(knowledge: Knowledge) -> None:
    related = replace(knowledge.approved.answers["lamp-place"], related=("lamp-color",))
    answers = {**knowledge.approved.answers, "lamp-place": related}
    known = replace(knowledge, approved=replace(knowledge.approved, answers=answers))
    reply, plain = say(known, "dónde está la lámpara"), say(known, "dónde está la lámpara", prefers=None)
    assert reply.parts == plain.parts
    assert ([option.id for option in reply.suggestions], plain.suggestions) == (["lamp-color"], ())


def test_a_message_in_another_language_gets_its_own_script(knowledge: Knowledge) -> None:
    assert say(knowledge, "чем светит лампа").language == "ru"


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("no puedo respirar", "911. The Spanish emergency text."),
        ("i cant breathe", "Call 911 now."),
    ],
)
def test_danger_is_answered_in_the_language_in_which_it_is_told(knowledge: Knowledge, said: str, text: str) -> None:
    for prefers in ("es", "ru", None):
        assert say(knowledge, said, prefers=prefers).text == text


def test_danger_whose_language_nobody_can_tell_is_answered_in_the_language_preferred(knowledge: Knowledge) -> None:
    message, danger = Message("911", "web", "es"), Urgency("emergency")
    reply, state = engine.respond(message, State(), knowledge, NOW, danger)
    assert (reply.text, reply.language, reply.urgent) == ("911. The Spanish emergency text.", "es", True)
    assert say(knowledge, "ok", state).text == reply.text
    assert engine.respond(Message("911"), State(), knowledge, NOW, danger)[0].text == "Call 911 now."


def test_after_danger_told_in_english_its_script_is_repeated_in_english(knowledge: Knowledge) -> None:
    _, state = engine.respond(Message("i cant breathe", "web", "es"), State(), knowledge, NOW)
    assert say(knowledge, "ok", state).text == "Call 911 now."


def test_a_doubt_opens_the_reply_in_the_language_of_the_reply(knowledge: Knowledge) -> None:
    reply = say(knowledge, "make it stop. where is the lamp")
    assert reply.net is not None
    assert (reply.net.text, reply.net.language) == ("911. 988. The Spanish net-crisis text.", "es")
    assert reply.answers[0].language == "es"


def test_a_failed_check_puts_the_notice_in_front_in_the_language_preferred(knowledge: Knowledge) -> None:
    reply, _ = engine.respond(Message("lamp-place", "web", "es"), State(), knowledge, NOW, Urgency(failed=True))
    assert reply.text.startswith("911. The Spanish safety notice.\n\nLa lámpara")


def test_the_last_reply_is_said_again_in_the_language_preferred(knowledge: Knowledge) -> None:
    _, state = engine.respond(Message("what does the lamp cost", "web", "es"), State(), knowledge, NOW)
    assert state == engine.respond(Message("what does the lamp cost", "web"), State(), knowledge, NOW)[1]
    assert say(knowledge, "say that again", state).text == "The Spanish not-covered text."
