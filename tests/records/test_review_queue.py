from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from app.metrics import dropped, near_urgent_overdue
from app.records.database import transaction
from app.records.exchange import Exchange
from app.records.review_queue import MAX_KEPT, READ_TOGETHER, Decision, ReviewQueue
from tests.conftest import NOW
from tests.exchanges import EXCHANGE

ASKED = replace(EXCHANGE, message_id="m1", outcome="fallback", text="my name is jane doe, can it rust")
NEAR = replace(ASKED, message_id="m2", at=NOW - timedelta(hours=25), netted=True)

DISMISSED = Decision("b1", NOW, "ann")
PUT_OFF = Decision("b2", NOW + timedelta(minutes=1), "bob", until=NOW + timedelta(hours=16))


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
    question = questions.open(NOW)[0]
    assert (question.text, question.state, question.at) == ("my name is [name], can it rust", "open", NOW)
    assert [row.text for row in questions.all()] == [question.text]


def test_the_topic_that_the_reply_named_is_kept_and_none_that_it_did_not(
    engine: Engine, questions: ReviewQueue
) -> None:
    named = replace(ASKED, outcome="not-covered", topic="nc-price")
    write(engine, questions, named, replace(named, message_id="m2", outcome="fallback"))
    assert {question.message_id: question.topic for question in questions.open(NOW)} == {
        named.message_id: "nc-price",
        "m2": "",
    }


def test_what_is_near_danger_comes_first_however_old(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, ASKED, NEAR)
    assert [question.message_id for question in questions.open(NOW)] == ["m2", "m1"]


def test_what_was_decided_on_is_no_longer_open(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, ASKED, NEAR)
    assert questions.decide(["m1", "unknown"], DISMISSED) == 1
    assert [question.message_id for question in questions.open(NOW)] == ["m2"]


def test_what_was_put_off_is_open_again_after_its_time(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, ASKED, NEAR)
    questions.decide(["m1"], PUT_OFF)
    assert [question.message_id for question in questions.open(NOW)] == ["m2"]
    assert questions.open_ids(NOW + timedelta(hours=16)) == {"m1": False, "m2": True}


def test_a_decision_is_undone_by_its_batch_alone(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, ASKED, NEAR)
    questions.decide(["m1"], DISMISSED)
    questions.decide(["m2"], PUT_OFF)
    assert questions.decisions(NOW) == [replace(PUT_OFF, count=1), replace(DISMISSED, count=1)]
    assert questions.undo("b1") == {"m1": False}
    assert questions.undo("") == {}
    assert questions.decisions(NOW) == questions.decisions(NOW, "b2") == [replace(PUT_OFF, count=1)]
    assert [question.message_id for question in questions.open(NOW)] == ["m1"]


def test_what_waits_again_by_itself_is_no_decision_any_more(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, ASKED)
    questions.decide(["m1"], PUT_OFF)
    assert questions.decisions(NOW + timedelta(hours=16)) == []


def test_what_somebody_has_decided_on_is_not_decided_again(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, ASKED)
    questions.decide(["m1"], DISMISSED)
    assert questions.decide(["m1"], replace(DISMISSED, batch="b3", by="bob")) == 0
    assert questions.decisions(NOW) == [replace(DISMISSED, count=1)]


def test_danger_that_is_put_off_is_counted_as_overdue(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, NEAR)
    questions.decide(["m2"], PUT_OFF)
    with transaction(engine, "questions") as connection:
        questions.sweep(connection, NOW)
    assert near_urgent_overdue._value.get() == 1


def test_old_ones_go_and_overdue_danger_is_counted(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, replace(ASKED, at=NOW - timedelta(days=31)), NEAR)
    with transaction(engine, "questions") as connection:
        questions.sweep(connection, NOW)
    assert [question.message_id for question in questions.all()] == ["m2"]
    assert near_urgent_overdue._value.get() == 1
    questions.decide(["m2"], DISMISSED)
    with transaction(engine, "questions") as connection:
        questions.sweep(connection, NOW)
    assert near_urgent_overdue._value.get() == 0


def test_all_of_them_can_be_purged(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, ASKED, NEAR)
    assert questions.purge(NOW) == 1
    assert questions.purge(NOW + timedelta(seconds=1)) == 1


def test_a_long_text_is_cut_after_it_was_redacted(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, replace(ASKED, text="x" * 995 + " jane doe"))
    assert questions.open(NOW)[0].text == "x" * 995 + " [nam"


def test_what_no_store_can_hold_is_taken_out_before_redaction(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, replace(ASKED, text="i am jane\x00 doe\x1b\n\ud83d here"))
    assert questions.open(NOW)[0].text == "i am [name]\n\ufffd here"


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
    assert [question.message_id for question in small.open(NOW)] == ["m1", "m5", "m4"]
    assert dropped.labels("questions")._value.get() == before + 2


def test_of_a_queue_of_doubt_the_oldest_goes(engine: Engine, small: ReviewQueue) -> None:
    write(engine, small, *(at(minutes, netted=True) for minutes in range(1, 5)), at(5))
    assert [question.message_id for question in small.open(NOW)] == ["m4", "m3", "m2"]


def test_what_was_decided_goes_before_what_waits(engine: Engine, small: ReviewQueue) -> None:
    write(engine, small, at(1), at(2), at(3, netted=True))
    small.decide(["m2", "m3"], DISMISSED)
    write(engine, small, at(4), at(5, netted=True))
    assert [question.message_id for question in small.all()] == ["m3", "m4", "m5"]


def test_of_thousands_the_beginning_of_each_is_read_and_all_of_some(engine: Engine, questions: ReviewQueue) -> None:
    many = 2 * READ_TOGETHER // MAX_KEPT
    write(engine, questions, *(replace(ASKED, message_id=f"m{n}", text="x" * MAX_KEPT) for n in range(many)))
    assert {len(question.text) for question in questions.open(NOW)} == {MAX_KEPT // 2}
    assert questions.texts_of(["m7", "gone"]) == {"m7": "x" * MAX_KEPT}
    assert sum(map(len, questions.texts())) == many * MAX_KEPT
    assert len(questions.open_ids(NOW)) == questions.count(NOW + timedelta(days=1)) == many


def test_a_queue_that_adds_nothing_more_still_forgets(engine: Engine, questions: ReviewQueue) -> None:
    write(engine, questions, replace(ASKED, at=NOW - timedelta(days=31)))
    closed = ReviewQueue(engine, timedelta(days=30), str, adds=False)
    assert not closed.keeps(ASKED)
    with transaction(engine, "questions") as connection:
        closed.sweep(connection, NOW)
    assert questions.all() == []
