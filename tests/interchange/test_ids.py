import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.interchange import ids


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("How long does it take?", "how-long-does-it-take"),
        ("  Don't we?  ", "dont-we"),
        ("¿Dónde está?", "donde-esta"),
        ("ID 7 / b", "id-7-b"),
        ("nc-price", "q-nc-price"),
        ("NC residents?", "q-nc-residents"),
        ("12", "q-12"),
        ("Human", "q-human"),
        ("script", "q-script"),
    ],
)
def test_an_id_says_what_it_is_made_of_and_clashes_with_nothing(text: str, id_: str) -> None:
    assert ids.of_entry(text) == id_


@given(text=st.text(max_size=400))
def test_any_text_gives_an_id(text: str) -> None:
    own = ids.of_entry(text)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", own)
    assert len(own) <= ids.LONGEST + 2
    assert own == ids.of_entry(text)


@pytest.mark.parametrize(("one", "two"), [("من نحن؟", "أين نحن؟"), ("👂", "🦻"), ("a " * 80 + "b", "a " * 80 + "c")])
def test_questions_that_differ_in_more_than_signs_have_ids_of_their_own(one: str, two: str) -> None:
    assert ids.of_entry(one) != ids.of_entry(two)
