"""The ledger of decisions, without text, so that a wrong answer or a missed emergency can be investigated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert

from app.records.tables import decisions


@dataclass(frozen=True)
class Decision:
    message_id: str
    at: datetime
    channel: str
    kind: str
    subject: str
    """Entry ids or intent id, joined by spaces."""
    text_hash: str
    """Keyed hash of the normalised text: equal texts can be counted, none can be read."""
    confidence: float
    urgent_score: float
    check_failed: bool
    content_version: str
    model_version: str


class Ledger:
    """A sink of the writer; every message leaves one decision."""

    def __init__(self, keep: timedelta) -> None:
        self._keep = keep

    def write(self, connection: Connection, batch: Sequence[Decision]) -> None:
        connection.execute(insert(decisions), [vars(each) for each in batch])

    def sweep(self, connection: Connection, now: datetime) -> None:
        connection.execute(delete(decisions).where(decisions.c.at < now - self._keep))
