"""`hai-faq approve`, `sources seal` and `sources check`: texts and paragraphs that a person has read."""

import contextlib
import shutil
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import click

from app.content import approval, citations, files, sealed_changes, sealed_copies
from app.content.approval import DEMO, Lock
from app.content.changes import Change
from app.content.file_io import read_text
from app.content.schema import Content
from app.errors import ContentError
from app.settings import Settings

_by = click.option("--by", required=True, help="Who approves, as it is shown with the answer.")
_role = click.option("--role", required=True, help=f"In which role; '{DEMO}' is no approval for patients.")
_on = click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=lambda _context, _option, day: (day or datetime.now(UTC)).date(),
    help="The day; today unless given.",
)


@click.command()
@click.argument("keys", nargs=-1)
@_by
@_role
@_on
@click.option("--all", "everything", is_flag=True, help="Seal every text anew, not only what is unsealed.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def approve(
    settings: Settings, keys: tuple[str, ...], by: str, role: str, on: date, everything: bool, yes: bool
) -> None:
    """Seal texts by their KEYS (pump-size, pump-size.answer, script.greeting), or all that need it.

    Ctrl-C stops, and seals what was accepted until then.
    """
    folder = settings.content_dir
    content = files.load_content(folder)
    lock = approval.read_lock(folder / files.LOCK)
    texts = files.sealed_texts(folder, content)
    chosen = sealed_changes.changes(folder, _chosen(texts, keys, lock, everything), lock)
    accepted = _accepted(chosen, yes)
    cited = (str(source) for entry in content.entries.values() for source in entry.sources)
    sealed = lock.sealing(accepted, on, role, by).only(texts, set(cited))
    approval.write_lock(folder / files.LOCK, sealed)
    click.echo(f"sealed {len(accepted)} of {len(chosen)} texts")
    _keep(folder, texts, sealed)


def _chosen(texts: Mapping[str, str], keys: tuple[str, ...], lock: Lock, everything: bool) -> Mapping[str, str]:
    if not keys:
        return texts if everything else {key: texts[key] for key in lock.broken(texts)}
    unknown = set(keys) - {*texts, *(key.split(".")[0] for key in texts)}
    if unknown:
        raise click.UsageError(f"there is no text {', '.join(sorted(unknown))}")
    return {key: text for key, text in texts.items() if key in keys or key.split(".")[0] in keys}


def _accepted(changes: Mapping[str, Change], yes: bool) -> Mapping[str, str]:
    """Return the texts that the person accepts, those before she stops (Ctrl-C) where she does."""
    accepted: dict[str, str] = {}
    with contextlib.suppress(click.Abort):
        for key, change in changes.items():
            if _accepts(key, change, yes):
                accepted[key] = change.now
    return accepted


def _accepts(key: str, change: Change, yes: bool) -> bool:
    click.echo(f"== {key}: {change.headline()}")
    if yes:
        return True
    _show(change.text())
    accepted = click.confirm("approve?", default=False)
    click.echo()
    return accepted


def _show(text: str) -> None:
    """Print a text; one longer than the terminal in a pager, which click leaves out where stdout is no terminal."""
    terminal = shutil.get_terminal_size()
    rows = sum(len(line) // terminal.columns + 1 for line in text.split("\n"))
    show = click.echo_via_pager if rows > terminal.lines else click.echo
    show(text)


def _keep(folder: Path, texts: Mapping[str, str], lock: Lock) -> None:
    try:
        sealed_copies.keep(folder, texts, lock)
    except ContentError as error:
        click.echo(f"warning: no copy is kept to compare the next change with: {error}", err=True)


@click.group()
def sources() -> None:
    """Take or compare the fingerprints of the paragraphs that entries cite."""


_path = click.Path(exists=True, dir_okay=False, path_type=Path)
_file = click.argument("file", type=_path)
_document = click.option("--document", help="Which document FILE is; needed when there are several.")


@sources.command()
@click.argument("file", type=_path, required=False)
@_document
@_by
@_role
@_on
@click.pass_obj
def seal(settings: Settings, file: Path | None, document: str | None, by: str, role: str, on: date) -> None:
    """Take the fingerprints of the cited paragraphs from FILE, after a person has read it; without FILE, from all that
    lie in documents/.
    """
    content = files.load_content(settings.content_dir)
    found = [_read_document(settings, file, document)[1:]] if file else _lying_there(settings, content)
    paragraphs: dict[str, str] = {}
    for id_, text in found:
        own = _cited_paragraphs(content, id_, text)
        click.echo(f"sealed {len(own)} paragraphs of {id_}")
        paragraphs |= own
    path = settings.content_dir / files.LOCK
    approval.write_lock(path, approval.read_lock(path).sealing_paragraphs(paragraphs, on, role, by))


def _lying_there(settings: Settings, content: Content) -> list[tuple[str, str]]:
    """Return id and text of each document that lies where the settings say."""
    folder = settings.documents_dir or settings.content_dir / files.DOCUMENTS
    found = files.document_texts(folder, content)
    if not found:
        raise click.UsageError(f"no document lies in {folder}: name its file")
    return list(found.items())


def _cited_paragraphs(content: Content, id_: str, text: str) -> Mapping[str, str]:
    now = citations.paragraphs(content.documents[id_], text)
    cited = citations.cited(content, id_)
    missing = [place for place in cited if place not in now]
    if missing:
        raise click.ClickException(f"not in the document {id_}: {', '.join(missing)}")
    return {f"{id_}/{place}": now[place] for place in cited}


@sources.command()
@_file
@_document
@click.pass_obj
def check(settings: Settings, file: Path, document: str | None) -> None:
    """Compare FILE with the fingerprints; status 1 and the entries to review when a paragraph drifted."""
    content, id_, text = _read_document(settings, file, document)
    lock = approval.read_lock(settings.content_dir / files.LOCK)
    drifted = citations.drifted(content, id_, text, lock.paragraphs)
    for drift in drifted:
        click.echo(f"{drift.place} {drift.problem}: review {', '.join(drift.entries)}")
    click.echo(f"{len(drifted)} of {len(citations.cited(content, id_))} cited paragraphs drifted")
    sys.exit(1 if drifted else 0)


def _read_document(settings: Settings, file: Path, document: str | None) -> tuple[Content, str, str]:
    """Return the content, the document's id and its text."""
    content = files.load_content(settings.content_dir)
    id_ = document or next(iter(content.documents))
    if id_ not in content.documents or (document is None and len(content.documents) > 1):
        raise click.UsageError(f"say which with --document: {', '.join(content.documents)}")
    return content, id_, read_text(file)
