import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.content import files
from app.content.additions import REVIEWED, add_phrasings, add_topic
from app.errors import ContentError
from tests.conftest import FIXTURE

LAMP = """# By hand.
lamp-color:
  - what color   # the commonest
  - "is it \\"green\\""
  # below: later
lamp-switch:
- 'turn it on'
- 'how''s it turned on'
"""
LINE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=40)


@pytest.fixture
def lamp(folder: Path) -> Path:
    """Some of the fixture's phrasings, as people write them."""
    path = folder / "intents" / "lamp.yaml"
    rest = path.read_text().split("lamp-place:")[1]
    path.write_bytes(f"{LAMP}lamp-place:{rest}".encode())
    return path


def add(folder: Path, id_: str, *lines: str) -> None:
    add_phrasings(folder, files.load_content(folder), id_, lines)


def test_lines_come_last_under_their_id_and_every_other_byte_stays(folder: Path, lamp: Path) -> None:
    before = lamp.read_text()
    add(folder, "lamp-color", "which hue", "yes: or no?", "12")
    added = '  - which hue\n  - "yes: or no?"\n  - "12"\n'
    assert lamp.read_text() == before.replace("  # below: later\n", f"{added}  # below: later\n")


def test_a_list_keeps_its_own_quotes_and_indent(folder: Path, lamp: Path) -> None:
    before = lamp.read_text()
    add(folder, "lamp-switch", "it won't turn on")
    assert lamp.read_text() == before.replace("turned on'\n", "turned on'\n- 'it won''t turn on'\n")


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_the_file_keeps_its_line_ends(folder: Path, lamp: Path, ending: str) -> None:
    lamp.write_bytes(lamp.read_text().rstrip("\n").replace("\n", ending).encode())
    add(folder, "lamp-color", "which hue")
    said = lamp.read_bytes().decode()
    assert f"  - which hue{ending}" in said
    assert said.count("\n") == said.count(ending)


def test_a_line_that_stands_there_is_not_added_again(folder: Path, lamp: Path) -> None:
    before = lamp.read_bytes()
    add(folder, "lamp-color", "what color")
    assert lamp.read_bytes() == before


def test_a_list_in_brackets_is_refused(folder: Path, lamp: Path) -> None:
    lamp.write_text(lamp.read_text().replace("- 'turn it on'\n- 'how''s it turned on'", "  [turn it on]"))
    with pytest.raises(ContentError, match="brackets"):
        add(folder, "lamp-switch", "on")


def test_a_topic_comes_last_with_its_title_and_a_file_of_phrasings(folder: Path) -> None:
    before = (folder / "faq.yaml").read_text()
    add_topic(folder, "nc-radio", 'the "radio"', ["is there a radio", "no"])
    assert (folder / "faq.yaml").read_text() == before + '  nc-radio: {title: "the \\"radio\\""}\n'
    assert (folder / REVIEWED).read_text().endswith("review.\nnc-radio:\n  - is there a radio\n  - no\n")
    add_topic(folder, "nc-tv", "the TV", ["is there a tv"])
    content = files.load_content(folder)
    assert files.load_intents(folder, content).phrasings["nc-radio"] == ("is there a radio", "no")
    assert list(content.topics)[-2:] == ["nc-radio", "nc-tv"]


def test_a_topic_stands_before_what_follows_the_topics(folder: Path) -> None:
    path = folder / "faq.yaml"
    before, _, topics = path.read_text().partition("topics:\n")
    path.write_text(f"topics:\n{topics}# Below, what may be said.\n{before}")
    add_topic(folder, "nc-radio", "the radio", ["is there a radio"])
    assert '  nc-other: {}\n  nc-radio: {title: "the radio"}\n# Below' in path.read_text()


def test_a_topic_whose_id_is_taken_is_refused(folder: Path) -> None:
    with pytest.raises(ContentError, match="stands there already"):
        add_topic(folder, "nc-price", "prices", ["how much"])


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one file of phrasings, which holds one list."""
    copy = tmp_path_factory.mktemp("content")
    shutil.copy(FIXTURE / "faq.yaml", copy)
    (copy / "intents").mkdir()
    return copy


@given(line=LINE)
def test_any_line_is_read_back_as_it_was(small: Path, line: str) -> None:
    path = small / "intents" / "lamp.yaml"
    path.write_text("lamp-color:\n  - x\nother: [x]\n", encoding="utf-8")
    said = ["x", line]
    try:
        add(small, "lamp-color", line)
    except ContentError:  # what YAML cannot hold, such as U+FFFE
        said = ["x"]
    assert files.read_yaml(path).data == {"lamp-color": list(dict.fromkeys(said)), "other": ["x"]}
