from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.content.edits import GONE, with_values
from app.content.yaml_file import Keys, parse_yaml
from app.errors import ContentError
from tests.conftest import FIXTURE

PATH = Path("faq.yaml")
FILE = """\
# Above all.
documents: {lamp: {title: The Lamp}}  # In braces.

entries:
  # ---- The lamp
  color:  # Its color.
    question: What color is it?  # Asked often.
    # Says the nurse.
    answer: >-  # Folded.
      The lamp
      is green.

    sources: [lamp/top/1]

    sms: 'It''s green.'
  # ---- Below
  place:
    answer: "On the
      table."
    note:
    lines:
      - one  # The first.
      # Before the second.
      - "two"

      - >-
        three
topics: {}
# The end.
"""
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    [
        "yes",
        "~",
        "1:30",
        "- a",
        "# no",
        "a: b",
        "{x}",
        "'",
        '"',
        "\n",
        " a",
        "a ",
        "a\n\n- b\n- c\n",
        "x " * 90,
        "%a",
        "\t",
        "é\u2028b",
    ]
)
KEYS = st.sampled_from(
    [
        *(("entries", "color", name) for name in ("question", "answer", "sms", "limits", "sources")),
        *(("entries", "place", name) for name in ("answer", "note", "read_aloud")),
        *(("documents", "lamp", name) for name in ("title", "url")),
        ("entries", "place", "lines", 1),
        ("topics", "nc-price"),
        ("themes", "new"),
    ]
)


def data(text: str) -> Any:
    return parse_yaml(PATH, text).data


def at(text: str, keys: Keys) -> Any:
    found = data(text)
    for key in keys:
        found = found[key]
    return found


def comments(text: str) -> list[str]:
    return [line[line.index("#") :] for line in text.splitlines() if "#" in line]


@given(keys=KEYS, value=TEXT, newline=st.sampled_from(["\n", "\r\n"]))
def test_any_text_goes_in_and_comes_out_as_it_was(keys: Keys, value: str, newline: str) -> None:
    assert at(with_values(PATH, FILE.replace("\n", newline), {keys: value}), keys) == value


@given(keys=KEYS, value=st.text("abc d\n", max_size=40), newline=st.sampled_from(["\n", "\r\n"]))
def test_every_comment_stays_and_every_line_end(keys: Keys, value: str, newline: str) -> None:
    changed = with_values(PATH, FILE.replace("\n", newline), {keys: value})
    assert comments(changed) == comments(FILE)
    assert changed.count("\n") == changed.count(newline)


@given(keys=KEYS, value=TEXT)
def test_all_lines_but_those_of_the_value_stay(keys: Keys, value: str) -> None:
    before, after = FILE.split("\n"), with_values(PATH, FILE, {keys: value}).split("\n")
    same = next((n for n, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), len(before))
    end = next((n for n, (old, new) in enumerate(zip(before[::-1], after[::-1], strict=False)) if old != new), 0)
    assert same + end >= len(before) - 3  # the longest value has three lines


@given(lines=st.lists(TEXT, min_size=1, max_size=5))
def test_a_list_becomes_any_other(lines: list[str]) -> None:
    for keys in [("entries", "place", "lines"), ("entries", "color", "sources")]:
        assert at(with_values(PATH, FILE, {keys: lines}), keys) == lines


def test_items_that_stay_keep_their_lines() -> None:
    changed = with_values(PATH, FILE, {("entries", "place", "lines"): ["zero", "one", "2", "three", "four"]})
    assert changed == FILE.replace('"two"', "'2'").replace("      - one", "      - zero\n      - one").replace(
        "        three\n", "        three\n      - four\n"
    )


@given(fields=st.dictionaries(st.sampled_from(["question", "answer", "sms"]), TEXT, min_size=1))
def test_an_entry_comes_behind_the_last_with_whatever_texts(fields: dict[str, str]) -> None:
    entry = {**fields, "sources": ["lamp/a/1", "lamp/a/2"], "review": date(2030, 1, 7)}
    changed = with_values(PATH, FILE, {("entries", "size"): entry})
    assert data(changed) == {**data(FILE), "entries": {**data(FILE)["entries"], "size": entry}}
    assert list(data(changed)["entries"]) == ["color", "place", "size"]


