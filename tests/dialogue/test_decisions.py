"""What `engine` decides of candidates that are as sure as the test says."""

from dataclasses import replace

import pytest

from app.dialogue import compose, engine
from app.dialogue.engine import LEAST_NEAR, LEAST_OPTION, Turn
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Channel, Intent, Message, Reply, State
from app.matching.confidence import Kind
from app.matching.matcher import Candidate
from tests.conftest import NOW

LONG, SHORT = "zorp blick frum wug", "zorp blick frum"


def candidate(id_: str, confidence: float, sure: bool = False, score: float = 0.0) -> Candidate:
    kind: Kind = "not-covered" if id_.startswith("nc-") else "entry" if id_.startswith("lamp-") else "talk"
    return Candidate(id_, kind, score, confidence, sure)


def decide(
    knowledge: Knowledge, *candidates: Candidate, said: str = LONG, channel: Channel = "web", is_calm: bool = True
) -> Reply:
    message = Message(said, channel)
    turn = Turn(message, knowledge.read(message), State(), knowledge, NOW.date(), is_calm)
    return engine._decide(turn, sorted(candidates, key=lambda best: -best.confidence))


def suggested(reply: Reply) -> list[str]:
    return [option.id for option in reply.suggestions]


def test_a_sure_entry_is_answered_whatever_else_is_near(knowledge: Knowledge) -> None:
    reply = decide(knowledge, candidate("lamp-bulb", 0.9, sure=True), candidate("nc-price", 0.8, sure=True))
    assert ([answer.id for answer in reply.answers], reply.confidence) == (["lamp-bulb"], 0.9)


def test_unsure_entries_are_offered_where_they_are_likely_together(knowledge: Knowledge) -> None:
    for first, kind in ((0.08, "clarify"), (0.07, "fallback")):
        reply = decide(knowledge, candidate("lamp-bulb", first), candidate("lamp-color", 0.07))
        assert (reply.kind, reply.answers) == (kind, ())


def test_two_are_offered_a_third_where_it_is_worth_it_and_no_fourth(knowledge: Knowledge) -> None:
    first = candidate("lamp-bulb", 0.3), candidate("lamp-color", 0.2)
    for third, offered in ((LEAST_OPTION, 3), (LEAST_OPTION - 0.01, 2)):
        assert len(decide(knowledge, *first, candidate("lamp-switch", third)).options) == offered
    four = [candidate(f"lamp-{name}", 0.2) for name in ("bulb", "color", "switch", "place")]
    assert [option.id for option in decide(knowledge, *four).options] == ["lamp-bulb", "lamp-color", "lamp-switch"]
    assert len(decide(knowledge, candidate("lamp-bulb", 0.3), candidate("lamp-color", 0.01)).options) == 2


def test_a_choice_ends_with_a_line_that_chooses_none_where_one_is_approved(knowledge: Knowledge) -> None:
    options = [knowledge.option(id_) for id_ in ("lamp-bulb", "lamp-color")]
    asked = "1. What kind of bulb does the lamp have?\n2. What color is the lamp?"
    assert compose.clarify(knowledge, options, 0.0).paragraphs == ("Which one?", f"{asked}\n3. None of these")
    scripts = {id_: part for id_, part in knowledge.approved.scripts.items() if not id_.startswith("clarify")}
    without = replace(knowledge, approved=replace(knowledge.approved, scripts=scripts))
    assert compose.clarify(without, options, 0.0).paragraphs == (asked,)


def test_where_nothing_fits_the_surest_entry_or_topic_is_noted_as_missed(knowledge: Knowledge) -> None:
    near = candidate("lamp-bulb", 0.04), candidate("lamp-color", 0.03), candidate("thanks", 0.05)
    assert decide(knowledge, *near).missed == "lamp-bulb"
    assert decide(knowledge, *near, candidate("nc-price", 0.3)).missed == "nc-price"
    assert decide(knowledge, candidate("thanks", 0.05)).missed is None
    assert decide(knowledge, candidate("lamp-bulb", 0.9, sure=True)).missed is None


def test_small_talk_that_is_likelier_than_all_entries_keeps_them_from_being_offered(knowledge: Knowledge) -> None:
    entries = candidate("lamp-bulb", 0.2), candidate("lamp-color", 0.1)
    assert decide(knowledge, *entries, candidate("thanks", 0.25)).kind == "clarify"
    assert decide(knowledge, *entries, candidate("thanks", 0.35)).kind == "fallback"
    assert decide(knowledge, *entries, candidate("thanks", 0.9, sure=True)).text == "The thanks text."


