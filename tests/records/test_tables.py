import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, Date, Float, Integer, String, Text, insert, inspect, select
from sqlalchemy.engine import Engine

from app.errors import StoreError
from app.records import tables
from app.records.tables import Moment, connect, decisions, migrate, put, transaction, withdrawals
from tests.conftest import NOW, new_database

SAMPLES = {String: "x", Text: "x", Moment: NOW, Date: NOW.date(), Float: 0.5, Integer: 1, Boolean: True}
REVISIONS = ("0001", "0002", "0003", "0004")


def schema_of(engine: Engine) -> dict[str, list[str]]:
    found = inspect(engine)
    return {name: sorted(column["name"] for column in found.get_columns(name)) for name in found.get_table_names()}


@pytest.mark.parametrize("earlier", REVISIONS)
def test_every_earlier_release_is_brought_up_to_date(url: str, earlier: str) -> None:
    engine = connect(url)
    migrate(engine, earlier)
    with transaction(engine, "withdrawals") as connection:
        put(connection, withdrawals, {"entry_id": "lamp-color", "at": NOW, "by": "Dr. A", "why": "repainted"})
    migrate(engine)
    found = schema_of(engine)
    del found["alembic_version"]
    assert found == {
        table.name: sorted(column.name for column in table.columns) for table in tables.metadata.sorted_tables
    }
    with engine.connect() as connection:
        assert connection.execute(select(withdrawals.c.at)).scalar_one() == NOW
    engine.dispose()


@pytest.mark.parametrize("earlier", REVISIONS[:-1])
def test_what_an_earlier_release_writes_still_fits(url: str, earlier: str) -> None:
    """It knows neither the tables nor the columns that came after it: nothing new may be needed of a row."""
    engine = connect(url)
    migrate(engine, earlier)
    known = {name: columns for name, columns in schema_of(engine).items() if name != "alembic_version"}
    migrate(engine)
    with engine.begin() as connection:
        for name, columns in known.items():
            row = {column: SAMPLES[type(tables.metadata.tables[name].c[column].type)] for column in columns}
            connection.execute(insert(tables.metadata.tables[name]), row)
            assert len(connection.execute(select(tables.metadata.tables[name])).all()) == 1
    engine.dispose()


def test_the_newest_revision_is_told_by_its_file() -> None:
    """As Alembic says, which a start need not load for it."""
    assert [tables.head()] == ScriptDirectory(str(tables.MIGRATIONS)).get_heads()


def test_the_schema_of_a_later_release_is_left_alone(url: str) -> None:
    engine = connect(url)
    migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    migrate(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("select version_num from alembic_version").scalar_one() == "9999"
    engine.dispose()


def test_processes_that_migrate_at_once_wait_for_each_other(url: str) -> None:
    engine = connect(url)
    migrate(engine, "0001")
    code = f"from app.records.tables import connect, migrate; migrate(connect({url!r}))"
    processes = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    assert "questions" in schema_of(engine)
    engine.dispose()


def test_a_row_with_the_same_key_is_replaced(engine: Engine) -> None:
    row = {"entry_id": "lamp-color", "at": NOW, "by": "Dr. A", "why": "repainted"}
    for who in ("Dr. A", "Dr. B"):
        with transaction(engine, "withdrawals") as connection:
            put(connection, withdrawals, row | {"by": who})
    with engine.connect() as connection:
        assert [each.by for each in connection.execute(select(withdrawals))] == ["Dr. B"]


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
