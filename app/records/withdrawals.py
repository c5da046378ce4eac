"""Entries taken back by `hai-faq withhold`, shared by all replicas through the store."""

from dataclasses import asdict, dataclass
from typing import Annotated

from sqlalchemy import Engine, String, delete, select

from app.records.database import execute, fetch, transaction
from app.records.tables import KEY, Time, put, table_of


@dataclass(frozen=True, slots=True)
class Withdrawal:
    entry_id: Annotated[str, String(100), KEY]
    at: Time
    by: Annotated[str, String(200)]
    why: Annotated[str, String(1000)]


withdrawals = table_of("withdrawals", Withdrawal)


class Withdrawals:
    """Every method raises `StoreError` when the store cannot be reached."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[Withdrawal]:
        query = select(withdrawals).order_by(withdrawals.c.entry_id)
        return [Withdrawal(*row) for row in fetch(self._engine, "withdrawals", query)]

    def add(self, withdrawal: Withdrawal) -> None:
        """Take an entry back; a second time replaces who and why."""
        with transaction(self._engine, "withdrawals") as connection:
            put(connection, withdrawals, asdict(withdrawal))

    def remove(self, entry_id: str) -> bool:
        """Give an entry back, and return False when it was not taken."""
        return execute(self._engine, "withdrawals", delete(withdrawals).where(withdrawals.c.entry_id == entry_id)) > 0
