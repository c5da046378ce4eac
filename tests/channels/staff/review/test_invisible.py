import html
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channels.staff.review.invisible import shown


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("a\u200bb", 'a<span class="unseen" title="zero width space">⟦U+200B⟧</span>b'),
        ("\u202eb", '<span class="unseen" title="right-to-left override">⟦U+202E⟧</span>b'),
        ("a\u3164", 'a<span class="unseen" title="hangul filler">⟦U+3164⟧</span>'),
        ("a\u200db", 'a<span class="unseen" title="zero width joiner">⟦U+200D⟧</span>b'),
        ("👩\u200d⚕", "👩\u200d⚕"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("<b>\n", "&lt;b&gt;\n"),
    ],
)
def test_what_cannot_be_seen_is_in_a_box_with_its_number(typed: str, seen: str) -> None:
    assert shown(typed) == seen


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_nothing_else_changes_and_nothing_unseen_is_left(typed: str) -> None:
    seen = html.unescape(re.sub("<.*?>", "", shown(typed)))
    back = re.sub("⟦U\\+([0-9A-F]{4,6})⟧", lambda box: chr(int(box[1], 16)), seen)
    assert back == typed or "⟦" in typed
    hidden = {char for char in seen if unicodedata.category(char) in ("Cf", "Cc")} - set("\n\t\r\u200c\u200d")
    assert hidden == set()
