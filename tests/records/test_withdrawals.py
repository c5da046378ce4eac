from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.errors import StoreError
from app.records.database import connect, migrate
from app.records.withdrawals import Withdrawal, Withdrawals
from tests.conftest import NOW

TAKEN = Withdrawal("lamp-color", NOW, "Dr. A", "it was repainted")


def test_an_entry_is_taken_back_and_given_back(engine: Engine) -> None:
    withdrawals = Withdrawals(engine)
    withdrawals.add(TAKEN)
    withdrawals.add(TAKEN)
    assert withdrawals.all() == [TAKEN]
    assert withdrawals.remove("lamp-color")
    assert not withdrawals.remove("lamp-color")


def test_a_store_that_cannot_be_read_is_a_store_error(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}")
    with pytest.raises(StoreError):
        Withdrawals(engine).all()
    with pytest.raises(StoreError):
        migrate(engine)
    engine.dispose()
