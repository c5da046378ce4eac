"""`hai-faq records export` and `records purge`."""

import getpass
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

import click
from sqlalchemy import Engine

from app.commands.environment import open_store
from app.records.audit import Act, Audit, Event
from app.records.counts import Counts
from app.records.feedback import Feedback
from app.records.flags import Flags
from app.records.proposals import Proposals
from app.records.review_queue import ReviewQueue
from app.redaction.redact import redact
from app.settings import Settings

PRIVATE = 0o600


@click.group()
def records() -> None:
    """Take out what is remembered, or delete it before its time."""


@records.command()
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="A file, for your eyes only.")
@click.pass_obj
def export(settings: Settings, to: Path | None) -> None:
    """Write questions, feedback, flags, counts, proposals and audit as JSON lines; treat them as health information."""
    store = open_store(settings)
    with _opened(to) as file:
        _note(store, "export", str(to or "standard output"))
        written = [
            file.write(json.dumps(record, ensure_ascii=False, default=datetime.isoformat) + "\n")
            for record in _records(settings, store)
        ]
    if to:
        click.echo(f"{len(written)} records in {to}")


@contextmanager
def _opened(path: Path | None) -> Iterator[TextIO]:
    """Yield standard output, or an emptied file that is its owner's alone before anything is written into it."""
    if path is None:
        yield sys.stdout
        return
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, PRIVATE), "w", encoding="utf-8") as file:
            if path.is_file():  # and no device
                os.fchmod(file.fileno(), PRIVATE)
                file.truncate(0)
            yield file
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from error


@records.command()
@click.option("--older-than", "days", type=click.IntRange(min=0), metavar="DAYS")
@click.option("--all", "everything", is_flag=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def purge(settings: Settings, days: int | None, everything: bool, yes: bool) -> None:
    """Delete stored questions. Counts, flags, proposals and the audit hold no patient's words and stay."""
    if (days is None) != everything:
        raise click.UsageError("say either --older-than DAYS or --all")
    store, now = open_store(settings), datetime.now(UTC)
    questions = ReviewQueue(store, settings.question_keep, redact)
    before = datetime.max.replace(tzinfo=UTC) if days is None else now - timedelta(days=days)
    if not yes and not click.confirm(f"delete {questions.count(before)} questions?"):
        return
    _note(store, "purge", "all questions" if everything else f"questions older than {days} days")
    click.echo(f"deleted {questions.purge(before)} questions")


def _note(store: Engine, act: Act, subject: str) -> None:
    Audit(store).add(Event(datetime.now(UTC), getpass.getuser(), act, subject))


def _records(settings: Settings, store: Engine) -> Iterator[dict[str, Any]]:
    yield from _of_kind("question", ReviewQueue(store, settings.question_keep, redact).all())
    yield from _of_kind("feedback", Feedback(store, settings.ledger_keep).all())
    yield from _of_kind("flag", Flags(store, settings.ledger_keep).all())
    for (day, channel, measure, name), times in Counts(store).since(date.min):
        count = {"day": day.isoformat(), "channel": channel, "measure": measure, "name": name, "times": times}
        yield {"record": "count"} | count
    yield from _of_kind("proposal", Proposals(store).all())
    yield from _of_kind("audit", Audit(store).all())


def _of_kind(kind: str, rows: Iterable[Any]) -> Iterator[dict[str, Any]]:
    return ({"record": kind} | asdict(row) for row in rows)
