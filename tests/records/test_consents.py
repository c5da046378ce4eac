import pytest
from sqlalchemy import Engine

from app.records.consents import Consents


@pytest.fixture
def consents(engine: Engine) -> Consents:
    return Consents(engine)


def test_a_number_that_never_wrote_is_unknown(consents: Consents) -> None:
    assert consents.opted_out(["new"]) is None


def test_a_start_that_was_held_up_undoes_no_later_stop(consents: Consents) -> None:
    assert consents.set(["number"], True, at=20.0)
    assert not consents.set(["number"], False, at=10.0)
    assert consents.opted_out(["number"])


def test_a_stop_that_is_said_again_holds_back_what_was_wished_between(consents: Consents) -> None:
    consents.set(["number"], True, at=10.0)
    assert not consents.set(["number"], True, at=20.0)
    assert not consents.set(["number"], False, at=15.0)
    assert consents.opted_out(["number"])


def test_what_one_number_says_again_holds_back_nothing_of_another(consents: Consents) -> None:
    for number in ("a", "b", "c"):
        consents.set([number], True, at=10.0)
    assert not consents.set(["b"], True, at=20.0)
    assert [consents.set([number], False, at=15.0) for number in ("a", "b", "c")] == [True, False, True]
    assert [consents.opted_out([number]) for number in ("a", "b", "c")] == [False, True, False]


def test_a_stop_counts_whatever_the_clock_says(consents: Consents) -> None:
    consents.set(["number"], False, at=20.0)
    assert consents.set(["number"], True, at=10.0)
    assert consents.opted_out(["number"])


def test_a_later_start_undoes_a_stop(consents: Consents) -> None:
    consents.set(["number"], True, at=10.0)
    assert consents.set(["number"], False, at=20.0)
    assert consents.opted_out(["number"]) is False


def test_a_wish_under_an_older_hash_counts_and_is_carried_over(consents: Consents) -> None:
    consents.set(["old"], True, at=10.0)
    assert consents.opted_out(["new", "old"])
    assert not consents.set(["new", "old"], False, at=5.0)
    assert consents.set(["new", "old"], False, at=15.0)
    assert (consents.opted_out(["old"]), consents.opted_out(["new", "old"])) == (None, False)


def test_the_last_wish_under_any_spelling_counts(consents: Consents) -> None:
    consents.set(["written"], True, at=10.0)
    consents.set(["e164"], False, at=5.0)
    assert consents.opted_out(["e164", "written"])


def test_a_first_message_undoes_no_stop_that_came_between(consents: Consents) -> None:
    consents.set(["number"], True, at=10.0)
    consents.meet("number", at=20.0)
    assert consents.opted_out(["number"])
    consents.meet("new", at=20.0)
    assert consents.opted_out(["new"]) is False
