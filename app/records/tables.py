"""The tables, and the one engine that reaches them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Engine,
    Float,
    Index,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from app.errors import StoreError

metadata = MetaData()

decisions = Table(
    "decisions",
    metadata,
    Column("message_id", String(300), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
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
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by", String(200), nullable=False),
    Column("why", String(1000), nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("message_id", String(300), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
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


def connect(url: str) -> Engine:
    """An engine; connects to nothing yet. SQLite gets its folder, WAL and a patient lock."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    engine = create_engine(parsed)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # in WAL, NORMAL may lose what was confirmed when the power fails
    cursor.execute("PRAGMA busy_timeout=2000")
    cursor.close()


def migrate(engine: Engine) -> None:
    """Brings the schema up to date. Raises `StoreError` when the store cannot be reached or written."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    try:
        if engine.url.database and engine.url.get_backend_name() == "sqlite":
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(f"the store cannot be migrated: {type(error).__name__}") from error
