from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.dialogue.knowledge import Knowledge
from app.records.review_queue import KeptQuestion
from app.review.groups import Group, groups
from tests.conftest import NOW

DAY = NOW.date()
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
    grouped = groups(of(mammogram + lamp), knowledge, DAY)
    assert texts(grouped)[0] == sorted(mammogram)


def test_identical_texts_are_one_whatever_their_case(knowledge: Knowledge) -> None:
    grouped = groups(of(["Is it on TV?", "is it on tv", "what about my dog"]), knowledge, DAY)
    assert [group.count for group in grouped] == [2, 1]


def test_what_was_redacted_joins_and_parts_nothing(knowledge: Knowledge) -> None:
    messages = [
        "my name is [name], [phone], can a radio stand on it",
        "radio stand on it?",
        "i am [name], [phone], the moon",
    ]
    assert [group.count for group in groups(of(messages), knowledge, DAY)] == [2, 1]


def test_common_words_alone_join_nothing(knowledge: Knowledge) -> None:
    grouped = groups(of(["is the lamp magnetic", "is the lamp waterproof"]), knowledge, DAY)
    assert len(grouped) == 2


def test_what_is_asked_most_comes_first_and_the_newest_within(knowledge: Knowledge) -> None:
    questions = [asked("the moon", 1), asked("is a radio loud", 2, minutes=5), asked("radio loud", 3, minutes=1)]
    grouped = groups(questions, knowledge, DAY)
    assert [[question.message_id for question in group.questions] for group in grouped] == [["m3", "m2"], ["m1"]]


def test_near_urgent_comes_first_and_alone_before_all(knowledge: Knowledge) -> None:
    radio = [asked("is a radio loud", number) for number in range(3)]
    moon = [asked("the moon", 4), asked("moon", 5, near=True)]
    grouped = groups([*radio, *moon, asked("my ears ring", 6, near=True, minutes=60)], knowledge, DAY)
    assert [(group.near_urgent, group.count) for group in grouped] == [(True, 1), (True, 2), (False, 3)]


def test_a_group_names_what_it_comes_closest_to(knowledge: Knowledge) -> None:
    (group,) = groups(of(["does the lamp cost much??"]), knowledge, DAY)
    assert (group.nearest[0].id, group.nearest[0].answer) == ("nc-price", None)


def test_no_question_makes_no_group(knowledge: Knowledge) -> None:
    assert groups([], knowledge, DAY) == []


@given(messages=st.lists(st.one_of(st.sampled_from(SAID), st.text(max_size=30)), max_size=12), data=st.data())
def test_each_question_is_in_one_group_whatever_the_order(
    knowledge: Knowledge, messages: list[str], data: st.DataObject
) -> None:
    questions = of(messages)
    grouped = groups(questions, knowledge, DAY)
    assert Counter(question for group in grouped for question in group.questions) == Counter(questions)
    assert groups(data.draw(st.permutations(questions)), knowledge, DAY) == grouped
