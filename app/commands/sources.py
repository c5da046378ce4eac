"""`hai-faq sources`: seal, check."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click

from app.commands.ground import clean
from app.content import approval, citations, files
from app.content.schema import Content
from app.settings import Settings


@click.group()
def sources() -> None:
    """The approved documents and the fingerprints of their cited paragraphs."""


@sources.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--document", help="Which document FILE is; needed when there are several.")
@click.option("--by", required=True)
@click.option("--role", required=True)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]))
@click.pass_obj
@clean
def seal(settings: Settings, file: Path, document: str | None, by: str, role: str, on: datetime | None) -> None:
    """Takes the fingerprints of the cited paragraphs from FILE, after a person has read it."""
    content, id_, text = _document(settings, file, document)
    now = citations.paragraphs(content.documents[id_], text)
    missing = [place_ for place_ in citations.cited(content, id_) if place_ not in now]
    if missing:
        raise click.ClickException(f"not in the document: {', '.join(missing)}")
    cited = {f"{id_}/{place_}": now[place_] for place_ in citations.cited(content, id_)}
    path = settings.content_dir / files.LOCK
    day: date = on.date() if on else datetime.now(UTC).date()
    approval.write_lock(path, approval.read_lock(path).sealing_paragraphs(cited, day, role, by))
    click.echo(f"sealed {len(cited)} paragraphs of {id_}")


@sources.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--document", help="Which document FILE is; needed when there are several.")
@click.pass_obj
@clean
def check(settings: Settings, file: Path, document: str | None) -> None:
    """Compares FILE with the fingerprints; status 1 and the entries to review when a paragraph drifted."""
    content, id_, text = _document(settings, file, document)
    lock = approval.read_lock(settings.content_dir / files.LOCK)
    drifted = citations.drifted(content, id_, text, lock.paragraphs)
    for drift in drifted:
        click.echo(f"{drift.place} {drift.problem}: review {', '.join(drift.entries)}")
    click.echo(f"{len(drifted)} of {len(citations.cited(content, id_))} cited paragraphs drifted")
    sys.exit(1 if drifted else 0)


def _document(settings: Settings, file: Path, document: str | None) -> tuple[Content, str, str]:
    content = files.load_content(settings.content_dir)
    id_ = document or next(iter(content.documents))
    if id_ not in content.documents or (document is None and len(content.documents) > 1):
        raise click.UsageError(f"say which with --document: {', '.join(content.documents)}")
    try:
        return content, id_, file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8") from error
