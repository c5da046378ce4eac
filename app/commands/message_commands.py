"""`hai-faq ask`, `preview`, `search` and `eval`: messages put to the content in this process."""

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click

from app import evaluation, labelled
from app.content import approval, files, sealed_changes
from app.content.changes import visible
from app.dialogue import engine
from app.dialogue.messages import Message, State
from app.dialogue.search import search_entries
from app.evaluation import Scores
from app.labelled import KnownIds, Labelled
from app.loading.loader import load, load_draft
from app.loading.model_cache import ContentConfig
from app.preview import preview as previewed
from app.review import comparison
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


_folder = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command(name="eval")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--report", type=click.File("w", encoding="utf-8"), help="Write an HTML report here.")
@click.option("--signs", is_flag=True, help="Print what was raised for each sign of danger.")
@click.option("--failures", is_flag=True, help="Print every message that did not go as labelled.")
@click.option("--compare", type=_folder, help="Show what became of the messages since the content of this folder.")
@click.pass_obj
def evaluate(
    settings: Settings,
    paths: tuple[Path, ...],
    report: TextIO | None,
    signs: bool,
    failures: bool,
    compare: Path | None,
) -> None:
    """Score labelled messages (JSON lines, CSV, or folders of them); docs/CONTENT.md shows how they are written."""
    contents = [files.load_content(folder) for folder in (settings.content_dir, compare) if folder]
    messages = labelled.read(labelled.files_of(paths), KnownIds.of(*contents))
    before = (
        _scored(replace(settings.content_config, content=compare, documents=None), messages)[0] if compare else None
    )
    scores, threshold = _scored(settings.content_config, messages)
    click.echo(comparison.side_by_side(before, scores) if before else scores.table())
    click.echo(f"expected calibration error {evaluation.calibration_error(scores):.3f}; {scores.slowest()}")
    if before:
        _show_changes(before, scores)
    if signs:
        click.echo(scores.signs())
    if failures:
        for judged in evaluation.failures(scores):
            click.echo(f"{judged.file} {judged.group}/{judged.outcome}: {judged.case['text']!r} -> {_outcome(judged)}")
    if report:
        report.write(evaluation.report(scores, threshold))
        click.echo(f"report: {report.name}")


def _scored(config: ContentConfig, messages: Sequence[Labelled]) -> tuple[Scores, float]:
    """Return the scores of a content, and its threshold."""
    knowledge = load(config)
    return evaluation.evaluate(messages, knowledge, datetime.now(UTC), _show_progress), knowledge.matcher.threshold


def _show_changes(before: Scores, after: Scores) -> None:
    total = 0
    for meaning, lines in comparison.changes(before, after):
        click.echo("\n".join([f"changed, {meaning}: {len(lines)}", *lines]))
        total += len(lines)
    click.echo(f"{total} of {len(after.judged)} messages changed their outcome")


def _show_progress(count: int) -> None:
    if count % 500 == 0:
        click.echo(f"{count} messages", err=True)


def _outcome(judged: evaluation.Judged) -> str:
    """Return the kind of reply, its intent, and the ids that it answers or offers."""
    reply = judged.reply
    ids = [answer.id for answer in reply.answers] + [option.id for option in reply.options]
    return " ".join([reply.kind, *([reply.intent.id] if reply.intent else []), *ids])
