from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.content import schema
from app.dialogue import engine
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Channel, Message, Reply, State
from app.dialogue.urgent import Urgency
from tests.conftest import NOW

SAID = State(urgent="crisis", flags=frozenset({engine.CRISIS_SAID}))


def say(knowledge: Knowledge, text: str, state: State | None = None, channel: Channel = "api") -> Reply:
    return engine.respond(Message(text, channel), state or State(), knowledge, NOW)[0]


def test_a_question_gets_its_answer_with_source_and_seal(knowledge: Knowledge) -> None:
    reply = say(knowledge, "what color is the lamp")
    assert [answer.id for answer in reply.answers] == ["lamp-color"]
    assert reply.answers[0].sources[0].title == "The Bedside Lamp"
    assert reply.answers[0].seal.by == "Dr. Test"
    assert "The lamp is green." in reply.text


def test_an_id_selects_its_entry(knowledge: Knowledge) -> None:
    assert say(knowledge, "lamp-hours").answers[0].id == "lamp-hours"


@pytest.mark.parametrize("word", ["table", "lamp", "color"])
def test_a_word_said_over_and_over_is_no_more_of_a_question(knowledge: Knowledge, word: str) -> None:
    assert say(knowledge, f"{word} " * 200).text == say(knowledge, word).text


def test_danger_comes_before_the_question_and_alone(knowledge: Knowledge) -> None:
    reply = say(knowledge, "what color is the lamp? also i cant breathe")
    assert (reply.kind, reply.urgent, reply.answers) == ("scripted", True, ())
    assert reply.text == "Call 911 now."


def test_staff_get_a_script_of_their_own(knowledge: Knowledge) -> None:
    assert say(knowledge, "caller says: i cant breathe", channel="staff").text == "The emergency-staff text."


@pytest.mark.parametrize("said", ["ok", "can it wait?", "102", "thanks"])
def test_after_an_urgent_reply_the_script_is_repeated(knowledge: Knowledge, said: str) -> None:
    _, state = engine.respond(Message("i cant breathe"), State(), knowledge, NOW)
    assert say(knowledge, said, state).intent == say(knowledge, "i cant breathe").intent


def test_what_a_state_of_another_version_names_is_passed_over(knowledge: Knowledge) -> None:
    state = State(("gone",), ("gone",), "gone", "emergency", frozenset({"gone"}), "xx")
    assert say(knowledge, "ok", state).text == "Call 911 now."
    assert say(knowledge, "1", state).text == "Call 911 now."
    assert say(knowledge, "where is the lamp", state).answers[0].id == "lamp-place"


def test_after_an_urgent_reply_a_question_is_answered(knowledge: Knowledge) -> None:
    _, state = engine.respond(Message("i cant breathe"), State(), knowledge, NOW)
    assert say(knowledge, "what color is the lamp", state).answers


def test_greetings_around_a_question_do_not_matter(knowledge: Knowledge) -> None:
    assert say(knowledge, "Hello, where is the lamp? thank you").answers[0].id == "lamp-place"


def test_a_greeting_alone_is_small_talk(knowledge: Knowledge) -> None:
    intent = say(knowledge, "Hi!").intent
    assert intent is not None
    assert (intent.id, intent.category) == ("greeting", "smalltalk")


def test_what_is_not_covered_is_never_answered(knowledge: Knowledge) -> None:
    for text in ("what does the lamp cost", "what is for lunch", "xyzzy plugh", "🙂", ""):
        assert not say(knowledge, text).answers


def test_a_text_over_four_thousand_characters_is_too_long(knowledge: Knowledge) -> None:
    intent = say(knowledge, "where is the lamp " * 300).intent
    assert intent is not None
    assert intent.id == "too-long"


def test_an_offered_entry_can_be_picked_by_number(knowledge: Knowledge) -> None:
    state = State(offered=("lamp-color", "lamp-bulb"))
    assert say(knowledge, "2", state).answers[0].id == "lamp-bulb"


