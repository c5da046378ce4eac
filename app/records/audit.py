"""Who did what, and when: sign-ins, views of patients' texts, exports, changes. Never what was read or typed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Engine, insert, select

from app.records.tables import audit, transaction

Act = Literal[
    "sign-in",
    "sign-in refused",
    "sign-out",
    "view",
    "export",
    "purge",
    "flag",
    "dismiss",
    "propose",
    "apply",
    "refuse",
    "withhold",
]


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    who: str
    act: Act
    subject: str
    """Ids, never texts."""


class Audit:
    """Kept for good: whoever is responsible for the records clears it by hand. Raises `StoreError`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, event: Event) -> None:
        """Durable when it returns; what it tells of must not happen when this fails."""
        row = asdict(event) | {"who": event.who[:200], "subject": event.subject[:400]}
        with transaction(self._engine, "audit") as connection:
            connection.execute(insert(audit), row)

    def all(self) -> Sequence[Event]:
        query = select(audit.c.at, audit.c.who, audit.c.act, audit.c.subject).order_by(audit.c.id)
        with transaction(self._engine, "audit") as connection:
            return [Event(*row) for row in connection.execute(query)]