def test_a_text_is_written_as_a_person_would() -> None:
    words = " ".join(["green"] * 30)
    changed = with_values(
        PATH,
        FILE,
        {("entries", "color", "sms"): "It is: green", ("entries", "color", "limits"): words, ("topics", "a"): "b\nc"},
    )
    assert "    sms: 'It is: green'\n    limits: >-\n      green green" in changed
    assert "topics:\n  a: |-\n    b\n    c\n" in changed


def test_several_changes_of_one_file_are_made_at_once() -> None:
    values: dict[Keys, Any] = {("topics", "a", "title"): "A", ("topics", "b", "title"): "B", ("themes", "x", "y"): "Z"}
    changed = data(with_values(PATH, FILE, {**values, ("entries", "color", "sms"): "Red."}))
    assert (changed["topics"], changed["themes"]) == ({"a": {"title": "A"}, "b": {"title": "B"}}, {"x": {"y": "Z"}})
    assert changed["entries"]["color"]["sms"] == "Red."


def test_the_shipped_fixture_takes_each_change() -> None:
    text = (FIXTURE / "faq.yaml").read_text(encoding="utf-8")
    for keys in [("scripts", "crisis", "text"), ("entries", "lamp-place", "translations", "es", "answer")]:
        changed = with_values(PATH, text, {keys: "It's {phone_line}: new, and [more]"})
        assert at(changed, keys) == "It's {phone_line}: new, and [more]"
        assert changed.count("\n") == text.count("\n")


@pytest.mark.parametrize("keys", [("entries", "color"), ("entries", "place", "answer"), ("entries", "color", "sms")])
def test_an_item_goes_with_its_lines(keys: Keys) -> None:
    changed = with_values(PATH, FILE, {keys: GONE})
    assert keys[-1] not in at(changed, keys[:-1])
    assert [line for line in changed.splitlines() if line not in FILE.splitlines()] == []


def test_an_item_in_braces_goes_alone() -> None:
    text = "a: {x: 1, y: 2, z: 3}\n"
    assert [with_values(PATH, text, {("a", name): GONE}) for name in "xyz"] == [
        "a: {y: 2, z: 3}\n",
        "a: {x: 1, z: 3}\n",
        "a: {x: 1, y: 2}\n",
    ]


def test_several_items_go_at_once() -> None:
    places: list[Keys] = [("entries", "place", "answer"), ("entries", "color")]
    one_by_one = with_values(PATH, with_values(PATH, FILE, {places[0]: GONE}), {places[1]: GONE})
    assert with_values(PATH, FILE, dict.fromkeys(places, GONE)) == one_by_one
    assert with_values(PATH, FILE, {}) == FILE


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("a: &x {b: c}\nd: e\n", ("d", "f")),
        ("- a\n- b\n", ("c",)),
        ("a: {}\n", ("a", "b", "c", 0)),
    ],
)
def test_what_cannot_be_written_in_place_is_said(text: str, keys: Keys) -> None:
    with pytest.raises(ContentError, match=r"faq.yaml:\d: "):
        with_values(PATH, text, {keys: "new"})


def test_a_field_of_the_last_entry_and_an_entry_more_keep_apart() -> None:
    text = "entries:\n  a:\n    x: 1"
    values: dict[Keys, Any] = {("entries", "b"): {"x": "2"}, ("entries", "a", "y"): "3", ("themes", "c"): "d"}
    assert with_values(PATH, text, values) == f"{text}\n    y: '3'\n  b:\n    x: '2'\nthemes:\n  c: d\n"


def test_the_last_item_of_a_mapping_stays() -> None:
    with pytest.raises(ContentError, match="cannot be changed in place"):
        with_values(PATH, "a:\n  b: c\nd: e\n", {("a", "b"): GONE})
