"""Puts the service together: `create_app(settings)`."""

import asyncio
import gc
import hmac
import logging
import secrets
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

from authlib.integrations.starlette_client import OAuth
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Engine

from app import __version__
from app.answering import Answering
from app.channels import api, pages, rasa
from app.channels.http import middleware, problems
from app.channels.http.services import Services
from app.channels.sms import webhook
from app.channels.sms.exchange import Exchange
from app.channels.sms.gateway import Gateway, Sender
from app.channels.sms.generic import Generic
from app.channels.sms.numbers import Numbers
from app.channels.sms.outbox import Outbox
from app.channels.sms.telnyx import Telnyx
from app.channels.sms.twilio import Twilio
from app.channels.staff import access, dashboard, lookup, review, signin
from app.channels.staff.one_time_link import OneTimeLink
from app.channels.staff.owner_alerts import OwnerAlerts
from app.channels.staff.services import Provider, StaffServices
from app.content import files, schema
from app.dialogue.handoffs import unknown_topics
from app.dialogue.knowledge import Knowledge
from app.errors import ContentError, SettingsError, StoreError
from app.live import Live, Place
from app.records.audit import Audit
from app.records.consents import Consents
from app.records.conversations import MemoryConversations, RedisConversations
from app.records.counts import Counts
from app.records.database import connect
from app.records.deliveries import Deliveries
from app.records.feedback import Feedback
from app.records.ledger import Ledger
from app.records.limits import Limits, MemoryLimits, RedisLimits
from app.records.migrations import migrate
from app.records.proposals import Proposals
from app.records.redis_client import RedisClient
from app.records.review_queue import ReviewQueue
from app.records.withdrawals import Withdrawals
from app.records.writer import Sink, Writer
from app.redaction.redact import redact
from app.settings import Settings
from app.tokens import Tokens

SURFACES = (api, rasa, pages, webhook, signin, lookup, review, dashboard)
TEXTS_A_SECOND, TEXTS_AT_ONCE = 0.2, 10
"""Of one number: as fast as anyone types."""
SIGN_INS_A_SECOND, SIGN_INS_AT_ONCE = 0.2, 20
"""Of one client; a hospital's desks may share an address."""
MIGRATE_EVERY = 2.0
"""Seconds between two tries, where the store could not be migrated at the start."""

log = logging.getLogger(__name__)