def test_none_of_the_offered_ends_the_choice(knowledge: Knowledge) -> None:
    reply, state = engine.respond(Message("none of these"), State(offered=("lamp-color",)), knowledge, NOW)
    assert reply.text == "The none-chosen text."
    assert state.offered == ()


def test_an_entry_taken_back_is_neither_answered_nor_suggested(knowledge: Knowledge) -> None:
    without = replace(knowledge, taken_back=frozenset({"lamp-place"}))
    assert not say(without, "where is the lamp").answers
    assert not say(without, "lamp-place").answers
    suggested = say(without, "what color is the lamp").suggestions
    assert [option.id for option in suggested] == ["lamp-switch"]


def test_an_entry_past_its_grace_is_withheld(knowledge: Knowledge) -> None:
    late = NOW.replace(year=2030, month=4, day=8)
    kept = engine.respond(Message("what color is the lamp"), State(), knowledge, NOW.replace(year=2030, month=4, day=7))
    assert kept[0].answers
    assert not engine.respond(Message("what color is the lamp"), State(), knowledge, late)[0].answers


@pytest.mark.parametrize(
    ("said", "picked"), [("2", ("lamp-bulb",)), ("lamp-color", ("lamp-color",)), ("lamp-place", ())]
)
def test_what_is_picked_of_the_offered_is_noted(knowledge: Knowledge, said: str, picked: tuple[str, ...]) -> None:
    reply = say(knowledge, said, State(offered=("lamp-color", "lamp-bulb")))
    assert (reply.picked, reply.missed) == (picked, None)


def test_a_suggestion_is_no_choice_that_was_offered(knowledge: Knowledge) -> None:
    reply = say(knowledge, "the second one", State(suggested=("lamp-color", "lamp-bulb")))
    assert ([answer.id for answer in reply.answers], reply.picked) == (["lamp-bulb"], ())


def test_who_wants_none_of_the_offered_missed_the_first(knowledge: Knowledge) -> None:
    assert say(knowledge, "none of these", State(offered=("lamp-color", "lamp-bulb"))).missed == "lamp-color"
    assert say(knowledge, "none of these").missed is None


def test_the_entry_that_would_have_answered_is_noted_where_it_is_taken_back(knowledge: Knowledge) -> None:
    without = replace(knowledge, taken_back=frozenset({"lamp-place"}))
    reply = say(without, "where is the lamp")
    assert (reply.held, reply.missed) == ("lamp-place", None)
    assert say(knowledge, "where is the lamp").held is None


def test_a_failed_check_puts_the_safety_notice_in_front(knowledge: Knowledge) -> None:
    failed = Urgency(failed=True)
    reply, _ = engine.respond(Message("what color is the lamp"), State(), knowledge, NOW, failed)
    assert reply.text.startswith("In an emergency call 911.\n\nThe lamp is green.")


def test_where_danger_is_possible_the_ordinary_reply_opens_with_one_sentence(knowledge: Knowledge) -> None:
    reply = say(knowledge, "Make it stop! What color is the lamp?")
    assert (reply.kind, reply.urgent, reply.safety_net) == ("answer", False, True)
    assert reply.text.startswith("If you think of ending your life, call 988.\n\nThe lamp is green.")
    assert reply.said == ("lamp-color",)
    assert not say(knowledge, "What color is the lamp?").safety_net


def test_the_sentence_of_the_net_has_a_wording_for_staff(knowledge: Knowledge) -> None:
    assert say(knowledge, "dizzy", channel="staff").text.startswith("The net-call-now-staff text.")


def test_after_a_crisis_its_sentence_stays_in_front_whatever_is_denied(knowledge: Knowledge) -> None:
    denial = "no that was a mistake, i only want to know what color the lamp is"
    reply, state = engine.respond(Message(denial), SAID, knowledge, NOW)
    assert reply.net is not None
    assert reply.net.tier == "crisis"
    assert say(knowledge, "what color is the lamp", state).safety_net
    assert not say(knowledge, denial, State(urgent="emergency")).safety_net


