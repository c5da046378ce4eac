"""Consents to text messages, by a keyed hash of the number. They are never swept: an opt-out outlives all else."""

from collections.abc import Sequence

from sqlalchemy import Boolean, Column, Float, String, Table, delete, or_, select, update

from app.records.database import Store
from app.records.tables import insert_into, metadata

consents = Table(
    "consents",
    metadata,
    Column("party", String(64), primary_key=True),
    Column("opted_out", Boolean, nullable=False),
    Column("at", Float, nullable=False),
)


class Consents(Store, table=consents):
    """A number goes by its hash under each key that is still valid, and in each spelling, the newest first.

    Its last wish under any of them counts, and what is written is written under the newest.
    """

    def opted_out(self, parties: Sequence[str]) -> bool | None:
        """Return True for a number that wants no texts, None for one that has never written."""
        kept = select(consents.c.opted_out).where(consents.c.party.in_(parties))
        last = next(iter(self._fetch(kept.order_by(consents.c.at.desc(), consents.c.opted_out.desc()).limit(1))), None)
        return bool(last.opted_out) if last else None

    def set(self, parties: Sequence[str], opted_out: bool, at: float) -> bool:
        """Keep what a number wished at a time. Return False, and change nothing, for a START where it has turned
        messages off since, which must not be undone, and for a STOP where they are off already.
        """
        newest, *older = parties
        stopped_since = select(consents.c.party).where(
            consents.c.party.in_(older), consents.c.opted_out, consents.c.at > at
        )
        with self._transaction() as connection:
            if not opted_out and connection.execute(stopped_since).first():
                return False
            new = insert_into(consents, connection)
            was_on = consents.c.opted_out.is_(False)
            may_change = was_on if opted_out else or_(was_on, consents.c.at <= at)
            changed = new.on_conflict_do_update(
                index_elements=["party"],
                set_={"opted_out": new.excluded.opted_out, "at": new.excluded.at},
                where=may_change,
            )
            row = {"party": newest, "opted_out": opted_out, "at": at}
            if connection.execute(changed.returning(consents.c.party), row).first() is None:
                if opted_out:  # said again: what was wished before it must not undo it
                    later = update(consents).where(consents.c.party == newest, consents.c.at < at)
                    connection.execute(later.values(at=at))
                return False
            connection.execute(delete(consents).where(consents.c.party.in_(older)))
        return True

    def meet(self, party: str, at: float) -> None:
        """Note that a number has written, unless something is known of it."""
        row = {"party": party, "opted_out": False, "at": at}
        with self._transaction() as connection:
            connection.execute(insert_into(consents, connection).on_conflict_do_nothing(), row)
