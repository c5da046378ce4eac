"""What the staff's pages use, built once in the lifespan."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from authlib.integrations.starlette_client import StarletteOAuth2App

from app.channels.staff.link import Link
from app.channels.staff.notices import Notices
from app.dialogue.handoffs import Handoff
from app.records.audit import Act, Audit, Event
from app.records.counts import Counts
from app.records.limits import Limits
from app.records.proposals import Proposals
from app.records.review_queue import ReviewQueue
from app.records.withdrawals import Withdrawals

Role = Literal["lookup", "curator"]
"""A curator may do all that the look-up may."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The hospital's identity provider."""

    client: StarletteOAuth2App
    issuer: str
    roles_claim: str
    """Dots lead into objects: `realm_access.roles`."""
    roles: dict[str, Role]
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Desk:
    audit: Audit
    questions: ReviewQueue
    keeps_questions: bool
    proposals: Proposals
    counts: Counts
    withdrawals: Withdrawals
    handoffs: Sequence[Handoff]
    notices: Notices
    throttle: Limits
    """Of sign-ins, by client."""
    idle: timedelta
    longest: timedelta
    provider: Provider | None
    link: Link | None
    ended: set[str] = field(default_factory=set)
    """Sessions that were signed out before their time, in this process."""

    def note(self, at: datetime, who: str, act: Act, subject: str = "") -> None:
        """For the audit. Durable when it returns; raises `StoreError`."""
        self.audit.add(Event(at, who, act, subject))
