import pytest

from app.matching.vocabulary import Lexicon, Vocabulary

VOCABULARY = Vocabulary.learn(
    ["the catheter and the surgeon"] * 3 + ["interventional radiologist"] * 3 + ["rare word"],
    Lexicon({"u": ("you",), "idk": ("do", "not", "know")}, {"catheter": "=tube", "tube": "=tube"}),
)


def test_a_slip_is_repaired_to_the_nearest_known_word() -> None:
    assert VOCABULARY.repair("cathetr") == "catheter"
    assert VOCABULARY.repair("sugreon") == "surgeon"
    assert VOCABULARY.repair("interventoinl") == "interventional"


def test_short_far_and_other_words_stay() -> None:
    for word in ("sur", "surgical", "xatheter", "zebra", "12345"):
        assert VOCABULARY.repair(word) == word


def test_shorthand_is_written_out() -> None:
    assert VOCABULARY.read("idk u").words == ("do", "not", "know", "you")


def test_words_of_one_concept_share_it() -> None:
    assert VOCABULARY.read("catheter").terms[0].concept_key == VOCABULARY.read("tube").terms[0].concept_key


def test_the_share_of_unknown_words_is_counted_after_repair() -> None:
    assert VOCABULARY.read("the cathetr zebra sat").unknown == 0.5


@pytest.mark.parametrize(
    ("typed", "read"), [("lapm", "lamp"), ("lapmm", "lapmm"), ("lmap", "lamp"), ("lamb", "lamb"), ("lpa", "lpa")]
)
def test_swapped_letters_of_a_short_word_are_put_right(typed: str, read: str) -> None:
    vocabulary = Vocabulary(frozenset({"lamp", "from"}))
    assert vocabulary.repair(typed) == read
