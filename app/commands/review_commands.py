"""`hai-faq review list`, `review refuse` and `review apply`."""

import getpass
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from app import labelled
from app.commands.environment import open_store
from app.content.changes import visible
from app.loading.loader import load
from app.records.audit import Audit, Event
from app.records.proposals import Proposal, Proposals
from app.records.review_queue import ReviewQueue
from app.redaction.redact import redact
from app.review.gate import Gate, Verdict
from app.review.suggestions import suggestions
from app.settings import Settings

_show_progress = partial(click.echo, err=True)
LABELLED = Path("tests", "labelled")
"""Folder of the labelled messages beside faq.yaml, unless --eval names others."""
LATEST = 20
"""Most recent proposals, of which the settled are listed."""


@click.group()
def review() -> None:
    """Decide on what curators propose after questions that were not answered."""


@review.command(name="list")
@click.pass_obj
def list_proposals(settings: Settings) -> None:
    """List the open proposals, and the latest that were settled with the reasons."""
    proposals = Proposals(open_store(settings))
    waiting = proposals.open()
    for proposal in waiting:
        click.echo(f"{_title(proposal)}, proposed by {proposal.by} on {proposal.at:%Y-%m-%d}")
        click.echo("".join(f"  - {line}\n" for line in proposal.lines), nl=False)
    click.echo(f"{len(waiting)} open")
    for proposal in proposals.latest(LATEST):
        if proposal.state != "open":
            click.echo(f"{proposal.state}: {_title(proposal)}")
            click.echo(_indented(proposal.reason), nl=False)


@click.command()
@click.argument("id")
@click.option("--by", required=True, help="The curator who reads them; it goes on record.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 200))
@click.pass_obj
def suggest(settings: Settings, id: str, by: str, limit: int) -> None:
    """List kept questions that may ask for the entry or topic ID; type what they teach anew, as phrasings."""
    knowledge = load(settings.content_config)
    if id not in knowledge.matcher.phrasings:
        raise click.UsageError(f"there is no entry or topic {id}")
    store = open_store(settings)
    Audit(store).add(Event(datetime.now(UTC), by, "suggest", id))
    found = suggestions(id, ReviewQueue(store, settings.question_keep, redact).all(), knowledge)
    for own in found[:limit]:
        click.echo(f"{own.confidence:4.0%} {visible(own.question.text)}")
        taken_for = f"; taken for {own.taken_for} now" if own.taken_for else ""
        click.echo(f"     like {own.phrasing!r} ({own.likeness:.0%}){taken_for}")
    click.echo(f"{len(found[:limit])} of {len(found)} questions: write phrasings in words of your own into intents/")


@review.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True, type=int)
@click.option("--why", required=True, help="The reason, which the curator reads.")
@click.option("--by", default=getpass.getuser, help="Who refuses; the user of this machine unless given.")
@click.pass_obj
def refuse(settings: Settings, ids: tuple[int, ...], why: str, by: str) -> None:
    """Refuse the open proposals ID..., whose questions go back to review."""
    store = open_store(settings)
    proposals, audit = Proposals(store), Audit(store)
    for proposal in _chosen(proposals.open(), ids):
        audit.add(Event(datetime.now(UTC), by, "refuse", _subject(proposal)))
        proposals.settle(proposal, "refused", by, datetime.now(UTC), why)
        click.echo(f"refused: {_title(proposal)}")


@review.command()
@click.argument("ids", metavar="[ID...]", nargs=-1, type=int)
@click.option("--eval", "paths", multiple=True, type=click.Path(exists=True, path_type=Path), help="Labelled messages.")
@click.option("--by", default=getpass.getuser, help="Who applies; the user of this machine unless given.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.pass_obj
def apply(settings: Settings, ids: tuple[int, ...], paths: tuple[Path, ...], by: str, yes: bool, dry_run: bool) -> None:
    """Try the open proposals, or those named, on a copy; write into intents/ those that make nothing worse."""
    store = open_store(settings)
    proposals = Proposals(store)
    waiting = _chosen(proposals.open(), ids)
    if not waiting:
        click.echo("no proposal is open")
        return
    questions = list(ReviewQueue(store, settings.question_keep, redact).texts())
    with tempfile.TemporaryDirectory(prefix="hai-faq-review-") as bench:
        gate = Gate(settings.content_config, Path(bench), _labelled(settings, paths), datetime.now(UTC), _show_progress)
        verdicts, trial = gate.decide(waiting, questions)
        _show(verdicts)
        if dry_run or not (yes or click.confirm("do so?")):
            return
        _chosen(proposals.open(), [proposal.id for proposal in waiting])  # none was settled while they were tried
        if trial:
            gate.write(trial)
    _settle(verdicts, proposals, Audit(store), by)
    _show_outcome(verdicts)


def _settle(verdicts: Sequence[Verdict], proposals: Proposals, audit: Audit, who: str) -> None:
    """Settle after the files are written: where this ends half-way, the next run finds what stands and settles it."""
    for verdict in verdicts:
        audit.add(Event(datetime.now(UTC), who, "apply", f"{_subject(verdict.proposal)}: {verdict.state}"))
    for verdict in verdicts:
        reason = verdict.remark if verdict.state == "refused" else ""
        proposals.settle(verdict.proposal, verdict.state, who, datetime.now(UTC), reason)


def _chosen(waiting: Sequence[Proposal], ids: Sequence[int]) -> list[Proposal]:
    """Return those of the ids; all where none is named."""
    unknown = set(ids) - {proposal.id for proposal in waiting}
    if unknown:
        raise click.UsageError(f"no proposal is open of the id {', '.join(map(str, sorted(unknown)))}")
    return [proposal for proposal in waiting if not ids or proposal.id in ids]


def _labelled(settings: Settings, paths: tuple[Path, ...]) -> list[Path]:
    default = settings.content_dir / LABELLED
    if not paths and not default.is_dir():
        raise click.UsageError(f"there is no {default}: say with --eval which labelled messages must not get worse")
    return labelled.files_of(paths or [default])


def _show(verdicts: Sequence[Verdict]) -> None:
    for verdict in verdicts:
        click.echo(f"to be {verdict.state}: {_title(verdict.proposal)}")
        click.echo(_indented(verdict.remark), nl=False)


def _subject(proposal: Proposal) -> str:
    return f"{proposal.id} {proposal.target}"


def _title(proposal: Proposal) -> str:
    title = f" ({proposal.title})" if proposal.title else ""
    return f"{_subject(proposal)}{title}: {len(proposal.lines)} phrasings"


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


def _show_outcome(verdicts: Sequence[Verdict]) -> None:
    applied = [verdict.proposal for verdict in verdicts if verdict.state == "applied"]
    click.echo(f"{len(applied)} applied, {len(verdicts) - len(applied)} refused")
    titles = [f"title.{proposal.target}" for proposal in applied if proposal.kind == "topic"]
    if titles:
        click.echo(f"not spoken until it is sealed: hai-faq approve {' '.join(titles)}")
