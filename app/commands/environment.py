"""The settings and the store that commands work with, and how an error of ours ends a command."""

import logging
import re
from collections.abc import Mapping
from json import JSONDecodeError
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError as UnreadableError
from sqlalchemy import Engine

from app.errors import HaiFaqError, SettingsError
from app.records.database import connect, migrate
from app.settings import Settings, misnamed

log = logging.getLogger(__name__)


class Program(click.Group):
    """A program whose commands end in a line on standard error and status 1, not a stack trace, at an error of ours."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except HaiFaqError as error:
            raise click.ClickException(str(error)) from error


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings; warn of variables that look like one and are none. Raises `SettingsError` with the name."""
    slips = misnamed(environment)
    if slips:
        log.warning("no such setting, so not read: %s", ", ".join(slips))
    secrets = environment.get("HAI_FAQ_SECRETS_DIR")
    if secrets and not Path(secrets).is_dir():
        raise SettingsError(f"HAI_FAQ_SECRETS_DIR: there is no folder {secrets}")
    try:
        return Settings(_secrets_dir=secrets or None)
    except ValidationError as error:
        raise SettingsError("; ".join(map(_problem, error.errors()))) from error
    except UnreadableError as error:  # it names the field between quotes and the kind of source
        name = re.search(r'field "(\w+)"', str(error))
        wanted = (
            "must be JSON, see docs/OPERATIONS.md" if isinstance(error.__cause__, JSONDecodeError) else "is no text"
        )
        raise SettingsError(f"HAI_FAQ_{name[1].upper()}: {wanted}" if name else str(error)) from error
    except (OSError, UnicodeDecodeError, RecursionError, MemoryError) as error:
        raise SettingsError(
            f"a file of settings, or JSON in a setting, cannot be read: {type(error).__name__}"
        ) from error


def _problem(error: ErrorDetails) -> str:
    if not error["loc"]:
        return error["msg"]
    name, *inside = map(str, error["loc"])
    return ": ".join([f"HAI_FAQ_{name.upper()}", *([".".join(inside)] if inside else []), error["msg"]])


def open_store(settings: Settings) -> Engine:
    """Return the store, its schema brought up to date."""
    store = connect(settings.database_url)
    migrate(store)
    return store
