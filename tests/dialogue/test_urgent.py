import re
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message
from app.dialogue.urgent import MOST_CLAUSES, parts_of
from app.dialogue.urgent_rules import WRITER, PatternIndex, compile_pattern, has_fever, is_reading
from app.text import parse

SPOKEN = re.compile("temp|fever|fiebre")


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("cant|cannot .. breathe", "i cant breathe"),
        ("cant|cannot .. breathe", "i cannot for now really breathe"),
        ("bleed*", "it is bleeding a lot"),
        ("no pulse", "he has no pulse"),
    ],
)
def test_a_pattern_matches_its_words(pattern: str, said: str) -> None:
    assert re.search(compile_pattern(pattern), said)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("cant .. breathe", "cant one two three four breathe"),
        ("bleed", "bleeding"),
        ("no pulse", "casino pulse"),
    ],
)
def test_a_pattern_does_not_match_other_words(pattern: str, said: str) -> None:
    assert not re.search(compile_pattern(pattern), said)


@pytest.mark.parametrize(
    "said", ["temp 100.4", "fever of 103", "38 c temperature", "38,5 fiebre", "t 101.2", "temp:101.5", "fever-102"]
)
def test_a_temperature_from_the_bar_on_is_a_fever(said: str) -> None:
    assert has_fever(said, SPOKEN)


@pytest.mark.parametrize(
    ("below", "from_here_on"), [("100.3", "100.4"), ("100,3", "100,4"), ("37.9", "38.0"), ("37,9", "38,0")]
)
def test_the_bar_of_a_fever_is_exact_with_a_point_and_with_a_comma(below: str, from_here_on: str) -> None:
    assert [has_fever(f"temp {said}", SPOKEN) for said in (below, from_here_on)] == [False, True]
    assert [is_reading(parse(said)) for said in (below, from_here_on)] == [False, True]


@pytest.mark.parametrize(
    "said",
    [
        "temp 98.6",
        "temperature 37.2",
        "fever 99",
        "103 main street",
        "temp 375 degrees",
        "fever on 10/102/22",
        "fever at 10:40",
        "fever, room 555-101",
    ],
)
def test_other_numbers_are_no_fever(said: str) -> None:
    assert not has_fever(said, SPOKEN)


@pytest.mark.parametrize("said", ["my third attempt 103", "a temporary bed in room 103", "hayfever, and room 103"])
def test_a_word_of_temperature_counts_as_a_whole_word_only(knowledge: Knowledge, said: str) -> None:
    assert knowledge.assess(Message(f"{said}.")).tier is None
    assert knowledge.assess(Message(f"{said}. temp 103")).tier == "call-now"


@given(
    st.lists(st.sampled_from(["cant|cannot", "breath*", "bleed*|blood", "no", "..", "hi|héy"]), min_size=1, max_size=5),
    st.lists(st.sampled_from(["cant", "cannot", "breathe", "bleeding", "blood", "bloody", "no", "nose", "hey", "."])),
)
def test_the_index_finds_what_each_pattern_finds_by_itself(items: list[str], words: list[str]) -> None:
    said = dict.fromkeys(filter(None, (pattern.strip(". ") for pattern in (" ".join(items), *items))))
    numbers = {pattern: number for number, pattern in enumerate(said)}
    text = parse(" ".join(words))
    for span in PatternIndex.of(numbers).spans([text, *text.sentences]):
        by_itself = {n for pattern, n in numbers.items() if re.search(compile_pattern(pattern), span.text.key)}
        assert span.hits == by_itself


def test_a_rule_raises_its_tier(knowledge: Knowledge) -> None:
    found = knowledge.assess(Message("Hello there. I CANNOT really breathe!"))
    assert (found.tier, found.sign, found.score) == ("emergency", "breathing", 1.0)


def test_a_calm_pattern_in_the_same_sentence_quiets_a_rule(knowledge: Knowledge) -> None:
    assert knowledge.assess(Message("what if i have a fever of 102?")).tier is None


