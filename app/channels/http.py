"""Ground that all HTTP surfaces share: services, request ids, headers, body limit, problem bodies."""

import itertools
import json
import logging
import secrets
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hmac import compare_digest
from http import HTTPStatus
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.answering import Answering
from app.channels.sms.exchange import Exchange
from app.errors import HaiFaqError, RequestError, TooLarge
from app.live import Live
from app.records.feedback import Feedback

log = logging.getLogger(__name__)

MOST_BYTES = 256 * 1024
"""Of a body: 20,000 characters, each at worst a 12-byte JSON escape, and room to spare."""
LOOPBACK = ("127.0.0.1", "::1", "testclient")
LOCAL_HOSTS = (*LOOPBACK, "localhost", "[::1]", "testserver")
"""Names of this machine: a website elsewhere whose name leads here must not ask as an operator (DNS rebinding)."""
FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")
"""Headers by which a proxy is known."""
PROBLEM = "application/problem+json"
HELP = "If this is an emergency, call 911. If you think of ending your life, call or text 988."
"""Stands in for the sealed safety notice while no content is loaded."""

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-robots-tag", b"noindex"),
)
_TLS_ONLY = (b"strict-transport-security", b"max-age=31536000")
_OURS = secrets.token_hex(4)
_numbers = itertools.count()


class Problem(BaseModel):
    """An error, as RFC 9457 describes it."""

    type: str = Field(examples=["urn:hai-faq:problem:invalid-body"])
    title: str = Field(examples=["The body is not what this address takes."])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["text: Field required"])
    help: str = Field(description="What to do in an emergency.", examples=[HELP])


@dataclass(frozen=True, slots=True)
class Services:
    """What the surfaces use, built once in the lifespan."""

    live: Live
    answering: Answering
    feedback: Feedback
    exchange: Exchange | None
    """Of text messages, where a gateway is configured."""
    trusted_proxies: frozenset[str]
    metrics_token: str | None
    """Opens metrics and details of readiness to others than this machine."""
    public_url: str | None
    """Where the world reaches the service, where that was set."""


def services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


async def _served(request: Request) -> Services:
    """Async, though nothing waits: FastAPI takes a plain function to a thread, which cost more than the answer."""
    return services(request)


Served = Annotated[Services, Depends(_served)]


def client_of(request: Request, trusted: frozenset[str]) -> str | None:
    """Whom a limit counts: the peer, or who a trusted proxy says it is; None for loopback without a proxy."""
    peer = request.client.host if request.client else ""
    if believes(trusted, peer):
        hops = (hop.strip()[:64] for hop in request.headers.get("x-forwarded-for", "").split(","))
        named = [hop for hop in hops if hop and not believes(trusted, hop)]
        return _counted(named[-1]) if named else peer
    return None if peer in LOOPBACK and not trusted else _counted(peer)


def _counted(address: str) -> str:
    """The network of an address of IPv6: whoever has one address of it has all 2^64."""
    if ":" not in address:
        return address
    try:
        found = IPv6Address(address)
    except ValueError:  # with a port, or made up
        return address
    return str(found.ipv4_mapped or IPv6Network((int(found) >> 64 << 64, 64)))


def is_local(request: Request) -> bool:
    """From this machine, by a name of it, and not through a proxy."""
    peer = request.client.host if request.client else ""
    forwarded = any(name in request.headers for name in FORWARDED)
    return peer in LOOPBACK and not forwarded and (request.url.hostname or "") in LOCAL_HOSTS


@lru_cache(maxsize=4096)
def believes(trusted: frozenset[str], peer: str) -> bool:
    """Whether `peer` is a trusted proxy. Those of a cluster are known by their network only."""
    return peer in trusted or any("/" in each and _within(each, peer) for each in trusted)


def _within(network: str, peer: str) -> bool:
    try:
        return ip_address(peer) in ip_network(network, strict=False)
    except ValueError:
        return False


