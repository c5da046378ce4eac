"""Every error is answered here, with a page of the surface that was asked or with an RFC 9457 problem."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from app.channels.http.accepted import weights
from app.channels.http.admission import admit
from app.channels.http.clients import client_of
from app.channels.http.services import services
from app.errors import HaiFaqError, NotReady, RequestError, TooManyRequests

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
HELP = "If this is an emergency, call 911. If you think of ending your life, call or text 988."
"""The help of a problem while no content, and so no sealed safety notice, is loaded."""
MOST_DETAILS = 5
"""Most fields that a problem names of a body that does not fit."""

_FOR_PROGRAMS = ("application/json", MEDIA_TYPE)


class Problem(BaseModel):
    """An error, as RFC 9457 describes it."""

    type: str = Field(examples=["urn:hai-faq:problem:invalid-body"])
    title: str = Field(examples=["The body is not what this address takes."])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["text: Field required"])
    help: str = Field(description="What to do in an emergency.", examples=[HELP])


@dataclass(frozen=True, slots=True)
class Fault:
    """Status, code, words and headers with which an error is answered."""

    status: int
    code: str
    title: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)


ErrorPage = Callable[[Request, Exception, Fault], Response | None]
"""Returns the page of an error, or None where the address is another surface's or a program's."""


def install(app: FastAPI) -> None:
    """Answer the errors of all routes here, and describe a problem in the OpenAPI description.

    A surface adds to `app.state.error_pages` what draws the errors of its pages.
    """
    app.state.error_pages = []
    for kind in (HaiFaqError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, answer_error)
    without_problem = app.openapi
    app.openapi = lambda: _with_problem(without_problem())  # type: ignore[method-assign]


async def answer_error(request: Request, error: Exception) -> Response:
    """Return the answer to an error, which is counted for its client and waits its turn like any other request: 300
    connections whose bodies were refused held an emergency back for 10 s.
    """
    error = await _admitted(request, error)
    fault = _fault(error)
    return _page(request, error, fault) or _problem(request, fault)


def _page(request: Request, error: Exception, fault: Fault) -> Response | None:
    if not prefers_html(request):
        return None
    error_pages: Sequence[ErrorPage] = request.app.state.error_pages
    try:
        return next(filter(None, (draw(request, error, fault) for draw in error_pages)), None)
    except Exception as failed:  # a page that cannot be drawn must not take the problem and its help away
        log.error("an error's page was not drawn: %s", type(failed).__name__, exc_info=failed)
        return None


def prefers_html(request: Request) -> bool:
    """Return whether `Accept` names HTML and weighs it no less than JSON, as a browser does when it opens a page."""
    accepted = weights(request.headers.get("accept", ""))
    html = accepted.get("text/html", 0.0)
    return html > 0 and html >= max(accepted.get(type_, 0.0) for type_ in _FOR_PROGRAMS)


async def _admitted(request: Request, error: Exception) -> Exception:
    """Return the error to answer: that of a client over its limit is that it is."""
    if isinstance(error, TooManyRequests) or not isinstance(
        error, RequestError | RequestValidationError | HTTPException
    ):
        return error
    try:
        served = services(request)
        await admit(served, client_of(request, served.trusted_proxies))
    except TooManyRequests as limited:
        return limited
    except NotReady:
        pass
    return error


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI declarations of these error statuses."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


def _with_problem(openapi: dict[str, Any]) -> dict[str, Any]:
    openapi["components"]["schemas"].setdefault("Problem", Problem.model_json_schema())
    return openapi


def _problem(request: Request, fault: Fault) -> JSONResponse:
    body = Problem(
        type=f"urn:hai-faq:problem:{fault.code}",
        title=fault.title,
        status=fault.status,
        detail=fault.detail,
        help=_help(request),
    )
    return JSONResponse(body.model_dump(), fault.status, fault.headers, MEDIA_TYPE)


def _help(request: Request) -> str:
    try:
        return services(request).knowledge.approved.text("safety-notice")
    except HaiFaqError:
        return HELP


def _fault(error: Exception) -> Fault:
    match error:
        case RequestError():
            return Fault(error.status, error.code, error.title, error.detail, error.headers)
        case RequestValidationError():
            return _of_validation(error)
        case HTTPException():  # its headers: `allow` of a 405
            return _of_status(error.status_code, str(error.detail), error.headers)
        case ClientDisconnect():
            return _of_status(400, "The request did not come in whole.")
        case HaiFaqError():
            log.error("not answered: %s", error)
            title = "The service cannot answer right now."
            return Fault(503, "not-ready", title, "Please try again.", {"retry-after": "5"})
        case _:  # its place and kind for the log, and not its words, which may be a patient's
            log.error("unforeseen: %s", type(error).__name__, exc_info=error)
            return Fault(500, "internal", "Something went wrong here.", "Please try again.")


def _of_validation(error: RequestValidationError) -> Fault:
    errors = error.errors()
    status = 400 if any(details["type"] == "json_invalid" for details in errors) else 422
    detail = "; ".join(f"{_where(details['loc'])}: {details['msg']}" for details in errors[:MOST_DETAILS])
    return Fault(status, "invalid-body", "The request is not what this address takes.", detail)


def _where(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location[1:]) or str(location[0])


def _of_status(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Fault:
    phrase = HTTPStatus(status).phrase
    return Fault(status, phrase.lower().replace(" ", "-"), phrase, detail, headers or {})
