"""Puts the service together: `create_app(settings)`."""

import asyncio
import gc
import hmac
import logging
import secrets
import signal
import threading
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import Engine

from app import __version__
from app.builder import Builder, revealed, shared_of
from app.channels import api, error_pages, pages, rasa
from app.channels.http import middleware, problems
from app.channels.http.prefix import prefix_of
from app.channels.sms import webhook
from app.channels.staff import access, audit_page
from app.channels.staff.flags import flags
from app.channels.staff.insights import dashboard
from app.channels.staff.lookup import lookup
from app.channels.staff.review import proposals, propose, review, withheld
from app.channels.staff.signin import recheck, signin, signout
from app.dialogue.knowledge import Knowledge
from app.errors import SettingsError, StoreError
from app.records.database import connect, migrate
from app.settings import Settings

SURFACES = (
    *(api, rasa, pages, webhook, signin, recheck, signout, lookup, flags),
    *(review, propose, proposals, withheld, dashboard, audit_page),
)
MIGRATE_EVERY = 2.0
"""Seconds between two looks at the file of SQLite."""

log = logging.getLogger(__name__)


def create_app(
    settings: Settings, loaded: Knowledge | None = None, announce: Callable[[str], None] = lambda _: None
) -> FastAPI:
    """Return the whole service. Importing and creating reach nothing; the lifespan opens files and stores.

    `loaded` is the content on disk where it was loaded a moment ago. `announce` gets each one-time link for the
    staff's sign-in, which must reach the console and nothing else. Raises `SettingsError`.
    """
    key = _key(settings)
    prefix = prefix_of(settings.public_url)
    app = FastAPI(  # routes, not included routers: those are matched twice, which cost 50 us a request
        title="hai-faq",
        version=__version__,
        summary="Approved answers to patients' questions, and help first for a message in danger.",
        lifespan=lambda app: _running(app, settings, key, loaded, announce),
        openapi_url=None,  # a route of ours, limited as any
        docs_url=None,  # Swagger's and ReDoc's pages load scripts from elsewhere, which our policy forbids
        redoc_url=None,
        redirect_slashes=False,
        servers=[{"url": prefix}] if prefix else None,
        routes=[route for surface in SURFACES for route in surface.router.routes],
    )
    secure = (settings.public_url or "").startswith("https://")
    _check_prefix(prefix, {str(getattr(route, "path", "")) for route in app.routes})
    problems.install(app)
    access.install(app, hmac.digest(key, b"staff sessions", "sha256").hex(), settings.staff_hours * 3600, secure)
    error_pages.install(app, prefix)
    framing = dict.fromkeys(pages.PATIENTS, " ".join(settings.frame_ancestors)) if settings.frame_ancestors else {}
    middleware.install(app, settings.allowed_origins, settings.trusted_proxies, secure, prefix, framing)
    return app


def _check_prefix(prefix: str, paths: Collection[str]) -> None:
    """Refuse a prefix that may be a path of ours: whether a proxy has taken it off nobody could tell."""
    first = prefix.split("/")[:2]
    if prefix and any(path.split("/")[:2] == first for path in paths):
        raise SettingsError(
            f"HAI_FAQ_PUBLIC_URL: its path may not begin with {'/'.join(first)}, as a path of the service does"
        )


@asynccontextmanager
async def _running(
    app: FastAPI, settings: Settings, key: bytes, loaded: Knowledge | None, announce: Callable[[str], None]
) -> AsyncIterator[None]:
    """Open what lives as long as the service, and close the last first, so that records outlive messages."""
    async with AsyncExitStack() as stack:
        engine = connect(settings.database_url)
        stack.callback(engine.dispose)
        if engine.url.get_backend_name() == "sqlite":
            stack.callback(asyncio.create_task(_keep_migrated(engine, _migrated(engine))).cancel)
        shared = shared_of(settings)
        if shared:
            stack.push_async_callback(shared.close)
        build = Builder(settings, key, engine, shared)
        reloader = build.reloader(loaded)
        reloader.start()
        stack.callback(reloader.stop)
        if threading.current_thread() is threading.main_thread():  # elsewhere no signal can be handled
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reloader.wake)
        writer = build.writer(reloader)
        writer.start()
        stack.callback(writer.stop)
        answering = build.answering(reloader, writer)
        stack.callback(answering.turns.close)
        app.state.sms = build.sms(answering)
        if app.state.sms:
            stack.callback(asyncio.create_task(app.state.sms.outbox.run()).cancel)
            stack.callback(asyncio.create_task(app.state.sms.opt_outs.run()).cancel)
        app.state.staff = build.staff(announce)
        app.state.services = build.services(answering)
        gc.freeze()  # what was loaded stays: going through it again and again cost a message in a hundred 50 ms
        yield


def _migrated(engine: Engine, before: str = "") -> str:
    """Return why the store cannot be used, empty when it can, and log it unless it was so `before`."""
    try:
        migrate(engine)
    except StoreError as error:
        if str(error) != before:
            log.error("%s: answering without it", error)
        return str(error)
    if before:
        log.info("the store is ready")
    return ""


async def _keep_migrated(engine: Engine, problem: str) -> None:
    """A disk that was full, or not there, may be well again; a file put in the place of another may be of an earlier
    release.
    """
    while True:
        await asyncio.sleep(MIGRATE_EVERY)
        problem = await asyncio.to_thread(_migrated, engine, problem)


def _key(settings: Settings) -> bytes:
    secret = revealed(settings.secret)
    if secret is None:
        log.warning("HAI_FAQ_SECRET is not set: message ids are valid until this process ends")
        return secrets.token_bytes(32)
    return secret.encode()
