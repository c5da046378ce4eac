"""Consents to text messages, by a keyed hash of the number. They are never swept: an opt-out outlives all else."""

from collections.abc import Sequence

from sqlalchemy import Boolean, Column, Float, String, Table, delete, select

from app.records.database import Store
from app.records.tables import metadata, put

consents = Table(
    "consents",
    metadata,
    Column("party", String(64), primary_key=True),
    Column("opted_out", Boolean, nullable=False),
    Column("at", Float, nullable=False),
)


class Consents(Store, table=consents):
    """A number goes by its hash under each key that is still valid, the newest first.

    An opt-out under any of them counts, and what is written is written under the newest.
    """

    def opted_out(self, parties: Sequence[str]) -> bool | None:
        """Return True for a number that wants no texts, None for one that has never written."""
        query = select(consents.c.party, consents.c.opted_out).where(consents.c.party.in_(parties))
        answers = {row.party: row.opted_out for row in self._fetch(query)}
        return next((answers[party] for party in parties if party in answers), None)

    def set(self, parties: Sequence[str], opted_out: bool, at: float) -> bool:
        """Keep what a number wished at a time. Return False, and change nothing, where it has turned messages off
        since: a START that was held up must not undo a later STOP.
        """
        newest, *older = parties
        stopped_since = select(consents.c.party).where(
            consents.c.party.in_(parties), consents.c.opted_out, consents.c.at > at
        )
        with self._transaction() as connection:
            if not opted_out and connection.execute(stopped_since).first():
                return False
            put(connection, consents, {"party": newest, "opted_out": opted_out, "at": at})
            connection.execute(delete(consents).where(consents.c.party.in_(older)))
        return True
