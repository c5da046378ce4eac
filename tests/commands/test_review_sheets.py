"""A clinician's way: export, correct and comment in the spreadsheet, import into a draft."""

import csv
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.content import files
from tests.conftest import seal

Run = Callable[..., Result]
Edit = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def run(folder: Path) -> Run:
    def invoke(*args: str | Path) -> Result:
        return CliRunner().invoke(main, list(map(str, args)), env={"HAI_FAQ_CONTENT_DIR": str(folder)})

    return invoke


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    return tmp_path / "drafts" / "draft"


@pytest.fixture
def corrected(run: Run, tmp_path: Path) -> Edit:
    """Writes a workbook with other texts: by key, or by phrasing."""

    def edit(texts: Mapping[str, str]) -> Path:
        path = tmp_path / "review.xlsx"
        assert run("export", "--xlsx", path).exit_code == 0
        workbook = openpyxl.load_workbook(path)
        for sheet, column in ((workbook["Texts"], 2), (workbook["Phrasings"], 1)):
            for row in sheet.iter_rows(min_row=2):
                name = row[0].value if column == 2 else row[1].value
                if str(name) in texts:
                    row[column].value = texts[str(name)] or None
        workbook.save(path)
        return path

    return edit


def added(path: Path, *row: str) -> Path:
    workbook = openpyxl.load_workbook(path)
    workbook["Phrasings"].append(row)
    workbook.save(path)
    return path


def changed_files(one: Path, two: Path) -> set[str]:
    names = {path.relative_to(folder) for folder in (one, two) for path in folder.rglob("*.*") if path.suffix}
    return {str(name) for name in names if (one / name).read_bytes() != (two / name).read_bytes()}


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_sheet_that_comes_back_as_it_was_changes_nothing(run: Run, folder: Path, tmp_path: Path, kind: str) -> None:
    shutil.copytree(folder, tmp_path / "draft")
    run("export", f"--{kind}", tmp_path / f"review.{kind}")
    result = run("import", tmp_path / f"review.{kind}", "--into", tmp_path / "draft")
    assert result.output == "nothing is changed\n"
    assert changed_files(folder, tmp_path / "draft") == set()


def test_one_corrected_answer_is_one_change_in_a_new_draft(
    run: Run, corrected: Edit, folder: Path, draft: Path
) -> None:
    before = files.fingerprint(folder)
    shown = run("import", corrected({"lamp-bulb.answer": "It is tiny."}), "--into", draft).output
    assert shown.startswith(
        "== lamp-bulb.answer\nbefore: The lamp has a small bulb.\nnow:    It is tiny.\n\n1 changed in "
    )
    assert (draft / "faq.yaml").read_text() == (folder / "faq.yaml").read_text().replace(
        "answer: The lamp has a small bulb.", "answer: It is tiny."
    )
    assert changed_files(folder, draft) == {"faq.yaml"}
    assert files.fingerprint(folder) == before


def test_a_corrected_text_is_unsealed_and_the_next_approval_shows_what_it_was(
    run: Run, corrected: Edit, draft: Path
) -> None:
    run("import", corrected({"lamp-bulb.answer": "It is tiny."}), "--into", draft)
    approve = ["approve", "--by", "Dr. B", "--role", "doctor"]
    shown = CliRunner().invoke(main, approve, env={"HAI_FAQ_CONTENT_DIR": str(draft)}, input="y\n").output
    assert "before: The lamp has a small bulb.\nnow:    It is tiny.\n" in shown
    assert "sealed 1 of 1 texts" in shown


def test_the_same_sheet_a_second_time_changes_nothing(run: Run, corrected: Edit, draft: Path) -> None:
    path = added(
        corrected({"script.greeting": "Hello.", "what color is the lamp": "which hue"}), "lamp-bulb", "led or not"
    )
    assert "3 changed" in run("import", path, "--into", draft).output
    assert run("import", path, "--into", draft).output == "nothing is changed\n"


