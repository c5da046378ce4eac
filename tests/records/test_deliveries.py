"""The outbox as a store; tests/channels/sms/test_outbox.py tells what is sent."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from app.records.database import AT_ONCE
from app.records.deliveries import Deliveries, Delivery


@pytest.fixture
def deliveries(engine: Engine) -> Deliveries:
    return Deliveries(engine, keep=1000.0)


def claim(deliveries: Deliveries, id_: str = "m1", at: float = 10.0) -> Delivery:
    claimed, is_ours = deliveries.claim(id_, "party", "digest", at, at)
    assert is_ours
    return claimed


def reply(deliveries: Deliveries, id_: str = "m1", at: float = 10.0, urgent: bool = False, text: str = "hello") -> None:
    deliveries.replied(replace(claim(deliveries, id_, at), reply=text, urgent=urgent), "address", at)


def found(deliveries: Deliveries, id_: str = "m1") -> Delivery:
    kept = deliveries.find(id_)
    assert kept is not None
    return kept


def test_who_comes_first_works_on_a_message_until_it_is_dropped(deliveries: Deliveries) -> None:
    assert claim(deliveries) == found(deliveries) == Delivery("m1", "party", "received", 10.0, 10.0, digest="digest")
    late = 10.0 + 30
    claims = [deliveries.claim("m1", "other", "other", now, now) for now in (late - 1, late, late + 1)]
    assert [is_ours for _, is_ours in claims] == [False, True, False]
    assert claims[1][0] == replace(found(deliveries), party="party", digest="digest", at=10.0, due=late)


def test_a_message_that_was_replied_to_is_never_taken_over(deliveries: Deliveries) -> None:
    reply(deliveries)
    kept, is_ours = deliveries.claim("m1", "party", "digest", 900.0, 900.0)
    assert (kept.reply, is_ours) == ("hello", False)


def test_what_a_number_was_sent_comes_latest_first_and_without_silence(deliveries: Deliveries) -> None:
    for number in range(12):
        reply(deliveries, f"m{number}", float(number), text="" if number == 10 else f"text {number}")
    assert [kept.reply for kept in deliveries.last("party", 9.0)] == ["text 11", "text 9"]
    assert len(deliveries.last("party", 0.0)) == 10
    assert deliveries.last("another", 0.0) == []


def test_a_reply_without_an_address_is_sent_already(deliveries: Deliveries) -> None:
    deliveries.replied(replace(claim(deliveries), reply="hello", following="and"), "", 11.0)
    assert (found(deliveries).state, found(deliveries).following) == ("sent", "and")
    assert deliveries.waiting(100.0) == []


def test_what_follows_waits_a_moment_and_is_written_once(deliveries: Deliveries) -> None:
    claimed = replace(claim(deliveries), reply="hello", following="who we are")
    for _ in range(2):
        deliveries.replied(claimed, "address", 11.0)
    assert [kept.reply for kept in deliveries.waiting(11.9)] == ["hello"]
    first, then = deliveries.waiting(12.0)
    assert (then.reply, then.party, then.address, then.urgent) == ("who we are", "", "address", False)
    assert first.id != then.id


def test_the_urgent_go_out_first_then_those_that_wait_longest_and_twenty_at_a_time(deliveries: Deliveries) -> None:
    for number in range(25):
        reply(deliveries, f"m{number}", 50.0 - number, urgent=number == 3)
    assert [kept.id for kept in deliveries.waiting(50.0)] == ["m3", *(f"m{number}" for number in range(24, 5, -1))]
    assert len(deliveries.waiting(0.0)) == 20  # by any clock, which may have been set back


def test_a_sending_that_never_ended_waits_again(deliveries: Deliveries) -> None:
    reply(deliveries)
    assert deliveries.begin(found(deliveries), 20.0)
    assert (found(deliveries).state, found(deliveries).due) == ("sending", 20.0)
    assert deliveries.waiting(79.9) == []
    (lost,) = deliveries.waiting(80.0)
    assert [deliveries.begin(lost, 90.0), deliveries.begin(lost, 91.0)] == [True, False]


def test_a_refused_text_waits_until_it_is_due(deliveries: Deliveries) -> None:
    reply(deliveries)
    deliveries.again("m1", 30.0)
    assert found(deliveries).due == AT_ONCE  # nobody was sending it
    deliveries.begin(found(deliveries), 20.0)
    deliveries.again("m1", 30.0)
    assert (found(deliveries).state, deliveries.waiting(29.0)) == ("replied", [])
    assert len(deliveries.waiting(30.0)) == 1


def test_a_text_that_ended_has_no_numbers_any_more(deliveries: Deliveries) -> None:
    reply(deliveries)
    deliveries.begin(found(deliveries), 20.0)
    deliveries.end("m1", "unknown")
    assert (found(deliveries).state, found(deliveries).address) == ("unknown", "")


def test_a_text_that_arrived_is_not_lost_by_a_later_receipt(deliveries: Deliveries) -> None:
    reply(deliveries, urgent=True)
    deliveries.arrive("m1")
    assert found(deliveries).state == "replied"  # it was not sent yet
    deliveries.begin(found(deliveries), 20.0)
    deliveries.end("m1", "sent")
    deliveries.arrive("m1")
    assert not deliveries.fail("m1", "address", 30.0)
    assert (found(deliveries).state, found(deliveries).failed) == ("arrived", False)


def test_a_text_fails_once_and_without_an_address_stays_as_it_is(deliveries: Deliveries) -> None:
    reply(deliveries, urgent=True)
    before = found(deliveries)
    assert [deliveries.fail("m1", "", 30.0), deliveries.fail("m1", "address", 30.0)] == [True, False]
    assert found(deliveries) == replace(before, failed=True)


def test_what_is_older_than_it_is_kept_goes_and_no_other(deliveries: Deliveries) -> None:
    claim(deliveries, "old", 10.0)
    claim(deliveries, "young", 11.0)
    deliveries.sweep(1011.0)
    assert (deliveries.find("old"), found(deliveries, "young").id) == (None, "young")
