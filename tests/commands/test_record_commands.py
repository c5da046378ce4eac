import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from app.cli import main
from app.records.audit import Audit
from app.records.counts import Counts
from app.records.database import connect, migrate
from app.records.feedback import Feedback, Opinion
from app.records.flags import Flags
from app.records.proposals import Proposal, Proposals
from app.records.review_queue import ReviewQueue
from app.redaction.redact import redact
from tests.conftest import NOW
from tests.exchanges import EXCHANGE
from tests.records.test_flags import FLAG

KEEP = timedelta(days=30)
TODAY = datetime.now(UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Engine]:
    """A question of a month ago and one of now, and one of every other record."""
    engine = connect(f"sqlite:///{tmp_path / 'records.db'}")
    migrate(engine)
    questions = [
        replace(EXCHANGE, message_id=f"m{days}", at=TODAY - timedelta(days=days), text="¿y la radio?")
        for days in (31, 0)
    ]
    with engine.begin() as connection:
        ReviewQueue(engine, KEEP, redact).write(connection, questions)
        Counts(engine).write(connection, [replace(EXCHANGE, entries=())])
    Feedback(engine, KEEP).give(Opinion("m0", NOW, "web", "lamp-color", "v", "up", None))
    Flags(engine, KEEP).add(FLAG)
    Proposals(engine).add(Proposal(NOW, "Cora", "phrasing", "lamp-color", "", ("hue", "tint"), ("m0",)))
    yield engine
    engine.dispose()


def run(store: Engine, *args: str, input: str | None = None) -> Result:
    environment = {"HAI_FAQ_DATABASE_URL": f"sqlite:///{store.url.database}"}
    return CliRunner().invoke(main, ["records", *args], env=environment, input=input)


def left(store: Engine) -> list[str]:
    return [each.message_id for each in ReviewQueue(store, KEEP, redact).all()]


def test_export_writes_every_kind_of_record_for_its_owner_only(store: Engine, tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    assert "9 records" in run(store, "export", "--to", str(path)).output
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    kinds = ["question", "question", "feedback", "flag", "count", "count", "count", "proposal", "audit"]
    assert [line["record"] for line in lines] == kinds
    assert (lines[0]["text"], lines[-2]["lines"], lines[-1]["act"]) == ("¿y la radio?", ["hue", "tint"], "export")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_was_there_is_replaced_and_closed_to_others(store: Engine, tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("what was there\n" * 1000)
    path.chmod(0o644)
    run(store, "export", "--to", str(path))
    assert path.read_text(encoding="utf-8").startswith('{"record": "question"')
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_export_that_cannot_be_written_is_one_line_and_not_on_record(store: Engine, tmp_path: Path) -> None:
    path = tmp_path / "nope" / "out.jsonl"
    refused = run(store, "export", "--to", str(path))
    assert (refused.exit_code, refused.output) == (1, f"Error: {path} cannot be written: No such file or directory\n")
    assert not Audit(store).all()


def test_export_without_a_file_goes_to_standard_output(store: Engine) -> None:
    lines = run(store, "export").output.splitlines()
    assert json.loads(lines[2])["record"] == "feedback"


def test_purge_asks_and_deletes_what_is_older(store: Engine) -> None:
    assert "delete 1 questions?" in run(store, "purge", "--older-than", "30", input="n\n").output
    assert left(store) == ["m31", "m0"]
    assert run(store, "purge", "--older-than", "30", "--yes").output == "deleted 1 questions\n"
    assert left(store) == ["m0"]


def test_purge_of_all_is_audited(store: Engine) -> None:
    assert run(store, "purge", "--all", "--yes").output == "deleted 2 questions\n"
    assert [(event.act, event.subject) for event in Audit(store).all()] == [("purge", "all questions")]


@pytest.mark.parametrize("args", [(), ("--all", "--older-than", "3")])
def test_purge_needs_to_be_told_what(store: Engine, args: tuple[str, ...]) -> None:
    assert run(store, "purge", *args).exit_code == 2
    assert len(left(store)) == 2
