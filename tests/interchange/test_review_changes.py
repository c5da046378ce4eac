from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from app.content import files
from app.content.file_io import read_text
from app.content.yaml_file import parse_yaml
from app.interchange.review_changes import changes
from app.interchange.review_sheet import Returned, mark, seen
from tests.conftest import FIXTURE

ANSWER = "The lamp has a small bulb."
corrections = st.text(st.characters(exclude_categories=["Cs"])).map(seen).filter(lambda text: text not in ("", ANSWER))


def correction(text: str, key: str = "lamp-bulb.answer") -> Returned:
    return Returned("row 2", "text", key, text, mark(ANSWER), "", "")


@given(corrections)
@example("=1+1")
@example("- a: b\n\n- # c")
@example("911")
@example("no")
@example("\ufeff{x}")
def test_any_correction_reads_in_faq_yaml_as_it_was_typed(text: str) -> None:
    (written,) = changes(FIXTURE, [correction(text)]).files.values()
    wanted = parse_yaml(Path("faq.yaml"), read_text(FIXTURE / files.FAQ)).data
    wanted["entries"]["lamp-bulb"]["answer"] = text
    assert parse_yaml(Path("faq.yaml"), written.decode()).data == wanted


def test_two_corrections_of_one_text_are_both_left() -> None:
    outcome = changes(FIXTURE, [correction("A."), correction("B.")])
    assert outcome.left == ["row 2: lamp-bulb.answer: stands in the sheet twice, with two texts"]
    assert outcome.files == {}


def test_a_row_that_is_there_twice_and_corrected_once_is_taken() -> None:
    assert len(changes(FIXTURE, [correction(ANSWER), correction("B.")]).changed) == 1


def test_words_of_the_file_stay_in_their_line_of_the_report() -> None:
    outcome = changes(FIXTURE, [correction("A.", "x\n1 changed\x1b")._replace(comment="a\nb")])
    assert outcome.left == ["row 2: x / 1 changed\\x1b: there is no such text"]
    assert outcome.comments == ["row 2: x / 1 changed\\x1b: a / b"]
