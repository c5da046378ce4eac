import time
from pathlib import Path

import pytest

from app.errors import FileError
from app.interchange.questions import Question, Reading, completed, read
from app.interchange.table import read_tables
from tests.interchange.files import FAQ, table, text, workbook


def reading(tmp_path: Path, *rows: tuple[str, ...]) -> Reading:
    return read(read_tables(workbook(tmp_path / "faq.xlsx", rows)))


def one(tmp_path: Path, *rows: tuple[str, ...]) -> Question:
    [question] = reading(tmp_path, *rows).questions
    return question


def test_a_row_is_a_question_with_all_that_its_columns_say(tmp_path: Path) -> None:
    first, _ = reading(tmp_path, *FAQ).questions
    assert first == Question(
        "faq.xlsx: Sheet1, row 2",
        "How long does a battery last?",
        "A battery lasts a week.",
        id="battery-life",
        phrasings=("battery life", "when is it empty"),
        owner="Hearing",
    )


@pytest.mark.parametrize(
    ("question", "answer", "others"),
    [
        ("Q", "A", "Variants"),
        (" FAQ Question: ", "RESPONSE", "Alternate questions"),
        ("question_text", "Answer text", "Other phrasing 1"),
        ("Frequently-asked question", "Reply", "also asked as"),
    ],
)
def test_the_header_is_matched_leniently(tmp_path: Path, question: str, answer: str, others: str) -> None:
    read_ = one(tmp_path, (question, answer, others), ("Why?", "So.", "how come"))
    assert (read_.question, read_.answer, read_.phrasings) == ("Why?", "So.", ("how come",))


def test_other_phrasings_come_in_one_cell_or_in_several_columns(tmp_path: Path) -> None:
    header = ("Question", "Answer", "Variant 1", "Variant 2")
    read_ = one(tmp_path, header, ("Why?", "So.", "a b\n- c d | e f", "g h; ; i j"))
    assert read_.phrasings == ("a b", "c d", "e f", "g h", "i j")


def test_a_title_above_the_header_and_a_second_header_are_passed_over(tmp_path: Path) -> None:
    header = ("Question", "Answer")
    read_ = reading(tmp_path, ("Our FAQ",), (), header, ("a?", "b."), ("QUESTION", "ANSWER"), ("c?", "d."))
    assert [question.question for question in read_.questions] == ["a?", "c?"]


def test_the_better_name_of_two_is_taken_and_of_two_alike_none(tmp_path: Path) -> None:
    assert one(tmp_path, ("Question", "Response", "Answer"), ("a?", "no", "yes.")).answer == "yes."
    with pytest.raises(FileError, match="row 1: two columns may be the answer, B and C: rename one"):
        reading(tmp_path, ("Question", "Answer", "answer:"), ("a?", "b", "c"))


def test_columns_and_sheets_that_nobody_reads_are_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "faq.xlsx", [("Question", "Answer", "Last checked"), ("a?", "b.", "2026")], [("notes",)])
    assert read(read_tables(path)).passed_over == (
        "faq.xlsx: Sheet2: has no column for questions and answers",
        "faq.xlsx: Sheet1, row 1: nobody reads the columns Last checked",
    )


def test_a_table_without_a_header_is_told_what_it_begins_with(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"has no row with the columns `question` and `answer`.*'colour'"):
        read(read_tables(table(tmp_path / "a.csv", [("colour", "size"), ("red", "5")])))
    with pytest.raises(FileError, match="holds nothing"):
        read(read_tables(text(tmp_path / "b.csv", "")))


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (("", "b."), "has no question"),
        (("a?", ""), "has no answer"),
        (("a?", "<table><tr><td>b</td></tr></table>"), "has an answer that holds nothing that can be taken"),
        (("a" * 301, "b."), "has a question of more than 300 characters"),
        (("a?", "b" * 10_001), "has an answer of more than 10,000 characters"),
        (("a?", "=1+1"), "cell B2 holds a formula: paste it as a value"),
        (("a?", "b.", "i" * 2_001), "has more than 2,000 characters of id"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(tmp_path: Path, row: tuple[str, ...], problem: str) -> None:
    assert one(tmp_path, ("Question", "Answer", "ID"), row).problems == (problem,)


def test_a_formula_in_a_column_that_nobody_reads_is_no_problem(tmp_path: Path) -> None:
    assert one(tmp_path, ("Question", "Answer", "Length"), ("a?", "b.", "=LEN(B2)")).problems == ()


def test_texts_of_one_line_lose_their_html(tmp_path: Path) -> None:
    read_ = one(
        tmp_path, ("Question", "Answer", "SMS", "Limits"), ("- <b>Why</b>&nbsp;so?", "b.", "1 < 2", "<i>x</i>\ny")
    )
    assert (read_.question, read_.sms, read_.limits) == ("Why so?", "1 < 2", "x y")


@pytest.mark.parametrize("signs", ["[", "![", "**a", "~~"])
def test_an_answer_of_signs_alone_is_refused_before_it_is_read(signs: str) -> None:
    began = time.process_time()
    questions = [completed(Question("a", "Why?", "x " + signs * (9_000 // len(signs)))) for _ in range(20)]
    assert time.process_time() - began < 2
    assert {question.problems for question in questions} == {
        ("has an answer with more than 500 of one sign of Markdown",)
    }