def test_the_sign_is_found_in_the_middle_of_a_long_text(knowledge: Knowledge) -> None:
    filler = "The weather was nice on the ward. " * 200
    assert knowledge.assess(Message(f"{filler} He cannot breathe. {filler}")).tier == "emergency"


def test_the_more_urgent_tier_wins(knowledge: Knowledge) -> None:
    assert knowledge.assess(Message("fever of 103 and i cant breathe")).tier == "emergency"


def test_twenty_thousand_letters_take_bounded_time(knowledge: Knowledge) -> None:
    began = time.perf_counter()
    for message in ("a" * 20_000, "a " * 10_000, "i am. " * 3_333, "cant " * 4_000, "1." * 10_000):
        knowledge.assess(Message(message))
    assert time.perf_counter() - began < 60


@settings(max_examples=50)
@given(st.text(max_size=300))
def test_the_check_never_breaks(knowledge: Knowledge, message: str) -> None:
    assert knowledge.assess(Message(message)).score <= 1


def test_what_is_happening_now_is_raised_whatever_the_question(knowledge: Knowledge) -> None:
    assert knowledge.assess(Message("what if he cannot breathe")).tier is None
    assert knowledge.assess(Message("what if he cannot breathe, it is happening right now")).tier == "emergency"


def test_marks_are_remembered_without_words(knowledge: Knowledge) -> None:
    marks = knowledge.assess(Message("chemo was tuesday")).flags
    assert marks == {"treated"}
    assert knowledge.assess(Message("101"), marks).tier == "call-now"
    assert knowledge.assess(Message("101")).tier is None


@pytest.mark.parametrize("said", ["101", "it's 38.5 now", "100.4"])
def test_a_bare_number_may_be_a_fever(said: str) -> None:
    assert is_reading(parse(said))


@pytest.mark.parametrize(
    "said", ["41", "98.6", "i live in apartment 101 on the corner of main street and second", "2026"]
)
def test_other_bare_numbers_are_none(said: str) -> None:
    assert not is_reading(parse(said))


@pytest.mark.parametrize("said", ["dizzy", "Dizzy.", "Dizzy. What color is the lamp?"])
def test_a_sign_that_is_named_alone_is_in_doubt(knowledge: Knowledge, said: str) -> None:
    found = knowledge.assess(Message(said))
    assert (found.tier, found.net, found.sign) == (None, "call-now", "unwell")


@pytest.mark.parametrize("said", ["a dizzy height for a lamp", "help me find the lamp"])
def test_a_sign_that_is_named_alone_is_none_beside_other_words(knowledge: Knowledge, said: str) -> None:
    found = knowledge.assess(Message(said))
    assert (found.tier, found.net) == (None, None)


def test_a_second_doubt_is_raised_where_it_is_of_now_or_of_the_writer(knowledge: Knowledge) -> None:
    once = knowledge.assess(Message("make it stop"))
    assert (once.tier, once.net) == (None, "crisis")
    for before in (once.flags, once.flags | {WRITER}):  # what an earlier message said of its writer does not count
        assert knowledge.assess(Message("make it stop"), before).net == "crisis"
    again = knowledge.assess(Message("i want it to end"), once.flags)
    assert (again.tier, again.net, again.sign) == ("crisis", None, "again")


def test_a_raise_comes_before_a_doubt_of_a_more_urgent_tier(knowledge: Knowledge) -> None:
    found = knowledge.assess(Message("Help me! I have a fever of 103"))
    assert (found.tier, found.net) == ("call-now", None)


def test_one_word_of_danger_raises_nothing_by_likeness(knowledge: Knowledge) -> None:
    for word in ("blood", "bleeding", "gasping", "chills", "yellow", "gushing"):
        found = knowledge.assess(Message(word))
        assert (found.tier, found.net) == (None, None)


