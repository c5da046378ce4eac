import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.content import files
from app.dialogue import engine
from app.dialogue.messages import Message, State
from app.loading.loader import load
from tests.conftest import config_of, seal
from tests.interchange.files import FAQ, table, workbook

BY = ("--by", "Dr. B", "--role", "doctor")


@pytest.fixture
def served(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HAI_FAQ_CONTENT_DIR", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["import", *map(str, arguments)])


def test_a_spreadsheet_becomes_a_draft_that_answers_once_it_is_sealed(
    served: Path, tmp_path: Path, cache: Path
) -> None:
    others = (
        "battery life; when is the battery empty; how many days does a battery last; battery time; change the battery"
    )
    rows = [
        FAQ[0],
        (*FAQ[1][:3], f"{others}; new battery how often; does the battery last long; battery days", "H"),
        FAQ[2],
    ]
    result = run(workbook(tmp_path / "faq.xlsx", rows), "--into", "draft")
    assert result.exit_code == 0
    assert "2 taken, 0 changed, 0 unchanged, 0 refused, 0 conflict, 0 gone" in result.output
    assert "hai-faq sources seal --by" in result.output
    seal(tmp_path / "draft")
    knowledge = load(config_of(tmp_path / "draft", cache))
    reply, _ = engine.respond(
        Message("how long does a battery last", "web"), State(), knowledge, datetime.now(UTC)
    )  # before its review
    assert reply.said == ("battery-life",)


def test_what_is_imported_is_not_served_before_a_person_seals_it(served: Path, tmp_path: Path, cache: Path) -> None:
    run(workbook(tmp_path / "faq.xlsx", FAQ), "--into", "draft")
    knowledge = load(config_of(tmp_path / "draft", cache))
    assert "lamp-color" in knowledge.approved.answers
    assert "battery-life" not in knowledge.approved.answers


def test_the_same_file_again_says_that_nothing_changed(served: Path, tmp_path: Path) -> None:
    file = workbook(tmp_path / "faq.xlsx", FAQ)
    run(file, "--into", "draft")
    result = run(file, "--into", "draft")
    assert result.exit_code == 0
    assert result.output.endswith("0 conflict, 0 gone\nnothing has changed in draft\n")


def test_a_dry_run_shows_the_same_and_writes_nothing(served: Path, tmp_path: Path) -> None:
    result = run(workbook(tmp_path / "faq.xlsx", FAQ), "--into", "draft", "--dry-run")
    assert "2 taken" in result.output
    assert "nothing is written" in result.output
    assert not (tmp_path / "draft").exists()


def test_what_is_served_is_refused_with_what_to_do(served: Path, tmp_path: Path) -> None:
    before = (served / "faq.yaml").read_bytes()
    result = run(workbook(tmp_path / "faq.xlsx", FAQ), "--into", served)
    assert result.exit_code == 1
    assert "is what the settings serve" in result.output
    assert "Name another folder" in result.output
    assert (served / "faq.yaml").read_bytes() == before


def test_a_file_of_which_no_row_can_be_taken_is_an_error(served: Path, tmp_path: Path) -> None:
    result = run(table(tmp_path / "faq.csv", [("Question", "Answer"), ("Why?", "So.")]), "--into", "draft")
    assert result.exit_code == 1
    assert "faq.csv: row 2: refused: why\n  names no owner: --owner" in result.output
    assert "no row could be taken: nothing is written" in result.output
    assert "Next" not in result.output
    assert not (tmp_path / "draft").exists()


def test_only_documents_that_the_file_changed_are_to_be_sealed(served: Path, tmp_path: Path) -> None:
    (served / "documents").mkdir(exist_ok=True)
    (served / "documents" / "lamp.txt").write_text("The lamp\n\nIt is green.\n")
    result = run(workbook(tmp_path / "faq.xlsx", FAQ), "--into", "draft")
    assert (tmp_path / "draft" / "documents" / "lamp.txt").is_file()
    assert "documents/lamp.txt" not in result.output


def test_rows_that_are_refused_do_not_keep_the_others_out(served: Path, tmp_path: Path) -> None:
    rows = [("Question", "Answer"), ("Why?", "So."), ("How?", "")]
    result = run(table(tmp_path / "faq.csv", rows), "--into", "draft", "--owner", "Hearing")
    assert (result.exit_code, "1 taken" in result.output, "1 refused" in result.output) == (0, True, True)


def test_the_report_is_a_table_that_runs_nothing(served: Path, tmp_path: Path) -> None:
    rows = [("ID", "Question", "Answer"), ("=cmd", "'=cmd|x", "So."), ("b", "Why?", "So.")]
    run(table(tmp_path / "=faq.csv", rows), "--into", "draft", "--owner", "H", "--report", "report.csv")
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        read = list(csv.reader(file))
    assert read[0] == ["place", "outcome", "id", "remarks"]
    assert read[2][1:3] == ["taken", "b"]
    assert read[1][0].startswith("'=faq.csv: row 2")


def test_words_of_a_file_are_never_obeyed_by_a_terminal(served: Path, tmp_path: Path) -> None:
    rows = [("Question", "Answer", "\u202ered\x1b[2J"), ("Why \u202e?", "So.", ""), ("How?", "\u200b", "")]
    result = run(
        workbook(tmp_path / "faq.xlsx", [(a, b, c.replace("\x1b", "")) for a, b, c in rows]),
        "--into",
        "draft",
        "--owner",
        "H\u202e",
    )
    assert result.exit_code == 0
    assert "\u202e" not in result.output
    assert "\\u202e" in result.output


def test_a_file_that_is_taken_for_the_wrong_thing_can_be_named(served: Path, tmp_path: Path) -> None:
    file = table(tmp_path / "faq.csv", FAQ)
    result = run(file, "--into", "draft", "--format", "qna-maker")
    assert result.exit_code == 1
    assert "is no export of QnA Maker" in result.output
    assert run(file, "--into", "draft", "--format", "table").exit_code == 0


def test_no_script_and_no_sign_of_danger_is_touched(served: Path, tmp_path: Path) -> None:
    rows = [
        ("ID", "Question", "Answer", "Owner"),
        ("emergency", "What now?", "Wait.", "H"),
        ("greeting", "Hello you?", "Hi.", "H"),
    ]
    assert run(table(tmp_path / "faq.csv", rows), "--into", "draft").exit_code == 0
    draft = files.load_content(tmp_path / "draft")
    assert draft.scripts == files.load_content(served).scripts
    assert files.urgent_texts(tmp_path / "draft") == files.urgent_texts(served)
    assert {"q-emergency", "q-greeting"} <= draft.entries.keys()


def publish(draft: object, *options: str) -> Result:
    return CliRunner().invoke(main, ["publish", str(draft), *options])


@pytest.fixture
def sealed_draft(served: Path, tmp_path: Path) -> Path:
    run(workbook(tmp_path / "faq.xlsx", FAQ), "--into", "draft")
    draft = tmp_path / "draft"
    (draft / "intents" / "es" / "lamp.yaml").unlink()
    seal(draft)
    fingerprints = ["sources", "seal", *BY]
    CliRunner().invoke(main, fingerprints, env={"HAI_FAQ_CONTENT_DIR": str(draft)})
    return draft


def test_a_sealed_draft_takes_the_place_of_what_is_served(served: Path, sealed_draft: Path) -> None:
    result = publish(sealed_draft)
    assert result.exit_code == 0, result.output
    assert files.fingerprint(served) == files.fingerprint(sealed_draft)
    for name in ("documents/faq.txt", files.LOCK):
        assert (served / name).read_bytes() == (sealed_draft / name).read_bytes()
    assert publish(sealed_draft).exit_code == 0  # it begins anew with what it has published


def test_a_draft_is_not_published_over_what_was_changed_or_sealed_meanwhile(served: Path, sealed_draft: Path) -> None:
    lock = served / files.LOCK
    lock.write_text(lock.read_text().replace("Dr. Test", "Dr. Other"))
    result = publish(sealed_draft)
    assert result.exit_code == 1
    assert "did not begin with what is served now" in result.output
    assert "Dr. Other" in lock.read_text()
    assert publish(sealed_draft, "--over").exit_code == 0
    assert "Dr. Other" not in lock.read_text()


def test_the_same_file_again_keeps_a_phrasing_that_a_reviewer_corrected(served: Path, tmp_path: Path) -> None:
    file = workbook(tmp_path / "faq.xlsx", FAQ)
    run(file, "--into", "draft")
    imported = tmp_path / "draft" / "intents" / "imported.yaml"
    first = imported.read_text()
    imported.write_text(first.replace("battery life", "life of the battery"))
    assert imported.read_text() != first
    assert "nothing has changed" in run(file, "--into", "draft").output
    assert "life of the battery" in imported.read_text()


def test_a_draft_with_an_error_is_not_published(served: Path, tmp_path: Path) -> None:
    run(workbook(tmp_path / "faq.xlsx", FAQ), "--into", "draft")
    before = files.fingerprint(served)
    result = publish("draft")
    assert result.exit_code == 1
    assert "more: has no seal: withheld" in result.output
    assert "nothing is published" in result.output
    assert files.fingerprint(served) == before


def test_what_is_served_is_no_draft_of_itself(served: Path) -> None:
    assert "is what the settings serve" in publish(served).output


def test_a_text_that_is_not_listed_yet_is_not_written_over(served: Path, tmp_path: Path) -> None:
    run(workbook(tmp_path / "faq.xlsx", FAQ), "--into", "draft")
    own = tmp_path / "draft" / "documents" / "more.txt"
    own.write_text("A person wrote this.")
    result = run(workbook(tmp_path / "more.xlsx", [FAQ[0], ("", "Why so?", "So it is.", "", "H")]), "--into", "draft")
    assert "more.txt:1: lies there and is none of faq.yaml" in result.output
    assert own.read_text() == "A person wrote this."


def test_a_draft_whose_danger_lies_elsewhere_is_not_published(served: Path, tmp_path: Path) -> None:
    """It was read through the link and not copied: what is served lost all that is danger."""
    run(workbook(tmp_path / "faq.xlsx", FAQ), "--into", "draft")
    danger = tmp_path / "draft" / "intents" / "urgent"
    danger.rename(tmp_path / "elsewhere")
    danger.symlink_to(tmp_path / "elsewhere")
    before = files.fingerprint(served)
    result = publish("draft")
    assert result.exit_code == 1
    assert "intents/urgent/general/: is missing" in result.output
    assert files.fingerprint(served) == before