def test_a_sure_topic_is_refused_by_name_with_what_is_near_as_suggestions(knowledge: Knowledge) -> None:
    near = candidate("lamp-bulb", 0.01, score=LEAST_NEAR), candidate("lamp-color", 0.01, score=LEAST_NEAR - 0.01)
    reply = decide(knowledge, candidate("nc-price", 0.8, sure=True), *near)
    assert (reply.kind, reply.intent, reply.confidence) == ("scripted", Intent("nc-price", "not-covered"), 0.8)
    assert suggested(reply)[0] == "lamp-bulb"
    without = replace(knowledge, taken_back=frozenset({"lamp-bulb"}))
    assert "lamp-bulb" not in suggested(decide(without, candidate("nc-price", 0.8, sure=True), *near))


def test_what_is_related_to_the_nearest_follows_it_beside_a_refusal(knowledge: Knowledge) -> None:
    near = candidate("lamp-color", 0.01, score=LEAST_NEAR)
    for refusal in (decide(knowledge, candidate("nc-price", 0.8, sure=True), near), decide(knowledge, near)):
        assert suggested(refusal) == ["lamp-color", "lamp-switch", "lamp-place"]


def test_where_nothing_is_near_a_refusal_suggests_what_is_offered_first(knowledge: Knowledge) -> None:
    first = list(compose.first_suggestions(knowledge, NOW.date()))
    assert len(first) == 3
    assert list(decide(knowledge, candidate("nc-price", 0.8, sure=True)).suggestions) == first
    assert list(decide(knowledge).suggestions) == first


@pytest.mark.parametrize(("channel", "is_calm"), [("sms", True), ("web", False)])
def test_by_text_and_in_doubt_of_danger_nothing_is_added_to_what_is_near(
    knowledge: Knowledge, channel: Channel, is_calm: bool
) -> None:
    near = candidate("lamp-bulb", 0.01, score=LEAST_NEAR)
    refused = decide(knowledge, candidate("nc-price", 0.8, sure=True), near, channel=channel, is_calm=is_calm)
    assert suggested(refused) == ["lamp-bulb"]
    assert suggested(decide(knowledge, near, channel=channel, is_calm=is_calm)) == []


def test_a_topic_without_a_title_is_never_named_and_nothing_is_offered_beside_it(knowledge: Knowledge) -> None:
    reply = decide(knowledge, candidate("nc-other", 0.9, sure=True), candidate("lamp-bulb", 0.4))
    assert (reply.kind, reply.options, reply.intent) == ("fallback", (), Intent("nc-other", "not-covered"))


def test_a_topic_in_doubt_is_not_named_and_kept_as_what_the_message_may_be(knowledge: Knowledge) -> None:
    reply = decide(knowledge, candidate("nc-price", 0.6), candidate("lamp-bulb", 0.1))
    assert (reply.kind, reply.intent, reply.confidence) == ("fallback", Intent("nc-price", "not-covered"), 0.1)
    assert decide(knowledge, candidate("nc-price", 0.1), candidate("lamp-bulb", 0.1)).intent is None


@pytest.mark.parametrize(("confidence", "kind"), [(0.9, "fallback"), (0.15, "fallback"), (0.14, "clarify")])
def test_where_the_right_entry_is_taken_back_no_other_stands_in_for_it(
    knowledge: Knowledge, confidence: float, kind: str
) -> None:
    without = replace(knowledge, taken_back=frozenset({"lamp-bulb"}))
    others = candidate("lamp-color", 0.1), candidate("lamp-switch", 0.1)
    assert decide(without, candidate("lamp-bulb", confidence), *others).kind == kind


@pytest.mark.parametrize(
    ("whole", "otherwise"),
    [
        (candidate("lamp-color", 0.9, sure=True), True),
        (candidate("lamp-color", 0.9), False),
        (candidate("lamp-bulb", 0.9, sure=True), False),
        (candidate("nc-price", 0.9, sure=True), False),
    ],
)
def test_two_questions_are_one_where_the_whole_surely_asks_for_another_entry(
    knowledge: Knowledge, whole: Candidate, otherwise: bool
) -> None:
    parts = candidate("lamp-bulb", 0.5), candidate("lamp-place", 0.5)
    assert engine._asks_otherwise([whole], parts, knowledge) is otherwise
    assert engine._asks_otherwise([], parts, knowledge) is False


@pytest.mark.parametrize("said", ["what color is the lamp", "what does the lamp cost", "hi", "dónde está la lámpara"])
def test_what_is_said_again_is_what_was_asked_for(knowledge: Knowledge, said: str) -> None:
    _, state = engine.respond(Message(said), State(), knowledge, NOW)
    assert engine.respond(Message("say that again"), state, knowledge, NOW)[0].confidence == 1.0


