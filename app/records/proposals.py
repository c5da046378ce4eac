"""Proposals of curators to change `intents/`, until `hai-faq review apply` takes or refuses them."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Literal

from sqlalchemy import Index, Integer, Select, String, Text, and_, insert, select, update

from app.records.database import Store
from app.records.review_queue import deciding
from app.records.tables import KEY, UtcDateTime, Version, table_of

Kind = Literal["phrasing", "topic"]
State = Literal["open", "applied", "refused"]


@dataclass(frozen=True, slots=True)
class Proposal:
    at: datetime
    by: Annotated[str, String(200)]
    kind: Annotated[Kind, String(16)]
    target: Annotated[str, String(100)]
    """The entry or topic; for a new topic its id."""
    title: Annotated[str, String(300)]
    """Of a new topic; empty for phrasings."""
    lines: Annotated[tuple[str, ...], Text]
    """Phrasings that the curator has typed."""
    message_ids: Annotated[tuple[str, ...], Text]
    """Of the questions that it is meant for."""
    state: Annotated[State, String(16)] = "open"
    reason: str = ""
    """Why it was refused."""
    settled_by: Annotated[str, String(200)] = ""
    settled_at: Annotated[datetime | None, UtcDateTime] = None
    tried_at: Annotated[datetime | None, UtcDateTime] = None
    """When a machine that has the content last tried it."""
    tried_version: Version = ""
    """Of the content that it was tried on."""
    harm: str = ""
    """What it would have made worse there; empty for nothing."""
    hints: str = ""
    """What to think of once more."""
    id: Annotated[int, Integer, KEY] = 0
    """Made by the store."""


proposals = table_of("proposals", Proposal, Index("proposals_state", "state"))


@dataclass(frozen=True, slots=True)
class Tried:
    """What a machine that has the content found when it tried a proposal."""

    at: datetime
    version: str
    harm: str
    hints: str


class Proposals(Store, table=proposals):
    def add(self, proposal: Proposal) -> int:
        """Write a proposal and the state of its questions, durably, and return the id that it got."""
        row = asdict(proposal) | {"lines": "\n".join(proposal.lines), "message_ids": " ".join(proposal.message_ids)}
        del row["id"]
        with self._transaction() as connection:
            id_ = connection.execute(insert(proposals).values(row).returning(proposals.c.id)).scalar_one()
            connection.execute(deciding(proposal.message_ids, "proposed"))
        return int(id_)

    def open(self) -> list[Proposal]:
        return self._read(select(proposals).where(proposals.c.state == "open").order_by(proposals.c.id))

    def get(self, id_: int) -> Proposal | None:
        return next(iter(self._read(select(proposals).where(proposals.c.id == id_))), None)

    def latest(self, most: int = 50) -> list[Proposal]:
        return self._read(select(proposals).order_by(proposals.c.id.desc()).limit(most))

    def all(self) -> list[Proposal]:
        return self._read(select(proposals).order_by(proposals.c.id))

    def settle(self, proposal: Proposal, state: State, by: str, at: datetime, reason: str = "") -> bool:
        """Set the state of an open proposal; a refused one gives its questions back to review. Return False where it
        was settled meanwhile.
        """
        settled = {"state": state, "reason": reason, "settled_by": by[:200], "settled_at": at}
        is_open = and_(proposals.c.id == proposal.id, proposals.c.state == "open")
        with self._transaction() as connection:
            if not connection.execute(update(proposals).where(is_open).values(settled)).rowcount:
                return False
            if state == "refused":
                connection.execute(deciding(proposal.message_ids, "open"))
        return True

    def note_tried(self, proposal: Proposal, tried: Tried) -> None:
        """Keep what the last try has shown."""
        row = {"tried_at": tried.at, "tried_version": tried.version, "harm": tried.harm, "hints": tried.hints}
        self._execute(update(proposals).where(proposals.c.id == proposal.id).values(row))

    def _read(self, query: Select[Any]) -> list[Proposal]:
        return [
            replace(Proposal(*row), lines=tuple(row.lines.split("\n")), message_ids=tuple(row.message_ids.split()))
            for row in self._fetch(query)
        ]