def test_what_may_not_be_changed_by_a_sheet_is_told_and_left(run: Run, corrected: Edit, draft: Path) -> None:
    texts = {"script.emergency": "Call 999.", "theme.lamp": "", "document.lamp.section.top": "The Lamp"}
    output = run("import", corrected(texts), "--into", draft).output
    assert "script.emergency: is a safety text: change it in faq.yaml by hand" in output
    assert "theme.lamp: is empty: the text stays" in output
    assert "document.lamp.section.top: is a heading of the document" in output
    assert output.endswith("nothing is changed\n")
    assert not draft.exists()


def test_a_text_that_changed_meanwhile_is_left_and_one_that_nobody_corrected_is_not_told(
    run: Run, corrected: Edit, folder: Path, draft: Path
) -> None:
    path = corrected({"lamp-bulb.answer": "It is tiny."})
    faq = (folder / "faq.yaml").read_text()
    faq = faq.replace("answer: The lamp has a small bulb.", "answer: The lamp has a new bulb.")
    (folder / "faq.yaml").write_text(faq.replace("answer: The lamp is green.", "answer: The lamp is red."))
    output = run("import", path, "--into", draft).output
    assert "not taken: 1\n" in output
    assert "lamp-bulb.answer: has changed since the sheet was written" in output


def test_phrasings_are_corrected_added_and_taken_out(run: Run, corrected: Edit, folder: Path, draft: Path) -> None:
    path = corrected({"what color is the lamp": "which hue is it", "which colour does the lamp have": ""})
    run("import", added(path, "lamp-bulb", "is the bulb an led"), "--into", draft)
    before, after = (files.load_phrasings(place, files.load_content(place)) for place in (folder, draft))
    assert set(before["lamp-color"]) - set(after["lamp-color"]) == {
        "what color is the lamp",
        "which colour does the lamp have",
    }
    assert set(after["lamp-color"]) - set(before["lamp-color"]) == {"which hue is it"}
    assert set(after["lamp-bulb"]) - set(before["lamp-bulb"]) == {"is the bulb an led"}


def test_a_row_that_was_copied_to_add_a_phrasing_keeps_the_one_it_was_copied_from(
    run: Run, corrected: Edit, draft: Path
) -> None:
    path = corrected({})
    first = next(openpyxl.load_workbook(path)["Phrasings"].iter_rows(min_row=2, values_only=True))
    run("import", added(path, str(first[0]), "is it red or blue", str(first[2])), "--into", draft)
    lines = files.load_phrasings(draft, files.load_content(draft))[str(first[0])]
    assert {first[1], "is it red or blue"} <= set(lines)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (("lamp-bulb", "i am jane doe, 215-555-0142"), "lamp-bulb: the phrasing may say who someone is"),
        (("lamp-moon", "is it the moon"), "lamp-moon: there is no entry or topic of this id"),
        (("lamp-bulb", "=1+1"), "holds a formula"),
    ],
)
def test_a_phrasing_that_may_not_stand_is_told_without_its_words(
    run: Run, corrected: Edit, draft: Path, row: tuple[str, str], problem: str
) -> None:
    output = run("import", added(corrected({}), *row), "--into", draft).output
    assert problem in output
    assert row[1] not in output
    assert not draft.exists()


def test_comments_are_shown_by_their_key(run: Run, folder: Path, draft: Path, tmp_path: Path) -> None:
    run("export", "--csv", tmp_path / "review.csv")
    rows = list(csv.reader((tmp_path / "review.csv").read_text(encoding="utf-8-sig").splitlines()))
    next(row for row in rows if "lamp-bulb.sms" in row)[7] = "Is this so?\u202e"
    with (tmp_path / "review.csv").open("w") as file:
        csv.writer(file).writerows(rows)
    output = run("import", tmp_path / "review.csv", "--into", draft).output
    assert "comments: 1\n  review.csv: row " in output
    assert "lamp-bulb.sms: Is this so?\\u202e\n" in output


def test_a_correction_that_could_not_be_loaded_leaves_nothing_behind(run: Run, corrected: Edit, draft: Path) -> None:
    result = run("import", corrected({"lamp-bulb.answer": "Ask {nobody}."}), "--into", draft)
    assert result.exit_code == 1
    assert f"{draft}/faq.yaml" in result.output
    assert "{nobody} is not a placeholder" in result.output
    assert not draft.parent.exists()


