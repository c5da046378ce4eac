"""A curator at the insights, and the records behind them."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from app.main import create_app
from app.records.database import connect
from app.settings import Settings


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """A curator, signed in by the one-time link."""
    links: list[str] = []
    with TestClient(create_app(settings, announce=links.append), "http://127.0.0.1:8000") as client:
        assert client.get(links[-1]).status_code == 200
        yield client


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    engine = connect(settings.database_url)
    yield engine
    engine.dispose()
