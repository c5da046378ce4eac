from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from app.matching import likeness
from app.matching.likeness import Phrasings

TITLES = [("size", "How big is the pump?"), ("place", "Where is the pump placed?")]


def test_word_order_does_not_count() -> None:
    assert Phrasings(("big is the pump how",)).nearest(likeness.sort_key("how big is the pump"))[1] == 1.0


def test_search_takes_an_unfinished_last_word() -> None:
    assert likeness.starting_with("pump pla", TITLES) == ["place"]
    assert likeness.starting_with("the pu", TITLES) == ["size", "place"]
    assert likeness.starting_with("", TITLES) == []


@given(st.lists(st.text("ab c", min_size=1, max_size=8), max_size=12))
def test_near_duplicates_are_those_that_a_plain_double_loop_finds(texts: list[str]) -> None:
    keys = [likeness.sort_key(text) for text in texts]
    plain = {
        (left, right)
        for right in range(len(keys))
        for left in range(right)
        if round(fuzz.ratio(keys[left], keys[right]), 6) >= 95
    }
    found = {(left, right) for left, right, _ in likeness.near_duplicates(texts, 95.0)}
    assert found == plain
