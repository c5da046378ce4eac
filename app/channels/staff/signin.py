"""Sign-in of staff: by the hospital's identity provider, or on a single machine by a one-time link."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from authlib.integrations.base_client import OAuthError
from fastapi import APIRouter, Depends, Request, Response
from httpx2 import HTTPError
from joserfc.errors import JoseError
from starlette.responses import RedirectResponse

from app import metrics
from app.channels.http.clients import client_of, is_local
from app.channels.http.services import Served, Services
from app.channels.rendering import page
from app.channels.staff import access
from app.channels.staff.access import SignedIn, posted
from app.channels.staff.desk import Desk, Provider, Role
from app.errors import NotAllowed, NotFound, StoreError, TooManyRequests
from app.records.audit import Act

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)

HOME = "/staff"
LOCAL = "this machine"
"""Who is signed in by the one-time link."""


@router.get("/staff/sign-in")
async def offer(served: Served) -> Response:
    desk = access.desk_of(served)
    return page("sign-in.html", served, provider=desk.provider is not None, link=desk.link is not None, refused="")


@router.get("/staff/sign-in/start")
async def start(request: Request, served: Served) -> Response:
    """Sends the browser to the identity provider, with state, nonce and the challenge of a code verifier (PKCE)."""
    desk = await _throttled(request, served)
    provider = _provider_of(desk)
    try:
        sent: Response = await provider.client.authorize_redirect(request, provider.redirect_uri)
    except (HTTPError, OAuthError, ValueError, KeyError) as error:
        log.error("the identity provider cannot be reached: %s", type(error).__name__)
        return _refused(served, "The identity provider cannot be reached. Please try again.", 503)
    return sent


@router.get("/staff/callback")
async def callback(request: Request, served: Served) -> Response:
    """The provider sends the browser back with a code; state, nonce, signature, audience and issuer must be right."""
    desk = await _throttled(request, served)
    provider = _provider_of(desk)
    options = {"iss": {"essential": True, "value": provider.issuer}}
    try:
        token = await provider.client.authorize_access_token(request, claims_options=options)
        claims: Mapping[str, Any] = token["userinfo"]
        who = str(claims.get("email") or claims.get("preferred_username") or claims["sub"])
    except (HTTPError, OAuthError, JoseError, ValueError, TypeError, KeyError) as error:
        request.session.clear()
        return await _turned_away(served, desk, "unknown", type(error).__name__, "The sign-in did not work. Try again.")
    roles = roles_of(claims, provider)
    if not roles:
        request.session.clear()
        return await _turned_away(served, desk, who, "no role", "Your account has no role here.")
    return await _welcomed(request, served, desk, who, roles)


@router.get("/staff/link")
async def by_link(request: Request, served: Served) -> Response:
    """Takes the one-time link, from this machine only and not through a proxy."""
    desk = await _throttled(request, served)
    if desk.link is None:
        raise NotFound
    token = request.query_params.get("token", "")
    if not is_local(request) or not desk.link.take(token):
        return await _turned_away(
            served, desk, LOCAL, "link", "The link is used up or wrong. The console shows a new one."
        )
    return await _welcomed(request, served, desk, LOCAL, frozenset({"lookup", "curator"}))


@router.post("/staff/sign-out", dependencies=[Depends(posted)])
async def sign_out(request: Request, served: Served, person: SignedIn) -> Response:
    desk = access.desk_of(served)
    desk.ended.add(request.session["id"])
    request.session.clear()
    await _note(served, desk, person.who, "sign-out")
    return RedirectResponse("/staff/sign-in", 303)


def roles_of(claims: Mapping[str, Any], provider: Provider) -> frozenset[Role]:
    """The roles of the claim that mean something here; a claim is a list, or one value, or words."""
    found: Any = claims
    for name in provider.roles_claim.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    values = found.split() if isinstance(found, str) else found if isinstance(found, list) else []
    return frozenset(provider.roles[value] for value in values if isinstance(value, str) and value in provider.roles)


async def _throttled(request: Request, served: Services) -> Desk:
    desk = access.desk_of(served)
    client = client_of(request, served.trusted_proxies) or "local"
    if not await desk.throttle.allows(client):
        metrics.limited.inc()
        raise TooManyRequests("Too many sign-ins. Please wait a minute.")
    return desk


def _provider_of(desk: Desk) -> Provider:
    if desk.provider is None:
        raise NotFound
    return desk.provider


async def _welcomed(request: Request, served: Services, desk: Desk, who: str, roles: frozenset[Role]) -> Response:
    access.begin(request.session, who, roles, served.answering.clock())
    metrics.sign_ins.labels("signed in").inc()
    await _note(served, desk, who, "sign-in", " ".join(sorted(roles)))
    return RedirectResponse(HOME, 303)


async def _turned_away(served: Services, desk: Desk, who: str, why: str, said: str) -> Response:
    metrics.sign_ins.labels("refused").inc()
    await _note(served, desk, who, "sign-in refused", why)
    return _refused(served, said, NotAllowed.status)


def _refused(served: Services, said: str, status: int) -> Response:
    desk = access.desk_of(served)
    return page(
        "sign-in.html", served, status, provider=desk.provider is not None, link=desk.link is not None, refused=said
    )


async def _note(served: Services, desk: Desk, who: str, act: Act, subject: str = "") -> None:
    """A dead store keeps nobody from looking things up at the counter: the log has the event then."""
    try:
        await asyncio.to_thread(desk.note, served.answering.clock(), who, act, subject)
    except StoreError as error:
        log.warning("audit: %s %s %s (%s)", act, who, subject, error)
