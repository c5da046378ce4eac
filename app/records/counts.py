"""Counts, kept for good and without text, say how many messages came by each channel a day and what they got."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import Column, Connection, Date, Integer, String, Table, func, select

from app.records.database import Store
from app.records.exchange import Exchange
from app.records.tables import insert_into, metadata
from app.records.writer import Sink

OUTCOME, ENTRY, TOPIC, MILLISECONDS = "outcome", "entry", "topic", "ms"
TIER, HOUR, HOUR_UNANSWERED = "tier", "hour", "hour-unanswered"
OFFERED, TAKEN, NONE_TAKEN = "offered", "taken", "none-taken"
NEAR_MISS, WITHHELD = "near-miss", "withheld"
ASKED = ("answer", "clarify", "not-covered", "fallback")
"""Outcomes of messages that asked something."""
UNANSWERED = ASKED[1:]
NOTHING = "-"
"""Stands in place of a topic where a message came close to none."""
SAID_AGAIN = "again"
"""Stands in place of a tier where the text of a tier was only repeated."""
BUCKETS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
"""Milliseconds up to which replies are counted together; slower ones count as `inf`."""
_NAMES = (*(f"{upper:g}" for upper in BUCKETS), "inf")

counts = Table(
    "counts",
    metadata,
    Column("day", Date, primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("measure", String(16), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("times", Integer, nullable=False),
)

Key = tuple[date, str, str, str]
"""Day, channel, measure and name."""


class Counts(Store, Sink, table=counts):
    """The writer adds to the counts, and the insights read them."""

    def write(self, connection: Connection, batch: Sequence[Exchange]) -> None:
        """Add to the counts, rows in one order, so that two replicas never wait for each other."""
        added = Counter(key for exchange in batch for key in keys_of(exchange))
        names = counts.columns.keys()
        rows = [dict(zip(names, (*key, times), strict=True)) for key, times in sorted(added.items())]
        new = insert_into(counts, connection)
        total = {"times": counts.c.times + new.excluded.times}
        connection.execute(new.on_conflict_do_update(index_elements=names[:-1], set_=total), rows)

    def sweep(self, connection: Connection, now: datetime) -> None:
        """Remove nothing: nobody can be told from a count."""

    def since(self, day: date, last: date = date.max) -> list[tuple[Key, int]]:
        """Return how often each key was counted from this day on, to a last one, in order."""
        query = select(counts).where(counts.c.day.between(day, last)).order_by(*counts.primary_key.columns)
        return [((row.day, row.channel, row.measure, row.name), row.times) for row in self._fetch(query)]

    def first_day(self) -> date | None:
        """Return the first day that anything was counted on."""
        [row] = self._fetch(select(func.min(counts.c.day)))
        first: date | None = row[0]
        return first


def keys_of(exchange: Exchange) -> Iterator[Key]:
    """Yield what an exchange is counted under, each once."""
    day, channel = exchange.at.date(), exchange.channel
    yield day, channel, OUTCOME, exchange.outcome
    yield day, channel, MILLISECONDS, bucket(exchange.seconds * 1000)
    for id_ in exchange.entries:
        yield day, channel, ENTRY, id_[:100]
    for measure, name in _named(exchange):
        yield day, channel, measure, name[:100]


def _named(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Yield measures and names, which are ids and hours, that only some exchanges are counted under."""
    hour = f"{exchange.at.hour:02d}"
    if exchange.topic:
        yield TOPIC, exchange.topic
    if exchange.outcome == "urgent":
        yield TIER, exchange.subject[0] if exchange.raised else SAID_AGAIN
    if exchange.outcome in ASKED:
        yield HOUR, hour
    if exchange.outcome in UNANSWERED:
        yield HOUR_UNANSWERED, hour
    if exchange.outcome == "clarify":
        yield from ((OFFERED, id_) for id_ in exchange.subject)
    yield from ((TAKEN, id_) for id_ in exchange.taken)
    if exchange.withheld:
        yield WITHHELD, exchange.withheld
    elif exchange.outcome == "fallback":
        yield NEAR_MISS, exchange.missed or NOTHING
    elif exchange.outcome == "scripted" and exchange.missed:
        yield NONE_TAKEN, exchange.missed


def bucket(milliseconds: float) -> str:
    return _NAMES[bisect_left(BUCKETS, milliseconds)]
