"""Flags of staff on answers: the reply as it was, never a caller's words, and what its owner said to it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from sqlalchemy import Engine, Index, Integer, Select, String, and_, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from app.records.database import Store
from app.records.feedback import FOR_EVER
from app.records.tables import KEY, UtcDateTime, Version, table_of

Reason = Literal["could-harm", "looks-wrong", "out-of-date", "not-clear", "not-enough"]
GRAVE: Reason = "could-harm"
"""It outweighs all others."""
State = Literal["open", "answered", "closed"]
Told = Literal["", "sending", "told", "partly", "failed"]
"""How telling the owner went: nobody to tell, under way, by all ways, by some of them, by none."""

INTERRUPTED = timedelta(minutes=2)
"""After which telling the owner that never ended has failed: longer than all attempts take together."""
LATEST = 200
"""Most flags of one list."""


@dataclass(frozen=True, slots=True)
class Flag:
    at: datetime
    by: Annotated[str, String(200)]
    entry_id: Annotated[str, String(100)]
    question: Annotated[str, String(400)]
    """That of the entry."""
    reason: Annotated[Reason, String(32)]
    content_version: Version
    """Of the content that the reply was shown from."""
    reply: str
    """Approved text."""
    language: Annotated[str, String(16)] = ""
    """Of the reply; empty for English."""
    changed: bool = False
    """Another text was shown: it changed before it was flagged, and `reply` is what it says since."""
    told: Annotated[Told, String(16)] = ""
    told_at: Annotated[datetime | None, UtcDateTime] = None
    """When telling the owner last began or ended."""
    state: Annotated[State, String(16)] = "open"
    answer: str = ""
    """Of the owner, redacted."""
    answered_by: Annotated[str, String(200)] = ""
    answered_at: Annotated[datetime | None, UtcDateTime] = None
    closed_by: Annotated[str, String(200)] = ""
    closed_at: Annotated[datetime | None, UtcDateTime] = None
    id: Annotated[int, Integer, KEY] = 0
    """Made by the store."""

    @property
    def grave(self) -> bool:
        return self.reason == GRAVE

    def reached(self, now: datetime) -> Told:
        """Return how telling the owner went; what was under way when its process ended has failed."""
        interrupted = self.told == "sending" and now - (self.told_at or self.at) > INTERRUPTED
        return "failed" if interrupted else self.told


_OPEN = text("state = 'open'")

flags = table_of(
    "flags",
    Flag,
    Index("flags_state", "state"),
    Index("flags_at", "at"),
    Index("flags_once", "by", "entry_id", "reason", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
)


@dataclass(frozen=True, slots=True)
class FlagTally:
    """How often an entry was flagged for one reason."""

    entry_id: str
    reason: str
    times: int


class Flags(Store, table=flags):
    """What is not closed stays; the rest is kept as long as patients' opinions are."""

    def __init__(self, engine: Engine, keep: timedelta) -> None:
        super().__init__(engine)
        self._keep = keep

    def standing(self, by: str, entry_id: str, reason: Reason) -> Flag | None:
        """Return the open flag of this person on this entry that says as much; a graver reason is said anew."""
        same = and_(flags.c.by == by, flags.c.entry_id == entry_id, flags.c.state == "open")
        as_grave = and_(same, flags.c.reason == GRAVE) if reason == GRAVE else same
        return next(iter(self._read(select(flags).where(as_grave).order_by(flags.c.id.desc()))), None)

    def add(self, flag: Flag) -> int | None:
        """Write a flag, durably, and return its id; None where the same one came at the same time."""
        row = asdict(flag)
        del row["id"]
        try:
            with self._transaction() as connection:
                old = and_(flags.c.state == "closed", flags.c.at < flag.at - self._keep)
                connection.execute(delete(flags).where(old))
                return int(connection.execute(insert(flags).returning(flags.c.id), row).scalar_one())
        except IntegrityError:
            return None

    def find(self, id_: int) -> Flag | None:
        return next(iter(self._read(select(flags).where(flags.c.id == id_))), None)

    def latest(self, by: str | None = None, most: int = LATEST) -> list[Flag]:
        """Return the newest, of one person or of all; first those that nobody has answered, harm before all else."""
        own = select(flags) if by is None else select(flags).where(flags.c.by == by)
        waits = flags.c.state == "open"
        first = (
            and_(waits, flags.c.reason == GRAVE).desc(),
            waits.desc(),
            flags.c.state == "closed",
            flags.c.id.desc(),
        )
        return self._read(own.order_by(*first).limit(most))

    def all(self) -> list[Flag]:
        return self._read(select(flags).order_by(flags.c.id))

    def tally(self, since: datetime, before: datetime = FOR_EVER) -> Sequence[FlagTally]:
        """Return how often each entry was flagged for each reason from a time on, in no order."""
        same = (flags.c.entry_id, flags.c.reason)
        query = select(*same, func.count()).where(flags.c.at >= since, flags.c.at < before).group_by(*same)
        return [FlagTally(*row) for row in self._fetch(query)]

    def note_told(self, id_: int, told: Told, at: datetime) -> None:
        self._execute(update(flags).where(flags.c.id == id_).values({"told": told, "told_at": at}))

    def answer(self, id_: int, words: str, by: str, at: datetime) -> bool:
        """Keep what the owner says to it; return False for a flag that is closed or not there."""
        return self._set(id_, {"state": "answered", "answer": words, "answered_by": by, "answered_at": at})

    def close(self, id_: int, by: str, at: datetime) -> bool:
        """Return False for a flag that is closed already or not there."""
        return self._set(id_, {"state": "closed", "closed_by": by, "closed_at": at})

    def _set(self, id_: int, row: Mapping[str, Any]) -> bool:
        standing = and_(flags.c.id == id_, flags.c.state != "closed")
        return self._execute(update(flags).where(standing).values(row)) == 1

    def _read(self, query: Select[Any]) -> list[Flag]:
        return [Flag(*row) for row in self._fetch(query)]
