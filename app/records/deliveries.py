"""The outbox of text messages, each received, replied, sending, sent or unknown.

A reply is written before it is sent; whoever inserts a message's row first works on it, on any replica. Times are
seconds since 1970.
"""

from dataclasses import asdict, dataclass
from typing import Annotated, Literal

from sqlalchemy import ColumnElement, Engine, Index, String, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.records.database import Store
from app.records.tables import KEY, table_of

State = Literal["received", "replied", "sending", "sent", "unknown"]

ABANDONED = 30.0
"""Seconds after which a message that was received and never replied to belongs to a process that died."""
INTERRUPTED = 60.0
"""Seconds after which a sending that never ended was interrupted: longer than any call to a vendor takes."""


@dataclass(frozen=True, slots=True)
class Delivery:
    id: Annotated[str, String(64), KEY]
    """Hash of the gateway's name and its message id."""
    party: Annotated[str, String(64)]
    state: Annotated[State, String(16)]
    at: float
    due: float
    """When to send, where a reply waits."""
    reply: str = ""
    """Approved text; empty for silence."""
    urgent: bool = False
    address: str = ""
    """Encrypted numbers; empty once they are not needed."""


deliveries = table_of("deliveries", Delivery, Index("deliveries_state_due", "state", "due"))


class Deliveries(Store, table=deliveries):
    def __init__(self, engine: Engine, keep: float) -> None:
        super().__init__(engine)
        self._keep = keep

    def claim(self, id_: str, party: str, now: float) -> Delivery | None:
        """Return None when the message is ours to work on, else what another delivery of it has led to so far."""
        row = asdict(Delivery(id_, party, "received", at=now, due=now))
        try:
            self._execute(insert(deliveries), row)
        except IntegrityError:
            return None if self._taken_over(id_, now) else self.find(id_)
        return None

    def find(self, id_: str) -> Delivery | None:
        return next(iter(self._all(deliveries.c.id == id_, 1)), None)

    def replied(self, id_: str, reply: str, urgent: bool, address: str, now: float) -> None:
        """Keep the reply, which waits to be sent to an address; without one whoever asked carries it."""
        state = "replied" if address else "sent"
        self._set(id_, {"state": state, "reply": reply, "urgent": urgent, "address": address, "due": now})

    def waiting(self, now: float, most: int = 20) -> list[Delivery]:
        """Return replies to send now, and sendings that were interrupted."""
        ready = and_(deliveries.c.state == "replied", deliveries.c.address != "", deliveries.c.due <= now)
        lost = and_(deliveries.c.state == "sending", deliveries.c.due <= now - INTERRUPTED)
        return self._all(or_(ready, lost), most)

    def begin(self, delivery: Delivery, now: float) -> bool:
        """Return True in the one process that is to send it."""
        same = and_(deliveries.c.state == delivery.state, deliveries.c.due == delivery.due)
        return self._set(delivery.id, {"state": "sending", "due": now}, same) == 1

    def again(self, id_: str, due: float) -> None:
        self._set(id_, {"state": "replied", "due": due})

    def end(self, id_: str, state: Literal["sent", "unknown"]) -> None:
        """Wipe the numbers: nothing more will be sent."""
        self._set(id_, {"state": state, "address": ""})

    def sweep(self, now: float) -> None:
        self._execute(delete(deliveries).where(deliveries.c.at < now - self._keep))

    def _taken_over(self, id_: str, now: float) -> bool:
        """Return True for a message that its process dropped and that is now ours."""
        dropped = and_(deliveries.c.state == "received", deliveries.c.at < now - ABANDONED)
        return self._set(id_, {"at": now}, dropped) == 1

    def _set(self, id_: str, values: dict[str, object], *where: ColumnElement[bool]) -> int:
        return self._execute(update(deliveries).where(deliveries.c.id == id_, *where).values(values))

    def _all(self, which: ColumnElement[bool], most: int) -> list[Delivery]:
        query = select(deliveries).where(which).order_by(deliveries.c.due).limit(most)
        return [Delivery(*row) for row in self._fetch(query)]
