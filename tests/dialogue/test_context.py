import pytest

from app.dialogue.context import AGAIN, NONE, pick, picks, picks_none
from app.dialogue.messages import Option
from app.text import parse

OFFERED = [Option("lamp-color", "What color is the lamp?"), Option("lamp-place", "Where is the lamp?")]


@pytest.mark.parametrize(
    ("said", "picked"),
    [
        ("lamp-place", "lamp-place"),
        ("1", "lamp-color"),
        ("the second one", "lamp-place"),
        ("option 2 please", "lamp-place"),
        ("the last one", "lamp-place"),
        ("Where is the lamp", "lamp-place"),
        ("where is teh lamp?", "lamp-place"),
    ],
)
def test_a_choice_by_id_number_or_words(said: str, picked: str) -> None:
    found = pick(parse(said), OFFERED, asked=True)
    assert isinstance(found, tuple)
    assert [option.id for option in found] == [picked]


@pytest.mark.parametrize("said", ["3", "none of these", "no"])
def test_none_of_the_offered(said: str) -> None:
    assert pick(parse(said), OFFERED, asked=True) == NONE


@pytest.mark.parametrize("said", ["7", "2 lamps or 1 lamp for my room", "who looks after it", ""])
def test_other_words_pick_nothing(said: str) -> None:
    assert pick(parse(said), OFFERED, asked=True) is None


def test_yes_takes_the_only_offer_and_shows_several_again() -> None:
    assert pick(parse("yes please"), OFFERED[:1], asked=True) == (OFFERED[0],)
    assert pick(parse("yes please"), OFFERED, asked=True) == AGAIN


@pytest.mark.parametrize("said", ["both", "both please", "all of them"])
def test_both_of_two_are_picked(said: str) -> None:
    assert pick(parse(said), OFFERED, asked=True) == tuple(OFFERED)


def test_both_of_three_shows_them_again() -> None:
    assert pick(parse("both"), [*OFFERED, Option("lamp-bulb", "Which bulb?")], asked=True) == AGAIN


@pytest.mark.parametrize("said", ["the first one", "1st", "second", "not the other one", "the last one"])
def test_a_pick_is_known_for_one_though_nothing_is_open(said: str) -> None:
    assert picks(parse(said))


@pytest.mark.parametrize(
    ("said", "picked"), [("1 and 2", ["lamp-color", "lamp-place"]), ("second and first", ["lamp-place", "lamp-color"])]
)
def test_several_are_picked_by_their_places(said: str, picked: list[str]) -> None:
    found = pick(parse(said), OFFERED, asked=True)
    assert isinstance(found, tuple)
    assert [option.id for option in found] == picked


@pytest.mark.parametrize("said", ["not the first one", "the other one", "anything but the second"])
def test_who_says_which_is_not_meant_sees_them_again(said: str) -> None:
    assert pick(parse(said), OFFERED, asked=True) == AGAIN


def test_none_of_these_is_known_for_what_it_is() -> None:
    assert picks_none(parse("None of these!"))
    assert not picks_none(parse("none"))


@pytest.mark.parametrize("said", ["no", "one lamp for me", "2", "first of all where is it"])
def test_what_may_mean_something_else_is_no_pick(said: str) -> None:
    assert not picks(parse(said))


def test_a_suggestion_is_picked_by_its_place_in_words_but_not_by_a_bare_number() -> None:
    assert pick(parse("the second one"), OFFERED, asked=False) == (OFFERED[1],)
    for said in ("2", "no", "yes"):
        assert pick(parse(said), OFFERED, asked=False) is None


def test_without_an_offer_a_number_picks_nothing() -> None:
    assert pick(parse("1"), [], asked=True) is None