def create_app(
    settings: Settings, loaded: Knowledge | None = None, announce: Callable[[str], None] = lambda _: None
) -> FastAPI:
    """The whole service. Importing and creating reach nothing; the lifespan opens files and stores.

    `loaded` is what the content on disk was loaded as a moment ago, if it was. `announce` gets each one-time link
    for the staff's sign-in, which must reach the console and nothing else.
    """
    key = _key(settings)
    app = FastAPI(  # routes, not included routers: those are matched twice, which cost 50 us a request
        title="hai-faq",
        version=__version__,
        summary="Approved answers to patients' questions, and help first for a message in danger.",
        lifespan=lambda app: _running(app, settings, key, loaded, announce),
        docs_url=None,  # Swagger's and ReDoc's pages load scripts from elsewhere, which our policy forbids
        redoc_url=None,
        redirect_slashes=False,
        routes=[route for surface in SURFACES for route in surface.router.routes],
    )
    secure = (settings.public_url or "").startswith("https://")
    problems.install(app)
    access.install(app, hmac.digest(key, b"staff sessions", "sha256").hex(), settings.staff_hours * 3600, secure)
    middleware.install(app, settings.allowed_origins, settings.trusted_proxies, secure)
    described = app.openapi
    app.openapi = lambda: problems.with_problem(described())  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _running(
    app: FastAPI, settings: Settings, key: bytes, loaded: Knowledge | None, announce: Callable[[str], None]
) -> AsyncIterator[None]:
    """What lives as long as the service; what was opened last is closed first, so that records outlive messages."""
    async with AsyncExitStack() as stack:
        engine = connect(settings.database_url)
        stack.callback(engine.dispose)
        if engine.url.get_backend_name() == "sqlite" and not _migrated(engine):
            stack.callback(asyncio.create_task(_migrate_later(engine)).cancel)
        shared = _shared(settings)
        if shared:
            stack.push_async_callback(shared.close)
        live = Live(place(settings), Withdrawals(engine), settings.watch_seconds)
        live.start(loaded)
        stack.callback(live.stop)
        if threading.current_thread() is threading.main_thread():  # elsewhere no signal can be handled
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, live.wake)
        writer = Writer(engine, sinks(settings, engine, Tokens(key)), _now)
        writer.start()
        stack.callback(writer.stop)
        answering = _answering(settings, key, live, writer, shared)
        exchange = texting(settings, answering, engine, shared) if settings.texts else None
        if exchange:
            stack.callback(asyncio.create_task(exchange.outbox.run()).cancel)
        sign_ins = _limits(shared, "sign-in", key, SIGN_INS_A_SECOND, SIGN_INS_AT_ONCE)
        has_staff = settings.sign_in != "off"
        app.state.staff = staff_services(settings, engine, announce, sign_ins) if has_staff else None
        app.state.services = Services(
            live=live,
            answering=answering,
            exchange=exchange,
            feedback=Feedback(engine, settings.ledger_keep),
            trusted_proxies=frozenset(settings.trusted_proxies),
            metrics_token=settings.metrics_token.get_secret_value() if settings.metrics_token else None,
            public_url=(settings.public_url or "").rstrip("/") or None,
        )
        gc.collect()
        gc.freeze()  # what was loaded stays: going through it again and again cost a message in a hundred 50 ms
        yield


def _now() -> datetime:
    return datetime.now(UTC)


def _migrated(engine: Engine) -> bool:
    try:
        migrate(engine)
    except StoreError as error:
        log.error("%s: answering without it", error)
        return False
    return True


async def _migrate_later(engine: Engine) -> None:
    """A disk that was full, or not there, when the service started may be well again."""
    await asyncio.sleep(MIGRATE_EVERY)
    while not await asyncio.to_thread(_migrated, engine):
        await asyncio.sleep(MIGRATE_EVERY)
    log.info("the store is ready")


def _answering(settings: Settings, key: bytes, live: Live, writer: Writer, shared: RedisClient | None) -> Answering:
    return Answering(
        live=live,
        conversations=RedisConversations(shared) if shared else MemoryConversations(),
        limits=_limits(shared, "client", key, settings.messages_per_second),
        limit_in_all=MemoryLimits(settings.messages_per_second_in_all),
        writer=writer,
        tokens=Tokens(key),
        clock=_now,
    )


def sinks(settings: Settings, engine: Engine, tokens: Tokens) -> dict[str, Sink]:
    """What the writer keeps, best effort."""
    kept: dict[str, Sink] = {"ledger": Ledger(settings.ledger_keep, tokens.text_hash), "counts": Counts(engine)}
    if settings.keep_questions:
        kept["questions"] = ReviewQueue(engine, settings.question_keep, redact)
    return kept


