from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from app.metrics import near_urgent_overdue
from app.records.questions import Asked, Questions
from app.records.tables import transaction
from tests.conftest import NOW

ASKED = Asked("m1", NOW, "web", "fallback", "my name is jane doe, can it rust", 0.1, False, "v1")
NEAR = replace(ASKED, message_id="m2", at=NOW - timedelta(hours=25), near_urgent=True, urgent_score=0.4)


@pytest.fixture
def questions(engine: Engine) -> Questions:
    return Questions(engine, timedelta(days=30), lambda text: text.replace("jane doe", "[name]"))


def write(engine: Engine, questions: Questions, *batch: Asked) -> None:
    with transaction(engine, "questions") as connection:
        questions.write(connection, batch)


def test_a_text_is_redacted_before_it_is_written(engine: Engine, questions: Questions) -> None:
    write(engine, questions, ASKED)
    kept = questions.open()[0]
    assert (kept.text, kept.state, kept.at) == ("my name is [name], can it rust", "open", NOW)
    assert [each.text for each in questions.all()] == [kept.text]


def test_what_is_near_danger_comes_first_however_old(engine: Engine, questions: Questions) -> None:
    write(engine, questions, ASKED, NEAR)
    assert [each.message_id for each in questions.open()] == ["m2", "m1"]


def test_what_was_decided_on_is_no_longer_open(engine: Engine, questions: Questions) -> None:
    write(engine, questions, ASKED, NEAR)
    assert questions.decide(["m1", "unknown"], "dismissed") == 1
    assert [each.message_id for each in questions.open()] == ["m2"]


def test_old_ones_go_and_overdue_danger_is_counted(engine: Engine, questions: Questions) -> None:
    write(engine, questions, replace(ASKED, at=NOW - timedelta(days=31)), NEAR)
    with transaction(engine, "questions") as connection:
        questions.sweep(connection, NOW)
    assert [each.message_id for each in questions.all()] == ["m2"]
    assert near_urgent_overdue._value.get() == 1
    questions.decide(["m2"], "dismissed")
    with transaction(engine, "questions") as connection:
        questions.sweep(connection, NOW)
    assert near_urgent_overdue._value.get() == 0


def test_all_of_them_can_be_purged(engine: Engine, questions: Questions) -> None:
    write(engine, questions, ASKED, NEAR)
    assert questions.purge(NOW) == 1
    assert questions.purge(NOW + timedelta(seconds=1)) == 1


def test_a_long_text_is_cut_after_it_was_redacted(engine: Engine, questions: Questions) -> None:
    write(engine, questions, replace(ASKED, text="x" * 995 + " jane doe"))
    assert questions.open()[0].text == "x" * 995 + " [nam"


def test_what_no_store_can_hold_is_taken_out_before_the_text_is_redacted(engine: Engine, questions: Questions) -> None:
    write(engine, questions, replace(ASKED, text="i am jane\x00 doe\x1b\n\ud83d here"))
    assert questions.open()[0].text == "i am [name]\n\ufffd here"
