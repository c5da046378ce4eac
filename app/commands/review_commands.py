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
from app.records.proposals import Proposal, Proposals, Tried
from app.records.review_queue import ReviewQueue
from app.redaction.redact import redact
from app.review.checks import Verdict
from app.review.gate import Gate
from app.review.names import LOCAL, same_person
from app.review.suggestions import suggestions
from app.settings import Settings

_show_progress = _warn = partial(click.echo, err=True)
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
        click.echo(f"{_title(proposal)}, {_proposed(proposal)}")
        click.echo("".join(f"  - {line}\n" for line in proposal.lines), nl=False)
        click.echo(_indented(_shown_try(proposal)), nl=False)
    click.echo(f"{len(waiting)} open")
    for proposal in proposals.latest(LATEST):
        if proposal.state != "open":
            settled = f" by {proposal.settled_by} on {proposal.settled_at:%Y-%m-%d}" if proposal.settled_at else ""
            click.echo(f"{proposal.state}{settled}: {_title(proposal)}, {_proposed(proposal)}")
            click.echo(_indented(proposal.reason), nl=False)


def _proposed(proposal: Proposal) -> str:
    return f"proposed by {proposal.by} on {proposal.at:%Y-%m-%d}"


def _shown_try(proposal: Proposal) -> str:
    if proposal.tried_at is None:
        return "not tried yet"
    found = proposal.harm or "makes nothing worse"
    return f"tried on {proposal.tried_at:%Y-%m-%d} against content {proposal.tried_version}: {found}"


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
@click.option("--by", default="", help="Who applies, which goes on record: never who proposed.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, for curators too, and change no content.")
@click.pass_obj
def apply(settings: Settings, ids: tuple[int, ...], paths: tuple[Path, ...], by: str, yes: bool, dry_run: bool) -> None:
    """Try the open proposals, or those named, on a copy; write into intents/ those that make nothing worse."""
    store = open_store(settings)
    proposals, audit = Proposals(store), Audit(store)
    waiting = _chosen(proposals.open(), ids)
    if not waiting:
        click.echo("no proposal is open")
        return
    if not dry_run:
        waiting = _of_others(waiting, by.strip())
    questions = list(ReviewQueue(store, settings.question_keep, redact).texts())
    with tempfile.TemporaryDirectory(prefix="hai-faq-review-") as bench:
        gate = Gate(settings.content_config, Path(bench), _labelled(settings, paths), datetime.now(UTC), _show_progress)
        verdicts, trial = gate.decide(waiting, questions)
        _show(verdicts)
        _note_tried(verdicts, gate.version, proposals, audit, by.strip() or getpass.getuser())
        if dry_run or not (yes or click.confirm("do so?")):
            return
        _chosen(proposals.open(), [proposal.id for proposal in waiting])  # none was settled while they were tried
        if trial:
            gate.write(trial)
    _settle(verdicts, proposals, audit, by.strip())
    _show_outcome(verdicts)


def _of_others(waiting: Sequence[Proposal], by: str) -> list[Proposal]:
    """Return the proposals of other people; say of each that is one's own, and of each whose proposer is not known."""
    if not by:
        raise click.UsageError("say with --by who applies: it goes on record, and is never who proposed")
    others = [proposal for proposal in waiting if not same_person(proposal.by, by)]
    for proposal in waiting:
        if proposal not in others:
            _warn(f"left open: {_title(proposal)}: proposed by {proposal.by}, so someone else than {by} applies it")
        elif same_person(proposal.by, LOCAL):
            _warn(f"{_title(proposal)}: proposed by the one-time link: that this was not {by} cannot be known here")
    if not others:
        raise click.ClickException("nothing is left to apply")
    return others


def _note_tried(verdicts: Sequence[Verdict], version: str, proposals: Proposals, audit: Audit, who: str) -> None:
    """Keep what the tries have shown, for curators, who have no content to try them on."""
    now = datetime.now(UTC)
    for verdict in verdicts:
        if not verdict.stands:
            harm, hints = (verdict.remark, "") if verdict.state == "refused" else ("", verdict.remark)
            audit.add(Event(now, who, "try", _subject(verdict.proposal)))
            proposals.note_tried(verdict.proposal, Tried(now, version, harm, hints))


def _settle(verdicts: Sequence[Verdict], proposals: Proposals, audit: Audit, who: str) -> None:
    """Settle after the files are written: where this ends half-way, the next run finds what stands and settles it."""
    for verdict in verdicts:
        settled = f"{_subject(verdict.proposal)}: {verdict.state}, proposed by {verdict.proposal.by}"
        audit.add(Event(datetime.now(UTC), who, "apply", settled))
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
        outcome = "stands already" if verdict.stands else f"to be {verdict.state}"
        click.echo(f"{outcome}: {_title(verdict.proposal)}")
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