def test_after_a_crisis_its_sentence_stands_before_a_less_urgent_text_and_not_before_911(knowledge: Knowledge) -> None:
    reply = say(knowledge, "i have a fever of 103", SAID)
    assert (reply.urgent, reply.text.split("\n\n")[0]) == (True, "If you think of ending your life, call 988.")
    for alone in ("i want to die", "i cant breathe"):
        assert not say(knowledge, alone, SAID).safety_net


def test_after_a_crisis_a_lesser_doubt_does_not_take_its_sentence_away(knowledge: Knowledge) -> None:
    reply = say(knowledge, "Dizzy. What color is the lamp and where is it kept today?", SAID)
    assert reply.net is not None
    assert reply.net.tier == "crisis"


def test_every_reply_is_made_of_sealed_texts(knowledge: Knowledge) -> None:
    said = set(allowed(knowledge))
    lines = [line for id_ in schema.TALK for line in knowledge.matcher.phrasings[id_].texts]
    for text in (
        *lines,
        *(answer.question for answer in knowledge.approved.answers.values()),
        "cost?",
        "i cant breathe",
        "dizzy",
    ):
        for part in say(knowledge, text).paragraphs:
            assert all(line in said or line.split(". ", 1)[-1] in said for line in part.split("\n"))


def allowed(knowledge: Knowledge) -> Iterator[str]:
    yield from (script.text for script in knowledge.approved.scripts.values())
    for answer in knowledge.approved.answers.values():
        yield from (answer.text, answer.question, "Source: The Bedside Lamp, Example Ward")
        if answer.limits:
            yield answer.limits
    for title in knowledge.approved.titles.values():
        yield knowledge.approved.text("not-covered").replace("{title}", title)


def converse(knowledge: Knowledge, *texts: str) -> list[Reply]:
    state, replies = State(), []
    for text in texts:
        reply, state = engine.respond(Message(text), state, knowledge, NOW)
        replies.append(reply)
    return replies


def test_a_follow_up_is_read_after_the_answer_before_it(knowledge: Knowledge) -> None:
    *_, reply = converse(knowledge, "what color is the lamp", "and where is it?")
    assert [answer.id for answer in reply.answers] == ["lamp-place"]


def test_what_follows_a_refusal_does_not_lean_on_the_answer_before_it(knowledge: Knowledge) -> None:
    state = State()
    for text in ("where is the lamp", "how much is it"):
        reply, state = engine.respond(Message(text), state, knowledge, NOW)
    assert not reply.answers
    assert state.about == "nc-price"


def test_small_talk_does_not_end_what_was_talked_about(knowledge: Knowledge) -> None:
    *_, reply = converse(knowledge, "what color is the lamp", "thanks", "and where is it?")
    assert [answer.id for answer in reply.answers] == ["lamp-place"]


@pytest.mark.parametrize(("said", "intent"), [("i am so scared", "worry"), ("are you a robot?", "bot-identity")])
def test_small_talk_is_ranked_beside_the_topics(knowledge: Knowledge, said: str, intent: str) -> None:
    reply = say(knowledge, said)
    assert reply.text == f"The {intent} text."
    assert reply.intent is not None
    assert (reply.intent.id, reply.intent.category) == (intent, "smalltalk")


@pytest.mark.parametrize(
    ("said", "intent"),
    [("good morning can i talk to a person thanks", "human"), ("hi i am worried thank you", "worry")],
)
def test_small_talk_is_found_between_a_greeting_and_thanks(knowledge: Knowledge, said: str, intent: str) -> None:
    assert say(knowledge, said).text == f"The {intent} text."


def test_a_feeling_is_met_with_covered_questions_as_suggestions_only(knowledge: Knowledge) -> None:
    reply = say(knowledge, "i am so scared")
    assert not reply.options
    assert reply.suggestions


UNKNOWN = "zorp blick frum wug zorp blick frum wug zorp blick"


def test_a_fallback_suggests_what_is_covered_and_so_does_its_repetition(knowledge: Knowledge) -> None:
    fallback, again = converse(knowledge, UNKNOWN, "say that again")
    assert (fallback.kind, len(fallback.suggestions), fallback.options) == ("fallback", 3, ())
    assert (again.kind, again.suggestions) == ("fallback", fallback.suggestions)


