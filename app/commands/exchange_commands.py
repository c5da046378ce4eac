"""`hai-faq import`, `publish` and `export`: files of other programs become a draft, and content goes out for review."""

import shlex
from datetime import UTC, datetime
from pathlib import Path

import click

from app import lint as linting
from app.commands.review_sheets import take_review
from app.content import files
from app.content.file_io import write
from app.interchange import draft_folder, formats, report, review_sheet
from app.interchange.draft_folder import Import, Served
from app.interchange.formats import FORMATS, Format
from app.interchange.merging import Options
from app.interchange.workbook import xlsx
from app.lint import Draft
from app.loading import model_cache
from app.settings import Settings
from app.spreadsheets import csv_text

_file = click.Path(dir_okay=False, path_type=Path)


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--into", "folder", required=True, type=click.Path(path_type=Path), help="A draft; new, it becomes a copy."
)
@click.option("--owner", default="", help="Who stands for the answers, where the file does not name one.")
@click.option("--title", default="", help="Title of the document that the file becomes, where it names none.")
@click.option("--theme", default="", help="Theme of the rows that name none.")
@click.option("--format", type=click.Choice(FORMATS), help="What FILE is, where it is told wrongly.")
@click.option("--report", "report_file", type=_file, help="Write the report as CSV.")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and write nothing.")
@click.pass_obj
def import_(
    settings: Settings,
    file: Path,
    folder: Path,
    owner: str,
    title: str,
    theme: str,
    format: Format | None,
    report_file: Path | None,
    dry_run: bool,
) -> None:
    """Take questions and answers of FILE into a draft: a spreadsheet, an export of QnA Maker, a saved FAQ page; or what
    a reviewer corrected in a sheet of `export`.

    Nothing is sealed, and what is served is not touched. The same file again changes nothing. Status 1 where no row
    could be taken; rows that are refused or in conflict are in the report, and do not keep the others out.
    """
    served = Served(settings.content_dir, settings.documents_dir)
    if format is None and (sheets := review_sheet.read(file)):
        take_review(sheets, folder, served, report_file, dry_run)
        return
    reading = formats.read(file, format)
    options = Options(file.name, *(" ".join(word.split()) for word in (owner, title, theme)))
    done = draft_folder.tried(folder, served, reading.questions, options, datetime.now(UTC).date())
    fits = any(outcome.kind in ("taken", "changed", "unchanged") for outcome in done.outcomes)
    if fits and not dry_run:
        draft_folder.carry_out(done)
    for line in (*map(report.shown, reading.passed_over), *report.lines(done.outcomes)):
        click.echo(line)
    if report_file:
        write(report_file, report.as_csv(done.outcomes).encode("utf-8-sig"))  # by its mark spreadsheets know UTF-8
    if not fits:
        raise click.ClickException("no row could be taken: nothing is written")
    _tell_next(done, dry_run)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--over", is_flag=True, help="Also over what was changed or sealed there since the draft was begun.")
@click.pass_obj
def publish(settings: Settings, folder: Path, over: bool) -> None:
    """Put the draft FOLDER in place of the content that the settings name, once lint finds no new error in it."""
    served, draft = (
        linting.errors(Draft.read(path), datetime.now(UTC).date(), settings.grace)
        for path in (settings.content_dir, folder)
    )
    new = [finding for finding in draft if finding not in served]  # what is served already must not keep a mend back
    for line in linting.grouped(new):
        click.echo(line)
    if new:
        raise click.ClickException("nothing is published: mend this first")
    draft_folder.publish(folder, Served(settings.content_dir, settings.documents_dir), over)
    fitted = model_cache.cached(settings.content_config)
    soon = "by itself" if fitted else "once it has fitted, in some minutes; until then it answers as before"
    click.echo(f"{settings.content_dir.resolve()} holds what {folder} holds; a running service takes it up {soon}")


@click.command()
@click.option("--xlsx", "workbook", type=_file, help="Write a workbook here.")
@click.option("--csv", "table", type=_file, help="Write a file of comma-separated values here.")
@click.pass_obj
def export(settings: Settings, workbook: Path | None, table: Path | None) -> None:
    """Write texts, phrasings, seals and open problems as a spreadsheet, to be read, corrected and commented on."""
    if not workbook and not table:
        raise click.UsageError("say where to: --xlsx FILE or --csv FILE")
    draft = Draft.read(settings.content_dir, settings.documents_dir)
    findings = linting.quick(draft, datetime.now(UTC).date(), settings.grace)
    problems = [(finding.where, finding.problem) for finding in findings]
    sheets = review_sheet.sheets(draft.content, draft.lock, draft.intents.phrasings, problems)
    if workbook:
        write(workbook, xlsx(sheets))
    if table:
        write(table, csv_text(review_sheet.in_one(sheets)).encode("utf-8-sig"))
    _, texts, phrasings, _ = sheets
    click.echo(f"{len(texts.rows)} texts and {len(phrasings.rows)} phrasings are in {workbook or table}")


def _tell_next(done: Import, dry_run: bool) -> None:
    """Print the commands that come after an import."""
    if dry_run:
        click.echo("nothing is written: this was a dry run")
        return
    if not done.changes:
        click.echo(f"nothing has changed in {done.folder}")
        return
    click.echo(f"{done.folder} holds drafts that nobody has sealed. Read them, and then:")
    click.echo(f"  export HAI_FAQ_CONTENT_DIR={shlex.quote(str(done.folder.absolute()))}")
    if any(name.parent == Path(files.DOCUMENTS) for name in done.changes):
        click.echo("  hai-faq sources seal --by ... --role ...")
    click.echo("  hai-faq lint")
    click.echo("  hai-faq approve --by ... --role ...")
