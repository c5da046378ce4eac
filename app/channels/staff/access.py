"""Who is signed in, what they may do, and that a change comes from our own page."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.channels.http.services import Served, Services, form_of, services
from app.channels.rendering import page
from app.channels.staff.desk import Desk, Role
from app.errors import NotAllowed, NotFound, RecordsDown, RequestError, SignInNeeded, StoreError

LONGEST_NAME = 200
TOUCH = 60.0
"""Seconds between two times that a session's last use is noted in its cookie."""
CSRF_HEADER = "x-csrf-token"
SEARCH = "/staff/search"
"""The list of results that a script asks for, however its browser accepts."""
PREFIXES = ("/staff", "/v1/search")
"""Paths that know of sessions; all others never look at a cookie."""


@dataclass(frozen=True, slots=True)
class Person:
    who: str
    roles: frozenset[Role]
    csrf: str

    @property
    def curates(self) -> bool:
        return "curator" in self.roles


class Sessions:
    """Starlette's signed cookie, on the staff's paths only."""

    def __init__(self, app: ASGIApp, secret: str, longest: int, secure: bool) -> None:
        self._app = app
        name = "__Host-hai-faq-staff" if secure else "hai-faq-staff"
        self._signed = SessionMiddleware(app, secret, name, max_age=longest, same_site="lax", https_only=secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] == "http" and scope["path"].startswith(PREFIXES)
        await (self._signed if ours else self._app)(scope, receive, send)


def install(app: FastAPI, secret: str, longest: int, secure: bool) -> None:
    """`longest` in seconds; `secure` where browsers reach the service by TLS."""
    app.state.error_page = error_page
    app.add_middleware(Sessions, secret=secret, longest=longest, secure=secure)


def begin(session: dict[str, Any], who: str, roles: frozenset[Role], now: datetime) -> None:
    """A session of its own for whoever has just signed in: nothing of what was there before goes on."""
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


def person_of(session: dict[str, Any], desk: Desk, now: datetime) -> Person | None:
    """None, and an empty session, once it was idle or in use for too long, or signed out."""
    if "who" not in session:
        return None
    at = now.timestamp()
    worn_out = at - session["began"] > desk.longest.total_seconds() or at - session["seen"] > desk.idle.total_seconds()
    if worn_out or session["id"] in desk.ended:
        session.clear()
        return None
    if at - session["seen"] >= min(TOUCH, desk.idle.total_seconds() / 4):
        session["seen"] = at
    return Person(session["who"], frozenset(session["roles"]), session["csrf"])


def desk_of(served: Services) -> Desk:
    if served.desk is None:
        raise NotFound
    return served.desk


def whoever(request: Request, served: Services) -> Person | None:
    """Who is signed in, where being so is no duty; on a path of `PREFIXES`."""
    return person_of(request.session, served.desk, served.answering.clock()) if served.desk else None


async def signed_in(request: Request, served: Served) -> Person:
    person = person_of(request.session, desk_of(served), served.answering.clock())
    if person is None:
        raise SignInNeeded
    return person


SignedIn = Annotated[Person, Depends(signed_in)]


async def curating(person: SignedIn) -> Person:
    if not person.curates:
        raise NotAllowed("This needs the role of a curator.")
    return person


Curating = Annotated[Person, Depends(curating)]


async def posted(request: Request, person: SignedIn) -> dict[str, str]:
    """The fields of a form that our own page has sent for this person."""
    form = await form_of(request)
    given = request.headers.get(CSRF_HEADER) or form.get("csrf", "")
    if not compare_digest(given.encode("utf-8", "replace"), person.csrf.encode()):
        raise NotAllowed("The page was too old, or the request did not come from it. Load the page again.")
    origin = request.headers.get("origin")
    if origin and origin != "null" and origin.split("://")[-1] != request.url.netloc:
        raise NotAllowed("The request came from another website.")
    return form


Posted = Annotated[dict[str, str], Depends(posted)]


def error_page(request: Request, error: Exception) -> Response | None:
    """The page that tells a person why, or leads her to the sign-in where that is missing; None for a program."""
    reads = "text/html" in request.headers.get("accept", "") and request.url.path.startswith("/staff")
    if not reads or request.url.path == SEARCH or not isinstance(error, RequestError | StoreError):
        return None
    if isinstance(error, SignInNeeded) and request.method == "GET":
        return RedirectResponse("/staff/sign-in", 303)
    refused = error if isinstance(error, RequestError) else RecordsDown()
    shown = page("refused.html", services(request), refused.status, title=refused.title, detail=refused.detail)
    if refused.retry_after is not None:
        shown.headers["retry-after"] = str(refused.retry_after)
    return shown
