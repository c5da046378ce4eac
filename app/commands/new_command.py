"""`hai-faq new`: a whole small department to begin with."""

import shlex
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import click

from app import lint as linting
from app.content import starter
from app.content.starter import Choices
from app.errors import ContentError
from app.lint import Draft
from app.segments import segments
from app.settings import Settings

Answer = TypeVar("Answer")


def _checked(name: str) -> str:
    try:
        return starter.check_name(name)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _name(_context: click.Context, _option: click.Parameter, name: str | None) -> str | None:
    return None if name is None else _checked(name)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", callback=_name, help="What the service is called, as patients read it.")
@click.option("--site", callback=_name, help="What the hospital or practice is called.")
@click.option("--languages", help="Beside English: es,zh or none; all that there are unless given.")
@click.pass_obj
def new(settings: Settings, folder: Path, name: str | None, site: str | None, languages: str | None) -> None:
    """Write a whole department into FOLDER: texts, what is danger for anyone, two sample answers."""
    offered = starter.languages()
    starter.check_target(folder)
    chosen = partial(_chosen, offered)
    choices = Choices(
        name or _asked("name", "What the service is called", _named_after(folder), _checked),
        site or _asked("site", "What the hospital or practice is called", starter.HOSPITAL, _checked),
        chosen(languages)
        if languages
        else _asked("languages", "Languages beside English, or none", ",".join(offered), chosen),
    )
    content = starter.create(folder, choices, datetime.now(UTC).date(), lambda made: _check(made, settings))
    click.echo(f"{folder} is written and sealed for demonstration: {choices.name}, {choices.site}")
    click.echo(f"languages: {', '.join(('English', *content.languages()))}")
    if segments(choices.name).encoding != "GSM-7":
        click.echo(
            "note: the name has letters that halve the room of text messages: `hai-faq serve` says what is too long"
        )
    click.echo(f"\ncd {shlex.quote(str(folder))}")
    click.echo("hai-faq serve    # fits the models first, for some minutes\n\nREADME.md says how to go on.")


def _named_after(folder: Path) -> str:
    words = " ".join(folder.absolute().name.replace("_", " ").replace("-", " ").split())
    try:
        return starter.check_name(words[:1].upper() + words[1:])
    except ValueError:
        return starter.SERVICE


def _asked(option: str, question: str, default: str, read: Callable[[str], Answer]) -> Answer:
    """Return what a person at the terminal answers, asked until it can be read; elsewhere the default, and say so."""
    if not sys.stdin.isatty():
        click.echo(f"--{option} is not given: {default}")
        return read(default)
    answer: Answer = click.prompt(question, default=default, value_proc=read)
    return answer


def _chosen(offered: tuple[str, ...], given: str) -> frozenset[str]:
    chosen = {language.strip() for language in given.split(",")} - {"", "none"}
    unknown = sorted(chosen - set(offered))
    if unknown:
        raise click.BadParameter(f"no texts in {', '.join(unknown)}: name some of {','.join(offered)}, or none")
    return frozenset(chosen)


def _check(folder: Path, settings: Settings) -> None:
    for finding in linting.errors(Draft.read(folder), datetime.now(UTC).date(), settings.grace):
        raise ContentError(folder, 1, finding.where, finding.problem)