def is_inside(request: Request, served: Services) -> bool:
    """Whether an operator asks: from this machine, or with the token."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if served.metrics_token and compare_digest(given.encode("utf-8", "replace"), served.metrics_token.encode()):
        return True
    return is_local(request) and not served.trusted_proxies


async def form_of(request: Request) -> dict[str, str]:
    """The first value of each field of a posted form, stripped; odd bytes are no error."""
    fields = parse_qs((await request.body()).decode("utf-8", "replace"))
    return {name: values[0].strip() for name, values in fields.items()}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI declarations of these error statuses."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


def install(app: FastAPI, allowed_origins: Sequence[str], secure: bool) -> None:
    """Error rendering, then the middleware, the outermost last. `secure` where browsers reach the service by TLS."""
    app.add_exception_handler(HaiFaqError, known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _plain)
    app.add_middleware(BodyLimit)
    app.add_middleware(Caught)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=allowed_origins,
        allow_methods=["GET", "POST"],
        allow_headers=["content-type"],
        expose_headers=["retry-after", "x-request-id"],
    )
    app.add_middleware(Envelope, secure=secure)


def problem(
    request: Request, status: int, code: str, title: str, detail: str, retry_after: int | None = None
) -> JSONResponse:
    body = {"type": f"urn:hai-faq:problem:{code}", "title": title, "status": status, "detail": detail}
    headers = {"retry-after": str(retry_after)} if retry_after is not None else {}
    return JSONResponse({**body, "help": _help(request)}, status_code=status, media_type=PROBLEM, headers=headers)


def _help(request: Request) -> str:
    try:
        return services(request).live.current.scripts["safety-notice"]
    except (HaiFaqError, AttributeError):
        return HELP


def known(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, RequestError):
        return problem(request, error.status, error.code, error.title, error.detail, error.retry_after)
    log.error("not answered: %s", error)
    return problem(request, 503, "not-ready", "The service cannot answer right now.", "Please try again.", 5)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    found: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else []
    status = 400 if any(each["type"] == "json_invalid" for each in found) else 422
    detail = "; ".join(f"{_where(each['loc'])}: {each['msg']}" for each in found[:5])
    return problem(request, status, "invalid-body", "The request is not what this address takes.", detail)


def _where(location: Sequence[int | str]) -> str:
    return ".".join(str(part) for part in location[1:]) or str(location[0])


def _plain(request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    phrase = HTTPStatus(status).phrase
    detail = str(error.detail) if isinstance(error, HTTPException) else phrase
    told = problem(request, status, phrase.lower().replace(" ", "-"), phrase, detail)
    told.headers.update((isinstance(error, HTTPException) and error.headers) or {})  # `allow` of a 405
    return told


class Envelope:
    """A request id and safe headers on every response, one log line without query or text."""

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self.app = app
        self._headers = (*_HEADERS, *((_TLS_ONLY,) if secure else ()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = f"{_OURS}{next(_numbers) & 0xFFFFFFFF:08x}"
        began = time.perf_counter()
        status = 500

        async def enveloped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                set_already = {name for name, _ in message["headers"]}
                ours = (header for header in self._headers if header[0] not in set_already)
                message["headers"] = [*message["headers"], *ours, (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, enveloped)
        finally:
            millis = (time.perf_counter() - began) * 1000
            log.info("%s %s %d %.1fms %s", scope["method"], scope["path"], status, millis, request_id)


class Caught:
    """A problem for what nobody foresaw, under the headers and the CORS of every other response, which Starlette's own
    500 lacks; to the log its place and kind, and not its words, which may be a patient's.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            log.error("unforeseen: %s", type(error).__name__, exc_info=error)
            told = problem(Request(scope), 500, "internal", "Something went wrong here.", "Please try again.")
            await told(scope, receive, send)


class BodyLimit:
    """Refuses a body over `MOST_BYTES`, by its declared length or as it comes in.

    FastAPI's own limit answers in plain text, not with a problem.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        body = b"" if declared.isdigit() and int(declared) <= MOST_BYTES else None
        while body is not None:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > MOST_BYTES:
                body = None
            elif not message.get("more_body", False):
                break
        if body is None:
            refused = TooLarge(f"A body may have at most {MOST_BYTES} bytes.")
            await known(Request(scope), refused)(scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


class Json(logging.Formatter):
    """One JSON object a line. Of an error its kind and the lines of code, never its words."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["at_line"] = "".join(traceback.format_tb(record.exc_info[2]))
        return json.dumps(line, ensure_ascii=False)
