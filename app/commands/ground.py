"""What commands share."""

import logging
import re
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError as UnreadableError
from sqlalchemy import Engine

from app.errors import HaiFaqError, SettingsError
from app.records.database import connect
from app.records.migrations import migrate
from app.settings import Settings, misnamed

log = logging.getLogger(__name__)

Given = ParamSpec("Given")
Result = TypeVar("Result")


def clean(command: Callable[Given, Result]) -> Callable[Given, Result]:
    """An error of ours is a line on standard error and status 1, not a stack trace."""

    @wraps(command)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return command(*args, **kwargs)
        except HaiFaqError as error:
            raise click.ClickException(str(error)) from error

    return run


@clean
def settings_of(environment: Mapping[str, str]) -> Settings:
    """A wrong one is named, as are variables that look like settings and are none."""
    slips = misnamed(environment)
    if slips:
        log.warning("no such setting, so not read: %s", ", ".join(slips))
    secrets = environment.get("HAI_FAQ_SECRETS_DIR")
    if secrets and not Path(secrets).is_dir():
        raise SettingsError(f"HAI_FAQ_SECRETS_DIR: there is no folder {secrets}")
    try:
        return Settings(_secrets_dir=secrets or None)
    except ValidationError as error:
        raise SettingsError("; ".join(map(_wrong, error.errors()))) from error
    except UnreadableError as error:  # it names the field between quotes and the kind of source
        name = re.search(r'field "(\w+)"', str(error))
        said = f"HAI_FAQ_{name[1].upper()}: must be JSON, see docs/OPERATIONS.md" if name else str(error)
        raise SettingsError(said) from error


def _wrong(error: ErrorDetails) -> str:
    if not error["loc"]:
        return error["msg"]
    name, *inside = map(str, error["loc"])
    return ": ".join([f"HAI_FAQ_{name.upper()}", *([".".join(inside)] if inside else []), error["msg"]])


def store_of(settings: Settings) -> Engine:
    """The store, with its schema up to date."""
    store = connect(settings.database_url)
    migrate(store)
    return store
