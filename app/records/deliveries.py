"""The outbox of text messages, each received, replied, sending, sent, unknown or arrived.

A reply is written before it is sent; whoever inserts a message's row first works on it, on any replica. Times are
seconds since 1970. A clock may be set back: what nobody can have to wait for any more is due.
"""

import hashlib
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Annotated, Literal

from sqlalchemy import ColumnElement, Engine, Index, String, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.records.database import AT_ONCE, Store, is_due
from app.records.tables import KEY, insert_into, table_of

State = Literal["received", "replied", "sending", "sent", "unknown", "arrived"]

ABANDONED = 30.0
"""Seconds after which a message that was received and never replied to belongs to a process that died."""
THEN = 1.0
"""Seconds after which the text that follows another goes out."""
INTERRUPTED = 60.0
"""Seconds after which a sending that never ended was interrupted: longer than any call to a vendor takes."""
MOST_AT_ONCE = 20
"""Most replies that are sent at once."""
LONGEST_WAIT = 120.0
"""Seconds: more than any reply waits."""


@dataclass(frozen=True, slots=True)
class Delivery:
    id: Annotated[str, String(64), KEY]
    """Hash of the gateway's name, the sender and the message id."""
    party: Annotated[str, String(64)]
    state: Annotated[State, String(16)]
    at: float
    due: float
    """When to send, where a reply waits; `AT_ONCE` by any clock."""
    reply: str = ""
    """Approved text; empty for silence."""
    urgent: bool = False
    address: str = ""
    """Encrypted numbers; empty once they are not needed."""
    digest: Annotated[str, String(64)] = ""
    """Keyed hash of what the message said: another message under the same id is no repeat."""
    following: str = ""
    """Approved text that goes after the reply, as a message of its own."""
    failed: bool = False
    """A receipt said that it did not arrive."""


deliveries = table_of(
    "deliveries",
    Delivery,
    Index("deliveries_state_due", "state", "due"),
    Index("deliveries_party_at", "party", "at"),
)


class Deliveries(Store, table=deliveries):
    def __init__(self, engine: Engine, keep: float) -> None:
        super().__init__(engine)
        self._keep = keep

    def claim(self, id_: str, party: str, digest: str, at: float, now: float) -> tuple[Delivery, bool]:
        """Return what is kept under the id of a message that came `at` a time, and whether it is ours to work on."""
        claimed = Delivery(id_, party, "received", at=at, due=now, digest=digest)
        try:
            self._execute(insert(deliveries), asdict(claimed))
        except IntegrityError:
            is_ours = self._taken_over(id_, now)
            return self.find(id_) or claimed, is_ours
        return claimed, True

    def find(self, id_: str) -> Delivery | None:
        return next(iter(self._all(deliveries.c.id == id_, 1)), None)

    def last(self, party: str, since: float, most: int = 10) -> list[Delivery]:
        """Return what a number was sent since then, the latest first."""
        texted = and_(deliveries.c.party == party, deliveries.c.at >= since, deliveries.c.reply != "")
        query = select(deliveries).where(texted).order_by(deliveries.c.at.desc()).limit(most)
        return [Delivery(*row) for row in self._fetch(query)]

    def replied(self, delivery: Delivery, address: str, now: float) -> None:
        """Keep the reply of a delivery, which is to be sent to an address; without one whoever asked carries it.
        What follows waits as a delivery of its own, so that a receipt tells of one text.
        """
        reply = {"reply": delivery.reply, "following": delivery.following, "urgent": delivery.urgent}
        sending = {"state": "replied" if address else "sent", "address": address, "due": AT_ONCE}
        with self._transaction() as connection:
            connection.execute(update(deliveries).where(deliveries.c.id == delivery.id).values({**reply, **sending}))
            if address and delivery.following:
                id_ = hashlib.sha256(f"{delivery.id} then".encode()).hexdigest()
                after = Delivery(id_, "", "replied", now, now + THEN, delivery.following, address=address)
                connection.execute(insert_into(deliveries, connection).on_conflict_do_nothing(), asdict(after))

    def waiting(self, now: float, waited: Collection[str] = (), most: int = MOST_AT_ONCE) -> list[Delivery]:
        """Return replies to send now, those with the ids `waited` among them, and sendings that were interrupted."""
        is_due = or_(_passed(now, 0.0), deliveries.c.id.in_(waited))
        ready = and_(deliveries.c.state == "replied", deliveries.c.address != "", is_due)
        lost = and_(deliveries.c.state == "sending", _passed(now, INTERRUPTED))
        return self._all(or_(ready, lost), most)

    def begin(self, delivery: Delivery, now: float) -> bool:
        """Return True in the one process that is to send it."""
        same = and_(deliveries.c.state == delivery.state, deliveries.c.due == delivery.due)
        return self._set(delivery.id, {"state": "sending", "due": now}, same) == 1

    def again(self, id_: str, due: float) -> None:
        self._set(id_, {"state": "replied", "due": due}, deliveries.c.state == "sending")

    def fail(self, id_: str, address: str, due: float) -> bool:
        """Note that an urgent text did not arrive; with an address it is sent once more. Return False for a text that
        failed before, and for one that is not urgent.
        """
        first = and_(deliveries.c.urgent, deliveries.c.failed.is_(False), deliveries.c.state != "arrived")
        again = {"state": "replied", "address": address, "due": due} if address else {}
        return self._set(id_, {"failed": True, **again}, first) == 1

    def arrive(self, id_: str) -> None:
        """Note that a text arrived: receipts come in any order, and a later one must not take it for lost."""
        self._set(id_, {"state": "arrived"}, deliveries.c.state == "sent")

    def end(self, id_: str, state: Literal["sent", "unknown"]) -> None:
        """Wipe the numbers: nothing more will be sent. A receipt may have come first and asked for another sending."""
        self._set(id_, {"state": state, "address": ""}, deliveries.c.state == "sending")

    def sweep(self, now: float) -> None:
        self._execute(delete(deliveries).where(deliveries.c.at < now - self._keep))

    def _taken_over(self, id_: str, now: float) -> bool:
        """Return True for a message that its process dropped and that is now ours; when it came stays as it was."""
        dropped = and_(deliveries.c.state == "received", _passed(now, ABANDONED))
        return self._set(id_, {"due": now}, dropped) == 1

    def _set(self, id_: str, values: dict[str, object], *where: ColumnElement[bool]) -> int:
        return self._execute(update(deliveries).where(deliveries.c.id == id_, *where).values(values))

    def _all(self, which: ColumnElement[bool], most: int) -> list[Delivery]:
        query = select(deliveries).where(which).order_by(deliveries.c.urgent.desc(), deliveries.c.due, deliveries.c.at)
        return [Delivery(*row) for row in self._fetch(query.limit(most))]


def _passed(now: float, seconds: float) -> ColumnElement[bool]:
    """Return what is true of a row that was due so many seconds ago."""
    return is_due(deliveries.c.due, now - seconds, LONGEST_WAIT + seconds)
