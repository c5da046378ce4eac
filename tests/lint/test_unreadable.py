import shutil
from pathlib import Path

import pytest

from app.lint import unreadable
from tests.lint.test_lint import change


def told(folder: Path) -> list[str]:
    return [str(finding) for finding in unreadable.find(folder)]


@pytest.mark.parametrize("faq", [None, "", "[a, b]\n", "just words\n", "entries: {lamp: 1}\n", "entries: [a]\n"])
def test_whatever_faq_yaml_holds_all_missing_files_are_named_in_one_run(tmp_path: Path, faq: str | None) -> None:
    if faq is not None:
        (tmp_path / "faq.yaml").write_text(faq)
    listed = "\n".join(told(tmp_path))
    for name in ("faq.yaml", "intents/smalltalk.yaml: is missing", "intents/lexicon.yaml: is missing"):
        assert f"error: {name}" in listed
    assert "error: intents/urgent/general/: is missing: it holds" in listed


def test_content_that_can_be_read_has_nothing_missing(folder: Path) -> None:
    assert told(folder) == []


def test_all_missing_scripts_and_all_errors_of_the_schema_come_at_once(folder: Path) -> None:
    text = (folder / "faq.yaml").read_text()
    (folder / "faq.yaml").write_text(text[: text.index("scripts:")] + "scripts: {}\n")
    (missing,) = (line for line in told(folder) if "are missing" in line)
    assert all(f" {id_}," in missing for id_ in ("call-now", "crisis", "emergency", "greeting", "welcome"))
    for old, new in (("theme: lamp\n", "thema: lamp\n"), ("answer: Press", "anser: Press")):
        change(folder, "faq.yaml", old, new)
    listed = "\n".join(told(folder))
    assert "entries.lamp-color.thema: is not a known key: did you mean theme?" in listed
    assert "entries.lamp-switch.anser: is not a known key: did you mean answer?" in listed
    assert missing in listed


def test_all_ids_without_phrasings_stand_in_one_line_beside_unknown_ones(folder: Path) -> None:
    shutil.rmtree(folder / "intents" / "not-covered")
    change(folder, "faq.yaml", "theme: lamp\n", "theme: lmap\n")
    listed = told(folder)
    assert any("no phrasings of nc-price, nc-burn, nc-other: write ten" in line for line in listed)
    assert any("there is no theme lmap: did you mean lamp?" in line for line in listed)


def test_each_file_is_read_whatever_is_wrong_in_the_others(folder: Path) -> None:
    change(folder, "intents/lamp.yaml", "lamp-color:", "lamp-colour:")
    change(folder, "intents/smalltalk.yaml", "greeting:", "greetings:")
    (folder / "intents" / "lexicon.yaml").unlink()
    listed = "\n".join(told(folder))
    assert "intents/lamp.yaml:1: lamp-colour: is not a known id: did you mean lamp-color?" in listed
    assert "greetings: is not a known id: did you mean greeting?" in listed
    assert "intents/lexicon.yaml: is missing" in listed


def test_a_file_under_a_name_that_is_not_read_is_named_beside_the_missing_one(tmp_path: Path) -> None:
    (tmp_path / "faq.yml").touch()
    assert "warning: faq.yml: is not read: only faq.yaml and faq.lock are" in told(tmp_path)


def test_no_more_problems_are_listed_than_a_person_can_mend(folder: Path) -> None:
    (folder / "intents" / "many.yaml").write_text("".join(f"nc-{number}: [a]\n" for number in range(5_000)))
    assert 0 < len(told(folder)) <= unreadable.MOST_LISTED
