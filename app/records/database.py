"""The one engine that reaches the tables, and its transactions."""

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from sqlalchemy import Connection, Engine, Executable, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from app import metrics
from app.errors import StoreError

WAIT = 2
"""Seconds for PostgreSQL to take a connection, and for one to come free."""
LONGEST_STATEMENT = 5_000
"""Milliseconds: what takes longer is broken, and a person waits for it."""
HUNG = LONGEST_STATEMENT / 1000 + 1
"""Seconds without a word from PostgreSQL, which would have given up the statement by then."""


def connect(url: str) -> Engine:
    """Return an engine, not connected yet. SQLite gets WAL and a patient lock, PostgreSQL its time limits."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        limits: dict[str, Any] = {"connect_timeout": WAIT, "options": f"-c statement_timeout={LONGEST_STATEMENT}"}
        parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(parsed, pool_pre_ping=True, pool_timeout=WAIT, connect_args=limits)
        event.listen(
            engine, "do_connect", lambda _dialect, _record, given, named: _TimedConnection.connect(*given, **named)
        )
        return engine
    engine = create_engine(parsed)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


class _TimedConnection(psycopg.Connection[Any]):
    """Gives up a server that hangs or was cut off, which never comes to its own `statement_timeout`."""

    patience = HUNG

    def wait(self, gen: PQGen[RV], *args: Any, **kwargs: Any) -> RV:
        return super().wait(self._in_time(gen), *args, **kwargs)

    def _in_time(self, gen: PQGen[RV]) -> PQGen[RV]:
        """Wrap the generator of a wait, which the driver enters without news ten times a second."""
        until = time.monotonic() + self.patience
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() > until:
                    self.pgconn.finish()
                    raise psycopg.OperationalError("the server hangs")
                wanted = gen.send(ready)
        except StopIteration as done:
            result: RV = done.value
            return result


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # in WAL, NORMAL may lose what was confirmed when the power fails
    cursor.execute("PRAGMA busy_timeout=2000")
    cursor.close()


@contextlib.contextmanager
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
        raise StoreError(f"{store} cannot be reached: {type(error).__name__}") from error


def fetch(engine: Engine, store: str, query: Executable) -> Sequence[Any]:
    """Return the rows of a query, read in a transaction of its own. Raises `StoreError`."""
    with transaction(engine, store) as connection:
        return connection.execute(query).all()


def execute(engine: Engine, store: str, statement: Executable, row: Mapping[str, Any] | None = None) -> int:
    """Return how many rows a statement changed, durably. Raises `StoreError`."""
    with transaction(engine, store) as connection:
        return connection.execute(statement, row).rowcount
