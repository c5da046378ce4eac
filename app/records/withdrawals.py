"""Entries taken back by `hai-faq withhold`, shared by all replicas through the store."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated

from sqlalchemy import String, delete, select

from app.records.database import Store
from app.records.tables import KEY, put, table_of


@dataclass(frozen=True, slots=True)
class Withdrawal:
    entry_id: Annotated[str, String(100), KEY]
    at: datetime
    by: Annotated[str, String(200)]
    why: Annotated[str, String(1000)]


withdrawals = table_of("withdrawals", Withdrawal)


class Withdrawals(Store, table=withdrawals):
    def all(self) -> list[Withdrawal]:
        query = select(withdrawals).order_by(withdrawals.c.entry_id)
        return [Withdrawal(*row) for row in self._fetch(query)]

    def add(self, withdrawal: Withdrawal) -> None:
        """Take an entry back; a second time replaces who and why."""
        with self._transaction() as connection:
            put(connection, withdrawals, asdict(withdrawal))

    def remove(self, entry_id: str) -> bool:
        """Give an entry back, and return False when it was not taken."""
        return self._execute(delete(withdrawals).where(withdrawals.c.entry_id == entry_id)) > 0
