"""Who wants no more text messages, by a keyed hash of the number. Never swept: an opt-out outlives everything else."""

from collections.abc import Sequence

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from app import metrics
from app.errors import StoreError
from app.records.tables import consents


class Consents:
    """Every method raises `StoreError` when the store cannot be reached.

    A number is known by its hash under each key that is still valid, the newest first: an opt-out under any of them
    counts, and what is written is written under the newest.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def opted_out(self, parties: Sequence[str]) -> bool | None:
        """None for a number that has never written."""
        query = select(consents.c.party, consents.c.opted_out).where(consents.c.party.in_(parties))
        try:
            with self._engine.connect() as connection:
                said = {row.party: row.opted_out for row in connection.execute(query)}
        except (SQLAlchemyError, OSError) as error:
            raise self._failed(error) from error
        return next((said[party] for party in parties if party in said), None)

    def set(self, parties: Sequence[str], opted_out: bool, at: float) -> None:
        row = {"party": parties[0], "opted_out": opted_out, "at": at}
        for _ in range(2):  # two at once: the later one replaces the first
            try:
                with self._engine.begin() as connection:
                    connection.execute(delete(consents).where(consents.c.party.in_(parties)))
                    connection.execute(insert(consents), row)
                return
            except IntegrityError:
                continue
            except (SQLAlchemyError, OSError) as error:
                raise self._failed(error) from error

    @staticmethod
    def _failed(error: Exception) -> StoreError:
        metrics.store_errors.labels("consents").inc()
        return StoreError(f"consents cannot be reached: {type(error).__name__}")
