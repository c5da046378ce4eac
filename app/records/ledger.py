"""The ledger of decisions, without text, so that a wrong answer or a missed emergency can be investigated.

Best effort: a thread of its own writes behind a bounded queue; a full queue or a dead store costs a
record, which is counted, and never an answer.
"""

import logging
import queue
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, insert
from sqlalchemy.exc import SQLAlchemyError

from app import metrics
from app.records.tables import decisions

log = logging.getLogger(__name__)

WAITING = 10_000
BATCH = 2_000
LINGER = 0.25
"""Seconds in which records gather: a transaction for each message cost as much of the processor as its answer."""
SWEEP_EVERY = 1_000
"""Batches between two sweeps of what is too old."""


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
    """Started with the service, drained when it stops."""

    def __init__(self, engine: Engine, keep: timedelta) -> None:
        self._engine = engine
        self._keep = keep
        self._queue: queue.Queue[Decision | None] = queue.Queue(WAITING)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._write_all, name="ledger", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def record(self, decision: Decision) -> None:
        try:
            self._queue.put_nowait(decision)
        except queue.Full:
            metrics.dropped.labels("ledger").inc()

    def stop(self, patience: float = 5.0) -> None:
        """Writes what waits, for at most `patience` seconds."""
        self._stopping.set()
        try:
            self._queue.put(None, timeout=patience)
        except queue.Full:
            return
        self._thread.join(patience)

    def _write_all(self) -> None:
        batches = 0
        while (first := self._queue.get()) is not None:
            self._stopping.wait(LINGER)
            batch, last = self._batch(first)
            self._write(batch)
            if batches % SWEEP_EVERY == 0:
                self._sweep(batch[-1].at - self._keep)
            batches += 1
            if last:
                return

    def _batch(self, first: Decision) -> tuple[list[Decision], bool]:
        batch = [first]
        while len(batch) < BATCH:
            try:
                following = self._queue.get_nowait()
            except queue.Empty:
                break
            if following is None:
                return batch, True
            batch.append(following)
        return batch, False

    def _write(self, batch: list[Decision]) -> None:
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(decisions), [vars(each) for each in batch])
        except (SQLAlchemyError, OSError) as error:
            metrics.dropped.labels("ledger").inc(len(batch))
            metrics.store_errors.labels("ledger").inc()
            log.warning("ledger: %d records lost: %s", len(batch), type(error).__name__)

    def _sweep(self, before: datetime) -> None:
        try:
            with self._engine.begin() as connection:
                connection.execute(delete(decisions).where(decisions.c.at < before))
        except (SQLAlchemyError, OSError) as error:
            log.warning("ledger: cannot sweep: %s", type(error).__name__)
