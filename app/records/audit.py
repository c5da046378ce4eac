"""The audit says who did what and when: sign-ins, views of patients' texts, exports, changes; never what was read."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal

from sqlalchemy import Column, ColumnElement, Index, Integer, String, func, insert, select

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
    "answer flag",
    "close flag",
    "send flag",
    "dismiss",
    "put off",
    "undo",
    "propose",
    "try",
    "apply",
    "refuse",
    "withhold",
    "give back",
]


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    who: Annotated[str, String(200)]
    act: Annotated[Act, String(32)]
    subject: Subject
    """Ids, never texts."""


audit = table_of("audit", Event, Column("id", Integer, primary_key=True), Index("audit_at", "at"))


@dataclass(frozen=True, slots=True)
class Choice:
    """Which events to look at; what is empty chooses nothing."""

    first: date | None = None
    last: date | None = None
    """Days in UTC, both included."""
    who: str = ""
    """A part of the name."""
    act: str = ""

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        if self.first:
            yield audit.c.at >= _midnight(self.first)
        if self.last and self.last < date.max:
            yield audit.c.at < _midnight(self.last + timedelta(days=1))
        if self.who:
            yield func.lower(audit.c.who).contains(self.who.lower(), autoescape=True)
        if self.act:
            yield audit.c.act == self.act


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


class Audit(Store, table=audit):
    """The audit is kept for good: whoever is responsible for the records clears it by hand."""

    def add(self, event: Event) -> None:
        """Write an event, durably; what it tells of must not happen when this fails."""
        row = asdict(event) | {"who": event.who[:200], "subject": event.subject[:400]}
        self._execute(insert(audit), row)

    def all(self) -> Sequence[Event]:
        query = select(audit.c.at, audit.c.who, audit.c.act, audit.c.subject).order_by(audit.c.id)
        return [Event(*row) for row in self._fetch(query)]

    def newest(self, choice: Choice, before: int | None, most: int) -> list[tuple[int, Event]]:
        """Return the newest events before one, each with its number, the newest first."""
        query = select(audit.c.id, audit.c.at, audit.c.who, audit.c.act, audit.c.subject).where(*choice.conditions())
        if before is not None:
            query = query.where(audit.c.id < before)
        return [(id_, Event(*rest)) for id_, *rest in self._fetch(query.order_by(audit.c.id.desc()).limit(most))]

    def chosen(self, choice: Choice, at_once: int = 1_000) -> Iterator[Event]:
        """Yield all events, the newest first, of which few are in memory."""
        rows = self.newest(choice, None, at_once)
        while rows:
            yield from (event for _, event in rows)
            rows = self.newest(choice, rows[-1][0], at_once)
