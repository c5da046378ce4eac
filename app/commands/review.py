"""`hai-faq review`: list, refuse, apply."""

import getpass
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from app import evaluation
from app.commands.ground import clean, store_of
from app.main import place
from app.records.audit import Audit, Event
from app.records.proposals import Proposal, Proposals
from app.records.review_queue import ReviewQueue
from app.redaction.redact import redact
from app.review.gate import Gate, Sifted
from app.settings import Settings

LABELLED = Path("tests", "labelled")
"""Where the labelled messages lie beside faq.yaml, unless --eval names others."""
LATEST = 20


@click.group()
def review() -> None:
    """What curators propose after questions that were not answered."""


@review.command(name="list")
@click.pass_obj
@clean
def list_proposals(settings: Settings) -> None:
    """The open proposals, and the latest that were settled with the reasons."""
    proposals = Proposals(store_of(settings))
    waiting = proposals.open()
    for each in waiting:
        click.echo(f"{_named(each)}, proposed by {each.by} on {each.at:%Y-%m-%d}")
        click.echo("".join(f"  - {line}\n" for line in each.lines), nl=False)
    click.echo(f"{len(waiting)} open")
    for each in proposals.latest(LATEST):
        if each.state != "open":
            click.echo(f"{each.state}: {_named(each)}")
            click.echo(_indented(each.reason), nl=False)


@review.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True, type=int)
@click.option("--why", required=True, help="The reason, which the curator reads.")
@click.option("--by", help="Who refuses; the user of this machine unless given.")
@click.pass_obj
@clean
def refuse(settings: Settings, ids: tuple[int, ...], why: str, by: str | None) -> None:
    """Refuses the open proposals ID..., whose questions go back to review."""
    store = store_of(settings)
    proposals, audit = Proposals(store), Audit(store)
    for each in _chosen(proposals.open(), ids):
        audit.add(Event(datetime.now(UTC), by or getpass.getuser(), "refuse", _short(each)))
        proposals.settle(each, "refused", why)
        click.echo(f"refused: {_named(each)}")


@review.command()
@click.argument("ids", metavar="[ID...]", nargs=-1, type=int)
@click.option("--eval", "paths", multiple=True, type=click.Path(exists=True, path_type=Path), help="Labelled messages.")
@click.option("--by", help="Who applies; the user of this machine unless given.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.pass_obj
@clean
def apply(
    settings: Settings, ids: tuple[int, ...], paths: tuple[Path, ...], by: str | None, yes: bool, dry_run: bool
) -> None:
    """Tries the open proposals, or those named, on a copy; writes into intents/ those that make nothing worse."""
    store = store_of(settings)
    proposals = Proposals(store)
    waiting = _chosen(proposals.open(), ids)
    if not waiting:
        click.echo("no proposal is open")
        return
    patients = [each.text for each in ReviewQueue(store, settings.question_keep, redact).all()]
    with tempfile.TemporaryDirectory(prefix="hai-faq-review-") as bench:
        gate = Gate.open(place(settings), Path(bench), _labelled(settings, paths), datetime.now(UTC), _progress)
        sifted = gate.sift(waiting, patients)
        _show(sifted)
        if dry_run or not (yes or click.confirm("do so?")):
            return
        _chosen(proposals.open(), [each.id for each in waiting])  # none was settled while they were tried
        if sifted.trial:
            gate.write(sifted.trial)
    _settle(sifted, proposals, Audit(store), by or getpass.getuser())
    _say_what_to_seal(sifted)


def _settle(sifted: Sifted, proposals: Proposals, audit: Audit, who: str) -> None:
    """After the files: where this ends half-way, what stands there is found by the next run and settled by it."""
    for each in sifted.verdicts:
        audit.add(Event(datetime.now(UTC), who, "apply", f"{_short(each.proposal)}: {each.state}"))
    for each in sifted.verdicts:
        proposals.settle(each.proposal, each.state, each.said if each.state == "refused" else "")


def _chosen(waiting: Sequence[Proposal], ids: Sequence[int]) -> list[Proposal]:
    """Those of the ids; all where none is named."""
    unknown = set(ids) - {each.id for each in waiting}
    if unknown:
        raise click.UsageError(f"no proposal is open of the id {', '.join(map(str, sorted(unknown)))}")
    return [each for each in waiting if not ids or each.id in ids]


def _labelled(settings: Settings, paths: tuple[Path, ...]) -> list[Path]:
    default = settings.content_dir / LABELLED
    if not paths and not default.is_dir():
        raise click.UsageError(f"there is no {default}: say with --eval which labelled messages must not get worse")
    return evaluation.files_of(paths or [default])


def _progress(said: str) -> None:
    click.echo(said, err=True)


def _show(sifted: Sifted) -> None:
    for each in sifted.verdicts:
        click.echo(f"to be {each.state}: {_named(each.proposal)}")
        click.echo(_indented(each.said), nl=False)


def _short(proposal: Proposal) -> str:
    return f"{proposal.id} {proposal.target}"


def _named(proposal: Proposal) -> str:
    title = f" ({proposal.title})" if proposal.title else ""
    return f"{_short(proposal)}{title}: {len(proposal.lines)} phrasings"


def _indented(said: str) -> str:
    return "".join(f"  {line}\n" for line in said.splitlines())


def _say_what_to_seal(sifted: Sifted) -> None:
    applied = [each.proposal for each in sifted.verdicts if each.state == "applied"]
    click.echo(f"{len(applied)} applied, {len(sifted.verdicts) - len(applied)} refused")
    titles = [f"title.{each.target}" for each in applied if each.kind == "topic"]
    if titles:
        click.echo(f"not spoken until it is sealed: hai-faq approve {' '.join(titles)}")
