"""Puts the service together: `create_app(settings)`."""

import gc
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI

from app import __version__
from app.answering import Answering
from app.channels import api, http, pages, rasa
from app.channels.http import Services
from app.dialogue.knowledge import Knowledge
from app.errors import StoreError
from app.live import Live, Place
from app.records.conversations import Conversations
from app.records.feedback import Feedback
from app.records.ledger import Ledger
from app.records.limits import Limits
from app.records.tables import connect, migrate
from app.records.withdrawals import Withdrawals
from app.settings import Settings
from app.tokens import Tokens

log = logging.getLogger(__name__)


def create_app(settings: Settings, loaded: Knowledge | None = None) -> FastAPI:
    """The whole service. Importing and creating reach nothing; the lifespan opens files and stores.

    `loaded` is what the content on disk was loaded as a moment ago, if it was.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = connect(settings.database_url)
        try:
            if engine.url.get_backend_name() == "sqlite":
                migrate(engine)
        except StoreError as error:
            log.error("%s: answering without it", error)
        live = Live(place(settings), Withdrawals(engine), settings.watch_seconds)
        ledger = Ledger(engine, settings.ledger_keep)
        live.start(loaded)
        ledger.start()
        app.state.services = Services(
            live=live,
            answering=Answering(
                live=live,
                conversations=Conversations(),
                limits=Limits(settings.messages_per_second),
                ledger=ledger,
                tokens=Tokens(_key(settings)),
                clock=lambda: datetime.now(UTC),
            ),
            feedback=Feedback(engine, settings.ledger_keep),
            trusted_proxies=frozenset(settings.trusted_proxies),
        )
        gc.collect()
        gc.freeze()  # what was loaded stays: going through it again and again cost a message in a hundred 50 ms
        yield
        live.stop()
        ledger.stop()
        engine.dispose()

    app = FastAPI(  # routes, not included routers: those are matched twice, which cost 50 us a request
        title="hai-faq",
        version=__version__,
        summary="Approved answers to patients' questions, and help first for a message in danger.",
        lifespan=lifespan,
        redirect_slashes=False,
        routes=[route for surface in (api, rasa, pages) for route in surface.router.routes],
    )
    http.install(app, settings.allowed_origins)
    described = app.openapi
    app.openapi = lambda: api.describe(described())  # type: ignore[method-assign]
    return app


def place(settings: Settings) -> Place:
    return Place(
        content=settings.content_dir,
        cache=settings.cache_dir,
        documents=settings.documents_dir,
        site=settings.site,
        risk=settings.risk,
        urgent_bar=settings.urgent_bar,
        grace=settings.grace,
    )


def _key(settings: Settings) -> bytes:
    if settings.secret is None:
        log.warning("HAI_FAQ_SECRET is not set: message ids are valid until this process ends")
        return secrets.token_bytes(32)
    return settings.secret.get_secret_value().encode()
