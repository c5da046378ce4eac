"""The audit says who did what and when: sign-ins, views of patients' texts, exports, changes; never what was read."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Literal

from sqlalchemy import Column, Index, Integer, String, insert, select

from app.records.database import Store
from app.records.tables import Subject, table_of

Act = Literal[
    "sign-in",
    "sign-in refused",
    "sign-out",
    "session ended",
    "roles changed",
    "view",
    "suggest",
    "export",
    "purge",
    "flag",
    "dismiss",
    "propose",
    "try",
    "apply",
    "refuse",
    "withhold",
]


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    who: Annotated[str, String(200)]
    act: Annotated[Act, String(32)]
    subject: Subject
    """Ids, never texts."""


audit = table_of("audit", Event, Column("id", Integer, primary_key=True), Index("audit_at", "at"))


class Audit(Store, table=audit):
    """The audit is kept for good: whoever is responsible for the records clears it by hand."""

    def add(self, event: Event) -> None:
        """Write an event, durably; what it tells of must not happen when this fails."""
        row = asdict(event) | {"who": event.who[:200], "subject": event.subject[:400]}
        self._execute(insert(audit), row)

    def all(self) -> Sequence[Event]:
        query = select(audit.c.at, audit.c.who, audit.c.act, audit.c.subject).order_by(audit.c.id)
        return [Event(*row) for row in self._fetch(query)]