def test_nothing_is_suggested_after_danger_or_where_it_is_in_doubt(knowledge: Knowledge) -> None:
    doubt = say(knowledge, f"make it stop. {UNKNOWN}")
    *_, after = converse(knowledge, "i cant breathe", UNKNOWN)
    assert (doubt.kind, doubt.safety_net, doubt.suggestions) == ("fallback", True, ())
    assert (after.kind, after.suggestions) == ("fallback", ())


def test_a_feeling_beside_a_question_gets_the_answer(knowledge: Knowledge) -> None:
    assert say(knowledge, "I am so afraid. What color is the lamp?").answers[0].id == "lamp-color"


@pytest.mark.parametrize(
    "said", ["for", "Y", "2", "101", "12 34", "...", "👍", "asdf qwer", "of the", "the first one", "both"]
)
def test_a_few_words_without_evidence_are_asked_back(knowledge: Knowledge, said: str) -> None:
    assert say(knowledge, said).text == "The unclear text."


def test_more_words_without_evidence_are_refused(knowledge: Knowledge) -> None:
    assert say(knowledge, "zorp blick frum wug").kind == "fallback"


@pytest.mark.parametrize(
    "texts", [("what color is the lamp",), ("what does the lamp cost",), ("zorp blick frum wug",), ("hi",)]
)
def test_the_last_reply_is_said_again(knowledge: Knowledge, texts: tuple[str, ...]) -> None:
    *_, before, reply = converse(knowledge, *texts, "say that again")
    assert reply.paragraphs == before.paragraphs


def test_after_the_script_that_nothing_is_plainer_that_is_said_again(knowledge: Knowledge) -> None:
    *_, reply = converse(knowledge, "lamp switch", *["say it in plain words"] * 2, "say that again")
    assert reply.text == "The simpler text."


def test_the_shorter_text_is_said_again_and_has_its_own_seal(knowledge: Knowledge) -> None:
    long, short, again = converse(knowledge, "lamp switch", "say it in plain words", "say that again")
    assert again.text == short.text
    assert short.answers[0].seal == long.answers[0].sms_seal
    assert (long.answers[0].limits, short.answers[0].limits) == ("The page does not say how to dim it.", None)


def test_a_translation_is_said_again_in_its_language(knowledge: Knowledge) -> None:
    _, state = engine.respond(Message("dónde está la lámpara"), State(), knowledge, NOW)
    assert say(knowledge, "say that again", state).text.startswith("La lámpara")


def test_a_choice_with_nothing_open_is_asked_back_though_something_was_talked_about(knowledge: Knowledge) -> None:
    *_, reply = converse(knowledge, "what color is the lamp", "thanks", "the first one")
    assert reply.text == "The unclear text."


def test_an_offer_is_made_again(knowledge: Knowledge) -> None:
    reply = say(knowledge, "repeat that please", State(offered=("lamp-color", "lamp-bulb")))
    assert [option.id for option in reply.options] == ["lamp-color", "lamp-bulb"]
    assert reply.confidence == 0.0


def test_with_nothing_said_there_is_nothing_to_say_again(knowledge: Knowledge) -> None:
    assert say(knowledge, "say that again").text == "The repeat text."


def test_simpler_gives_the_shorter_approved_text_once(knowledge: Knowledge) -> None:
    before, first, second = converse(knowledge, "lamp switch", *["say it in plain words"] * 2)
    assert first.answers[0].text == before.answers[0].sms
    assert second.text == "The simpler text."


def test_where_the_text_for_messages_is_no_shorter_nothing_is_plainer(knowledge: Knowledge) -> None:
    *_, reply = converse(knowledge, "where is the lamp", "say it in plain words")
    assert reply.text == "The simpler text."


def test_by_text_message_the_shorter_text_was_given_already(knowledge: Knowledge) -> None:
    _, state = engine.respond(Message("where is the lamp", "sms"), State(), knowledge, NOW)
    assert say(knowledge, "say it in plain words", state, "sms").text == "The simpler text."


