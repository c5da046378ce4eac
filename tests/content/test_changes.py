from datetime import date

import pytest

from app.content.approval import Seal, digest
from app.content.changes import Change

BEFORE = """\
# intents/urgent/general/rules.yaml
rules: []
# intents/urgent/calm.yaml
calm:
  past:
    - one
    - two
    - three
    - four
"""


def change(before: str, now: str) -> Change:
    """The change of a text whose sealed copy is kept."""
    return Change.since(seal(before), now, before, None)


def seal(text: str) -> Seal:
    return Seal(digest(text), date(2026, 11, 23), "doctor", "Dr. A")


def test_a_change_of_many_lines_is_a_difference_that_names_file_and_keys() -> None:
    assert change(BEFORE, BEFORE.replace("    - four\n", "    - for\n    - five\n")).text().splitlines() == [
        "@@ -7,4 +7,5 @@ intents/urgent/calm.yaml > calm: > past:",
        "     - two",
        "     - three",
        "-    - four",
        "+    - for",
        "+    - five",
        " ",
    ]


def test_the_file_is_named_where_a_difference_begins_with_its_head_or_a_comment() -> None:
    now = BEFORE.replace("calm:\n  past:", "calm:\n  # of old\n  past:")
    assert "@@ intents/urgent/calm.yaml > calm:\n" not in change(BEFORE, now).text()
    assert "@@ intents/urgent/calm.yaml\n" in change(BEFORE, now).text()
    assert "@@ intents/urgent/calm.yaml > calm:\n" in change(now, now.replace("- two", "- too")).text()


def test_prose_of_one_line_is_shown_before_and_now() -> None:
    assert change("It is green.", "It is red.").text() == "before: It is green.\nnow:    It is red."


@pytest.mark.parametrize(
    ("now", "shown"), [("a\nc\u2028b\n", "+c\\u2028b"), ("a\nc\r\nb\n", "+c\\r"), ("a\nc\nb", "-")]
)
def test_ends_of_lines_that_differ_are_seen(now: str, shown: str) -> None:
    difference = change("a\nc\nb\n", now).text().splitlines()
    assert shown in difference


@pytest.mark.parametrize("hidden", ["\x1b[8m", "\u202e", "\u200b", "\r"])
def test_no_character_hides_what_is_approved(hidden: str) -> None:
    written = hidden.replace(hidden[0], hidden[0].encode("unicode_escape").decode(), 1)
    assert change("green", f"red{hidden}green").text().endswith(f"now:    red{written}green")


def test_a_text_that_is_sealed_again_as_it_was_is_shown_whole() -> None:
    assert change(BEFORE, BEFORE).text() == f"now:\n{BEFORE}"
    assert change(BEFORE, BEFORE).headline() == "unchanged since 2026-11-23, sealed by Dr. A (doctor)"


def test_the_headline_counts_lines_and_says_who_sealed() -> None:
    headline = change(BEFORE, BEFORE.replace("    - one\n", "") + "x\ny\n").headline()
    assert headline == "2 lines added, 1 removed since 2026-11-23, sealed by Dr. A (doctor)"


def test_a_new_text_is_shown_whole() -> None:
    new = Change.since(None, BEFORE, None, None)
    assert (new.headline(), new.text()) == ("new, 9 lines", f"now:\n{BEFORE}")


def test_a_text_whose_sealed_copy_is_lost_is_shown_whole_and_says_so() -> None:
    lost = Change.since(seal("a\nb"), "a\nc", None, None)
    assert lost.headline() == "2 lines; what was sealed on 2026-11-23 by Dr. A (doctor) is not kept here"
    assert lost.text() == "now:\na\nc"


def test_what_was_committed_is_called_sealed_only_where_it_has_the_hash_of_the_seal() -> None:
    sealed = Change.since(seal("green"), "red", None, "green")
    other = Change.since(seal("blue"), "red", None, "green")
    assert sealed.text() == "before: green\nnow:    red"
    assert other.text() == "last committed: green\nnow:    red"
    assert other.headline().endswith("is not kept here")
