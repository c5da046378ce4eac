"""Entries taken back by `hai-faq withhold`, shared by all replicas through the store."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, select

from app.records.tables import put, transaction, withdrawals


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
        with transaction(self._engine, "withdrawals") as connection:
            rows = connection.execute(select(withdrawals).order_by(withdrawals.c.entry_id)).all()
        return [Withdrawal(row.entry_id, row.at, row.by, row.why) for row in rows]

    def add(self, withdrawal: Withdrawal) -> None:
        """Takes an entry back; saying it again replaces who and why."""
        with transaction(self._engine, "withdrawals") as connection:
            put(connection, withdrawals, asdict(withdrawal))

    def remove(self, entry_id: str) -> bool:
        """Gives an entry back; False when it was not taken."""
        with transaction(self._engine, "withdrawals") as connection:
            return connection.execute(delete(withdrawals).where(withdrawals.c.entry_id == entry_id)).rowcount > 0
