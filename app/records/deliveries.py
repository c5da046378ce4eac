"""The outbox of text messages: received, replied, sending, sent or unknown.

A reply is written before it is sent; whoever inserts a message's row first works on it, on any replica. Times are
seconds since 1970.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.records.tables import deliveries, transaction

State = Literal["received", "replied", "sending", "sent", "unknown"]
Found = TypeVar("Found")

ABANDONED = 30.0
"""Seconds after which a message that was received and never replied to belongs to a process that died."""
INTERRUPTED = 60.0
"""Seconds after which a sending that never ended was interrupted: longer than any call to a vendor takes."""


@dataclass(frozen=True, slots=True)
class Delivery:
    id: str
    """Hash of the gateway's name and its message id."""
    party: str
    state: State
    at: float
    due: float
    """When to send, where a reply waits."""
    reply: str
    """Approved text; empty for silence."""
    urgent: bool
    address: str
    """Encrypted numbers; empty once they are not needed."""


class Deliveries:
    """Every method raises `StoreError` when the store cannot be reached."""

    def __init__(self, engine: Engine, keep: float) -> None:
        self._engine = engine
        self._keep = keep

    def claim(self, id_: str, party: str, now: float) -> Delivery | None:
        """None when the message is ours to work on; else what another delivery of it has led to so far."""
        row = {"id": id_, "party": party, "state": "received", "at": now, "due": now}
        nothing = {"reply": "", "urgent": False, "address": ""}
        try:
            self._write(lambda connection: connection.execute(insert(deliveries), row | nothing))
        except IntegrityError:
            return None if self._taken_over(id_, now) else self.find(id_)
        return None

    def find(self, id_: str) -> Delivery | None:
        found = self._all(deliveries.c.id == id_, 1)
        return found[0] if found else None

    def replied(self, id_: str, reply: str, urgent: bool, address: str, now: float) -> None:
        """Keeps the reply; with an address it waits to be sent, without one whoever asked carries it."""
        state = "replied" if address else "sent"
        values = {"state": state, "reply": reply, "urgent": urgent, "address": address, "due": now}
        self._set(deliveries.c.id == id_, values)

    def waiting(self, now: float, most: int = 20) -> list[Delivery]:
        """Replies to send now, and sendings that were interrupted."""
        ready = and_(deliveries.c.state == "replied", deliveries.c.address != "", deliveries.c.due <= now)
        lost = and_(deliveries.c.state == "sending", deliveries.c.due <= now - INTERRUPTED)
        return self._all(or_(ready, lost), most)

    def begin(self, delivery: Delivery, now: float) -> bool:
        """Whether this process is the one to send it."""
        same = and_(
            deliveries.c.id == delivery.id, deliveries.c.state == delivery.state, deliveries.c.due == delivery.due
        )
        return self._set(same, {"state": "sending", "due": now}) == 1

    def again(self, id_: str, due: float) -> None:
        self._set(deliveries.c.id == id_, {"state": "replied", "due": due})

    def end(self, id_: str, state: Literal["sent", "unknown"]) -> None:
        """Nothing more will be sent; the numbers are wiped."""
        self._set(deliveries.c.id == id_, {"state": state, "address": ""})

    def sweep(self, now: float) -> None:
        self._write(lambda connection: connection.execute(delete(deliveries).where(deliveries.c.at < now - self._keep)))

    def _taken_over(self, id_: str, now: float) -> bool:
        """Whether a message that its process dropped is now ours."""
        dropped = and_(deliveries.c.id == id_, deliveries.c.state == "received", deliveries.c.at < now - ABANDONED)
        return self._set(dropped, {"at": now}) == 1

    def _set(self, which: ColumnElement[bool], values: dict[str, object]) -> int:
        return self._write(
            lambda connection: connection.execute(update(deliveries).where(which).values(values)).rowcount
        )

    def _all(self, which: ColumnElement[bool], most: int) -> list[Delivery]:
        query = select(deliveries).where(which).order_by(deliveries.c.due).limit(most)
        rows: Sequence[object] = self._write(lambda connection: connection.execute(query).all())
        return [Delivery(*row) for row in rows]  # type: ignore[misc]

    def _write(self, step: Callable[[Connection], Found]) -> Found:
        with transaction(self._engine, "deliveries") as connection:
            return step(connection)
