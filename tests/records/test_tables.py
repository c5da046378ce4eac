import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Boolean, Column, Date, Float, Integer, MetaData, String, Table, Text, insert, inspect, select
from sqlalchemy.engine import Engine

from app.errors import StoreError
from app.records.database import REVISIONS, connect, transaction
from app.records.deliveries import Deliveries
from app.records.ledger import decisions
from app.records.migrations import SCRIPTS, TABLES, migrate
from app.records.proposals import Proposals, proposals
from app.records.tables import UtcDateTime, metadata, put
from app.records.withdrawals import withdrawals
from tests.conftest import NOW, new_database

SAMPLES: dict[type, Any] = {
    String: "x",
    Text: "x",
    UtcDateTime: NOW,
    Date: NOW.date(),
    Float: 0.5,
    Integer: 1,
    Boolean: True,
}
FIRST_DELIVERIES: dict[str, Any] = {
    **dict.fromkeys(("id", "party", "state", "reply", "address"), String(64)),
    **dict.fromkeys(("at", "due"), Float),
    "urgent": Boolean,
}
FIRST_PROPOSALS = ("at", "by", "kind", "target", "title", "lines", "message_ids", "state", "reason", "id")
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{newest}"


def upgrade():
    op.add_column("feedback", sa.Column("comment", sa.Text, nullable=True))
    op.create_table("surveys", sa.Column("id", sa.Integer, primary_key=True))
"""


@pytest.fixture
def next_release(tmp_path: Path) -> Path:
    """The migrations of the release after this one, which grows a table and adds another."""
    folder = tmp_path / "migrations"
    shutil.copytree(SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    newest = max(path.name for path in REVISIONS.glob("*.py"))[:4]
    (folder / "versions" / "9999_next.py").write_text(NEXT.format(newest=newest))
    return folder


def test_the_migrations_make_the_tables_that_are_defined(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_an_earlier_release_is_brought_up_to_date(engine: Engine, next_release: Path) -> None:
    with transaction(engine, "withdrawals") as connection:
        put(connection, withdrawals, {"entry_id": "lamp-color", "at": NOW, "by": "Dr. A", "why": "repainted"})
    migrate(engine, next_release)
    assert "surveys" in inspect(engine).get_table_names()
    with engine.connect() as connection:
        assert connection.execute(select(withdrawals.c.at)).scalar_one() == NOW


def test_the_texts_of_the_first_release_get_their_new_columns(url: str) -> None:
    """The tables as the first release made them: a delivery that it wrote is kept, and can be found by number."""
    engine = connect(url)
    if engine.dialect.name == "sqlite":
        Path(engine.url.database or "").parent.mkdir(exist_ok=True)
    with engine.begin() as connection:
        first = Table("deliveries", MetaData(), *(Column(name, type_) for name, type_ in FIRST_DELIVERIES.items()))
        first.create(connection)
        connection.execute(
            insert(first), {"id": "d1", "party": "p", "state": "sent", "at": 5.0, "due": 5.0, "reply": "hi"}
        )
        metadata.create_all(
            connection, [table for table in TABLES if table.name not in ("deliveries", "opt_out_events")]
        )
        connection.exec_driver_sql("create table alembic_version (version_num varchar(32) not null)")
        connection.exec_driver_sql("insert into alembic_version values ('0001')")
    migrate(engine)
    (kept,) = Deliveries(engine, 1e6).last("p", 0.0)
    assert (kept.id, kept.digest, kept.following, kept.failed) == ("d1", "", "", False)
    engine.dispose()


def test_the_proposals_of_an_earlier_release_get_their_new_columns(url: str) -> None:
    engine = connect(url)
    if engine.dialect.name == "sqlite":
        Path(engine.url.database or "").parent.mkdir(exist_ok=True)
    with engine.begin() as connection:
        metadata.create_all(connection, [table for table in TABLES if table.name not in ("flags", "proposals")])
        before = [column for column in proposals.columns if column.name in FIRST_PROPOSALS]
        first = Table(
            "proposals",
            MetaData(),
            *(Column(column.name, column.type, primary_key=column.primary_key) for column in before),
        )
        first.create(connection)
        row = {column.name: SAMPLES[type(column.type)] for column in before}
        connection.execute(insert(first), row | {"id": 7})
        connection.exec_driver_sql("create table alembic_version (version_num varchar(32) not null)")
        connection.exec_driver_sql("insert into alembic_version values ('0002')")
    migrate(engine)
    (kept,) = Proposals(engine).all()
    assert (kept.id, kept.settled_by, kept.settled_at, kept.tried_at, kept.harm) == (7, "", None, None, "")
    engine.dispose()


def test_a_store_of_before_knows_of_ended_sessions(url: str) -> None:
    engine = connect(url)
    if engine.dialect.name == "sqlite":
        Path(engine.url.database or "").parent.mkdir(exist_ok=True)
    with engine.begin() as connection:
        metadata.create_all(connection, [table for table in TABLES if table.name != "ended_sessions"])
        connection.exec_driver_sql("create table alembic_version (version_num varchar(32) not null)")
        connection.exec_driver_sql("insert into alembic_version values ('0002')")
    migrate(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_what_this_release_writes_still_fits_the_schema_of_the_next(engine: Engine, next_release: Path) -> None:
    """It knows neither the tables nor the columns that come after it: nothing new may be needed of a row."""
    migrate(engine, next_release)
    with engine.begin() as connection:
        for table in TABLES:
            connection.execute(insert(table), {column.name: SAMPLES[type(column.type)] for column in table.columns})
            assert len(connection.execute(select(table)).all()) == 1


def test_the_schema_of_a_later_release_is_left_alone(engine: Engine, next_release: Path) -> None:
    migrate(engine, next_release)
    migrate(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("select version_num from alembic_version").scalar_one() == "9999"


def test_processes_that_migrate_at_once_wait_for_each_other(engine: Engine, url: str, next_release: Path) -> None:
    code = (
        "from pathlib import Path; from app.records.database import connect; "
        f"from app.records.migrations import migrate; migrate(connect({url!r}), Path({str(next_release)!r}))"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    assert "surveys" in inspect(engine).get_table_names()


def test_a_row_with_the_same_key_is_replaced(engine: Engine) -> None:
    row = {"entry_id": "lamp-color", "at": NOW, "by": "Dr. A", "why": "repainted"}
    for who in ("Dr. A", "Dr. B"):
        with transaction(engine, "withdrawals") as connection:
            put(connection, withdrawals, row | {"by": who})
    with engine.connect() as connection:
        assert [row.by for row in connection.execute(select(withdrawals))] == ["Dr. B"]


@pytest.mark.parametrize("url", ["postgresql://u:hunter2@127.0.0.1:9/none", "sqlite:////proc/nowhere/a.db"])
def test_a_store_that_is_down_is_said_without_its_password(url: str) -> None:
    engine = connect(url)
    with pytest.raises(StoreError) as raised, transaction(engine, "ledger") as connection:
        connection.execute(select(decisions))
    assert "hunter2" not in str(raised.value)
    with pytest.raises(StoreError):
        migrate(engine)
    engine.dispose()


def test_a_postgresql_that_says_nothing_more_is_given_up(postgres: Any) -> None:
    engine = connect(new_database(postgres))
    with engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.patience = 0.2
    with pytest.raises(StoreError), transaction(engine, "ledger") as connection:
        connection.exec_driver_sql("select pg_sleep(4)")
    with transaction(engine, "ledger") as connection:
        assert connection.exec_driver_sql("select 1").scalar() == 1
    engine.dispose()


def test_sqlite_waits_for_the_disk(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()
