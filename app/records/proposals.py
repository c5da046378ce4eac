"""What curators want changed in `intents/`, until `hai-faq review apply` takes or refuses it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Engine, Select, insert, select, update

from app.records.tables import proposals, questions, transaction

Kind = Literal["phrasing", "topic"]
State = Literal["open", "applied", "refused"]


@dataclass(frozen=True, slots=True)
class Proposal:
    at: datetime
    by: str
    kind: Kind
    target: str
    """The entry or topic; for a new topic its id."""
    title: str
    """Of a new topic; empty for phrasings."""
    lines: tuple[str, ...]
    """Phrasings that the curator has typed."""
    message_ids: tuple[str, ...]
    """Of the questions that it is meant for."""
    state: State = "open"
    reason: str = ""
    """Why it was refused."""
    id: int = 0


class Proposals:
    """Every method raises `StoreError` when the store cannot be reached."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, proposal: Proposal) -> None:
        """Durable when it returns, together with the state of its questions."""
        row = asdict(proposal) | {"lines": "\n".join(proposal.lines), "message_ids": " ".join(proposal.message_ids)}
        del row["id"]
        with transaction(self._engine, "proposals") as connection:
            connection.execute(insert(proposals), row)
            which = questions.c.message_id.in_(proposal.message_ids)
            connection.execute(update(questions).where(which).values(state="proposed"))

    def open(self) -> list[Proposal]:
        return self._read(select(proposals).where(proposals.c.state == "open").order_by(proposals.c.id))

    def latest(self, most: int = 50) -> list[Proposal]:
        return self._read(select(proposals).order_by(proposals.c.id.desc()).limit(most))

    def all(self) -> list[Proposal]:
        return self._read(select(proposals).order_by(proposals.c.id))

    def settle(self, proposal: Proposal, state: State, reason: str = "") -> None:
        """A refused proposal gives its questions back to review."""
        with transaction(self._engine, "proposals") as connection:
            row = proposals.c.id == proposal.id
            connection.execute(update(proposals).where(row).values(state=state, reason=reason))
            if state == "refused":
                which = questions.c.message_id.in_(proposal.message_ids)
                connection.execute(update(questions).where(which).values(state="open"))

    def _read(self, query: Select[Any]) -> list[Proposal]:
        with transaction(self._engine, "proposals") as connection:
            rows = connection.execute(query).mappings().all()
        return [
            Proposal(
                **{**row, "lines": tuple(row["lines"].split("\n")), "message_ids": tuple(row["message_ids"].split())}
            )
            for row in rows
        ]
