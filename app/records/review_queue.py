"""Questions for review: not answered, or near danger; redacted before they are written, gone after their time.

They are treated as health information: who reads them is audited (`records/audit`). What is decided on at once has the
name of a batch, by which it is undone as long as the questions are kept.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Index,
    String,
    Update,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from app import metrics
from app.records.database import Store
from app.records.exchange import Exchange
from app.records.tables import ChannelName, MessageId, UtcDateTime, Version, table_of
from app.records.writer import Sink

UNANSWERED = frozenset({"clarify", "fallback", "not-covered", "language"})
"""Outcomes whose question is kept for review."""
MAX_KEPT = 1_000
"""Characters kept of a text."""
MAX_REDACTED = 4_000
"""Characters of a text that are redacted: a writer thread shares the processor with the answers."""
MAX_QUESTIONS = 20_000
"""Most questions that are kept, which is 80 MB of text at most: whoever floods the service fills no disk."""
READ_TOGETHER = 2_000_000
"""Most characters of the questions that are reviewed together: of the texts of 20,000 the first 100 each."""
UNREVIEWED = timedelta(days=1)
"""After which a message in doubt of danger that nobody has looked at is an alert."""

LONGEST_NAME = 200
MOST_DECISIONS = 50

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
    batch: Annotated[str, String(32)] = ""
    """Of those that were dismissed or put off with it."""
    decided_at: Annotated[datetime | None, UtcDateTime] = None
    decided_by: Annotated[str, String(200)] = ""
    put_off_until: Annotated[datetime | None, UtcDateTime] = None
    """It is open all the same, and shown again from then on."""
    topic: Annotated[str, String(100)] = ""
    """The topic without an approved text that the reply named, read by all that the service had, the encoder too."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Questions are dismissed together, or put off until a time."""

    batch: str
    at: datetime
    by: str
    until: datetime | None = None
    """None where they are dismissed."""
    count: int = 0
    """How many they are now."""


questions = table_of(
    "questions", KeptQuestion, Index("questions_at", "at"), Index("questions_state", "state", "near_urgent")
)


