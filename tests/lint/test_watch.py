from pathlib import Path

import pytest

from app.lint import Finding, watch


@pytest.mark.parametrize(
    "name", ["faq.yaml", "faq.lock", "faq.yml", "intents/lamp.yaml", "intents/new.yaml", "documents/lamp.txt"]
)
def test_a_change_of_any_file_of_the_content_is_seen(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(watch, "PAUSE", 0.0)
    changes = watch.changes(folder)
    next(changes)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("changed")
    next(changes)  # and waits for ever where it is not seen


def test_documents_in_another_folder_are_looked_at(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "PAUSE", 0.0)
    (tmp_path / "texts").mkdir()
    changes = watch.changes(folder, tmp_path / "texts")
    next(changes)
    (tmp_path / "texts" / "lamp.txt").write_text("changed")
    next(changes)


def test_a_folder_that_cannot_be_read_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "PAUSE", 0.0)
    changes = watch.changes(tmp_path / "none")
    next(changes)
    (tmp_path / "none" / "intents").mkdir(parents=True)
    (tmp_path / "none" / "faq.yaml").touch()
    next(changes)


def test_only_what_is_new_or_gone_is_told_and_not_what_has_moved() -> None:
    stays, gone, new = (Finding("warning", "lamp", problem, ("faq.yaml:1",)) for problem in ("a", "b", "c"))
    moved = Finding("warning", "lamp", "a", ("faq.yaml:9",))
    assert [*watch.differences([stays, gone], [moved, new])] == [f"gone: {gone}", f"new: {new}"]
