"""Opinions say if a reply helped and, from a fixed list, why not; never in words of a person's own."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from sqlalchemy import Engine, Index, String, delete, func, select

from app import metrics
from app.records.database import Store
from app.records.tables import ChannelName, MessageId, Subject, Version, put, table_of

Verdict = Literal["up", "down"]
Reason = Literal["not-my-question", "not-clear", "not-enough", "looks-wrong"]
FOR_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Opinion:
    message_id: MessageId
    at: datetime
    channel: ChannelName
    subject: Subject
    """Entry ids or intent id of the reply, joined by spaces."""
    content_version: Version
    verdict: Annotated[Verdict, String(8)]
    reason: Annotated[Reason | None, String(32)]


feedback = table_of("feedback", Opinion, Index("feedback_at", "at"))


@dataclass(frozen=True, slots=True)
class Tally:
    """How often one verdict and reason was given on replies about one subject."""

    subject: str
    verdict: str
    reason: str | None
    times: int


class Feedback(Store, table=feedback):
    """One opinion a message, kept as long as the ledger keeps the decision itself."""

    def __init__(self, engine: Engine, keep: timedelta) -> None:
        super().__init__(engine)
        self._keep = keep

    def give(self, opinion: Opinion) -> None:
        """Write an opinion, durably; a second one on a message replaces the first, and is counted no more."""
        with self._transaction() as connection:
            connection.execute(delete(feedback).where(feedback.c.at < opinion.at - self._keep))
            of_message = select(feedback.c.message_id).where(feedback.c.message_id == opinion.message_id)
            is_first = connection.execute(of_message).first() is None
            put(connection, feedback, asdict(opinion))
        if is_first:
            metrics.feedback.labels(opinion.verdict).inc()

    def all(self) -> list[Opinion]:
        """Return all opinions, the oldest first."""
        return [Opinion(*row) for row in self._fetch(select(feedback).order_by(feedback.c.at))]

    def tally(self, since: datetime, before: datetime = FOR_EVER, by_staff: bool = False) -> list[Tally]:
        """Return how often patients gave each from a time on, in no order; or staff, whose flags an earlier release
        kept here.
        """
        same = (feedback.c.subject, feedback.c.verdict, feedback.c.reason)
        of_staff = feedback.c.channel == "staff" if by_staff else feedback.c.channel != "staff"
        given = select(*same, func.count()).where(feedback.c.at >= since, feedback.c.at < before, of_staff)
        query = given.group_by(*same)
        return [Tally(*row) for row in self._fetch(query)]
