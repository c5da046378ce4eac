"""Sessions of the staff: who is signed in, in which role, and that a change comes from our own page."""

import secrets
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.channels.http.admission import admit
from app.channels.http.bodies import form_of
from app.channels.http.problems import Fault
from app.channels.http.routes import READ
from app.channels.http.services import Served, services
from app.channels.rendering import page
from app.channels.staff.services import Staff, StaffServices, services_of
from app.errors import NotAllowed, RecordsDown, SignInNeeded, StoreError
from app.roles import Role

LONGEST_NAME = 200
LONGEST_MESSAGE = 300
"""Characters of what the next page says: a cookie has room for no more."""
TOUCH = 60.0
"""Seconds between two times that a session's last use is noted in its cookie."""
CSRF_HEADER = "x-csrf-token"
SEARCH = "/staff/search"
"""A script asks for this list of results: its errors are problems, whatever its browser accepts."""
PREFIXES = ("/staff", "/v1/search")
"""Paths that know of sessions; all others never look at a cookie."""


@dataclass(frozen=True, slots=True)
class Person:
    who: str
    roles: frozenset[Role]
    csrf: str
    session: MutableMapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def curates(self) -> bool:
        return "curator" in self.roles

    @property
    def audits(self) -> bool:
        return "auditor" in self.roles

    def said(self) -> str:
        """Return what `say` left for the page that is being drawn, once."""
        return str(self.session.pop("said", ""))


class Sessions:
    """Requests on the staff's paths get a session, which Starlette keeps in a signed cookie; others get none."""

    def __init__(self, app: ASGIApp, secret: str, longest: int, secure: bool) -> None:
        self._app = app
        name = "__Host-hai-faq-staff" if secure else "hai-faq-staff"
        self._signed = SessionMiddleware(app, secret, name, max_age=longest, same_site="lax", https_only=secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_session = scope["type"] == "http" and scope["path"].startswith(PREFIXES)
        await (self._signed if has_session else self._app)(scope, receive, send)


def install(app: FastAPI, secret: str, longest: int, secure: bool) -> None:
    """`longest` is in seconds; `secure` says that browsers reach the service by TLS."""
    app.state.error_pages.append(error_page)
    app.add_middleware(Sessions, secret=secret, longest=longest, secure=secure)


def begin(session: dict[str, Any], who: str, roles: frozenset[Role], now: datetime) -> None:
    """Empty the session and fill it for whoever has just signed in, so that one planted before is worth nothing."""
    session.clear()
    at = now.timestamp()
    session.update(
        id=secrets.token_urlsafe(16),
        who=who[:LONGEST_NAME],
        roles=sorted(roles),
        began=at,
        seen=at,
        csrf=secrets.token_urlsafe(32),
    )


def say(request: Request, message: str) -> None:
    """Have the next page of this session say what has happened: words of ours with ids, never a patient's."""
    request.session["said"] = message[:LONGEST_MESSAGE]


def person_of(session: MutableMapping[str, Any], staff: StaffServices, now: datetime) -> Person | None:
    """Return who is signed in, or None and empty the session once it ended, or was idle or in use for too long."""
    if "who" not in session:
        return None
    at, longest_idle = now.timestamp(), staff.longest_idle.total_seconds()
    worn_out = at - session["began"] > staff.longest_session.total_seconds() or at - session["seen"] > longest_idle
    if worn_out or session["id"] in staff.ended_sessions:
        session.clear()
        return None
    if at - session["seen"] >= min(TOUCH, longest_idle / 4):
        session["seen"] = at
    return Person(session["who"], frozenset(session["roles"]), session["csrf"], session)


def is_signed_in(request: Request) -> bool:
    """Return whether somebody is signed in, on a path of `PREFIXES` where nobody has to be."""
    staff, now = services_of(request), services(request).now
    return staff is not None and person_of(request.session, staff, now) is not None


async def signed_in(request: Request, served: Served, staff: Staff) -> Person:
    person = person_of(request.session, staff, served.now)
    if person is None:
        raise SignInNeeded
    await admit(served, f"staff {person.who}")  # many desks share an address
    return person


SignedIn = Annotated[Person, Depends(signed_in)]


async def curating(person: SignedIn) -> Person:
    if not person.curates:
        raise NotAllowed("This needs the role of a curator.")
    return person


Curating = Annotated[Person, Depends(curating)]


async def posted(request: Request, person: SignedIn) -> dict[str, str]:
    """Return the fields of a form that our own page has sent for this person; raises `NotAllowed` for any other."""
    form = await form_of(request)
    token = request.headers.get(CSRF_HEADER) or form.get("csrf", "")
    if not compare_digest(token.encode("utf-8", "replace"), person.csrf.encode()):
        raise NotAllowed("The page was too old, or the request did not come from it. Load the page again.")
    origin = request.headers.get("origin")
    if origin and origin != "null" and origin.split("://")[-1] != request.url.netloc:
        raise NotAllowed("The request came from another website.")
    return form


Posted = Annotated[dict[str, str], Depends(posted)]


def error_page(request: Request, error: Exception, fault: Fault) -> Response | None:
    """Return the page on which a person reads why, or the way to the sign-in; None where no page of staff's is."""
    path: str = request.scope["path"]
    if not f"{path}/".startswith("/staff/") or path == SEARCH:
        return None
    served = services(request)
    if isinstance(error, SignInNeeded) and request.method in READ:
        return RedirectResponse(served.link("/staff/sign-in"), 303)
    refused = RecordsDown() if isinstance(error, StoreError) else fault
    response = page("refused.html", served, refused.status, title=refused.title, detail=refused.detail)
    response.headers.update(refused.headers)
    return response
