"""What the staff's pages use, built once in the lifespan and kept as `app.state.staff`."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from app.channels.staff.owner_alerts import OwnerAlerts
from app.dialogue.handoffs import Handoff
from app.errors import NotFound
from app.records.audit import Act, Audit, Event
from app.records.counts import Counts
from app.records.flags import Flags
from app.records.limits import Limits
from app.records.proposals import Proposals
from app.records.review_queue import ReviewQueue
from app.records.withdrawals import Withdrawals
from app.review.groups import Grouping
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


class OneTimeLink:
    """Whoever can read the console of the service, on a single machine, may sign in once by this link.

    `announce` gets the address of `url` with a new token at once, and again whenever one was used.
    """

    def __init__(self, url: str, announce: Callable[[str], None]) -> None:
        self._url = url
        self._announce = announce
        self._renew()

    def use(self, token: str) -> bool:
        """Return whether the token is the one announced last; if so, it is used up and the next is announced."""
        if not compare_digest(token.encode("utf-8", "replace"), self._token.encode()):
            return False
        self._renew()
        return True

    def _renew(self) -> None:
        self._token = secrets.token_urlsafe(32)
        self._announce(f"{self._url}?token={self._token}")


@dataclass(frozen=True, slots=True)
class StaffServices:
    audit: Audit
    questions: ReviewQueue
    keeps_questions: bool
    proposals: Proposals
    counts: Counts
    flags: Flags
    withdrawals: Withdrawals
    content: Path
    """Its folder, which is only read."""
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
    grouping: Grouping = field(default_factory=Grouping)

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
