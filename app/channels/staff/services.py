"""What the staff's pages use, built once in the lifespan and kept as `app.state.staff`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from app.channels.staff.one_time_link import OneTimeLink
from app.channels.staff.owner_alerts import OwnerAlerts
from app.dialogue.handoffs import Handoff
from app.errors import NotFound
from app.records.audit import Act, Audit, Event
from app.records.counts import Counts
from app.records.limits import Limits
from app.records.proposals import Proposals
from app.records.review_queue import ReviewQueue
from app.records.withdrawals import Withdrawals
from app.roles import Role

if TYPE_CHECKING:  # most services sign in by no provider
    from app.channels.staff.openid import OpenId


@dataclass(frozen=True, slots=True)
class Provider:
    """The hospital's identity provider."""

    client: "OpenId"
    roles_claim: str
    """Dots lead into objects: `realm_access.roles`."""
    roles: dict[str, Role]


@dataclass(frozen=True, slots=True)
class StaffServices:
    audit: Audit
    questions: ReviewQueue
    keeps_questions: bool
    proposals: Proposals
    counts: Counts
    withdrawals: Withdrawals
    handoffs: Sequence[Handoff]
    owner_alerts: OwnerAlerts
    sign_in_limits: Limits
    """Sign-ins of each client."""
    longest_idle: timedelta
    longest_session: timedelta
    provider: Provider | None
    one_time_link: OneTimeLink | None
    ended_sessions: set[str] = field(default_factory=set)
    """Ids of sessions that were signed out before their time, in this process."""

    def add_audit_event(self, at: datetime, who: str, act: Act, subject: str = "") -> None:
        """Add an event, which is durable when this returns. Raises `StoreError`."""
        self.audit.add(Event(at, who, act, subject))


def services_of(request: Request) -> StaffServices | None:
    """Return None where staff cannot sign in."""
    staff: StaffServices | None = request.app.state.staff
    return staff


async def staff_of(request: Request) -> StaffServices:
    """Return what the staff's pages use. Raises `NotFound` where staff cannot sign in."""
    staff = services_of(request)
    if staff is None:
        raise NotFound
    return staff


Staff = Annotated[StaffServices, Depends(staff_of)]
