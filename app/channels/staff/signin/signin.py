"""Sign-in of staff: by the hospital's identity provider, or on a single machine by a one-time link."""

import logging
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
from app.channels.staff.services import Staff, StaffServices
from app.channels.staff.signin import recheck
from app.errors import NotAllowed, NotFound, ProviderError, TooManyRequests
from app.review.names import LOCAL
from app.roles import Role

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)

AGAIN = "The sign-in did not work. Please try once more."


async def throttle(request: Request, served: Served, staff: Staff) -> None:
    """Count a sign-in of this client. Raises `TooManyRequests`."""
    client = client_of(request, served.trusted_proxies) or "local"
    if not await staff.sign_in_limits.allows(client):
        metrics.limited.inc()
        raise TooManyRequests("Too many people have signed in from here at once. Wait a minute, then try again.")


@router.api_route("/staff/sign-in", methods=READ, dependencies=[Admitted])
async def offer(request: Request, served: Served, staff: Staff) -> Response:
    return _page(request, served, staff)


@router.get("/staff/sign-in/start", dependencies=[Depends(throttle)])
async def start(request: Request, served: Served, staff: Staff) -> Response:
    """Send the browser to the identity provider, with state, nonce and the challenge of a code verifier (PKCE)."""
    provider = staff.required_provider
    try:
        return await provider.client.redirect(request)
    except ProviderError as error:
        log.error("the identity provider cannot be reached: %s", error)
        refused = "The hospital's sign-in cannot be reached right now. Try again in a minute."
        return _page(request, served, staff, refused, 503)


@router.get("/staff/callback")
async def callback(request: Request, served: Served, staff: Staff) -> Response:
    """Take the code with which the provider sends the browser back: state, nonce, signature, audience and issuer must
    be right.
    """
    provider = staff.required_provider
    if recheck.is_answer(request):
        return await recheck.finish(request, served, staff)
    await throttle(request, served, staff)
    if not await provider.client.has_asked(request):
        return await _pass_over(request, served, staff)
    try:
        identity = await provider.client.identify(request)
    except ProviderError as error:
        return await _refuse(request, served, staff, "unknown", str(error), AGAIN)
    roles = provider.roles_of(identity.claims)
    if not roles:
        refused = f"The hospital knows you as {identity.who}, but that account does not open these pages."
        return await _refuse(request, served, staff, identity.who, "no role", refused)
    return await _welcome(request, served, staff, identity.who, roles, **identity.kept)


@router.get("/staff/link", dependencies=[Depends(throttle)])
async def follow_link(request: Request, served: Served, staff: Staff, token: str = "") -> Response:
    """Take the one-time link, from this machine only and not through a proxy."""
    if staff.one_time_link is None:
        raise NotFound
    if not is_local(request) or not staff.one_time_link.use(token):
        refused = "This link was used before, or is not whole. There is a newer one."
        return await _refuse(request, served, staff, LOCAL, "link", refused)
    return await _welcome(request, served, staff, LOCAL, frozenset(get_args(Role)))


async def _pass_over(request: Request, served: Services, staff: StaffServices) -> Response:
    """Leave the session as it is: this is of another window, the same once more, or led here by another website."""
    if await access.person_of(request.session, staff, served.now):
        return RedirectResponse(served.link(access.page_before(request.session)), 303)
    metrics.sign_ins.labels("refused").inc()
    await staff.note(served.now, "unknown", "sign-in refused", "not asked for")
    return _page(request, served, staff, AGAIN, NotAllowed.status)


async def _welcome(
    request: Request, served: Services, staff: StaffServices, who: str, roles: frozenset[Role], **of_provider: Any
) -> Response:
    back = access.page_before(request.session)
    access.begin(request.session, who, roles, served.now, **of_provider)
    metrics.sign_ins.labels("signed in").inc()
    await staff.note(served.now, who, "sign-in", " ".join(sorted(roles)))
    return RedirectResponse(served.link(back), 303)


async def _refuse(
    request: Request, served: Services, staff: StaffServices, who: str, why: str, refused: str
) -> Response:
    """End the session, also that of whoever was signed in before."""
    back = access.page_before(request.session)
    request.session.clear()
    request.session["back"] = back
    metrics.sign_ins.labels("refused").inc()
    await staff.note(served.now, who, "sign-in refused", why)
    return _page(request, served, staff, refused, NotAllowed.status)


def _page(request: Request, served: Services, staff: StaffServices, refused: str = "", status: int = 200) -> Response:
    return page(
        "sign-in.html",
        served,
        status,
        refused=refused,
        ended=access.end_words(request.session, staff),
        comes_back=request.session.get("back", access.HOME) != access.HOME,
        provider=staff.provider is not None,
        one_time_link=staff.one_time_link is not None,
        ask=staff.ask,
    )
