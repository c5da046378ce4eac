import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.matching.vocabulary import Lexicon, Vocabulary
from app.matching.word_index import WordIndex
from app.text import parse

SIZE = ["how big is it", "size of the pump", "is it like a hockey puck", "hockey puck size"]
PLACE = ["where is it placed", "location of the pump", "where in the body", "its location"]
LEXICON = Lexicon({"loc": ("location",)})
INDEX = WordIndex.of(Vocabulary(frozenset(" ".join(SIZE + PLACE).split()), LEXICON), [SIZE, PLACE])


def best(text: str) -> int | None:
    likely = INDEX.likely(parse(text), text[-1:].isalnum())
    return int(likely.argmax()) if likely.any() else None


def test_the_first_letters_of_a_word_find_it() -> None:
    assert [best(text) for text in ("hoc", "siz", "whe", "locat")] == [0, 0, 1, 1]


def test_slips_and_shorthand_are_understood_while_typing() -> None:
    assert best("hokey") == 0
    assert best("locasion ") == 1
    assert best("loc") == 1


def test_words_that_no_phrasing_uses_find_nothing() -> None:
    assert [best(text) for text in ("", "?", "zzz", "qwertyu")] == [None] * 4


def test_an_unfinished_word_is_finished_as_the_topic_has_it() -> None:
    assert INDEX.finished("like a hoc", 0) == "like a hockey"
    assert INDEX.finished("like a hoc", 1) == "like a hoc"
    assert INDEX.finished("hockey ", 0) == "hockey "


def test_the_last_word_is_finished_behind_a_question_mark_and_other_spellings() -> None:
    assert INDEX.finished("Is it? hoc", 0) == "is it? hockey"
    assert INDEX.finished("sooo h\u00f3c", 0).endswith(" hockey")


@given(st.text())
def test_any_text_gets_numbers_from_0_to_1(text: str) -> None:
    likely = INDEX.likely(parse(text), text[-1:].isalnum())
    assert likely.shape == (2,)
    assert bool(np.isfinite(likely).all())
    assert 0 <= float(likely.min()) <= float(likely.max()) <= 1
