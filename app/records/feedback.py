"""What people said of a reply: whether it helped, and from a fixed list why not. Never in words of their own."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Engine, delete, func, select

from app import metrics
from app.records.tables import feedback, put, transaction

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


@dataclass(frozen=True, slots=True)
class Tally:
    """How often the same was said of replies about the same."""

    subject: str
    verdict: str
    reason: str | None
    times: int


class Feedback:
    """One opinion a message, kept as long as the ledger keeps the decision itself."""

    def __init__(self, engine: Engine, keep: timedelta) -> None:
        self._engine = engine
        self._keep = keep

    def give(self, opinion: Opinion) -> None:
        """Durable when it returns; a second opinion on a message replaces the first. Raises `StoreError`."""
        with transaction(self._engine, "feedback") as connection:
            connection.execute(delete(feedback).where(feedback.c.at < opinion.at - self._keep))
            put(connection, feedback, asdict(opinion))
        metrics.feedback.labels(opinion.verdict).inc()

    def all(self) -> list[Opinion]:
        """Raises `StoreError`."""
        with transaction(self._engine, "feedback") as connection:
            rows = connection.execute(select(feedback).order_by(feedback.c.at)).mappings()
            return [Opinion(**row) for row in rows]

    def tally(self, since: datetime) -> list[Tally]:
        """Counted where it is kept, in no order. Raises `StoreError`."""
        same = (feedback.c.subject, feedback.c.verdict, feedback.c.reason)
        query = select(*same, func.count()).where(feedback.c.at >= since).group_by(*same)
        with transaction(self._engine, "feedback") as connection:
            return [Tally(*row) for row in connection.execute(query)]