def test_a_sheet_is_never_written_into_what_is_served(run: Run, corrected: Edit, folder: Path, tmp_path: Path) -> None:
    path = corrected({"lamp-bulb.answer": "It is tiny."})
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "faq.yaml").write_bytes((folder / "faq.yaml").read_bytes())
    (tmp_path / "half" / "intents").symlink_to(folder / "intents")
    for into in (folder, tmp_path / "link", tmp_path / "half", folder / "intents" / "new"):
        assert "is what the settings serve" in run("import", path, "--into", into).output
    assert "1 changed" in run("import", path, "--into", folder / "draft").output


def reseal(folder: Path, old: str, new: str) -> None:
    """Put a line in place of another, and seal what stands there then."""
    faq = folder / "faq.yaml"
    faq.write_text(faq.read_text().replace(old, new))
    seal(folder)


def test_a_text_that_a_command_drafted_is_a_persons_once_it_is_corrected(
    run: Run, corrected: Edit, folder: Path, draft: Path
) -> None:
    old = "    read_aloud: A small bulb.\n"
    reseal(folder, old, f"{old}    drafted: [sms, read_aloud]\n")
    run("import", corrected({"lamp-bulb.read_aloud": "A tiny one."}), "--into", draft)
    assert files.load_content(draft).entries["lamp-bulb"].drafted == ("sms",)


def test_a_corrected_translation_leaves_the_mark_of_the_drafted_english_text(
    run: Run, corrected: Edit, folder: Path, draft: Path
) -> None:
    old = "        translated_by: A. Translator\n"
    reseal(folder, old, f"{old}        sms: La lámpara.\n    drafted: [sms]\n")
    run("import", corrected({"lamp-place.translations.es.sms": "Está en la mesa."}), "--into", draft)
    entry = files.load_content(draft).entries["lamp-place"]
    assert (entry.translations["es"].sms, entry.drafted) == ("Está en la mesa.", ("sms",))


def test_a_file_that_is_no_sheet_of_ours_is_refused(run: Run, draft: Path, tmp_path: Path) -> None:
    (tmp_path / "faq.csv").write_text("question,answer\na,b\n")
    assert "nothing is written" in run("import", tmp_path / "faq.csv", "--into", draft).output


def test_a_file_whose_letters_a_spreadsheet_garbled_changes_nothing(run: Run, draft: Path, tmp_path: Path) -> None:
    run("export", "--csv", tmp_path / "review.csv")
    garbled = (tmp_path / "review.csv").read_bytes().decode("cp1252").encode()
    (tmp_path / "review.csv").write_bytes(garbled)
    assert "letters are garbled" in run("import", tmp_path / "review.csv", "--into", draft).output
    assert not draft.exists()


def test_a_dry_run_shows_and_reports_what_it_would_write(
    run: Run, corrected: Edit, draft: Path, tmp_path: Path
) -> None:
    path = corrected({"lamp-bulb.answer": "It is tiny.", "theme.lamp": ""})
    output = run("import", path, "--into", draft, "--dry-run", "--report", tmp_path / "report.csv").output
    assert "now:    It is tiny." in output
    assert output.endswith("nothing is written: this was a dry run\n")
    assert not draft.exists()
    rows = list(csv.reader((tmp_path / "report.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row[0] for row in rows if row[0] in ("outcome", "changed", "not taken")] == [
        "outcome",
        "changed",
        "not taken",
    ]


def test_what_was_drafted_of_an_answer_is_drafted_anew_when_it_is_corrected(
    run: Run, folder: Path, corrected: Edit, draft: Path
) -> None:
    old = "    sms: The lamp is green.\n"
    reseal(folder, old, f"{old}    drafted: [sms]\n")
    result = run("import", corrected({"lamp-color.answer": "The lamp is blue."}), "--into", draft)
    assert "lamp-color.sms is drafted anew: The lamp is blue." in result.output
    entry = files.load_content(draft).entries["lamp-color"]
    assert (entry.sms, entry.read_aloud, entry.drafted) == ("The lamp is blue.", "The lamp is green.", ("sms",))
