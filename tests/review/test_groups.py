from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.dialogue.knowledge import Knowledge
from app.records.review_queue import KeptQuestion
from app.review.groups import Group, Grouping, Groups, groups, plainest
from tests.conftest import NOW

SAID = ("is a radio loud", "is the radio loud", "a raddio", "the moon", "", "?", "ok", "1", "moon", "how much")


def asked(text: str, number: int = 0, near: bool = False, minutes: int = 0) -> KeptQuestion:
    at = NOW - timedelta(minutes=minutes)
    return KeptQuestion(f"m{number}", at, "web", "fallback", text, 0.3 if near else 0.0, near, "v", "open")


def texts(grouped: Sequence[Group]) -> list[list[str]]:
    return [sorted(question.text for question in group.questions) for group in grouped]


def of(said: Sequence[str]) -> list[KeptQuestion]:
    return [asked(text, number) for number, text in enumerate(said)]


def test_paraphrases_around_an_unknown_word_are_together(knowledge: Knowledge) -> None:
    mammogram = ["can i take a mammogram with it", "is a mammogram ok with this thing", "mamogram allowed??"]
    lamp = ["is the lamp ok for my eyes", "can i take the lamp with me"]
    grouped = groups(of(mammogram + lamp), knowledge)
    assert sorted(mammogram) in texts(grouped)


def test_identical_texts_are_one_whatever_their_case(knowledge: Knowledge) -> None:
    grouped = groups(of(["Is it on TV?", "is it on tv", "what about my dog"]), knowledge)
    assert {group.count for group in grouped} == {2, 1}


def test_what_was_redacted_joins_and_parts_nothing(knowledge: Knowledge) -> None:
    messages = [
        "my name is [name], [phone], can a radio stand on it",
        "radio stand on it?",
        "i am [name], [phone], the moon",
    ]
    assert sorted(group.count for group in groups(of(messages), knowledge)) == [1, 2]


def test_common_words_alone_join_nothing(knowledge: Knowledge) -> None:
    grouped = groups(of(["is the lamp magnetic", "is the lamp waterproof"]), knowledge)
    assert len(grouped) == 2


def test_the_newest_of_a_group_comes_first(knowledge: Knowledge) -> None:
    questions = [asked("is a radio loud", 2, minutes=5), asked("radio loud", 3, minutes=1)]
    (group,) = groups(questions, knowledge)
    assert [question.message_id for question in group.questions] == ["m3", "m2"]


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        (("radio", "is a radio loud", "my aunt has one from her mother and i wonder is a radio loud at night now"), 1),
        (("IS A RADIO LOUD", "is a radio loud"), 1),
        (("my name is [name], is a radio loud", "is a radio too loud"), 1),
        (("is a raddio loud", "is a radio loud", "radio loud or not"), 1),
        (("is the tv loud", "loud tv or not", "is the tv too laud"), 0),
    ],
)
def test_the_plainest_question_stands_for_its_group(knowledge: Knowledge, said: tuple[str, ...], plain: int) -> None:
    known = knowledge.matcher.model.vocabulary.known
    assert plainest(of(said), known).text == said[plain]


def test_danger_in_doubt_has_a_group_of_its_own(knowledge: Knowledge) -> None:
    questions = [asked("is a radio loud", 1), asked("radio loud", 2, near=True), asked("is the radio loud", 3)]
    grouped = groups(questions, knowledge)
    assert sorted((group.near_urgent, group.count) for group in grouped) == [(False, 2), (True, 1)]
    assert len({group.id for group in grouped}) == 2


def test_a_group_names_the_topic_that_it_comes_closest_to(knowledge: Knowledge) -> None:
    (group,) = groups(of(["which bulb has it got", "what bulb has the lamp got"]), knowledge)
    assert group.topic == "lamp-bulb"


def test_what_the_matcher_leaves_in_doubt_joins_the_topic_that_its_reply_named(knowledge: Knowledge) -> None:
    said = ["is the moon far", "zorp the blip", "how far is it"]
    topics = ("nc-price", "nc-price", "gone")
    named = [replace(question, topic=topic) for question, topic in zip(of(said), topics, strict=True)]
    found = {group.topic: texts([group]) for group in groups(named, knowledge)}
    assert found["nc-price"] == [["is the moon far", "zorp the blip"]]


def test_what_was_decided_on_leaves_the_other_groups_and_their_names_as_they_are(knowledge: Knowledge) -> None:
    questions = of(["is a radio loud", "radio loud", "is the radio loud at night", "the moon"])
    grouping = Grouping()
    before = {group.id for group in grouping.groups(questions, knowledge).groups}
    left = [question for question in questions if question.message_id not in before]
    after = grouping.groups(left, knowledge)
    assert {group.id for group in after.groups} <= before
    assert after.ungrouped == 0


def test_no_question_makes_no_group(knowledge: Knowledge) -> None:
    assert groups([], knowledge) == []


@pytest.mark.parametrize("command", [("false",), ("no-such-program",), ("echo", "no clusters")])
def test_where_no_group_can_be_found_each_question_stands_alone_and_it_is_tried_again(
    knowledge: Knowledge, command: tuple[str, ...]
) -> None:
    questions = [*of(["is a radio loud " * 60] * 40), asked("my ears ring", 99, near=True)]
    grouping = Grouping(command)
    for _ in range(2):
        shown = grouping.groups(questions, knowledge)
        assert (len(shown.groups), shown.ungrouped) == (41, 41)
        assert grouping._busy.acquire(timeout=30)
        grouping._busy.release()


def test_a_long_queue_is_grouped_as_a_short_one(knowledge: Knowledge) -> None:
    questions = of([f"{said} {'lamp ' * 190}" for said in SAID * 5])
    grouping = Grouping()
    assert grouping.groups(questions, knowledge).ungrouped == len(questions)
    with grouping._busy:
        assert grouping.groups(questions, knowledge) == Groups(groups(questions, knowledge), 0)


@given(messages=st.lists(st.one_of(st.sampled_from(SAID), st.text(max_size=30)), max_size=12), data=st.data())
def test_each_question_is_in_one_group_whatever_the_order(
    knowledge: Knowledge, messages: list[str], data: st.DataObject
) -> None:
    questions = of(messages)
    grouped = groups(questions, knowledge)
    assert Counter(question for group in grouped for question in group.questions) == Counter(questions)
    assert groups(data.draw(st.permutations(questions)), knowledge) == grouped
