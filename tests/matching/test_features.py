import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.matching import features
from app.matching.features import Reading, Term, key_of
from app.matching.term_matrix import TermMatrix

WORDS = st.lists(st.sampled_from(["card", "cat", "lost", "my", "was"]), min_size=1, max_size=8)


def reading(words: list[str], after: str | None = None) -> Reading:
    terms = (Term(word, True, key_of(word), key_of(features.stem(word))) for word in words)
    return Reading(tuple(terms), after)


def of_family(family: np.uint64, words: list[str]) -> set[int]:
    keys = reading(words).keys()
    return set(keys[keys >> np.uint64(62) == family >> np.uint64(62)].tolist())


def test_skip_grams_do_not_mind_the_order() -> None:
    assert of_family(features.SKIP_GRAMS, ["my", "card"]) == of_family(features.SKIP_GRAMS, ["card", "my"])


def test_neighbours_mind_the_order() -> None:
    assert of_family(features.WORDS, ["my", "card"]) != of_family(features.WORDS, ["card", "my"])


def test_keys_are_the_same_on_every_machine() -> None:
    assert key_of("pump") == 0x3CF6D1F0A00424DE


def test_a_follow_up_is_also_seen_beside_what_it_comes_after() -> None:
    plain, after = reading(["how"]), reading(["how"], "size")
    assert len(set(after.keys().tolist()) - set(plain.keys().tolist())) == len({"after size", "after size how"})


def test_what_no_text_holds_is_rarest_and_what_all_hold_weighs_nothing() -> None:
    known = TermMatrix.of([reading(["my", "card"]), reading(["my", "card"]), reading(["my", "cat"])]).features()
    mine, card, unseen = known.rarity(np.array([key_of(word) for word in ("my", "card", "moon")], np.uint64))
    assert 0 == mine < card <= unseen


@given(st.lists(WORDS, min_size=3, max_size=8))
def test_fitting_and_serving_weigh_a_text_alike(texts: list[list[str]]) -> None:
    readings = [reading(words) for words in texts]
    terms = TermMatrix.of(readings)
    features = terms.features()
    matrix = terms.weighted(features).toarray()
    rows, of, values = features.weigh(readings)
    assert np.allclose(matrix[of, rows], values, atol=1e-5)
