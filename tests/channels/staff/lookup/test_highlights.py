import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channels.staff.lookup.highlights import LONGEST_PREVIEW, marked, preview


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["pump"], "Is the <mark>pump</mark> &lt;big&gt;, Ann&#39;s <mark>PUMP</mark>?"),
        (["pum"], "Is the <mark>pum</mark>p &lt;big&gt;, Ann&#39;s <mark>PUM</mark>P?"),
        (["is", "the", "pu"], "Is the pump &lt;big&gt;, Ann&#39;s PUMP?"),
        (["anns"], "Is the pump &lt;big&gt;, <mark>Ann&#39;s</mark> PUMP?"),
    ],
)
def test_words_that_were_asked_for_are_marked_unless_they_tell_nothing(words: list[str], shown: str) -> None:
    assert marked("Is the pump <big>, Ann's PUMP?", words) == shown


@given(st.text(), st.lists(st.text(min_size=1)))
def test_marking_changes_no_letter_and_lets_no_markup_through(text: str, words: list[str]) -> None:
    bare = re.sub("</?mark>", "", marked(text, words))
    assert "<" not in bare
    assert html.unescape(bare) == html.unescape(text.replace("&", "&amp;"))


@given(st.text())
def test_a_preview_is_one_line_of_whole_words(text: str) -> None:
    line, whole = preview(text), " ".join(text.split())
    assert len(line) <= LONGEST_PREVIEW + 1
    assert line == whole or whole.startswith(line.removesuffix("…"))
