"""Sessions of the staff: who is signed in, in which role, and that a change comes from our own page."""

import contextlib
import re
import secrets
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.channels.http.admission import admit
from app.channels.http.bodies import form_of
from app.channels.http.problems import Fault, prefers_html
from app.channels.http.routes import READ
from app.channels.http.services import Served, services
from app.channels.rendering import page
from app.channels.staff.services import Staff, StaffServices, services_of
from app.channels.staff.words import why_ended, words_of
from app.errors import CheckDue, InvalidBody, NotAllowed, RecordsDown, SignInNeeded, StoreError
from app.records.ended_sessions import End
from app.roles import Role

HOME = "/staff"
LONGEST_NAME = 200
LONGEST_MESSAGE = 300
"""Characters of what the next page says: a cookie has room for no more."""
TOUCH = 60.0
"""Seconds between two times that a session's last use is noted in its cookie."""
GRACE = timedelta(minutes=15)
"""A session that is due for a check goes on so long: where nothing but letters is typed, so that no page is opened, and
where the identity provider is down.
"""
CHECK_AGAIN = 60.0
"""Seconds after a check that could not be made."""
CSRF_HEADER = "x-csrf-token"
SEARCH = "/staff/search"
"""A script asks for this list of results: its errors are problems, whatever its browser accepts."""
LOOK_UPS = (HOME, SEARCH)
"""What is posted there may tell of danger, which is looked for before any limit; the look-up admits what is no text."""
PREFIXES = ("/staff", "/v1/search")
"""Paths that know of sessions; all others never look at a cookie."""
TYPED = ("text", "title", "lines", "why", "answer", "note")
"""Fields in which people write sentences: of a form that is refused they are shown again."""
_OWN_PAGE = re.compile(r"/staff(?:/[\w.-]+)*(?:\?[\x21-\x7e]*)?", re.ASCII)
LONGEST_ADDRESS = 300


@dataclass(frozen=True, slots=True)
class Person:
    who: str
    roles: frozenset[Role]
    csrf: str
    session: MutableMapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def client(self) -> str:
        """Who counts for the limits: many desks share an address."""
        return f"staff {self.who}"

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


def begin(
    session: MutableMapping[str, Any], who: str, roles: frozenset[Role], now: datetime, **of_provider: Any
) -> None:
    """Empty the session and fill it for whoever has just signed in, so that one planted before is worth nothing.

    An identity provider has said who it is (`sub`), in which of its sessions (`sid`) and when (`issued`).
    """
    session.clear()
    at = now.timestamp()
    session.update(
        id=secrets.token_urlsafe(16),
        who=who[:LONGEST_NAME],
        roles=sorted(roles),
        began=at,
        seen=at,
        csrf=secrets.token_urlsafe(32),
        **({"checked": at, **of_provider} if of_provider else {}),
    )


def close(session: MutableMapping[str, Any], why: End) -> None:
    """Empty the session and keep why it is over, for the page on which one signs in again."""
    session.clear()
    session["ended"] = why


def say(request: Request, message: str) -> None:
    """Have the next page of this session say what has happened: words of ours with ids, never a patient's."""
    request.session["said"] = message[:LONGEST_MESSAGE]


async def person_of(session: MutableMapping[str, Any], staff: StaffServices, now: datetime) -> Person | None:
    """Return who is signed in, or None and close the session once it is over."""
    if "who" not in session:
        return None
    if why := await _end_of(session, staff, now):
        close(session, why)
        return None
    at = now.timestamp()
    if at - session["seen"] >= min(TOUCH, staff.longest_idle.total_seconds() / 4):
        session["seen"] = at
    return _person(session)


def _person(session: MutableMapping[str, Any]) -> Person:
    return Person(session["who"], frozenset(session["roles"]), session["csrf"], session)


async def _end_of(session: MutableMapping[str, Any], staff: StaffServices, now: datetime) -> End | None:
    at = now.timestamp()
    if at - session["began"] > staff.longest_session.total_seconds():
        return "long"
    if at - session["seen"] > staff.longest_idle.total_seconds():
        return "idle"
    if staff.provider and "checked" not in session:
        return "unchecked"  # of a release that did not check
    return await staff.ends.of(session)


def since_check(session: MutableMapping[str, Any], now: datetime) -> timedelta:
    """Return how long ago the identity provider vouched for the session; none vouches for a one-time link."""
    return timedelta(seconds=now.timestamp() - session.get("checked", now.timestamp()))


def _must_be_checked(request: Request, staff: StaffServices, now: datetime) -> bool:
    """Return whether the provider is to be asked first. Only a page that is opened can be led there and back."""
    session, age = request.session, since_check(request.session, now)
    if age > staff.check_every + GRACE:  # whatever was tried meanwhile
        return True
    tried = now.timestamp() - session.get("tried", 0.0) <= CHECK_AGAIN
    return _opens_page(request) and age > staff.check_every and not tried


def _opens_page(request: Request) -> bool:
    return request.method == "GET" and prefers_html(request)


