"""The one engine that reaches the tables, and its transactions."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Table, create_engine, dialects, event, make_url
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
REVISIONS = Path(__file__).parent / "migrations" / "versions"

dialects.registry.register("postgresql.impatient", "app.records.impatience", "Impatient")  # loaded where it is named


def connect(url: str) -> Engine:
    """Return an engine, not connected yet. SQLite gets WAL and a patient lock, PostgreSQL its time limits."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        limits: dict[str, Any] = {"connect_timeout": WAIT, "options": f"-c statement_timeout={LONGEST_STATEMENT}"}
        parsed = parsed.set(drivername="postgresql+impatient")
        return create_engine(parsed, pool_pre_ping=True, pool_timeout=WAIT, connect_args=limits)
    engine = create_engine(parsed)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # in WAL, NORMAL may lose what was confirmed when the power fails
    cursor.execute("PRAGMA busy_timeout=2000")
    cursor.close()


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
        raise StoreError(f"{store} cannot be reached: {type(error).__name__}") from error


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
        with engine.connect() as connection:
            revisions = connection.exec_driver_sql("select version_num from alembic_version").scalars().all()
    except SQLAlchemyError:
        return False
    newest = max(path.name for path in REVISIONS.glob("*.py"))[:4]  # the names of their files begin with it
    return revisions == [newest]
