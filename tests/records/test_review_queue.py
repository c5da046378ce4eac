from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from app.metrics import dropped, near_urgent_overdue
from app.records.database import transaction
from app.records.exchange import Exchange
from app.records.review_queue import MAX_KEPT, READ_TOGETHER, ReviewQueue
from tests.conftest import NOW
from tests.exchanges import EXCHANGE

ASKED = replace(EXCHANGE, message_id="m1", outcome="fallback", text="my name is jane doe, can it rust")
NEAR = replace(ASKED, message_id="m2", at=NOW - timedelta(hours=25), netted=True)


@pytest.fixture
def questions(engine: Engine) -> ReviewQueue:
    return ReviewQueue(engine, timedelta(days=30), lambda text: text.replace("jane doe", "[name]"))


def write(engine: Engine, questions: ReviewQueue, *batch: Exchange) -> None:
    with transaction(engine, "questions") as connection:
        questions.write(connection, batch)


@pytest.mark.parametrize(
    ("exchange", "kept"),
    [
        (EXCHANGE, False),
        (replace(EXCHANGE, outcome="not-covered"), True),
        (replace(EXCHANGE, outcome="clarify"), True),
        (replace(EXCHANGE, outcome="language"), True),
        (replace(EXCHANGE, outcome="smalltalk"), False),
        (replace(EXCHANGE, outcome="smalltalk", unclear=True), True),
        (replace(EXCHANGE, netted=True), True),
        (replace(EXCHANGE, raised=True, outcome="urgent"), False),
    ],
)
def test_what_was_not_answered_or_opened_with_the_safety_net_is_kept(
    questions: ReviewQueue, exchange: Exchange, kept: bool
) -> None:
    assert questions.keeps(exchange) is kept


def test_a_text_is_redacted_before_it_is_written(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, ASKED)
    question = questions.open()[0]
    assert (question.text, question.state, question.at) == ("my name is [name], can it rust", "open", NOW)
    assert [row.text for row in questions.all()] == [question.text]


def test_what_is_near_danger_comes_first_however_old(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, ASKED, NEAR)
    assert [question.message_id for question in questions.open()] == ["m2", "m1"]


def test_what_was_decided_on_is_no_longer_open(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, ASKED, NEAR)
    assert questions.decide(["m1", "unknown"], "dismissed") == 1
    assert [question.message_id for question in questions.open()] == ["m2"]


def test_old_ones_go_and_overdue_danger_is_counted(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, replace(ASKED, at=NOW - timedelta(days=31)), NEAR)
    with transaction(engine, "questions") as connection:
        questions.sweep(connection, NOW)
    assert [question.message_id for question in questions.all()] == ["m2"]
    assert near_urgent_overdue._value.get() == 1
    questions.decide(["m2"], "dismissed")
    with transaction(engine, "questions") as connection:
        questions.sweep(connection, NOW)
    assert near_urgent_overdue._value.get() == 0


def test_all_of_them_can_be_purged(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, ASKED, NEAR)
    assert questions.purge(NOW) == 1
    assert questions.purge(NOW + timedelta(seconds=1)) == 1


def test_a_long_text_is_cut_after_it_was_redacted(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, replace(ASKED, text="x" * 995 + " jane doe"))
    assert questions.open()[0].text == "x" * 995 + " [nam"


def test_what_no_store_can_hold_is_taken_out_before_redaction(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, replace(ASKED, text="i am jane\x00 doe\x1b\n\ud83d here"))
    assert questions.open()[0].text == "i am [name]\n\ufffd here"


@pytest.fixture
def small(engine: Engine) -> ReviewQueue:
    """Holds three questions."""
    return ReviewQueue(engine, timedelta(days=30), str, most=3)


def at(minutes: int, *, netted: bool = False) -> Exchange:
    return replace(ASKED, message_id=f"m{minutes}", at=NOW + timedelta(minutes=minutes), netted=netted)


def test_a_full_queue_gives_up_the_oldest_harmless_and_counts_it(engine: Engine, small: ReviewQueue) -> None:
    before = dropped.labels("questions")._value.get()
    write(engine, small, at(1, netted=True), at(2), at(3))
    write(engine, small, at(4), at(5))
    assert [question.message_id for question in small.open()] == ["m1", "m5", "m4"]
    assert dropped.labels("questions")._value.get() == before + 2


def test_of_a_queue_of_doubt_the_oldest_goes(engine: Engine, small: ReviewQueue) -> None:
    write(engine, small, *(at(minutes, netted=True) for minutes in range(1, 5)), at(5))
    assert [question.message_id for question in small.open()] == ["m4", "m3", "m2"]


def test_what_was_decided_goes_before_what_waits(engine: Engine, small: ReviewQueue) -> None:
    write(engine, small, at(1), at(2), at(3, netted=True))
    small.decide(["m2", "m3"], "dismissed")
    write(engine, small, at(4), at(5, netted=True))
    assert [question.message_id for question in small.all()] == ["m3", "m4", "m5"]


def test_of_thousands_the_beginning_of_each_is_read_and_all_of_some(engine: Engine, questions: ReviewQueue) -> None:
    many = 2 * READ_TOGETHER // MAX_KEPT
    write(engine, questions, *(replace(ASKED, message_id=f"m{n}", text="x" * MAX_KEPT) for n in range(many)))
    assert {len(question.text) for question in questions.open()} == {MAX_KEPT // 2}
    assert questions.texts_of(["m7", "gone"]) == {"m7": "x" * MAX_KEPT}
    assert sum(map(len, questions.texts())) == many * MAX_KEPT
    assert len(questions.open_ids()) == questions.count(NOW + timedelta(days=1)) == many


def test_a_queue_that_adds_nothing_more_still_forgets(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, replace(ASKED, at=NOW - timedelta(days=31)))
    closed = ReviewQueue(engine, timedelta(days=30), str, adds=False)
    assert not closed.keeps(ASKED)
    with transaction(engine, "questions") as connection:
        closed.sweep(connection, NOW)
    assert questions.all() == []
