"""What commands share."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from sqlalchemy import Engine

from app.errors import HaiFaqError
from app.records.tables import connect, migrate
from app.settings import Settings

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


def store_of(settings: Settings) -> Engine:
    """The store, with its schema up to date."""
    store = connect(settings.database_url)
    migrate(store)
    return store
