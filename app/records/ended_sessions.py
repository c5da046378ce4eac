"""Sessions of staff that ended before their time, shared by all replicas through the store."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from sqlalchemy import Engine, Index, String, delete, insert, select
from sqlalchemy.exc import IntegrityError

from app.records.database import Store
from app.records.tables import KEY, put, table_of

Kind = Literal["session", "provider session", "person", "person without session", "logout token"]
End = Literal["idle", "long", "signed out", "hospital", "roles", "other person", "unchecked"]
"""Why a session is over: not used, or in use for too long; signed out; ended by the hospital's sign-in; the person has
no role any more, or is another; whether she still may could not be asked.
"""
ALWAYS = 1e12


@dataclass(frozen=True, slots=True)
class EndedSession:
    name: Annotated[str, String(64), KEY]
    """`name_of` what ended: one session, or all of a person's."""
    at: datetime
    until: float
    """Only sessions that began up to then are over, in seconds since 1970 by the clock of the identity provider."""
    why: Annotated[End, String(16)]


ended_sessions = table_of("ended_sessions", EndedSession, Index("ended_sessions_at", "at"))


def name_of(kind: Kind, id_: str) -> str:
    """Return a hash, so that the table names nobody."""
    return hashlib.sha256(f"{kind}: {id_}".encode()).hexdigest()


class EndedSessions(Store, table=ended_sessions):
    """Rows are kept as long as a session may last, and so are the names of logout tokens, each of which counts once."""

    def __init__(self, engine: Engine, keep: timedelta) -> None:
        super().__init__(engine)
        self.keep = keep

    def add(self, ended: Sequence[EndedSession], token: EndedSession | None = None) -> bool:
        """Add them, durably, or return False where the token has counted before; clear away what is too old."""
        try:
            with self._transaction() as connection:
                if token:
                    connection.execute(insert(ended_sessions), asdict(token))
                for row in ended:
                    put(connection, ended_sessions, asdict(row))
                    connection.execute(delete(ended_sessions).where(ended_sessions.c.at < row.at - self.keep))
        except IntegrityError:
            return False
        return True

    def since(self, at: datetime) -> dict[str, EndedSession]:
        """Return what ended from this time on, by name."""
        query = select(ended_sessions).where(ended_sessions.c.at >= at)
        return {row.name: EndedSession(*row) for row in self._fetch(query)}
