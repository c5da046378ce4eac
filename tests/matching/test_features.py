import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.matching import features
from app.matching.features import Reading
from app.matching.occurrences import Occurrences

WORDS = st.lists(st.sampled_from(["card", "cat", "lost", "my", "was"]), min_size=1, max_size=8)


def reading(words: list[str], after: str | None = None) -> Reading:
    return Reading(tuple(words), tuple(map(features.stem, words)), 0.0, after)


def test_companions_do_not_mind_the_order() -> None:
    assert set(features.companions(reading(["my", "card"]))) == set(features.companions(reading(["card", "my"])))


def test_a_follow_up_is_also_seen_beside_what_it_comes_after() -> None:
    plain, after = reading(["how"]), reading(["how"], "size")
    assert set(features.wordings(after)) - set(features.wordings(plain)) == {"Asize", "Asize how"}


@given(st.lists(WORDS, min_size=3, max_size=8))
def test_fitting_and_serving_weigh_a_text_alike(texts: list[list[str]]) -> None:
    readings = [reading(words) for words in texts]
    standing = Occurrences.of(readings)
    known = standing.features()
    matrix = standing.matrix(known).toarray()
    places, values = known.of_families(readings[0])
    assert np.allclose(matrix[0][places], values, atol=1e-5)