def test_a_few_words_of_nothing_are_asked_back_and_more_are_refused(knowledge: Knowledge) -> None:
    assert decide(knowledge, said=SHORT).text == "The unclear text."
    assert decide(knowledge, said=LONG).kind == "fallback"
    assert decide(knowledge, candidate("nc-price", 0.01), said=SHORT).kind == "fallback"
    assert decide(knowledge, candidate("lamp-bulb", 0.01), said=SHORT).kind == "fallback"


def test_four_thousand_characters_are_answered_and_one_more_is_too_long(knowledge: Knowledge) -> None:
    for length, kind in ((4_000, "answer"), (4_001, "scripted")):
        said = "what color is the lamp".ljust(length, "?")
        assert engine.respond(Message(said), State(), knowledge, NOW)[0].kind == kind


def test_after_an_urgent_reply_eight_words_that_ask_nothing_get_it_again_and_nine_do_not(knowledge: Knowledge) -> None:
    for words, urgent in ((8, True), (9, False)):
        said = " ".join(["zorp", "blimf", "quam", "vrell", "dask", "ipto", "nuv", "gorrel", "wexi"][:words])
        assert engine.respond(Message(said), State(urgent="emergency"), knowledge, NOW)[0].urgent is urgent


def test_the_first_suggestions_are_served_entries_each_once(knowledge: Knowledge) -> None:
    ids = [option.id for option in compose.first_suggestions(knowledge, NOW.date())]
    assert ids == ["lamp-color", "lamp-switch", "lamp-place"]
    without = replace(knowledge, taken_back=frozenset({"lamp-color"}))
    assert next(option.id for option in compose.first_suggestions(without, NOW.date())) == "lamp-switch"


def test_an_answer_suggests_what_is_related_and_not_asked_and_is_as_sure_as_its_least(knowledge: Knowledge) -> None:
    reply = compose.answer(knowledge, {"lamp-color": 0.9, "lamp-place": 0.6, "nc-burn": 0.8}, NOW.date())
    assert (reply.confidence, [option.id for option in reply.suggestions]) == (0.6, ["lamp-switch"])
    assert reply.text.endswith(
        "No approved text on burns from the lamp. Ring 555-0100.\n\nIf it happens now, call the nurse."
    )
    assert "If it happens now" not in compose.not_covered(knowledge, "nc-price", 1.0).text


def test_in_a_demonstration_each_reply_says_so_and_danger_says_it_last(knowledge: Knowledge) -> None:
    demo = replace(knowledge, approved=replace(knowledge.approved, demo=True))
    day, es = NOW.date(), "es"
    first = [
        compose.answer(demo, {"lamp-color": 1.0}, day),
        compose.clarify(demo, [demo.option("lamp-color")], 0.0),
        compose.in_language(demo, es),
        compose.translated(demo, "lamp-place", es, 1.0),
        compose.shorter(demo, "lamp-switch", day),
        compose.script(demo, "greeting"),
        compose.not_covered(demo, "nc-price", 1.0),
        compose.fallback(demo, 0.0),
    ]
    assert [reply.text.split("\n\n")[0] for reply in first] == ["Demonstration only."] * len(first)
    urgent = compose.urgent(demo, "emergency", "web")
    assert urgent.text == "Call 911 now.\n\nDemonstration only."
    assert compose.with_net(demo, first[0], "crisis", "web").text.startswith("If you think of ending your life")
    assert compose.with_notice(demo, first[0]).text.startswith("In an emergency call 911.\n\nDemonstration only.")


def test_danger_is_spoken_in_the_language_that_has_a_text_else_in_english(knowledge: Knowledge) -> None:
    spoken = [compose.urgent(knowledge, "crisis", "web", language) for language in ("es", "xx", None)]
    assert [reply.language for reply in spoken] == ["es", None, None]
    assert [reply.text for reply in spoken[1:]] == ["Call or text 988 now."] * 2
    assert compose.urgent(knowledge, "crisis", "staff", "es").text == "The crisis-staff text."
    net = compose.with_net(knowledge, spoken[1], "emergency", "web", "ru")
    assert net.text.startswith("911. 988. The Russian net-emergency text.")


def test_where_a_script_is_withheld_the_fallback_stands_in(knowledge: Knowledge) -> None:
    scripts = {id_: part for id_, part in knowledge.approved.scripts.items() if id_ != "greeting"}
    without = replace(knowledge, approved=replace(knowledge.approved, scripts=scripts))
    reply = compose.script(without, "greeting", 0.4)
    assert (reply.kind, reply.confidence) == ("fallback", 0.4)
