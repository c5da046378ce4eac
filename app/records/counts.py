"""How many messages a day came by each channel, and what they got: counts without text, kept for good."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, select

from app.records.tables import counts, insert_into, transaction

OUTCOME, ENTRY, TOPIC, MILLISECONDS = "outcome", "entry", "topic", "ms"
BUCKETS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
"""Milliseconds up to which replies are counted together; slower ones count as `inf`."""

Key = tuple[date, str, str, str]
"""Day, channel, measure and name."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What one message adds."""

    day: date
    channel: str
    outcome: str
    """answer, clarify, not-covered, fallback, smalltalk, language, scripted or urgent."""
    entries: tuple[str, ...]
    topic: str | None
    """The not-covered topic that it was taken for."""
    seconds: float

    def added(self) -> list[Key]:
        named = [(OUTCOME, self.outcome), (MILLISECONDS, bucket(self.seconds * 1000))]
        named += [(ENTRY, id_) for id_ in self.entries]
        named += [(TOPIC, self.topic)] if self.topic else []
        return [(self.day, self.channel, measure, name[:100]) for measure, name in named]


def bucket(milliseconds: float) -> str:
    return next((f"{upper:g}" for upper in BUCKETS if milliseconds <= upper), "inf")


class Counts:
    """A sink of the writer, and what the insights read."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def write(self, connection: Connection, batch: Sequence[Counted]) -> None:
        """Adds to what is there; rows in one order, so that two replicas never wait for each other."""
        total = Counter(key for each in batch for key in each.added())
        names = ("day", "channel", "measure", "name", "times")
        rows = [dict(zip(names, (*key, times), strict=True)) for key, times in sorted(total.items())]
        new = insert_into(counts, connection)
        added_up = new.on_conflict_do_update(
            index_elements=list(names[:4]), set_={"times": counts.c.times + new.excluded.times}
        )
        connection.execute(added_up, rows)

    def sweep(self, connection: Connection, now: datetime) -> None:
        """Nobody can be told from a count: nothing goes."""

    def since(self, day: date) -> list[tuple[Key, int]]:
        """From this day on, in order. Raises `StoreError`."""
        query = select(counts).where(counts.c.day >= day).order_by(*counts.primary_key.columns)
        with transaction(self._engine, "counts") as connection:
            rows = connection.execute(query).all()
        return [((row.day, row.channel, row.measure, row.name), row.times) for row in rows]
