"""`hai-faq ask`, `preview`, `search` and `eval`: messages put to the content in this process."""

import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click

from app import evaluation
from app.content import approval, files, sealed_changes
from app.content.changes import visible
from app.dialogue import engine
from app.dialogue.messages import Message, State
from app.dialogue.search import search_entries
from app.loading.loader import load, load_draft
from app.preview import preview as previewed
from app.segments import segments
from app.settings import Settings


@click.command()
@click.argument("text")
@click.pass_obj
def ask(settings: Settings, text: str) -> None:
    """Print the reply to TEXT, and why."""
    knowledge, message = load(settings.content_config), Message(text)
    urgency = knowledge.assess(message)
    reply, _ = engine.respond(message, State(), knowledge, datetime.now(UTC), urgency)
    click.echo(f"{reply.text}\n")
    intent = f", intent {reply.intent.id}" if reply.intent else ""
    click.echo(f"[{reply.kind}{intent}; threshold {knowledge.matcher.threshold:.3f}]")
    for line in knowledge.reasons(message, urgency).lines():
        click.echo(f"  danger: {line}")
    for candidate in knowledge.matcher.rank(text, encoder=knowledge.encoder):
        why = knowledge.matcher.explain(text, candidate.id)
        click.echo(f"  {candidate.confidence:.3f} {candidate.id}: {why.phrasing!r} ({why.likeness:.0%} alike)")


@click.command()
@click.argument("text")
@click.pass_obj
def preview(settings: Settings, text: str) -> None:
    """Show the reply to TEXT as each surface would give it once all is sealed, and what of it is not sealed yet."""
    folder = settings.content_dir
    draft, lock = load_draft(settings.content_config), approval.read_lock(folder / files.LOCK)
    seen = previewed(text, draft, files.sealed_texts(folder, draft.content), lock, datetime.now(UTC))
    _show("On the website and in the chat", seen.website.text)
    for number, message in enumerate(seen.text_messages, 1):
        _show(f"Text message {number}, in {segments(message).parts} parts", message)
    _show("At the front desk", seen.read_aloud)
    for key, change in sealed_changes.changes(folder, seen.unsealed, lock).items():
        _show(f"NOT SEALED {key}: {change.headline()}", change.text())
    click.echo("withheld until `hai-faq approve`" if seen.unsealed else "all of it is sealed as it stands")


def _show(title: str, text: str) -> None:
    click.echo(f"{title}:\n{textwrap.indent(visible(text), '  ')}\n")


@click.command()
@click.argument("text")
@click.option("--limit", default=5, show_default=True)
@click.pass_obj
def search(settings: Settings, text: str, limit: int) -> None:
    """Print the entries for TEXT, best first; its last word may be unfinished."""
    knowledge = load(settings.content_config)
    for hit in search_entries(knowledge, Message(text), datetime.now(UTC).date(), limit).results:
        click.echo(f"{hit.id}: {hit.title}" if hit.answer else f"{hit.id}: no approved text on {hit.title}")


@click.command(name="eval")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--report", type=click.File("w", encoding="utf-8"), help="Write an HTML report here.")
@click.option("--signs", is_flag=True, help="Print what was raised for each sign of danger.")
@click.option("--failures", is_flag=True, help="Print every message that did not go as labelled.")
@click.pass_obj
def evaluate(settings: Settings, paths: tuple[Path, ...], report: TextIO | None, signs: bool, failures: bool) -> None:
    """Score labelled messages (JSON lines, or folders of them)."""
    files = evaluation.files_of(paths)
    knowledge = load(settings.content_config)
    scores = evaluation.evaluate(files, knowledge, datetime.now(UTC), _show_progress)
    click.echo(scores.table())
    click.echo(f"expected calibration error {evaluation.calibration_error(scores):.3f}; {scores.slowest()}")
    if signs:
        click.echo(scores.signs())
    if failures:
        for judged in evaluation.failures(scores):
            click.echo(f"{judged.file} {judged.group}/{judged.outcome}: {judged.case['text']!r} -> {_outcome(judged)}")
    if report:
        report.write(evaluation.report(scores, knowledge.matcher.threshold))
        click.echo(f"report: {report.name}")


def _show_progress(count: int) -> None:
    if count % 500 == 0:
        click.echo(f"{count} messages", err=True)


def _outcome(judged: evaluation.Judged) -> str:
    """Return the kind of reply, its intent, and the ids that it answers or offers."""
    reply = judged.reply
    ids = [answer.id for answer in reply.answers] + [option.id for option in reply.options]
    return " ".join([reply.kind, *([reply.intent.id] if reply.intent else []), *ids])
