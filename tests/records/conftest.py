"""One suite for every store."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from app.records.tables import connect, migrate


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = connect(url)
    migrate(engine)
    yield engine
    engine.dispose()
