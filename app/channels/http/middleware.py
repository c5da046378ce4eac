"""One layer stands around every request, since each layer of its own cost an answered message 10 us and more."""

import functools
import itertools
import logging
import secrets
import time
from collections.abc import Collection, Iterable, Mapping, Sequence

from fastapi import FastAPI, Request
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.channels.http.bodies import limited
from app.channels.http.forwarded import ForwardedHeaders
from app.channels.http.prefix import without_prefix
from app.channels.http.problems import answer_error

log = logging.getLogger(__name__)

_SECURITY_HEADERS = (
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
_VARY = (b"vary", b"Origin")
_NO_FRAME = b"frame-ancestors 'none'"


def install(
    app: FastAPI,
    allowed_origins: Sequence[str],
    trusted: Collection[str],
    secure: bool,
    prefix: str = "",
    framing: Mapping[str, str] | None = None,
) -> None:
    """Add the layers of every request, the outermost last.

    `secure` says that browsers reach the service by TLS, `framing` which websites may show a path in a frame.

    Where proxies are trusted, the last hop that is none takes the place of the peer.
    """
    app.add_middleware(
        RequestBoundary, allowed_origins=allowed_origins, secure=secure, prefix=prefix, framing=framing or {}
    )
    if trusted:
        app.add_middleware(ForwardedHeaders, trusted=trusted)


class RequestBoundary:
    """Takes the prefix off the path; gives each response a request id, security headers and, to an allowed origin,
    CORS; answers a body that is too long and an error that nobody foresaw; writes one log line, without query or text.
    """

    def __init__(
        self, app: ASGIApp, allowed_origins: Sequence[str], secure: bool, prefix: str, framing: Mapping[str, str]
    ) -> None:
        self._app = app
        self._prefix = prefix
        self._ancestors = {path: f"frame-ancestors {sites}".encode() for path, sites in framing.items()}
        self._to_origins = functools.partial(
            CORSMiddleware,
            allow_origins=allowed_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["content-type"],
            expose_headers=["retry-after", "x-request-id"],
        )
        self._app_to_origins = self._to_origins(app)
        self._headers = (*_SECURITY_HEADERS, *((_TLS_ONLY,) if secure else ()))
        self._process = secrets.token_hex(4)
        self._numbers = itertools.count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        scope["path"] = without_prefix(scope["path"], self._prefix)
        request_id = f"{self._process}{next(self._numbers) & 0xFFFFFFFF:08x}"
        headers = dict(scope["headers"])
        has_origin = b"origin" in headers
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                present = {name for name, _ in message["headers"]}
                added = [header for header in self._headers if header[0] not in present]
                if not has_origin:  # as Starlette's CORS does: what answers one origin is not for all
                    added.append(_VARY)
                message["headers"] = [*message["headers"], *added, (b"x-request-id", request_id.encode())]
                if ancestors := self._ancestors.get(scope["path"]):
                    message["headers"] = _framed(message["headers"], ancestors)
            await send(message)

        try:
            body = await limited(scope["method"], headers, receive)
            await (self._app_to_origins if has_origin else self._app)(scope, body, send_with_headers)
        except Exception as error:
            if status:
                raise
            answer = await answer_error(Request(scope), error)
            await (self._to_origins(answer) if has_origin else answer)(scope, receive, send_with_headers)
        finally:
            millis = (time.perf_counter() - began) * 1000
            log.info("%s %s %d %.1fms %s", scope["method"], scope["path"], status or 500, millis, request_id)


def _framed(headers: Iterable[tuple[bytes, bytes]], ancestors: bytes) -> list[tuple[bytes, bytes]]:
    """Return the headers of what some websites may show in a frame; `x-frame-options` knows none but our own."""
    return [(name, value.replace(_NO_FRAME, ancestors)) for name, value in headers if name != b"x-frame-options"]
