import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from app.matching import likeness
from app.matching.likeness import Phrasings


def test_word_order_does_not_count() -> None:
    assert Phrasings(("big is the pump how",)).nearest(likeness.sort_key("how big is the pump"))[1] == 1.0


@pytest.mark.parametrize("least", [85.0, 95.0, 97.0])
@given(lines=st.lists(st.text("ab cé", min_size=1, max_size=8), max_size=6), slips=st.text("ab cé", max_size=4))
def test_near_duplicates_are_those_that_a_plain_double_loop_finds(lines: list[str], slips: str, least: float) -> None:
    texts = [
        *lines,
        *(f"{line}{'long words '[:place]}" * 5 + slip for place, line in enumerate(lines) for slip in slips),
    ]
    keys = [likeness.sort_key(text) for text in texts]
    plain = {
        (left, right)
        for right in range(len(keys))
        for left in range(right)
        if fuzz.ratio(keys[left], keys[right]) >= least
    }
    found = {(left, right) for left, right, _ in likeness.near_duplicates(texts, least)}
    assert found == plain


def test_the_nearest_is_looked_for_among_those_with_the_most_of_the_words() -> None:
    own = Phrasings(("the lamp is hot", "the lamp is on", "it burns and is hot"))
    key = likeness.sort_key("the lamp is not hot, it burns")
    assert own.nearest_with(key, ["hot", "burns"])[0] == "it burns and is hot"
    assert own.nearest_with(likeness.sort_key("the lamp is on"), [])[0] == "the lamp is on"
    assert Phrasings(()).nearest_with("lamp", ["lamp"]) == ("", 0.0)
