from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.dialogue.knowledge import Knowledge
from app.records.review_queue import KeptQuestion
from app.review.groups import Group, Grouping, Groups, groups
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
    assert texts(grouped)[0] == sorted(mammogram)


def test_identical_texts_are_one_whatever_their_case(knowledge: Knowledge) -> None:
    grouped = groups(of(["Is it on TV?", "is it on tv", "what about my dog"]), knowledge)
    assert [group.count for group in grouped] == [2, 1]


def test_what_was_redacted_joins_and_parts_nothing(knowledge: Knowledge) -> None:
    messages = [
        "my name is [name], [phone], can a radio stand on it",
        "radio stand on it?",
        "i am [name], [phone], the moon",
    ]
    assert [group.count for group in groups(of(messages), knowledge)] == [2, 1]


def test_common_words_alone_join_nothing(knowledge: Knowledge) -> None:
    grouped = groups(of(["is the lamp magnetic", "is the lamp waterproof"]), knowledge)
    assert len(grouped) == 2


def test_what_is_asked_most_comes_first_and_the_newest_within(knowledge: Knowledge) -> None:
    questions = [asked("the moon", 1), asked("is a radio loud", 2, minutes=5), asked("radio loud", 3, minutes=1)]
    grouped = groups(questions, knowledge)
    assert [[question.message_id for question in group.questions] for group in grouped] == [["m3", "m2"], ["m1"]]


def test_near_urgent_comes_first_and_alone_before_all(knowledge: Knowledge) -> None:
    radio = [asked("is a radio loud", number) for number in range(3)]
    moon = [asked("the moon", 4), asked("moon", 5, near=True)]
    grouped = groups([*radio, *moon, asked("my ears ring", 6, near=True, minutes=60)], knowledge)
    assert [(group.near_urgent, group.count) for group in grouped] == [(True, 1), (True, 2), (False, 3)]


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
        assert (len(shown.groups), shown.ungrouped, shown.groups[0].near_urgent) == (41, 41, True)
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
