"""A person who meets an error reads a page: what happened, whom to call, and the way on."""

from collections.abc import Callable
from functools import partial

from fastapi import FastAPI, Request, Response

from app.channels.http.problems import Fault
from app.channels.http.services import services
from app.channels.page_words import WORDS
from app.channels.reader import reader_of
from app.channels.rendering import bare_page, page
from app.errors import NotReady

NOT_PATIENTS = frozenset(("v1", "webhooks", "sms", "staff", "healthz", "readyz", "metrics", "openapi.json"))
"""First segments of paths that get no patients' page: programs ask them, or the staff's surface draws its own."""


def install(app: FastAPI, prefix: str) -> None:
    app.state.error_pages.append(partial(_error_page, prefix))


def _error_page(prefix: str, request: Request, _: Exception, fault: Fault) -> Response | None:
    if request.scope["path"].lstrip("/").partition("/")[0] in NOT_PATIENTS:
        return None
    response = _drawer(request, prefix)("error.html", status=fault.status)
    response.headers.update(fault.headers)
    return response


def _drawer(request: Request, prefix: str) -> Callable[..., Response]:
    try:
        served = services(request)
    except NotReady:
        return partial(bare_page, link=lambda path: f"{prefix}{path}", reader=reader_of(request, WORDS))
    return partial(page, served=served, reader=reader_of(request, served.knowledge.content.languages()))
