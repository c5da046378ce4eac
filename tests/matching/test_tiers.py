import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.matching.features import Reading
from app.matching.tiers import PART_DISCOUNT, Tiers, carrying, features
from app.matching.vocabulary import Lexicon, Vocabulary

VOCABULARY = Vocabulary.learn(
    ["bleeding badly now", "bleeding a lot now", "the size of the lamp", "is the lamp big"], Lexicon()
)
SCORES = st.lists(st.floats(-5, 5), min_size=3, max_size=3)


def read(*lines: str) -> list[Reading]:
    return [VOCABULARY.read(line) for line in lines]


def test_a_part_counts_where_it_lies_farther_from_the_rest_than_the_whole_by_more_than_the_discount() -> None:
    [reading] = read("the lamp")
    alone = features([[0.0, 1.0, 0.5]], 1, reading)
    assert alone == [1.0, math.log1p(2), reading.unknown, -1.0, -0.5]
    assert features([[0.0, 1.0, 0.5], [2.0, 0.0, 0.0]], 1, reading)[3:] == [2.0 - PART_DISCOUNT, -0.5]


@given(st.lists(SCORES, min_size=1, max_size=4))
def test_probabilities_are_of_all_labels_together(scores: list[list[float]]) -> None:
    tiers = Tiers(2, ((1.0, 0.0, 0.0, 3.0, -1.0), (0.0, 0.0, 0.0, -1.0, 3.0), (0.5, 0.0, 1.0, -2.0, -2.0)), frozenset())
    chances = tiers.probabilities(scores, read("the lamp")[0])
    assert sum(chances) == pytest.approx(1)
    assert all(0 <= chance <= 1 for chance in chances)


def test_a_tier_that_lies_farther_above_the_rest_is_likelier() -> None:
    tiers = Tiers(1, ((0.0, 0.0, 0.0, 2.0), (0.0, 0.0, 0.0, 0.0)), frozenset())
    [reading] = read("the lamp")
    near, far = (tiers.probabilities([[score, 0.0]], reading)[0] for score in (0.1, 1.0))
    assert near < far


def test_words_carry_a_tier_where_its_lines_use_them_at_least_as_often_as_the_others() -> None:
    danger, others = read("bleeding badly now", "bleeding a lot now"), read("the size of the lamp", "is the lamp big")
    own = carrying(danger, others)
    assert {term.concept_key for term in danger[0].terms} <= own
    assert {term.concept_key for term in read("the lamp")[0].terms}.isdisjoint(own)


def test_words_that_carry_a_tier_are_counted_once() -> None:
    tiers = Tiers(1, ((0.0,), (0.0,)), carrying(read("bleeding badly now", "bleeding a lot now"), read("the lamp")))
    assert tiers.evidence(read("bleeding bleeding")[0]) == 1
    assert tiers.evidence(read("bleeding now")[0]) == 2


def test_in_another_language_a_word_that_no_line_uses_may_be_evidence() -> None:
    tiers = Tiers(1, ((0.0,), (0.0,)), frozenset())
    [unknown] = read("sangrando mucho")
    assert tiers.evidence(unknown) == 0
    assert tiers.evidence(unknown, abroad=True) == 2


def test_a_number_or_one_latin_letter_is_no_evidence() -> None:
    tiers = Tiers(1, ((0.0,), (0.0,)), frozenset())
    assert [tiers.evidence(reading, abroad=True) for reading in read("5", "101", "x", "疼", "ay")] == [0, 0, 0, 1, 1]


@pytest.mark.parametrize(("lines", "carry"), [(100, True), (101, False)])
def test_where_there_are_many_lines_of_danger_a_word_of_one_line_carries_nothing(lines: int, carry: bool) -> None:
    [once, often] = read("big", "bleeding")
    danger = read("bleeding badly big", *["bleeding badly now"] * (lines - 1))
    own = carrying(danger, read("the lamp"))
    assert (once.terms[0].concept_key in own, often.terms[0].concept_key in own) == (carry, True)


def test_what_was_written_is_read_back() -> None:
    tiers = Tiers(1, ((0.5, 1.0), (0.0, -1.0)), frozenset({3, 5}))
    assert Tiers.of(tiers.to_names()) == tiers