def texting(settings: Settings, answering: Answering, engine: Engine, shared: RedisClient | None) -> Exchange:
    """The exchange of text messages over the configured gateways."""
    check_scripts(settings, answering.live.current)
    gateways: dict[str, Gateway] = {}
    senders: dict[str, Sender] = {}
    if settings.twilio_auth_tokens:
        gateways["twilio"] = Twilio(_plain(settings.twilio_auth_tokens))
    if settings.sms_secrets:
        gateways["generic"] = Generic(_plain(settings.sms_secrets))
    if settings.telnyx_api_key:
        key = settings.telnyx_api_key.get_secret_value()
        gateways["telnyx"] = senders["telnyx"] = Telnyx(settings.telnyx_public_keys, key, settings.telnyx_api_url)
    numbers = Numbers(_plain(settings.sms_number_keys))
    deliveries = Deliveries(engine, settings.ledger_keep.total_seconds())
    return Exchange(
        gateways=gateways,
        answering=answering,
        deliveries=deliveries,
        consents=Consents(engine),
        numbers=numbers,
        outbox=Outbox(deliveries, senders, numbers, time.time),
        of_number=_limits(shared, "number", answering.tokens.key, TEXTS_A_SECOND, TEXTS_AT_ONCE),
        of_all=_limits(shared, "texts", answering.tokens.key, settings.messages_per_second),
        clock=time.time,
        public_url=(settings.public_url or "").rstrip("/"),
        consent_by_gateway=settings.sms_consent == "gateway",
    )


def staff_services(
    settings: Settings, engine: Engine, announce: Callable[[str], None], sign_ins: Limits
) -> StaffServices:
    smtp = settings.smtp_url.get_secret_value() if settings.smtp_url else None
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    return StaffServices(
        audit=Audit(engine),
        questions=ReviewQueue(engine, settings.question_keep, redact),
        keeps_questions=settings.keep_questions,
        proposals=Proposals(engine),
        counts=Counts(engine),
        withdrawals=Withdrawals(engine),
        handoffs=settings.handoffs,
        owner_alerts=OwnerAlerts(settings.owner_webhook, settings.owner_email, smtp),
        sign_in_limits=sign_ins,
        longest_idle=timedelta(minutes=settings.staff_idle_minutes),
        longest_session=timedelta(hours=settings.staff_hours),
        provider=_provider(settings) if settings.sign_in == "oidc" else None,
        one_time_link=OneTimeLink(f"{address}/staff/link", announce) if settings.sign_in == "link" else None,
    )


def _provider(settings: Settings) -> Provider:
    issuer = (settings.oidc_issuer or "").rstrip("/")
    secret = settings.oidc_client_secret
    client = OAuth().register(
        "site",
        client_id=settings.oidc_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "timeout": 5.0},
    )
    redirect = f"{(settings.public_url or '').rstrip('/')}/staff/callback"
    return Provider(client, settings.oidc_issuer or "", settings.oidc_roles_claim, settings.oidc_roles, redirect)


def check_scripts(settings: Settings, loaded: Knowledge) -> None:
    """Raises `ContentError` where text messages are on and the content has not all of their scripts."""
    missing = [id_ for id_ in schema.SMS if id_ not in loaded.scripts_sms]
    if settings.texts and missing:
        raise ContentError(settings.content_dir / files.FAQ, 1, "scripts", f"text messages need {', '.join(missing)}")


def check_handoffs(settings: Settings, loaded: Knowledge) -> None:
    """Raises `SettingsError` where a hand-over names a topic that there is not."""
    unknown = unknown_topics(settings.handoffs, list(loaded.content.topics))
    if unknown:
        raise SettingsError(f"HAI_FAQ_HANDOFFS: there is no topic {', '.join(unknown)}")


def _plain(secrets: Sequence[SecretStr]) -> tuple[str, ...]:
    return tuple(each.get_secret_value() for each in secrets)


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


def _shared(settings: Settings) -> RedisClient | None:
    if settings.redis_url is None:
        return None
    return RedisClient(settings.redis_url.get_secret_value(), settings.redis_milliseconds / 1000)


def _limits(shared: RedisClient | None, name: str, key: bytes, rate: float, burst: float | None = None) -> Limits:
    memory = MemoryLimits(rate, burst=burst)
    return RedisLimits(shared, name, key, memory) if shared else memory


def _key(settings: Settings) -> bytes:
    if settings.secret is None:
        log.warning("HAI_FAQ_SECRET is not set: message ids are valid until this process ends")
        return secrets.token_bytes(32)
    return settings.secret.get_secret_value().encode()
