"""Sign-out of staff: by themselves, here and at the identity provider; and by the provider, of all it knows of."""

import logging
from datetime import datetime

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import JSONResponse

from app import metrics
from app.channels.http.admission import Admitted
from app.channels.http.bodies import form_of
from app.channels.http.clients import client_of
from app.channels.http.services import Served, Services
from app.channels.rendering import page
from app.channels.staff.access import SignedIn, posted
from app.channels.staff.services import Staff, StaffServices
from app.channels.staff.signin.logout_token import Logout
from app.errors import InvalidBody, ProviderError, StoreError, TooManyRequests
from app.records.ended_sessions import ALWAYS, EndedSession, name_of

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)

PROVIDER = "identity provider"
"""Who signs people out by a logout token, in the audit."""


@router.post("/staff/sign-out", dependencies=[Depends(posted)])
async def sign_out(request: Request, served: Served, staff: Staff, person: SignedIn) -> Response:
    """End the session on all replicas, then that of the provider: at a desk that people share, out means out.

    A page leads on to the provider, since the policy for browsers lets a form lead to no other website.
    """
    await staff.note(served.now, person.who, "sign-out")
    await staff.ends.end(request.session["id"], "signed out", served.now)
    request.session.clear()
    back = f"{served.public_url}/staff/sign-in"
    leads_to = await staff.provider.client.sign_out_url(back) if staff.provider else None
    return page("signed-out.html", served, next=leads_to, one_time_link=staff.one_time_link is not None)


@router.post("/staff/back-channel-logout", dependencies=[Admitted])
async def back_channel_logout(request: Request, served: Served, staff: Staff) -> Response:
    """Take a logout token: 200 when its sessions are over, 400 for a token that is refused or could not be heeded.

    Many people may go home at once, so that only what is refused counts against its sender.
    """
    try:
        await _heed(request, served, staff)
    except (InvalidBody, ProviderError, StoreError) as error:
        metrics.logouts.labels("refused").inc()
        log.warning("a logout is refused: %s", error)
        client = client_of(request, served.trusted_proxies) or "local"
        if not await staff.sign_in_limits.allows(f"logout {client}"):
            raise TooManyRequests from error
        return JSONResponse({"error": "invalid_request"}, 400)
    metrics.logouts.labels("done").inc()
    return Response(status_code=200)


async def _heed(request: Request, served: Services, staff: StaffServices) -> None:
    token = (await form_of(request)).get("logout_token", "")
    now = served.now
    logout = await staff.required_provider.client.logout_of(token, now.timestamp())
    await staff.note(now, PROVIDER, "sign-out", f"session {logout.session} person {logout.person}")
    used = EndedSession(name_of("logout token", logout.id), now, 0.0, "hospital")
    if not await staff.ends.add(_ended(logout, now), used):
        raise ProviderError("a logout token that was used before")


def _ended(logout: Logout, now: datetime) -> list[EndedSession]:
    """Return what is over: the session that is named, and where none is, all of the person that began before.

    A session for which the provider named none of its own is over with any of its person's.
    """
    if not logout.session:
        return [EndedSession(name_of("person", logout.person), now, logout.issued, "hospital")]
    ended = [EndedSession(name_of("provider session", logout.session), now, ALWAYS, "hospital")]
    if logout.person:
        ended.append(EndedSession(name_of("person without session", logout.person), now, logout.issued, "hospital"))
    return ended
