"""What people said of a reply: whether it helped, and from a fixed list why not. Never in words of their own."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, Engine, delete, insert, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from app import metrics
from app.errors import StoreError
from app.records.tables import feedback

Verdict = Literal["up", "down"]
Reason = Literal["not-my-question", "not-clear", "not-enough", "looks-wrong"]


@dataclass(frozen=True, slots=True)
class Opinion:
    message_id: str
    at: datetime
    channel: str
    subject: str
    """Entry ids or intent id of the reply, joined by spaces."""
    content_version: str
    verdict: Verdict
    reason: Reason | None


class Feedback:
    """One opinion a message, kept as long as the ledger keeps the decision itself."""

    def __init__(self, engine: Engine, keep: timedelta) -> None:
        self._engine = engine
        self._keep = keep

    def give(self, opinion: Opinion) -> None:
        """Durable when it returns; a second opinion on a message replaces the first. Raises `StoreError`."""
        try:
            try:
                self._write(opinion)
            except IntegrityError:  # two at once: the other one was first, so this one replaces it
                self._write(opinion)
        except (SQLAlchemyError, OSError) as error:
            metrics.store_errors.labels("feedback").inc()
            raise StoreError(f"feedback cannot be written: {type(error).__name__}") from error
        metrics.feedback.labels(opinion.verdict).inc()

    def _write(self, opinion: Opinion) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(feedback).where(feedback.c.at < opinion.at - self._keep))
            if not self._replaced(connection, opinion):
                connection.execute(insert(feedback), asdict(opinion))

    def _replaced(self, connection: Connection, opinion: Opinion) -> bool:
        values = {"at": opinion.at, "verdict": opinion.verdict, "reason": opinion.reason}
        same = feedback.c.message_id == opinion.message_id
        return connection.execute(update(feedback).where(same).values(values)).rowcount > 0
