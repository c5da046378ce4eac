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
    with pytest.raises(ContentError, match=r"a\.answer: a role is one word"):
        approval.write_lock(tmp_path / "faq.lock", Lock().sealing({"a.answer": "green"}, DAY, role, by))
    assert not (tmp_path / "faq.lock").exists()
