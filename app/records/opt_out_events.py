"""Changes of consent that the site's webhook has not taken yet: the last of each number."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Literal

from sqlalchemy import ColumnElement, String, and_, delete, select, update

from app.records.database import Store, is_due
from app.records.tables import KEY, put, table_of

LONGEST_WAIT = 1200.0
"""Seconds: more than any event waits."""


@dataclass(frozen=True, slots=True)
class OptOutEvent:
    party: Annotated[str, String(64), KEY]
    event: Annotated[Literal["opt-out", "opt-in"], String(16)]
    at: float
    """When the number wished it, in seconds since 1970."""
    address: str
    """The gateway and the number, encrypted."""
    since: float
    """When it was first to be handed on."""
    due: float
    """`AT_ONCE` by any clock."""


opt_out_events = table_of("opt_out_events", OptOutEvent)


class OptOutEvents(Store, table=opt_out_events):
    def add(self, event: OptOutEvent) -> None:
        """Keep an event in place of an earlier one of the same number."""
        with self._transaction() as connection:
            put(connection, opt_out_events, asdict(event))

    def waiting(self, now: float, most: int = 20) -> Sequence[OptOutEvent]:
        due = opt_out_events.c.due
        query = select(opt_out_events).where(is_due(due, now, LONGEST_WAIT)).order_by(due).limit(most)
        return [OptOutEvent(*row) for row in self._fetch(query)]

    def lease(self, event: OptOutEvent, until: float) -> bool:
        """Return True in the one process that is to hand it on; others leave it alone until then."""
        same = and_(_of_number(event), opt_out_events.c.due == event.due)
        return self._execute(update(opt_out_events).where(same).values(due=until)) == 1

    def again(self, event: OptOutEvent, due: float) -> None:
        self._execute(update(opt_out_events).where(_of_number(event)).values(due=due))

    def end(self, event: OptOutEvent) -> None:
        """Forget an event, unless the number has wished otherwise since."""
        self._execute(delete(opt_out_events).where(_of_number(event)))


def _of_number(event: OptOutEvent) -> ColumnElement[bool]:
    """Return what is true of the row of the number, unless it has wished otherwise since."""
    return and_(opt_out_events.c.party == event.party, opt_out_events.c.at == event.at)
