"""Questions for review: not answered, or near danger; redacted before they are written, gone after their time.

They are treated as health information: who reads them is audited (`records/audit`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from sqlalchemy import Connection, Engine, Index, Select, String, Update, delete, func, insert, select, update

from app import metrics
from app.records.database import Store
from app.records.exchange import Exchange
from app.records.tables import ChannelName, MessageId, Version, table_of
from app.records.writer import Sink

UNANSWERED = frozenset({"clarify", "fallback", "not-covered", "language"})
"""Outcomes whose question is kept for review."""
MAX_KEPT = 1_000
"""Characters kept of a text."""
MAX_REDACTED = 4_000
"""Characters of a text that are redacted: a writer thread shares the processor with the answers."""
MAX_OPEN = 2_000
"""Questions that are reviewed together, the newest."""
UNREVIEWED = timedelta(days=1)
"""After which a message in doubt of danger that nobody has looked at is an alert."""

State = Literal["open", "proposed", "dismissed"]

_UNSTORABLE = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0))),
    **{ord(space): space for space in "\t\n\r"},
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}
"""Control characters, of which PostgreSQL takes no NUL, and halves of characters, which UTF-8 has no bytes for."""


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    message_id: MessageId
    at: datetime
    channel: ChannelName
    outcome: Annotated[str, String(16)]
    text: str
    """Redacted."""
    urgent_score: float
    near_urgent: bool
    """Danger was possible and not sure: the reply opened with the safety net."""
    content_version: Version
    state: Annotated[State, String(16)]


questions = table_of(
    "questions", KeptQuestion, Index("questions_at", "at"), Index("questions_state", "state", "near_urgent")
)


class ReviewQueue(Store, Sink, table=questions):
    """The writer adds to the queue, and review reads it."""

    def __init__(self, engine: Engine, keep: timedelta, redact: Callable[[str], str]) -> None:
        super().__init__(engine)
        self._keep = keep
        self._redact = redact

    def keeps(self, exchange: Exchange) -> bool:
        return exchange.netted or exchange.unclear or exchange.outcome in UNANSWERED

    def write(self, connection: Connection, batch: Sequence[Exchange]) -> None:
        connection.execute(insert(questions), [self._row(exchange) for exchange in batch])

    def _row(self, exchange: Exchange) -> dict[str, object]:
        return {
            "message_id": exchange.message_id,
            "at": exchange.at,
            "channel": exchange.channel,
            "outcome": exchange.outcome,
            "text": self._redact(exchange.text[:MAX_REDACTED].translate(_UNSTORABLE))[:MAX_KEPT],
            "urgent_score": round(exchange.urgent_score, 4),
            "near_urgent": exchange.netted,
            "content_version": exchange.content_version,
            "state": "open",
        }

    def sweep(self, connection: Connection, now: datetime) -> None:
        connection.execute(delete(questions).where(questions.c.at < now - self._keep))
        overdue = select(func.count()).where(
            questions.c.state == "open", questions.c.near_urgent, questions.c.at < now - UNREVIEWED
        )
        metrics.near_urgent_overdue.set(connection.execute(overdue).scalar_one())

    def open(self) -> list[KeptQuestion]:
        """Return those that nobody has decided on, danger in doubt first, then newest first, `MAX_OPEN` at most."""
        query = select(questions).where(questions.c.state == "open")
        return self._read(query.order_by(questions.c.near_urgent.desc(), questions.c.at.desc()).limit(MAX_OPEN))

    def all(self) -> list[KeptQuestion]:
        return self._read(select(questions).order_by(questions.c.at))

    def decide(self, message_ids: Sequence[str], state: State) -> int:
        """Set the state of questions, and return how many of them there were."""
        return self._execute(deciding(message_ids, state))

    def purge(self, before: datetime) -> int:
        return self._execute(delete(questions).where(questions.c.at < before))

    def _read(self, query: Select[Any]) -> list[KeptQuestion]:
        return [KeptQuestion(*row) for row in self._fetch(query)]


def deciding(message_ids: Sequence[str], state: State) -> Update:
    """Return the statement that sets the state of questions."""
    return update(questions).where(questions.c.message_id.in_(message_ids)).values(state=state)
