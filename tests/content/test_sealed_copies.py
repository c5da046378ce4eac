from datetime import date
from pathlib import Path

import pytest

from app.content import files, sealed_copies
from app.content.approval import Lock, digest
from app.errors import ContentError
from app.loading.loader import version_of

TEXTS = {"a.answer": "green", "urgent.general": "crisis:\r\n  - je n’en peux plus\n"}


def sealing(texts: dict[str, str]) -> Lock:
    return Lock().sealing(texts, date(2029, 1, 1), "doctor", "Dr. A")


def names(folder: Path) -> set[str]:
    return {path.name for path in (folder / ".sealed").iterdir()}


def test_what_is_kept_is_read_as_it_was_sealed(tmp_path: Path) -> None:
    sealed_copies.keep(tmp_path, TEXTS, sealing(TEXTS))
    assert [sealed_copies.read(tmp_path, digest(text)) for text in TEXTS.values()] == list(TEXTS.values())


def test_what_does_not_match_its_seal_is_not_kept(tmp_path: Path) -> None:
    sealed_copies.keep(tmp_path, {**TEXTS, "a.answer": "greem", "b.answer": "new"}, sealing(TEXTS))
    assert names(tmp_path) == {digest(TEXTS["urgent.general"])}


@pytest.mark.parametrize("content", [b"greem", b"\xff"])
def test_a_copy_that_was_tampered_with_is_not_trusted_but_written_anew(tmp_path: Path, content: bytes) -> None:
    sealed_copies.keep(tmp_path, TEXTS, sealing(TEXTS))
    (tmp_path / ".sealed" / digest("green")).write_bytes(content)
    assert sealed_copies.read(tmp_path, digest("green")) is None
    sealed_copies.keep(tmp_path, TEXTS, sealing(TEXTS))
    assert sealed_copies.read(tmp_path, digest("green")) == "green"


def test_a_copy_that_no_seal_names_is_removed_and_nothing_else_is(tmp_path: Path) -> None:
    sealed_copies.keep(tmp_path, TEXTS, sealing(TEXTS))
    (tmp_path / ".sealed" / "notes.txt").write_text("of a person")
    sealed_copies.keep(tmp_path, {"a.answer": "red"}, sealing({**TEXTS, "a.answer": "red"}))
    assert names(tmp_path) == {"notes.txt", digest("red"), digest(TEXTS["urgent.general"])}


def test_a_folder_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / ".sealed").write_text("a file where a folder should be")
    with pytest.raises(ContentError, match=r"\.sealed/[0-9a-f]{64}:1: cannot be written"):
        sealed_copies.keep(tmp_path, TEXTS, sealing(TEXTS))


def test_a_copy_that_cannot_be_removed_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / ".sealed" / digest("gone")).mkdir(parents=True)
    with pytest.raises(ContentError, match=r"\.sealed/[0-9a-f]{64}:1: cannot be removed"):
        sealed_copies.keep(tmp_path, TEXTS, sealing(TEXTS))


def test_copies_are_no_part_of_the_content(folder: Path) -> None:
    texts = files.sealed_texts(folder, files.load_content(folder))
    before = version_of(folder), files.intent_files(folder)
    sealed_copies.keep(folder, texts, sealing(texts))
    assert names(folder)
    assert (version_of(folder), files.intent_files(folder)) == before