@pytest.mark.parametrize("said", ["for", "1️⃣", "7", "of the thing"])
def test_after_an_answer_a_word_that_asks_nothing_is_not_answered(knowledge: Knowledge, said: str) -> None:
    *_, reply = converse(knowledge, "what color is the lamp", said)
    assert not reply.answers


def test_none_of_these_ends_suggestions_too(knowledge: Knowledge) -> None:
    *_, reply = converse(knowledge, "what color is the lamp", "none of these")
    assert reply.text == "The none-chosen text."


def test_both_of_an_offer_are_answered(knowledge: Knowledge) -> None:
    reply = say(knowledge, "both", State(offered=("lamp-color", "lamp-bulb")))
    assert [answer.id for answer in reply.answers] == ["lamp-color", "lamp-bulb"]


def test_two_questions_are_both_answered_in_order(knowledge: Knowledge) -> None:
    reply = say(knowledge, "where is the lamp and what color is the lamp")
    assert [answer.id for answer in reply.answers] == ["lamp-place", "lamp-color"]
    assert reply.text.index("stands on the table") < reply.text.index("is green")
    assert reply.text.count("Source:") == 2


def test_of_two_questions_the_one_without_an_answer_is_refused_honestly(knowledge: Knowledge) -> None:
    reply = say(knowledge, "where is the lamp? and what does the lamp cost?")
    assert [answer.id for answer in reply.answers] == ["lamp-place"]
    assert "No approved text on what the lamp costs." in reply.text


def test_more_after_an_answer_shows_what_is_related(knowledge: Knowledge) -> None:
    *_, reply = converse(knowledge, "what color is the lamp", "tell me more")
    assert (reply.kind, [option.id for option in reply.options]) == ("clarify", ["lamp-switch", "lamp-place"])
    assert reply.confidence == 0.0


def test_the_second_suggestion_can_be_picked(knowledge: Knowledge) -> None:
    *_, reply = converse(knowledge, "what color is the lamp", "the second one")
    assert [answer.id for answer in reply.answers] == ["lamp-place"]


def test_another_language_gets_its_script_and_danger_in_it_too(knowledge: Knowledge) -> None:
    first, second = converse(knowledge, "necesito ayuda por favor", "no puedo respirar")
    assert first.intent is not None
    assert (first.intent.id, first.intent.category) == ("language-es", "language")
    assert second.text.startswith("911. The Spanish emergency text.")


def test_an_approved_translation_is_served_with_its_own_seal(knowledge: Knowledge) -> None:
    reply = say(knowledge, "dónde está la lámpara")
    assert [answer.text for answer in reply.answers] == ["La lámpara está en la mesa junto a la cama."]
    assert reply.answers[0].seal == knowledge.approved.answers["lamp-place"].translations["es"].seal


def test_a_translation_keeps_its_limits_by_text_message(knowledge: Knowledge) -> None:
    own = knowledge.approved.answers["lamp-place"].translations["es"]
    assert own.sms == "La lámpara está en la mesa junto a la cama."


@pytest.mark.parametrize(
    "texts",
    [
        ("chemo was tuesday", "its 101 now"),
        ("what if i have a fever of 102", "i have that"),
        ("what if she cannot breathe", "it is happening now"),
    ],
)
def test_danger_that_two_messages_share_is_seen(knowledge: Knowledge, texts: tuple[str, str]) -> None:
    first, second = converse(knowledge, *texts)
    assert not first.urgent
    assert second.urgent


def test_a_number_alone_is_no_danger(knowledge: Knowledge) -> None:
    assert not any(reply.urgent for reply in converse(knowledge, "where is the lamp", "101"))


def test_what_is_said_while_the_urgent_script_is_repeated_is_remembered(knowledge: Knowledge) -> None:
    state = State()
    for text in ("i cant breathe", "chemo was tuesday", "what color is the lamp"):
        reply, state = engine.respond(Message(text), state, knowledge, NOW)
    assert reply.answers
    assert say(knowledge, "it's 101 now", state).urgent
