"""The tables, and the one engine that reaches them."""

import contextlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    create_engine,
    dialects,
    event,
    make_url,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from app import metrics
from app.errors import StoreError
from app.optional import load_optional

WAIT = 2
"""Seconds for PostgreSQL to take a connection, and for one to come free."""
LONGEST_STATEMENT = 5_000
"""Milliseconds: what takes longer is broken, and a person waits for it."""
HUNG = LONGEST_STATEMENT / 1000 + 1
"""Seconds without a word from PostgreSQL, which would have given up the statement by then."""
MIGRATIONS = Path(__file__).parent / "migrations"

dialects.registry.register("postgresql.impatient", "app.records.impatience", "Impatient")  # loaded where it is named

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """A time in UTC; SQLite forgets the zone, which is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


decisions = Table(
    "decisions",
    metadata,
    Column("message_id", String(300), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("subject", String(400), nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("urgent_score", Float, nullable=False),
    Column("check_failed", Boolean, nullable=False),
    Column("content_version", String(64), nullable=False),
    Column("model_version", String(64), nullable=False),
    Index("decisions_at", "at"),
)

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("entry_id", String(100), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by", String(200), nullable=False),
    Column("why", String(1000), nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("message_id", String(300), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("subject", String(400), nullable=False),
    Column("content_version", String(64), nullable=False),
    Column("verdict", String(8), nullable=False),
    Column("reason", String(32), nullable=True),
    Index("feedback_at", "at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("party", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("at", Float, nullable=False),
    Column("due", Float, nullable=False),
    Column("reply", Text, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("address", Text, nullable=False),
    Index("deliveries_state_due", "state", "due"),
)

consents = Table(
    "consents",
    metadata,
    Column("party", String(64), primary_key=True),
    Column("opted_out", Boolean, nullable=False),
    Column("at", Float, nullable=False),
)

questions = Table(
    "questions",
    metadata,
    Column("message_id", String(300), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("urgent_score", Float, nullable=False),
    Column("near_urgent", Boolean, nullable=False),
    Column("content_version", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Index("questions_at", "at"),
    Index("questions_state", "state", "near_urgent"),
)

counts = Table(
    "counts",
    metadata,
    Column("day", Date, primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("measure", String(16), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("times", Integer, nullable=False),
)

proposals = Table(
    "proposals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by", String(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("target", String(100), nullable=False),
    Column("title", String(300), nullable=False),
    Column("lines", Text, nullable=False),
    Column("message_ids", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Index("proposals_state", "state"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("who", String(200), nullable=False),
    Column("act", String(32), nullable=False),
    Column("subject", String(400), nullable=False),
    Index("audit_at", "at"),
)


def connect(url: str) -> Engine:
    """An engine; connects to nothing yet. SQLite gets WAL and a patient lock, PostgreSQL its time limits."""
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


@contextlib.contextmanager
def transaction(engine: Engine, store: str) -> Iterator[Connection]:
    """Durable when it ends. What the driver raises is counted for `store` and becomes a `StoreError`, but for an
    `IntegrityError`, which the caller expects.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except IntegrityError:
        raise
    except (SQLAlchemyError, OSError) as error:
        metrics.store_errors.labels(store).inc()
        raise StoreError(f"{store} cannot be reached: {type(error).__name__}") from error


def insert_into(table: Table, connection: Connection) -> Any:
    """Return an insert that knows `ON CONFLICT`, which is of the dialect."""
    return load_optional(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)


def put(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Inserts a row, or replaces the one with the same primary key, also when another process is just doing that."""
    new = insert_into(table, connection)
    keys = [column.name for column in table.primary_key]
    rest = {column.name: new.excluded[column.name] for column in table.columns if column.name not in keys}
    connection.execute(new.on_conflict_do_update(index_elements=keys, set_=rest), row)


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up to date; that of a later release is left as it is, since schemas only grow (a roll-back).

    Raises `StoreError` when the store cannot be reached or written.
    """
    if revision != "head" or not _is_at_head(engine):
        load_optional("app.records.migrating").migrate(engine, revision)


def _is_at_head(engine: Engine) -> bool:
    """Alembic would say the same, and is a seventh of what a start imports."""
    if engine.url.database and engine.url.get_backend_name() == "sqlite" and not Path(engine.url.database).exists():
        return False
    try:
        with engine.connect() as connection:
            revisions = connection.exec_driver_sql("select version_num from alembic_version").scalars().all()
    except SQLAlchemyError:
        return False
    return revisions == [head()]


def head() -> str:
    """Return the newest revision: the names of their files begin with it."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("*.py"))[:4]
