from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import text
from app.dialogue.knowledge import Knowledge
from app.errors import InvalidBody
from app.records.proposals import Proposal
from app.review.checks import _keys_like, check, check_all, stands
from tests.conftest import NOW

LINES = ("is there a radio", "radio by the bed", "can i hear the radio", "where is the radio", "which stations")
PHRASING = Proposal(NOW, "Cora", "phrasing", "lamp-color", "", ("which hue is it",), ("m1",))
TOPIC = Proposal(NOW, "Cora", "topic", "nc-radio", "the radio", LINES, ("m1",))
ASKED = ("Is there any radio in the room?", "whats its HUE!")


def test_a_phrasing_in_words_of_ones_own_is_fine(knowledge: Knowledge) -> None:
    assert check(PHRASING, knowledge, ASKED) == ""


def test_a_topic_of_few_phrasings_is_fine_with_a_hint(knowledge: Knowledge) -> None:
    assert "10 phrasings" in check(TOPIC, knowledge, ASKED)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("?!", "one line of words"),
        (" hue", "one line of words"),
        ("which hue\nis it", "one line of words"),
        ("which hue\x00 is it then", "cannot be seen"),
        ("which hue \u202eis it then", "cannot be seen"),
        ("which hue \ud800 is it then", "cannot be seen"),
        ("which hue \ue000 is it then", "cannot be seen"),
        ("hue" * 101, "longer than 300"),
        ("what's its hue?", "what a patient wrote"),
        ("price of the lamp", "stands under nc-price"),
        ("i cant breathe", "danger"),
    ],
)
def test_a_line_that_must_not_be_taken_is_named_by_its_number(knowledge: Knowledge, line: str, problem: str) -> None:
    with pytest.raises(InvalidBody, match=f"^Line 2 .*{problem}"):
        check(replace(PHRASING, lines=("which hue is it", line)), knowledge, ASKED)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        (replace(PHRASING, target="lamp-moon"), "no such entry"),
        (replace(PHRASING, lines=()), "between 1 and"),
        (replace(PHRASING, lines=("which hue", "Which hue?")), "say the same"),
        (replace(TOPIC, target="radio"), "id of a topic"),
        (replace(TOPIC, target="nc-Radio!"), "id of a topic"),
        (replace(TOPIC, target="nc-price"), "of this id already"),
        (replace(TOPIC, title=" "), "title is one line"),
        (replace(TOPIC, title="the \u202eradio"), "title holds a character"),
        (replace(TOPIC, title="{site_name}"), "title is one line"),
        (replace(TOPIC, lines=LINES[:4]), "at least 5 phrasings, better 10"),
    ],
)
def test_a_proposal_that_makes_no_sense_is_refused(knowledge: Knowledge, changed: Proposal, problem: str) -> None:
    with pytest.raises(InvalidBody, match=problem):
        check(changed, knowledge, ASKED)


def test_a_topic_is_proposed_once(knowledge: Knowledge) -> None:
    with pytest.raises(InvalidBody, match="is proposed already"):
        check(TOPIC, knowledge, ASKED, [replace(TOPIC, title="a radio")])
    assert check(TOPIC, knowledge, ASKED, [replace(TOPIC, target="nc-television")])


def test_a_line_that_is_surely_something_else_is_pointed_out(knowledge: Knowledge) -> None:
    assert check(replace(PHRASING, lines=("what does a lamp cost",)), knowledge, ASKED).startswith(
        "Line 1 is taken for nc-price now, "
    )


def test_when_all_lines_stand_there_it_is_done(knowledge: Knowledge) -> None:
    assert stands(replace(PHRASING, lines=("lamp colour",)), knowledge)
    assert not stands(replace(PHRASING, lines=("lamp colour", "which hue is it")), knowledge)


@given(question=st.text(max_size=150), mark=st.sampled_from(["?", " ", "\u200b" * 70, "!!"]))
def test_what_a_patient_wrote_is_known_whatever_marks_stand_in_it(question: str, mark: str) -> None:
    line = text.key(question)
    for asked in (question, f"{mark}{question}{mark}"):
        if text.key(asked) == line:
            assert line in _keys_like(["another line", line], [asked])


def test_a_question_that_begins_otherwise_is_not_read_whole() -> None:
    assert _keys_like(["can the lamp rust away"], ["will the lamp rust", "can the lamp rust"]) == {"can the lamp rust"}


def test_the_second_of_two_topics_of_one_id_is_refused(knowledge: Knowledge) -> None:
    first = replace(TOPIC, id=1)
    second = replace(first, title="any radio", lines=LINES[::-1], id=2)
    verdicts = check_all([first, second], knowledge, ())
    assert [(verdict.proposal.id, verdict.state) for verdict in verdicts] == [(1, "applied"), (2, "refused")]
