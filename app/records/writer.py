"""The writer of best-effort records is a thread behind a bounded queue.

A full queue or a dead store costs records, which are counted, and never an answer.
"""

import contextlib
import logging
import math
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine

from app import metrics
from app.errors import StoreError
from app.records.database import transaction
from app.records.exchange import Exchange

log = logging.getLogger(__name__)

WAITING = 10_000
"""Most exchanges in the queue."""
BATCH = 2_000
"""Most exchanges in a transaction."""
LINGER = 0.25
"""Seconds in which records gather: a transaction for each message cost as much of the processor as its answer."""
SWEEP_EVERY = 60.0
"""Seconds between two looks at what is too old."""


class Sink(ABC):
    """A sink keeps one kind of record, derived from exchanges. No method need catch what a database raises."""

    def keeps(self, exchange: Exchange) -> bool:  # noqa: ARG002
        """Return False for an exchange that leaves no record here."""
        return True

    @abstractmethod
    def write(self, connection: Connection, batch: Sequence[Exchange]) -> None: ...

    @abstractmethod
    def sweep(self, connection: Connection, now: datetime) -> None:
        """Remove what was kept long enough; called every minute or so."""


class Writer:
    """The writer starts with the service and is drained when it stops. `sinks` have the names of the dropped metric."""

    def __init__(self, engine: Engine, sinks: Mapping[str, Sink], clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._sinks = sinks
        self._clock = clock
        self._waiting: deque[Exchange] = deque()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._write_all, name="records", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def record(self, exchange: Exchange) -> None:
        """Queue an exchange. This never waits and never fails."""
        if len(self._waiting) < WAITING:
            self._waiting.append(exchange)
        else:
            self._count_dropped([exchange])

    def stop(self, patience: float = 5.0) -> None:
        """Write what waits, for at most `patience` seconds; what is left then is counted as lost."""
        self._stopping.set()
        self._thread.join(patience)
        self._count_dropped(self._take(WAITING))

    def _count_dropped(self, exchanges: Iterable[Exchange]) -> None:
        for exchange in exchanges:
            for name, sink in self._sinks.items():
                if sink.keeps(exchange):
                    metrics.dropped.labels(name).inc()

    def _take(self, most: int) -> list[Exchange]:
        """Return what waits, the oldest first; a thread that ran out of patience may be taking too."""
        batch: list[Exchange] = []
        with contextlib.suppress(IndexError):
            while len(batch) < most:
                batch.append(self._waiting.popleft())
        return batch

    def _write_all(self) -> None:
        sweep_at, stopping = -math.inf, False
        while self._waiting or not stopping:
            if time.monotonic() >= sweep_at:
                self._sweep()
                sweep_at = time.monotonic() + SWEEP_EVERY
            stopping = self._stopping.wait(LINGER)
            batch = self._take(BATCH)
            for name, sink in self._sinks.items():
                self._write_and_count(name, [exchange for exchange in batch if sink.keeps(exchange)])

    def _write_and_count(self, name: str, batch: list[Exchange]) -> None:
        for error, times in Counter(self._write_or_halve(name, batch)).items():
            metrics.dropped.labels(name).inc(times)
            log.warning("%s: %d records lost: %s", name, times, error)

    def _write_or_halve(self, name: str, batch: list[Exchange]) -> Iterator[str]:
        """Write a batch, and yield the name of an error for each record lost.

        A dead store costs the batch; else it is halved until only what cannot be written is left.
        """
        if not batch:
            return
        try:
            with transaction(self._engine, name) as connection:
                self._sinks[name].write(connection, batch)
        except StoreError as error:
            yield from [type(error).__name__] * len(batch)
        except Exception as error:  # noqa: BLE001 whatever broke, the other records may go well
            if len(batch) == 1:
                yield type(error).__name__
                return
            half = len(batch) // 2
            yield from self._write_or_halve(name, batch[:half])
            yield from self._write_or_halve(name, batch[half:])

    def _sweep(self) -> None:
        for name, sink in self._sinks.items():
            try:
                with transaction(self._engine, name) as connection:
                    sink.sweep(connection, self._clock())
            except StoreError as error:
                log.warning("%s", error)
            except Exception as error:  # noqa: BLE001 whatever broke, the thread must go on writing
                log.error("%s: not swept: %s", name, type(error).__name__)
