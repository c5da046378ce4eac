"""Sign-in of staff: by the hospital's identity provider, or on a single machine by a one-time link."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, get_args

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import RedirectResponse

from app import metrics
from app.channels.http.admission import Admitted
from app.channels.http.clients import client_of, is_local
from app.channels.http.routes import READ
from app.channels.http.services import Served, Services
from app.channels.rendering import page
from app.channels.staff import access
from app.channels.staff.access import SignedIn, posted
from app.channels.staff.services import Provider, Staff, StaffServices
from app.errors import NotAllowed, NotFound, ProviderError, StoreError, TooManyRequests
from app.records.audit import Act
from app.review.names import LOCAL
from app.roles import Role

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)

HOME = "/staff"


async def throttle(request: Request, served: Served, staff: Staff) -> None:
    """Count a sign-in of this client. Raises `TooManyRequests`."""
    client = client_of(request, served.trusted_proxies) or "local"
    if not await staff.sign_in_limits.allows(client):
        metrics.limited.inc()
        raise TooManyRequests("Too many sign-ins. Please wait a minute.")


@router.api_route("/staff/sign-in", methods=READ, dependencies=[Admitted])
async def offer(served: Served, staff: Staff) -> Response:
    return _page(served, staff)


@router.get("/staff/sign-in/start", dependencies=[Depends(throttle)])
async def start(request: Request, served: Served, staff: Staff) -> Response:
    """Send the browser to the identity provider, with state, nonce and the challenge of a code verifier (PKCE)."""
    provider = _provider_of(staff)
    try:
        return await provider.client.redirect(request)
    except ProviderError as error:
        log.error("the identity provider cannot be reached: %s", error)
        return _page(served, staff, "The identity provider cannot be reached. Please try again.", 503)


@router.get("/staff/callback", dependencies=[Depends(throttle)])
async def callback(request: Request, served: Served, staff: Staff) -> Response:
    """Take the code with which the provider sends the browser back: state, nonce, signature, audience and issuer must
    be right.
    """
    provider = _provider_of(staff)
    try:
        who, claims = await provider.client.identify(request)
    except ProviderError as error:
        request.session.clear()
        return await _refuse(served, staff, "unknown", str(error), "The sign-in did not work. Try again.")
    roles = roles_of(claims, provider)
    if not roles:
        request.session.clear()
        return await _refuse(served, staff, who, "no role", "Your account has no role here.")
    return await _welcome(request, served, staff, who, roles)


@router.get("/staff/link", dependencies=[Depends(throttle)])
async def follow_link(request: Request, served: Served, staff: Staff, token: str = "") -> Response:
    """Take the one-time link, from this machine only and not through a proxy."""
    if staff.one_time_link is None:
        raise NotFound
    if not is_local(request) or not staff.one_time_link.use(token):
        detail = "The link is used up or wrong. The console shows a new one."
        return await _refuse(served, staff, LOCAL, "link", detail)
    return await _welcome(request, served, staff, LOCAL, frozenset(get_args(Role)))


@router.post("/staff/sign-out", dependencies=[Depends(posted)])
async def sign_out(request: Request, served: Served, staff: Staff, person: SignedIn) -> Response:
    staff.ended_sessions.add(request.session["id"])
    request.session.clear()
    await _audit(served, staff, person.who, "sign-out")
    return RedirectResponse(served.link("/staff/sign-in"), 303)


def roles_of(claims: Mapping[str, Any], provider: Provider) -> frozenset[Role]:
    """Return the roles of the claim that mean something here; a claim is a list, or one value, or words."""
    claim: Any = claims
    for name in provider.roles_claim.split("."):
        claim = claim.get(name) if isinstance(claim, Mapping) else None
    values = claim.split() if isinstance(claim, str) else claim if isinstance(claim, list) else []
    return frozenset(provider.roles[value] for value in values if isinstance(value, str) and value in provider.roles)


def _provider_of(staff: StaffServices) -> Provider:
    if staff.provider is None:
        raise NotFound
    return staff.provider


async def _welcome(
    request: Request, served: Services, staff: StaffServices, who: str, roles: frozenset[Role]
) -> Response:
    access.begin(request.session, who, roles, served.now)
    metrics.sign_ins.labels("signed in").inc()
    await _audit(served, staff, who, "sign-in", " ".join(sorted(roles)))
    return RedirectResponse(served.link(HOME), 303)


async def _refuse(served: Services, staff: StaffServices, who: str, why: str, detail: str) -> Response:
    metrics.sign_ins.labels("refused").inc()
    await _audit(served, staff, who, "sign-in refused", why)
    return _page(served, staff, detail, NotAllowed.status)


def _page(served: Services, staff: StaffServices, refused: str = "", status: int = 200) -> Response:
    ways: dict[str, Any] = {
        "provider": staff.provider is not None,
        "one_time_link": staff.one_time_link is not None,
    }
    return page("sign-in.html", served, status, refused=refused, **ways)


async def _audit(served: Services, staff: StaffServices, who: str, act: Act, subject: str = "") -> None:
    """Note an event; in the log while the store is dead, which keeps nobody from looking things up at the counter."""
    try:
        await asyncio.to_thread(staff.add_audit_event, served.now, who, act, subject)
    except StoreError as error:
        log.warning("audit: %s %s %s (%s)", act, who, subject, error)
