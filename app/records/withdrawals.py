"""Entries taken back by `hai-faq withhold`, shared by all replicas through the store."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from app.errors import StoreError
from app.records.tables import withdrawals


@dataclass(frozen=True, slots=True)
class Withdrawal:
    entry_id: str
    at: datetime
    by: str
    why: str


class Withdrawals:
    """Every method raises `StoreError` when the store cannot be reached."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[Withdrawal]:
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(select(withdrawals).order_by(withdrawals.c.entry_id)).all()
        except (SQLAlchemyError, OSError) as error:
            raise StoreError(f"withdrawals cannot be read: {type(error).__name__}") from error
        return [Withdrawal(row.entry_id, row.at, row.by, row.why) for row in rows]

    def add(self, withdrawal: Withdrawal) -> None:
        """Takes an entry back; saying it again replaces who and why."""
        values = {
            "entry_id": withdrawal.entry_id,
            "at": withdrawal.at,
            "by": withdrawal.by,
            "why": withdrawal.why,
        }
        try:
            with self._engine.begin() as connection:
                connection.execute(delete(withdrawals).where(withdrawals.c.entry_id == withdrawal.entry_id))
                connection.execute(insert(withdrawals), values)
        except (SQLAlchemyError, OSError) as error:
            raise StoreError(f"the withdrawal cannot be written: {type(error).__name__}") from error

    def remove(self, entry_id: str) -> bool:
        """Gives an entry back; False when it was not taken."""
        try:
            with self._engine.begin() as connection:
                done = connection.execute(delete(withdrawals).where(withdrawals.c.entry_id == entry_id))
        except (SQLAlchemyError, OSError) as error:
            raise StoreError(f"the withdrawal cannot be removed: {type(error).__name__}") from error
        return done.rowcount > 0
