"""The ledger keeps decisions without text, so that a wrong answer or a missed emergency can be investigated."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Boolean, Column, Connection, Float, Index, String, Table, delete, insert

from app.records.exchange import Exchange
from app.records.tables import UtcDateTime, metadata
from app.records.writer import Sink

decisions = Table(
    "decisions",
    metadata,
    Column("message_id", String(300), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("subject", String(400), nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("urgent_score", Float, nullable=False),
    Column("check_failed", Boolean, nullable=False),
    Column("content_version", String(64), nullable=False),
    Column("model_version", String(64), nullable=False),
    Index("decisions_at", "at"),
)


@dataclass(frozen=True)
class Ledger(Sink):
    """Every exchange leaves one decision."""

    keep: timedelta
    text_hash: Callable[[str], str]
    """Makes a keyed hash of a text: equal texts can be counted, none can be read."""

    def write(self, connection: Connection, batch: Sequence[Exchange]) -> None:
        connection.execute(insert(decisions), [self._row(exchange) for exchange in batch])

    def _row(self, exchange: Exchange) -> dict[str, object]:
        return {
            "message_id": exchange.message_id,
            "at": exchange.at,
            "channel": exchange.channel,
            "kind": exchange.kind,
            "subject": " ".join(exchange.subject),
            "text_hash": self.text_hash(exchange.folded),
            "confidence": round(exchange.confidence, 4),
            "urgent_score": round(exchange.urgent_score, 4),
            "check_failed": exchange.check_failed,
            "content_version": exchange.content_version,
            "model_version": exchange.model_version,
        }

    def sweep(self, connection: Connection, now: datetime) -> None:
        connection.execute(delete(decisions).where(decisions.c.at < now - self.keep))
