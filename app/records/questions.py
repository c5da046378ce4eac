"""What the service could not answer, or might have been danger: redacted before it is written, gone after its time.

Treated as health information: who reads it is audited (`records/audit`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select, update

from app import metrics
from app.records.tables import questions, transaction

LONGEST = 1_000
"""Characters kept of a text."""
MOST_READ = 4_000
"""Characters of a text that are redacted: a writer thread shares the processor with the answers."""
MOST = 2_000
"""Questions that are reviewed together, the newest."""
UNREVIEWED = timedelta(days=1)
"""After which a message near the urgent bar that nobody has looked at is an alert."""

State = Literal["open", "proposed", "dismissed"]

_UNSTORABLE = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0))),
    **{ord(space): space for space in "\t\n\r"},
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}
"""Control characters, of which PostgreSQL takes no NUL, and halves of characters, which UTF-8 has no bytes for."""


@dataclass(frozen=True, slots=True)
class Asked:
    message_id: str
    at: datetime
    channel: str
    outcome: str
    text: str
    """As it was typed; `write` makes it storable and redacts it."""
    urgent_score: float
    near_urgent: bool
    """Near the urgent bar and not raised."""
    content_version: str


@dataclass(frozen=True, slots=True)
class Question(Asked):
    """As it is kept: the text is redacted."""

    state: State


class Questions:
    """A sink of the writer, and what review reads. All but `write` and `sweep` raise `StoreError`."""

    def __init__(self, engine: Engine, keep: timedelta, redact: Callable[[str], str]) -> None:
        self._engine = engine
        self._keep = keep
        self._redact = redact

    def write(self, connection: Connection, batch: Sequence[Asked]) -> None:
        connection.execute(insert(questions), [self._row(each) for each in batch])

    def _row(self, asked: Asked) -> dict[str, object]:
        return asdict(asked) | {
            "text": self._redact(asked.text[:MOST_READ].translate(_UNSTORABLE))[:LONGEST],
            "state": "open",
        }

    def sweep(self, connection: Connection, now: datetime) -> None:
        connection.execute(delete(questions).where(questions.c.at < now - self._keep))
        overdue = select(func.count()).where(
            questions.c.state == "open", questions.c.near_urgent, questions.c.at < now - UNREVIEWED
        )
        metrics.near_urgent_overdue.set(connection.execute(overdue).scalar_one())

    def open(self) -> list[Question]:
        """Those that nobody has decided on, newest first, `MOST` at most; none near the urgent bar is left out."""
        query = select(questions).where(questions.c.state == "open")
        return self._read(query.order_by(questions.c.near_urgent.desc(), questions.c.at.desc()).limit(MOST))

    def all(self) -> Iterator[Question]:
        yield from self._read(select(questions).order_by(questions.c.at))

    def decide(self, message_ids: Sequence[str], state: State) -> int:
        """How many there were to decide on."""
        with transaction(self._engine, "questions") as connection:
            which = questions.c.message_id.in_(message_ids)
            return connection.execute(update(questions).where(which).values(state=state)).rowcount

    def purge(self, before: datetime) -> int:
        with transaction(self._engine, "questions") as connection:
            return connection.execute(delete(questions).where(questions.c.at < before)).rowcount

    def _read(self, query: Select[Any]) -> list[Question]:
        with transaction(self._engine, "questions") as connection:
            return [Question(**row) for row in connection.execute(query).mappings()]
