from datetime import date
from pathlib import Path

import pytest

from app.content import approval
from app.content.approval import Lock
from app.errors import ContentError

DAY = date(2029, 1, 1)


def test_a_text_without_a_seal_is_broken() -> None:
    assert Lock().broken({"a.answer": "green"}) == {"a.answer": "has no seal"}


def test_one_changed_letter_breaks_a_seal() -> None:
    lock = Lock().sealing({"a.answer": "green"}, DAY, "doctor", "Dr. A")
    assert lock.broken({"a.answer": "green"}) == {}
    assert lock.broken({"a.answer": "greem"}) == {"a.answer": "does not match its seal"}


def test_a_lock_is_written_sorted_and_read_back_the_same(tmp_path: Path) -> None:
    lock = Lock().sealing({"b.answer": "2", "a.answer": "1"}, DAY, "doctor", "Dr. A and others")
    lock = lock.sealing_paragraphs({"doc/top/1": "text"}, DAY, "doctor", "Dr. A")
    path = tmp_path / "faq.lock"
    approval.write_lock(path, lock)
    assert approval.read_lock(path) == lock
    lines = path.read_text().splitlines()[1:]
    assert lines == sorted(lines)


def test_a_line_that_is_no_seal_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "faq.lock"
    path.write_text("# head\ntext pump-size.answer nothing\n")
    with pytest.raises(ContentError, match=r"faq\.lock:2: is not a seal"):
        approval.read_lock(path)


def test_a_day_that_is_none_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "faq.lock"
    path.write_text(f"text a.answer {'0' * 64} 2029-13-01 doctor Dr. A\n")
    with pytest.raises(ContentError, match=r"a\.answer"):
        approval.read_lock(path)


def test_seals_of_texts_that_are_gone_are_dropped() -> None:
    lock = Lock().sealing({"a": "1", "b": "2"}, DAY, "doctor", "Dr. A")
    assert set(lock.only(["a"], []).texts) == {"a"}


def test_a_lock_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "content").write_text("a file where a folder should be")
    with pytest.raises(ContentError, match=r"faq\.lock:1: cannot be written, nothing is changed"):
        approval.write_lock(tmp_path / "content" / "faq.lock", Lock())


@pytest.mark.parametrize(
    ("role", "by"), [("head nurse", "Dr. A"), ("R.N.", "Dr. A"), ("doctor", ""), ("doctor", "A\nB")]
)
def test_a_role_or_name_that_would_be_read_otherwise_is_refused(tmp_path: Path, role: str, by: str) -> None:
    with pytest.raises(ContentError, match=r"faq\.lock:1: a\.answer: a role is one word"):
        approval.write_lock(tmp_path / "faq.lock", Lock().sealing({"a.answer": "green"}, DAY, role, by))
    assert not (tmp_path / "faq.lock").exists()


def test_a_seal_is_the_sha_256_of_the_text_in_utf_8() -> None:
    [seal] = Lock().sealing({"a": "café"}, DAY, "doctor", "Dr. A").texts.values()
    assert seal.sha256 == "850f7dc43910ff890f8879c0ed26fe697c93a067ad93a7d50f466a7028a9bf4e"
    assert (seal.on, seal.role, seal.by) == (DAY, "doctor", "Dr. A")


def test_sealing_anew_keeps_the_other_seals() -> None:
    lock = Lock().sealing({"a": "1", "b": "2"}, DAY, "doctor", "Dr. A").sealing_paragraphs({"p": "3"}, DAY, "x", "y")
    anew = lock.sealing({"a": "4"}, DAY, "nurse", "B").sealing_paragraphs({"q": "5"}, DAY, "x", "y")
    assert (anew.texts["b"], anew.paragraphs["p"]) == (lock.texts["b"], lock.paragraphs["p"])
    assert (anew.texts["a"].role, sorted(anew.paragraphs)) == ("nurse", ["p", "q"])
    assert anew.only(["b", "gone"], ["q", "gone"]) == Lock({"b": lock.texts["b"]}, {"q": anew.paragraphs["q"]})


def test_without_a_lock_nothing_is_sealed_and_remarks_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "faq.lock"
    assert approval.read_lock(path) == Lock()
    path.write_text(f"# remark\n\ntext a.answer {'0' * 64} 2029-01-01 head-nurse A B\n# another\n")
    assert approval.read_lock(path).texts["a.answer"] == approval.Seal("0" * 64, DAY, "head-nurse", "A B")


@pytest.mark.parametrize(
    "line",
    [
        "note a {} 2029-01-01 doctor A",
        "text a b{} 2029-01-01 doctor A",
        "text a {}0 2029-01-01 doctor A",
        "text a {} x A",
    ],
)
def test_a_line_of_another_shape_is_an_error(tmp_path: Path, line: str) -> None:
    path = tmp_path / "faq.lock"
    path.write_text(line.format("0" * 64))
    with pytest.raises(ContentError, match="1: is not a seal"):
        approval.read_lock(path)
