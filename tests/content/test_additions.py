import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.content import files
from app.content.additions import REVIEWED, Addition, new_files, write_additions
from app.content.yaml_file import read_yaml
from app.errors import ContentError
from tests.conftest import FIXTURE

LINE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=40)


def add(folder: Path, id_: str, *lines: str) -> None:
    write_additions(folder, [Addition(id_, lines)])


def add_topic(folder: Path, id_: str, title: str, lines: list[str]) -> None:
    write_additions(folder, [Addition(id_, lines, title)])


def phrasings(folder: Path, id_: str) -> tuple[str, ...]:
    return files.load_phrasings(folder, files.load_content(folder))[id_]


def test_lines_come_after_those_of_their_id_and_no_other_file_is_touched(folder: Path) -> None:
    lamp, before = (folder / "intents" / "lamp.yaml").read_bytes(), phrasings(folder, "lamp-color")
    add(folder, "lamp-color", "which hue", "yes: or no?", "12")
    assert phrasings(folder, "lamp-color") == (*before, "which hue", "yes: or no?", "12")
    assert (folder / "intents" / "lamp.yaml").read_bytes() == lamp


def test_lines_of_a_second_review_join_those_of_the_first(folder: Path) -> None:
    add(folder, "lamp-color", "which hue")
    add(folder, "lamp-place", "whereabouts")
    add(folder, "lamp-color", "which tint")
    reviewed = read_yaml(folder / REVIEWED).data
    assert reviewed == {"lamp-color": ["which hue", "which tint"], "lamp-place": ["whereabouts"]}


def test_a_line_that_stands_there_is_not_added_again(folder: Path) -> None:
    add(folder, "lamp-color", "what color is the lamp", "which hue", "which hue")
    add(folder, "lamp-color", "which hue")
    assert read_yaml(folder / REVIEWED).data == {"lamp-color": ["which hue"]}


def test_an_id_that_nobody_knows_is_an_error(folder: Path) -> None:
    with pytest.raises(ContentError, match="lamp-moon: has no phrasings"):
        add(folder, "lamp-moon", "is it the moon")


def test_a_topic_comes_first_with_its_title_and_phrasings(folder: Path) -> None:
    before = (folder / "faq.yaml").read_text()
    add_topic(folder, "nc-radio", 'the "radio"', ["is there a radio", "no"])
    added = 'topics:\n  nc-radio: {title: "the \\"radio\\""}\n'
    assert (folder / "faq.yaml").read_text() == before.replace("topics:\n", added)
    assert phrasings(folder, "nc-radio") == ("is there a radio", "no")


def test_comments_stay_where_they_are_when_a_topic_is_added(folder: Path) -> None:
    path = folder / "faq.yaml"
    before, _, topics = path.read_text().partition("topics:\n")
    path.write_text(f"topics:  # What nothing covers.\n  # Cost\n{topics}# Below, what may be faq.\n{before}")
    add_topic(folder, "nc-radio", "the radio", ["is there a radio"])
    assert 'covers.\n  nc-radio: {title: "the radio"}\n  # Cost\n  nc-price' in path.read_text()


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_the_file_keeps_its_line_ends(folder: Path, ending: str) -> None:
    path = folder / "faq.yaml"
    path.write_bytes(path.read_text().replace("\n", ending).encode())
    add_topic(folder, "nc-radio", "the radio", ["is there a radio"])
    faq = path.read_bytes().decode()
    assert f'  nc-radio: {{title: "the radio"}}{ending}' in faq
    assert faq.count("\n") == faq.count(ending)


def test_the_first_topic_of_all_brings_its_heading(folder: Path) -> None:
    path = folder / "faq.yaml"
    path.write_text(path.read_text().partition("topics:\n")[0].rstrip("\n"))
    add_topic(folder, "nc-radio", "the radio", ["is there a radio"])
    assert list(files.load_content(folder).topics) == ["nc-radio"]


@pytest.mark.parametrize("topics", ["topics: {nc-price: {}}\n", "topics: {}\n"])
def test_topics_in_braces_are_left_alone(folder: Path, topics: str) -> None:
    path = folder / "faq.yaml"
    path.write_text(before := path.read_text().partition("topics:\n")[0] + topics)
    with pytest.raises(ContentError, match="without braces"):
        add_topic(folder, "nc-radio", "the radio", ["is there a radio"])
    assert path.read_text() == before


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
    (small / "intents" / "lamp.yaml").write_text("lamp-color: [x]\n", encoding="utf-8")
    (small / REVIEWED).unlink(missing_ok=True)
    add(small, "lamp-color", "y", line)
    assert read_yaml(small / REVIEWED).data == {
        "lamp-color": [line for line in dict.fromkeys(["y", line]) if line != "x"]
    }


def test_what_would_be_written_is_made_without_writing(folder: Path) -> None:
    before = files.read_all(folder)
    additions = [
        Addition("nc-radio", ["is there a radio"], "the radio"),
        Addition("nc-radio", ["is there a radio", "radio by the bed"]),
        Addition("lamp-color", ["which hue"]),
    ]
    made = new_files(folder, additions)
    assert files.read_all(folder) == before
    for addition in additions:
        write_additions(folder, [addition])
    assert made == {Path("faq.yaml"): (folder / "faq.yaml").read_bytes(), REVIEWED: (folder / REVIEWED).read_bytes()}
