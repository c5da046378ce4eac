"""Consents to text messages, by a keyed hash of the number. They are never swept: an opt-out outlives all else."""

from collections.abc import Sequence

from sqlalchemy import Boolean, Column, Engine, Float, String, Table, delete, select

from app.records.database import fetch, transaction
from app.records.tables import metadata, put

consents = Table(
    "consents",
    metadata,
    Column("party", String(64), primary_key=True),
    Column("opted_out", Boolean, nullable=False),
    Column("at", Float, nullable=False),
)


class Consents:
    """Every method raises `StoreError` when the store cannot be reached.

    A number goes by its hash under each key that is still valid, the newest first: an opt-out under any of them
    counts, and what is written is written under the newest.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def opted_out(self, parties: Sequence[str]) -> bool | None:
        """Return True for a number that wants no texts, None for one that has never written."""
        query = select(consents.c.party, consents.c.opted_out).where(consents.c.party.in_(parties))
        answers = {row.party: row.opted_out for row in fetch(self._engine, "consents", query)}
        return next((answers[party] for party in parties if party in answers), None)

    def set(self, parties: Sequence[str], opted_out: bool, at: float) -> None:
        newest, *older = parties
        with transaction(self._engine, "consents") as connection:
            put(connection, consents, {"party": newest, "opted_out": opted_out, "at": at})
            connection.execute(delete(consents).where(consents.c.party.in_(older)))