async def is_signed_in(request: Request) -> bool:
    """Return whether somebody is signed in, on a path of `PREFIXES` where nobody has to be."""
    staff, now = services_of(request), services(request).now
    if staff is None or await person_of(request.session, staff, now) is None:
        return False
    return not _must_be_checked(request, staff, now)


async def signed_in(request: Request, served: Served, staff: Staff) -> Person:
    session, now = request.session, served.now
    await _keep_typed(request)
    person = await person_of(session, staff, now)
    if person is None:
        _remember_page(request)
        raise SignInNeeded
    if _must_be_checked(request, staff, now):
        _remember_page(request)
        raise CheckDue
    if request.method in READ or request.scope["path"] not in LOOK_UPS:
        await admit(served, person.client)
    return person


async def _keep_typed(request: Request) -> None:
    """Keep what was typed for a page that has to refuse it. Only who was signed in has typed on a page of ours."""
    if request.method == "POST" and request.session:
        with contextlib.suppress(InvalidBody):
            form = await form_of(request)
            request.state.typed = "\n".join(form[name] for name in TYPED if form.get(name))


def _remember_page(request: Request) -> None:
    """Keep where to come back to: the page of ours that was asked for, or that has sent the form."""
    query = request.scope["query_string"].decode("ascii", "replace")
    address = f"{request.scope['path']}?{query}" if _opens_page(request) else _page_of(request)
    if len(address) <= LONGEST_ADDRESS and _OWN_PAGE.fullmatch(address) and request.scope["path"] != SEARCH:
        request.session["back"] = address.removesuffix("?")


def page_before(session: MutableMapping[str, Any]) -> str:
    """Return the page to come back to, once."""
    return str(session.pop("back", HOME))


SignedIn = Annotated[Person, Depends(signed_in)]


async def curating(person: SignedIn) -> Person:
    if not person.curates:
        raise NotAllowed("This page is for those who look after the answers. Your account does not open it.")
    return person


async def auditing(person: SignedIn) -> Person:
    if not person.audits:
        raise NotAllowed("This page is for those who check who did what. Your account does not open it.")
    return person


Curating = Annotated[Person, Depends(curating)]
Auditing = Annotated[Person, Depends(auditing)]


async def posted(request: Request, person: SignedIn) -> dict[str, str]:
    """Return the fields of a form that our own page has sent for this person; raises `NotAllowed` for any other."""
    form = await form_of(request)
    token = request.headers.get(CSRF_HEADER) or form.get("csrf", "")
    if not compare_digest(token.encode("utf-8", "replace"), person.csrf.encode()):
        raise NotAllowed("The page was opened before you last signed in. Load the page again, and send it once more.")
    origin = request.headers.get("origin")
    if origin and origin != "null" and origin.split("://")[-1] != request.url.netloc:
        raise NotAllowed("This was sent from another website. Open the page here, and do it there.")
    return form


Posted = Annotated[dict[str, str], Depends(posted)]


def error_page(request: Request, error: Exception, fault: Fault) -> Response | None:
    """Return the page on which a person reads why, or the way to the sign-in; None where no page of staff's is."""
    path: str = request.scope["path"]
    if not f"{path}/".startswith("/staff/") or path == SEARCH:
        return None
    served, staff = services(request), services_of(request)
    if isinstance(error, SignInNeeded) and request.method in READ:
        return RedirectResponse(served.link("/staff/sign-in"), 303)
    if isinstance(error, CheckDue) and request.method in READ:
        return page("check.html", served)
    refused = RecordsDown() if isinstance(error, StoreError) else fault
    title, detail = words_of(error, fault)
    session = request.scope.get("session") or {}  # a body that is too long is refused before there is one
    with_header: dict[str, Any] = {"person": _person(session), "active": ""} if "who" in session else {}
    response = page(
        "refused.html",
        served,
        refused.status,
        title=title,
        detail=detail,
        ended=end_words(session, staff) if isinstance(error, SignInNeeded) else "",
        typed=getattr(request.state, "typed", ""),
        back=_way_on(request, error, fault),
        ask=staff.ask if staff else "",
        **with_header,
    )
    response.headers.update(refused.headers)
    return response


def end_words(session: Mapping[str, Any], staff: StaffServices | None) -> str:
    """Return why the session before is over, empty where there was none."""
    return why_ended(session.get("ended", ""), staff.longest_idle, staff.longest_session) if staff else ""


def _way_on(request: Request, error: Exception, fault: Fault) -> str:
    if isinstance(error, SignInNeeded):
        return "/staff/sign-in"
    has_odd_choice = fault.status == 422 and request.method in READ  # a day or a channel that there is not
    return str(request.scope["path"]) if has_odd_choice else _page_of(request)


def _page_of(request: Request) -> str:
    """Return the page on which the form or link stands that leads here: their addresses are below it."""
    path: str = request.scope["path"]
    return max(path.rpartition("/")[0], HOME, key=len)