@pytest.mark.parametrize(
    ("words", "found"),
    [([], (None, None)), (["blood"], (None, "emergency")), (["blood", "everywhere"], ("emergency", None))],
)
def test_likeness_counts_as_far_as_words_carry_a_tier(
    knowledge: Knowledge, words: list[str], found: tuple[str | None, str | None]
) -> None:
    """One word is a doubt, none is nothing, however likely a tier is."""
    utterance = knowledge.read(Message("so much blood everywhere"))
    carrying = {term.concept_key for word in words for term in knowledge.matcher.model.vocabulary.read(word).terms}
    matcher = knowledge.urgent.matcher
    assert matcher.tiers is not None
    check = replace(knowledge.urgent, matcher=replace(matcher, tiers=replace(matcher.tiers, carrying=carrying)))
    urgency = check.assess(utterance)
    assert (urgency.tier, urgency.net) == found


def test_what_costs_least_is_done(knowledge: Knowledge) -> None:
    check = knowledge.urgent
    chances = {"emergency": 0.0, "crisis": 0.0, "call-now": 0.0, "calm": 1.0}
    assert check.least_costly(chances) == (None, False)
    assert check.least_costly(chances | {"crisis": 0.3, "calm": 0.7}) == ("crisis", False)
    assert check.least_costly(chances | {"crisis": 0.2, "emergency": 0.6, "calm": 0.2}) == ("emergency", True)


@given(st.floats(0, 1), st.floats(1, 20), st.floats(1, 20))
def test_caution_never_makes_the_check_less_sensitive(
    knowledge: Knowledge, danger: float, one: float, other: float
) -> None:
    chances = {"crisis": danger, "calm": 1 - danger}
    less, more = (replace(knowledge.urgent, caution=caution).least_costly(chances) for caution in sorted((one, other)))
    strength = [(None, False), ("crisis", False), ("crisis", True)]
    assert strength.index(less) <= strength.index(more)


def test_danger_after_four_hundred_other_words_is_seen(knowledge: Knowledge) -> None:
    assert knowledge.assess(Message(f"{'lamp ' * 401}. so much blood, it bleeds and will not stop")).tier == "emergency"


def test_a_question_in_the_same_sentence_does_not_hide_a_danger(knowledge: Knowledge) -> None:
    """The fixture has few lines to learn from: what alone is raised is in doubt beside a question."""
    assert knowledge.assess(Message("so much blood everywhere")).tier == "emergency"
    for said in (
        "so much blood everywhere, what color is the lamp",
        "what color is the lamp and so much blood everywhere",
    ):
        found = knowledge.assess(Message(said))
        assert "emergency" in (found.tier, found.net)


def test_a_sign_named_alone_and_then_as_a_fact_is_raised(knowledge: Knowledge) -> None:
    flags = knowledge.assess(Message("dizzy")).flags
    assert knowledge.assess(Message("it is happening now"), flags).tier == "call-now"


def test_a_word_said_three_times_is_said_alone(knowledge: Knowledge) -> None:
    for said in ("sos sos sos", "🆘🆘🆘"):
        assert knowledge.assess(Message(said)).net == "emergency"


def test_every_doubt_is_remembered_beside_what_is_raised(knowledge: Knowledge) -> None:
    found = knowledge.assess(Message("I have a fever of 103. Make it stop."))
    assert found.tier == "call-now"
    assert "doubt-crisis" in found.flags
    assert knowledge.assess(Message("Help me! I want it to end"), found.flags).tier == "crisis"


def test_the_parts_of_a_text_are_its_stretches_its_clauses_and_windows_of_long_ones() -> None:
    assert [part.key for part in parts_of(parse("it hurts, how big is it"))][1:] == ["it hurts", "how big is it"]
    assert [part.key for part in parts_of(parse("temp 38,5"))] == ["temp 38,5"]
    long = " ".join(f"w{letter}" for letter in "abcdefghijklmnop")
    assert [len(part.words) for part in parts_of(parse(long))] == [16, 8, 8, 8]
    assert len(list(parts_of(parse("a b, " * 4_000)))) <= 1 + MOST_CLAUSES


def test_a_piece_of_a_code_is_no_fever() -> None:
    assert not has_fever("3fab39c 1d 40f2 b39c-d103f", SPOKEN)
    assert all(has_fever(said, SPOKEN) for said in ("39c", "38.5 c", "t 102.4 hr 120", "bp 120/80, t102.1"))
