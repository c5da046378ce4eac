"""The one engine that reaches the tables, and its transactions."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Executable,
    Table,
    create_engine,
    dialects,
    make_url,
    or_,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from app import metrics
from app.errors import StoreError

WAIT = 2
"""Seconds for PostgreSQL to take a connection, and for one to come free."""
LONGEST_STATEMENT = 5_000
"""Milliseconds: what takes longer is broken, and a person waits for it."""
HUNG = LONGEST_STATEMENT / 1000 + 1
"""Seconds without a word from PostgreSQL, which would have given up the statement by then."""
REVISIONS = Path(__file__).parent / "migrations" / "versions"

for _name, _module, _class in (  # loaded where they are named
    ("postgresql.impatient", "app.records.impatience", "Impatient"),
    ("sqlite.watched", "app.records.sqlite_file", "Watched"),
):
    dialects.registry.register(_name, _module, _class)

_failing: "WeakKeyDictionary[Engine, dict[str, str]]" = WeakKeyDictionary()


def connect(url: str) -> Engine:
    """Return an engine, not connected yet. SQLite watches its file, PostgreSQL gets time limits."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        limits: dict[str, Any] = {"connect_timeout": WAIT, "options": f"-c statement_timeout={LONGEST_STATEMENT}"}
        parsed = parsed.set(drivername="postgresql+impatient")
        return create_engine(parsed, pool_pre_ping=True, pool_timeout=WAIT, connect_args=limits)
    return create_engine(parsed.set(drivername="sqlite+watched"))


@contextmanager
def transaction(engine: Engine, store: str) -> Iterator[Connection]:
    """Yield a connection whose changes are durable when it ends.

    What the driver raises is counted for `store` and becomes a `StoreError`, but for an `IntegrityError`, which the
    caller expects.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except IntegrityError:
        raise
    except (SQLAlchemyError, OSError) as error:
        metrics.store_errors.labels(store).inc()
        problem = failing(engine)[store] = why(error)
        raise StoreError(f"{store} cannot be reached: {problem}") from error
    failing(engine).pop(store, None)


def failing(engine: Engine) -> dict[str, str]:
    """Return the stores whose last transaction failed, and why."""
    return _failing.setdefault(engine, {})


def why(error: Exception) -> str:
    """Return SQLite's own words, which hold no value and no secret, and of any other error the kind alone."""
    cause = getattr(error, "orig", None) or error
    return str(cause) if isinstance(cause, sqlite3.OperationalError) else type(cause).__name__


AT_ONCE = 0.0
"""When a row is due by any clock."""


def is_due(due: Column[float], now: float, ahead: float) -> ColumnElement[bool]:
    """Return what is true of a row that is due, by a clock that may have been set back: no row waits for more than
    `ahead` seconds, so that a time further ahead was written before.
    """
    return or_(due <= now, due > now + ahead)


class Store:
    """The records of one table. Every method of a store raises `StoreError` when the database cannot be reached."""

    _name: str

    def __init_subclass__(cls, table: Table) -> None:
        cls._name = table.name

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def _transaction(self) -> AbstractContextManager[Connection]:
        return transaction(self._engine, self._name)

    def _fetch(self, query: Executable) -> Sequence[Any]:
        """Return the rows of a query, read in a transaction of its own."""
        with self._transaction() as connection:
            return connection.execute(query).all()

    def _execute(self, statement: Executable, row: Mapping[str, Any] | None = None) -> int:
        """Return how many rows a statement changed, durably."""
        with self._transaction() as connection:
            return connection.execute(statement, row).rowcount


def migrate(engine: Engine) -> None:
    """Bring the schema up to date. Raises `StoreError` when the store cannot be reached or written."""
    if not _is_at_head(engine):
        import_module("app.records.migrations").migrate(engine)


def _is_at_head(engine: Engine) -> bool:
    """Return what Alembic would say, which is a seventh of what a start imports."""
    if engine.url.database and engine.url.get_backend_name() == "sqlite" and not Path(engine.url.database).exists():
        return False
    try:
        with engine.begin() as connection:  # to its end: then the file is looked at
            revisions = connection.exec_driver_sql("select version_num from alembic_version").scalars().all()
    except SQLAlchemyError:
        return False
    newest = max(path.name for path in REVISIONS.glob("*.py"))[:4]  # the names of their files begin with it
    return revisions == [newest]