class ReviewQueue(Store, Sink, table=questions):
    """The writer adds to the queue, and review reads it."""

    def __init__(
        self,
        engine: Engine,
        keep: timedelta,
        redact: Callable[[str], str],
        most: int = MAX_QUESTIONS,
        adds: bool = True,
    ) -> None:
        """Without `adds` nothing is kept from now on; what was kept before goes after its time all the same."""
        super().__init__(engine)
        self._keep = keep
        self._redact = redact
        self._most = most
        self._adds = adds

    def keeps(self, exchange: Exchange) -> bool:
        return self._adds and (exchange.netted or exchange.unclear or exchange.outcome in UNANSWERED)

    def write(self, connection: Connection, batch: Sequence[Exchange]) -> None:
        connection.execute(insert(questions), [self._row(exchange) for exchange in batch])
        self._make_room(connection)

    def _make_room(self, connection: Connection) -> None:
        """Delete what is too much: the oldest harmless first, in doubt of danger last, each decided before open."""
        excess = connection.execute(select(func.count()).select_from(questions)).scalar_one() - self._most
        if excess > 0:
            worth = (questions.c.near_urgent, questions.c.state == "open", questions.c.at)
            least = select(questions.c.message_id).order_by(*worth).limit(excess)
            connection.execute(delete(questions).where(questions.c.message_id.in_(least)))
            metrics.dropped.labels(questions.name).inc(excess)

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
            "topic": (exchange.topic or "")[:100] if exchange.outcome == "not-covered" else "",
        }

    def sweep(self, connection: Connection, now: datetime) -> None:
        connection.execute(delete(questions).where(questions.c.at < now - self._keep))
        overdue = select(func.count()).where(
            questions.c.state == "open", questions.c.near_urgent, questions.c.at < now - UNREVIEWED
        )
        metrics.near_urgent_overdue.set(connection.execute(overdue).scalar_one())

    def open(self, now: datetime) -> list[KeptQuestion]:
        """Return those that nobody has decided on or put off, danger in doubt first, then newest first; of thousands
        only the beginning of each text.
        """
        waiting = _waiting(now)
        with self._transaction() as connection:
            count = connection.execute(select(func.count()).select_from(questions).where(waiting)).scalar_one()
            beginning = func.substr(questions.c.text, 1, read_of_each(count)).label("text")
            columns = [beginning if column is questions.c.text else column for column in questions.c]
            query = select(*columns).where(waiting)
            worst_first = query.order_by(questions.c.near_urgent.desc(), questions.c.at.desc()).limit(self._most)
            return [KeptQuestion(*row) for row in connection.execute(worst_first)]

    def open_ids(self, now: datetime) -> dict[str, bool]:
        """Return message id -> whether danger was in doubt, for those that wait."""
        query = select(questions.c.message_id, questions.c.near_urgent).where(_waiting(now))
        return dict(map(tuple, self._fetch(query)))

    def texts_of(self, message_ids: Collection[str]) -> dict[str, str]:
        """Return message id -> the whole text, for those that are kept."""
        query = select(questions.c.message_id, questions.c.text).where(questions.c.message_id.in_(message_ids))
        return dict(map(tuple, self._fetch(query)))

    def texts(self) -> Iterator[str]:
        """Yield all texts that are kept, a few at a time."""
        with self._transaction() as connection:
            yield from connection.execution_options(yield_per=500).execute(select(questions.c.text)).scalars()

    def all(self) -> list[KeptQuestion]:
        return [KeptQuestion(*row) for row in self._fetch(select(questions).order_by(questions.c.at))]

    def count(self, before: datetime) -> int:
        with self._transaction() as connection:
            return connection.execute(select(func.count()).where(questions.c.at < before)).scalar_one()

    def decide(self, message_ids: Collection[str], decision: Decision) -> int:
        """Dismiss open questions, or put them off, and return how many of them there were."""
        values = {
            "state": "open" if decision.until else "dismissed",
            "batch": decision.batch,
            "decided_at": decision.at,
            "decided_by": decision.by[:LONGEST_NAME],
            "put_off_until": decision.until,
        }
        waiting = questions.c.message_id.in_(message_ids) & (questions.c.state == "open")
        return self._execute(update(questions).where(waiting).values(values))

    def undo(self, batch: str) -> dict[str, bool]:
        """Let the questions of a decision wait again, and return message id -> whether danger was in doubt."""
        decided = (questions.c.batch == batch) & (questions.c.batch != "")
        with self._transaction() as connection:
            query = select(questions.c.message_id, questions.c.near_urgent).where(decided)
            undone = dict(map(tuple, connection.execute(query)))
            connection.execute(update(questions).where(decided).values({**_UNDECIDED, "state": "open"}))
        return undone

    def decisions(self, now: datetime, batch: str | None = None) -> list[Decision]:
        """Return the decisions that can still be undone, the latest first; of one batch where it is given."""
        own = (questions.c.batch, questions.c.decided_at, questions.c.decided_by, questions.c.put_off_until)
        holds = (questions.c.state == "dismissed") | (questions.c.put_off_until > now)
        chosen = (questions.c.batch == batch if batch else questions.c.batch != "") & holds
        query = select(*own, func.count()).where(chosen).group_by(*own).order_by(questions.c.decided_at.desc())
        return [Decision(*row) for row in self._fetch(query.limit(MOST_DECISIONS))]

    def purge(self, before: datetime) -> int:
        return self._execute(delete(questions).where(questions.c.at < before))


def read_of_each(count: int) -> int:
    """Return how many characters of each text are read of so many questions."""
    return READ_TOGETHER // max(count, 1)


def deciding(message_ids: Collection[str], state: State) -> Update:
    """Return the statement that sets the state of questions, whatever was decided on them before."""
    return update(questions).where(questions.c.message_id.in_(message_ids)).values({**_UNDECIDED, "state": state})


_UNDECIDED = {"batch": "", "decided_at": None, "decided_by": "", "put_off_until": None}


def _waiting(now: datetime) -> ColumnElement[bool]:
    put_off_until = questions.c.put_off_until
    return (questions.c.state == "open") & or_(put_off_until.is_(None), put_off_until <= now)
