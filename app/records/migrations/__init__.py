"""The schema: every table, and how a store is brought up to date."""

import math
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from app.errors import StoreError
from app.records.audit import audit
from app.records.consents import consents
from app.records.counts import counts
from app.records.database import why
from app.records.deliveries import deliveries
from app.records.ended_sessions import ended_sessions
from app.records.feedback import feedback
from app.records.flags import flags
from app.records.ledger import decisions
from app.records.opt_out_events import opt_out_events
from app.records.proposals import proposals
from app.records.review_queue import questions
from app.records.withdrawals import withdrawals

TABLES = (
    *(audit, consents, counts, decisions, deliveries, ended_sessions, feedback, flags, opt_out_events, proposals),
    *(questions, withdrawals),
)
SCRIPTS = Path(__file__).parent
_MIGRATING = 0x68616966
"""The advisory lock under which one process at a time migrates a PostgreSQL."""


def migrate(engine: Engine, scripts: Path = SCRIPTS) -> None:
    """Bring the schema up to date; that of a later release is left as it is, since schemas only grow (a roll-back).

    Raises `StoreError` when the store cannot be reached or written.
    """
    config = Config()
    config.set_main_option("script_location", str(scripts))
    try:
        with engine.begin() as connection:
            _lock(connection)
            if not _is_newer(connection, config):
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(f"the store cannot be migrated: {why(error)}") from error


def _is_newer(connection: Connection, config: Config) -> bool:
    revisions = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision()
    return current is not None and current not in revisions


def _lock(connection: Connection) -> None:
    """Keep other processes from migrating this store until the transaction ends; they wait as long as it takes."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    connection.execute(select(func.set_config("statement_timeout", "0", True)))
    connection.connection.dbapi_connection.patience = math.inf  # type: ignore[union-attr]
    connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
