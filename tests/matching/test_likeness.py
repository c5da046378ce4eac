from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from app.matching import likeness
from app.matching.likeness import Phrasings


def test_word_order_does_not_count() -> None:
    assert Phrasings(("big is the pump how",)).nearest(likeness.sort_key("how big is the pump"))[1] == 1.0


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


def test_the_nearest_is_looked_for_among_those_with_the_most_of_the_words() -> None:
    own = Phrasings(("the lamp is hot", "the lamp is on", "it burns and is hot"))
    key = likeness.sort_key("the lamp is not hot, it burns")
    assert own.nearest_with(key, ["hot", "burns"])[0] == "it burns and is hot"
    assert own.nearest_with(likeness.sort_key("the lamp is on"), [])[0] == "the lamp is on"
    assert Phrasings(()).nearest_with("lamp", ["lamp"]) == ("", 0.0)
