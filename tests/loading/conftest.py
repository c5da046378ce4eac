from collections.abc import Iterator
from pathlib import Path

import pytest

from app.loading.loader import load
from app.loading.reloader import Reloader
from app.records.database import connect, migrate
from app.records.withdrawals import Withdrawals
from tests.conftest import config_of


def change(folder: Path, old: str, new: str) -> None:
    path = folder / "faq.yaml"
    path.write_text(path.read_text().replace(old, new, 1))


@pytest.fixture
def withdrawals(tmp_path: Path) -> Iterator[Withdrawals]:
    engine = connect(f"sqlite:///{tmp_path / 'store.db'}")
    migrate(engine)
    yield Withdrawals(engine)
    engine.dispose()


@pytest.fixture
def served(folder: Path, cache: Path, withdrawals: Withdrawals) -> Reloader:
    """It looks for changes only when told."""
    config = config_of(folder, cache)
    return Reloader(config, load(config), withdrawals, every=3600)
