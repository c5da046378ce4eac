"""What the staff's pages use, built once in the lifespan and kept as `app.state.staff`."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request

from app.channels.staff.flags.owner_alerts import OwnerAlerts
from app.channels.staff.signin.session_ends import SessionEnds
from app.dialogue.handoffs import Handoff
from app.errors import NotFound, StoreError
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
    from app.channels.staff.signin.openid import OpenId

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Provider:
    """The hospital's identity provider."""

    client: "OpenId"
    roles_claim: str
    """Dots lead into objects: `realm_access.roles`."""
    roles: dict[str, Role]

    def roles_of(self, claims: Mapping[str, Any]) -> frozenset[Role]:
        """Return the roles of the claim that mean something here; a claim is a list, or one value, or words."""
        claim: Any = claims
        for name in self.roles_claim.split("."):
            claim = claim.get(name) if isinstance(claim, Mapping) else None
        values = claim.split() if isinstance(claim, str) else claim if isinstance(claim, list) else []
        return frozenset(self.roles[value] for value in values if isinstance(value, str) and value in self.roles)


class OneTimeLink:
    """Whoever can read what the service prints, on a single machine, may sign in once by this link.

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
    check_every: timedelta
    """How old what the provider said of a session may be when a page is opened."""
    ends: SessionEnds
    ask: str
    """Whom staff ask when they cannot sign in."""
    provider: Provider | None
    one_time_link: OneTimeLink | None
    grouping: Grouping = field(default_factory=Grouping)

    @property
    def required_provider(self) -> Provider:
        """Raises `NotFound` where nobody signs in by one."""
        if self.provider is None:
            raise NotFound
        return self.provider

    def add_audit_event(self, at: datetime, who: str, act: Act, subject: str = "") -> None:
        """Add an event, which is durable when this returns. Raises `StoreError`."""
        self.audit.add(Event(at, who, act, subject))

    async def note(self, at: datetime, who: str, act: Act, subject: str = "") -> None:
        """Add an event; in the log while the store is dead, which keeps nobody from the look-up at the counter."""
        try:
            await asyncio.to_thread(self.add_audit_event, at, who, act, subject)
        except StoreError as error:
            log.warning("audit: %s %s %s (%s)", act, who, subject, error)


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
