from datetime import date, timedelta

import pytest

from app.records.review_queue import KeptQuestion
from app.review.groups import Group
from app.review.narrowing import NO_TOPIC, Narrowing
from tests.conftest import NOW


def asked(id_: str, hours: int = 0, channel: str = "web", near: bool = False) -> KeptQuestion:
    at = NOW - timedelta(hours=hours)
    return KeptQuestion(id_, at, channel, "fallback", f"text of {id_}", 0.0, near, "v", "open")


def group(*questions: KeptQuestion, topic: str = "") -> Group:
    return Group(questions[0].message_id, questions, topic)


GROUPS = [
    group(asked("a", 3), asked("b", 50, "sms"), asked("c", 60), topic="lamp-color"),
    group(asked("d", 1), topic="lamp-place"),
    group(asked("e", 2, near=True), asked("f", 300, near=True)),
    group(asked("g", 5, near=True), topic="lamp-place"),
]


def left(narrow: Narrowing) -> list[str]:
    groups = narrow.groups(GROUPS, NOW)
    return ["".join(question.message_id for question in own.questions) for own in groups]


@pytest.mark.parametrize(
    ("narrow", "expected"),
    [
        (Narrowing(), ["g", "ef", "abc", "d"]),
        (Narrowing(order="newest"), ["g", "ef", "d", "abc"]),
        (Narrowing(channel="sms"), ["b"]),
        (Narrowing(since="24h"), ["e", "g", "d", "a"]),
        (Narrowing(since="7d"), ["e", "g", "abc", "d"]),
        (Narrowing(day=(NOW - timedelta(hours=300)).date()), ["f"]),
        (Narrowing(topic="lamp-place"), ["g", "d"]),
        (Narrowing(topic=NO_TOPIC), ["ef"]),
        (Narrowing(near=True), ["g", "ef"]),
        (Narrowing(near=True, since="7d"), ["e", "g"]),
    ],
)
def test_groups_are_narrowed_danger_first(narrow: Narrowing, expected: list[str]) -> None:
    assert left(narrow) == expected


def test_an_address_says_what_was_chosen_and_no_more() -> None:
    narrow = Narrowing("sms", "7d", date(2026, 3, 1), "nc-mri", near=True, order="newest", at=2)
    assert narrow.query == "channel=sms&since=7d&day=2026-03-01&topic=nc-mri&near=1&order=newest&at=2"
    assert Narrowing().query == ""
