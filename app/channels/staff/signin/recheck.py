"""The identity provider is asked again, without a word to the person, whether and in which roles she is signed in."""

import logging
import secrets

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from app import metrics
from app.channels.http.admission import admit
from app.channels.http.services import Served, Services
from app.channels.staff.access import GRACE, Person, close, page_before, person_of, since_check
from app.channels.staff.services import Staff, StaffServices
from app.channels.staff.signin.identity import Identity
from app.errors import ProviderError, ProviderUnreachable
from app.records.ended_sessions import End

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)

_STATE = "check."
"""With this begins the state of a check, so that the answer to one is known whatever has become of the session."""
_NEEDS_PERSON = ("login_required", "interaction_required", "consent_required", "account_selection_required")
"""What the provider answers where it would have to ask the person: she is not signed in there any more."""
_REFUSES = "access_denied"
"""What a provider answers of a person who was taken off the list of those who may come here."""


@router.get("/staff/sign-in/check")
async def check(request: Request, served: Served, staff: Staff) -> Response:
    """Send the browser to the provider, which sends it back at once; not to one that is down."""
    provider, session = staff.required_provider, request.session
    person = await person_of(session, staff, served.now)
    if person is None:
        return RedirectResponse(served.link("/staff/sign-in"), 303)
    await admit(served, f"staff {person.who}")
    state = f"{_STATE}{secrets.token_urlsafe(24)}"
    try:
        response = await provider.client.redirect(request, prompt="none", state=state)
    except ProviderError:
        return await _postpone(request, served, staff, person)
    session["check"] = state
    return response


def is_answer(request: Request) -> bool:
    """Return whether the provider sends a browser back from a check, and not from a sign-in."""
    return request.query_params.get("state", "").startswith(_STATE)


async def finish(request: Request, served: Services, staff: StaffServices) -> Response:
    """Take the provider's answer. One that was not asked for in this session changes nothing."""
    session, error = request.session, request.query_params.get("error")
    person = await person_of(session, staff, served.now)
    if person is None:
        return RedirectResponse(served.link("/staff/sign-in"), 303)
    await admit(served, f"staff {person.who}")
    if session.get("check") != request.query_params["state"]:  # of another window, or made up
        session["tried"] = served.now.timestamp()
        return RedirectResponse(served.link(page_before(session)), 303)
    del session["check"]
    if error in _NEEDS_PERSON:
        return await _end(request, served, staff, person, "hospital")
    if error == _REFUSES:
        return await _end(request, served, staff, person, "roles")
    if error:
        return await _postpone(request, served, staff, person)
    try:
        identity = await staff.required_provider.client.identify(request)
    except ProviderUnreachable:
        return await _postpone(request, served, staff, person)
    except ProviderError as refused:
        log.warning("the identity provider's answer to a check is refused: %s", refused)
        return await _end(request, served, staff, person, "hospital")
    return await _go_on(request, served, staff, person, identity)


async def _go_on(
    request: Request, served: Services, staff: StaffServices, person: Person, identity: Identity
) -> Response:
    """Take on the roles that she has now; who has none left, or is another person, is signed out."""
    session, roles = request.session, staff.required_provider.roles_of(identity.claims)
    if identity.person != session["sub"]:
        return await _end(request, served, staff, person, "other person")
    if not roles:
        return await _end(request, served, staff, person, "roles")
    if roles != person.roles:
        await staff.note(served.now, person.who, "roles changed", " ".join(sorted(roles)))
    metrics.sign_in_checks.labels("passed").inc()
    session.pop("tried", None)
    session.update(roles=sorted(roles), checked=served.now.timestamp(), **identity.kept)
    return RedirectResponse(served.link(page_before(session)), 303)


async def _postpone(request: Request, served: Services, staff: StaffServices, person: Person) -> Response:
    """Let a session go on while the provider is down, so that its outage does not close the counter at once."""
    metrics.sign_in_checks.labels("unreachable").inc()
    log.warning("the identity provider does not answer: whoever is signed in stays so for %s", GRACE)
    if since_check(request.session, served.now) > staff.check_every + GRACE:
        return await _end(request, served, staff, person, "unchecked")
    request.session["tried"] = served.now.timestamp()
    return RedirectResponse(served.link(page_before(request.session)), 303)


async def _end(request: Request, served: Services, staff: StaffServices, person: Person, why: End) -> Response:
    session, now = request.session, served.now
    metrics.sign_in_checks.labels("ended").inc()
    await staff.note(now, person.who, "session ended", why)
    await staff.ends.end(session["id"], why, now)
    back = page_before(session)
    close(session, why)
    session["back"] = back
    return RedirectResponse(served.link("/staff/sign-in"), 303)
