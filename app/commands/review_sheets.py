"""Takes what a reviewer wrote into a sheet of `hai-faq export`: shown, tried, and written into a draft."""

from pathlib import Path

import click

from app.content.file_io import write
from app.interchange import draft_folder, review_changes, review_sheet
from app.interchange.draft_folder import Served, Texts
from app.interchange.review_changes import Outcome
from app.interchange.table import Table
from app.spreadsheets import csv_text


def take_review(tables: tuple[Table, ...], folder: Path, served: Served, report: Path | None, dry_run: bool) -> None:
    """Show what a sheet changes in a draft, and write it unless told not to. Raises `HaiFaqError`."""
    rows, outcomes = review_sheet.returned(tables), list[Outcome]()

    def correct(bench: Path) -> Texts:
        outcomes.append(review_changes.changes(bench, rows))
        return outcomes[0].files

    draft = draft_folder.drafted(folder, served, correct)
    (outcome,) = outcomes
    if outcome.files and not dry_run:
        draft_folder.carry_out(draft)
    _tell(outcome)
    if dry_run:
        click.echo("nothing is written: this was a dry run")
    elif outcome.files:
        click.echo(
            f"{len(outcome.changed)} changed in {folder}: `hai-faq approve` them there, then `hai-faq publish` it"
        )
    else:
        click.echo("nothing is changed")
    if report:
        write(report, _as_csv(outcome).encode("utf-8-sig"))


def _tell(outcome: Outcome) -> None:
    for difference in outcome.changed:
        click.echo(f"{difference}\n")
    for heading, lines in (("comments", outcome.comments), ("not taken", outcome.left)):
        if lines:
            click.echo("\n".join([f"{heading}: {len(lines)}", *(f"  {line}" for line in lines), ""]))


def _as_csv(outcome: Outcome) -> str:
    parts = (("changed", outcome.changed), ("comment", outcome.comments), ("not taken", outcome.left))
    return csv_text([["outcome", "what"], *([name, line] for name, lines in parts for line in lines)])
