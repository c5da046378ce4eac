"""Builds the parts of the service from its settings.

What only some sites need (Authlib, redis-py) is imported where a setting asks for it: with Alembic and psycopg it was a
third of what a start imports.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, cast

from pydantic import SecretStr
from sqlalchemy import Engine

from app.answering import Answering
from app.channels.http.services import Services
from app.channels.sms.conversation import SmsConversation
from app.channels.sms.gateway import Gateway, Sender
from app.channels.sms.generic import Generic
from app.channels.sms.once import Once
from app.channels.sms.outbox import Outbox
from app.channels.sms.twilio import REPLY, Twilio
from app.channels.staff.flags.owner_alerts import OwnerAlerts
from app.channels.staff.services import OneTimeLink, Provider, StaffServices
from app.channels.staff.signin.session_ends import SessionEnds
from app.dialogue.knowledge import Knowledge
from app.loading.loader import load
from app.loading.reloader import Reloader
from app.records.audit import Audit
from app.records.consents import Consents
from app.records.conversations import MemoryConversations, RedisConversations
from app.records.counts import Counts
from app.records.database import failing
from app.records.deliveries import Deliveries
from app.records.ended_sessions import EndedSessions
from app.records.feedback import Feedback
from app.records.flags import Flags
from app.records.ledger import Ledger
from app.records.limits import Limits, MemoryLimits, RedisLimits
from app.records.opt_out_events import OptOutEvents
from app.records.proposals import Proposals
from app.records.repeats import MemoryRepeats, RedisRepeats, Repeats
from app.records.review_queue import ReviewQueue
from app.records.withdrawals import Withdrawals
from app.records.writer import Sink, Writer
from app.redaction.redact import StorageRedactor, redact
from app.settings import Settings
from app.tokens import Tokens

if TYPE_CHECKING:
    from app.channels.sms.numbers import Numbers
    from app.channels.sms.opt_outs import OptOuts
    from app.records.redis_client import RedisClient

TEXTS_A_SECOND, TEXTS_AT_ONCE = 0.2, 10
"""Of one number: as fast as anyone types."""
REQUESTS_A_MESSAGE = 4
"""A page loads some files, and its widget a welcome, before anything is asked."""
SIGN_INS_A_SECOND, SIGN_INS_AT_ONCE = 0.2, 20
"""Of one client; a hospital's desks may share an address."""


def shared_of(settings: Settings) -> "RedisClient | None":
    url, seconds = revealed(settings.redis_url), settings.redis_milliseconds / 1000
    return import_module("app.records.redis_client").RedisClient(url, seconds) if url else None


def revealed(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def _all_revealed(secrets: Sequence[SecretStr]) -> tuple[str, ...]:
    return tuple(secret.get_secret_value() for secret in secrets)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Builder:
    settings: Settings
    key: bytes
    """Signs and hashes."""
    engine: Engine
    shared: "RedisClient | None"
    """Redis, where replicas share one."""

    def reloader(self, loaded: Knowledge | None) -> Reloader:
        """Raises `HaiFaqError` where nothing was loaded and the content on disk may not be served."""
        config = self.settings.content_config
        return Reloader(config, loaded or load(config), Withdrawals(self.engine), self.settings.watch_seconds)

    def writer(self, reloader: Reloader) -> Writer:
        """Return the writer of what is kept best effort."""
        sinks: dict[str, Sink] = {
            "ledger": Ledger(self.settings.ledger_keep, Tokens(self.key).text_hash),
            "counts": Counts(self.engine),
            "questions": self._questions(StorageRedactor(lambda: reloader.current)),
        }
        return Writer(self.engine, sinks, _now)

    def answering(self, reloader: Reloader, writer: Writer) -> Answering:
        return Answering(
            reloader=reloader,
            conversations=RedisConversations(self.shared) if self.shared else MemoryConversations(),
            limits=self._limits("client", self.settings.messages_per_second),
            limit_in_all=MemoryLimits(self.settings.messages_per_second_in_all),
            writer=writer,
            tokens=Tokens(self.key),
            clock=_now,
        )

    def services(self, answering: Answering) -> Services:
        return Services(
            answering=answering,
            feedback=Feedback(self.engine, self.settings.ledger_keep),
            requests=MemoryLimits(self.settings.messages_per_second * REQUESTS_A_MESSAGE),
            failing_stores=failing(self.engine),
            trusted_proxies=frozenset(self.settings.trusted_proxies),
            metrics_token=revealed(self.settings.metrics_token),
            public_url=self.settings.public_url,
        )

    def sms(self, answering: Answering) -> SmsConversation | None:
        """Return None where no gateway is configured."""
        settings = self.settings
        if not settings.texts:
            return None
        keys = _all_revealed(settings.sms_number_keys)
        numbers = import_module("app.channels.sms.numbers").Numbers(keys, settings.sms_country)
        deliveries = Deliveries(self.engine, settings.ledger_keep.total_seconds())
        gateways = self._gateways()
        return SmsConversation(
            gateways=gateways,
            answering=answering,
            once=Once(deliveries, numbers, time.time),
            consents=Consents(self.engine),
            numbers=numbers,
            outbox=Outbox(deliveries, self._senders(gateways), numbers, time.time),
            opt_outs=self._opt_outs(numbers),
            repeats=self._repeats(),
            limits=self._limits("number", TEXTS_A_SECOND, TEXTS_AT_ONCE),
            limit_in_all=self._limits("texts", settings.messages_per_second),
            clock=time.time,
            public_url=settings.public_url or "",
            consent_by_gateway=settings.sms_consent == "gateway",
            nets_opted_out=settings.sms_net_to_opted_out,
        )

    def _gateways(self) -> dict[str, Gateway]:
        gateways: dict[str, Gateway] = {}
        if self.settings.twilio_auth_tokens:
            gateways["twilio"] = Twilio(_all_revealed(self.settings.twilio_auth_tokens), self._receipts)
        if self.settings.sms_secrets:
            gateways["generic"] = Generic(_all_revealed(self.settings.sms_secrets))
        if key := revealed(self.settings.telnyx_api_key):
            telnyx = import_module("app.channels.sms.telnyx")
            gateways["telnyx"] = telnyx.Telnyx(self.settings.telnyx_public_keys, key, self.settings.telnyx_api_url)
        return gateways

    def _senders(self, gateways: Mapping[str, Gateway]) -> dict[str, Sender]:
        """Return what sends texts by an API."""
        settings = self.settings
        senders: dict[str, Sender] = {}
        if "telnyx" in gateways:
            senders["telnyx"] = cast("Sender", gateways["telnyx"])
        if settings.twilio_account_sid and settings.twilio_auth_tokens:
            token = _all_revealed(settings.twilio_auth_tokens)[0]
            api = import_module("app.channels.sms.twilio_api")
            senders["twilio"] = api.TwilioApi(
                settings.twilio_account_sid, token, self._receipts, settings.twilio_api_url
            )
        return senders

    def _opt_outs(self, numbers: "Numbers") -> "OptOuts":
        module = import_module("app.channels.sms.opt_outs")
        url, secret = self.settings.sms_opt_out_webhook, revealed(self.settings.sms_opt_out_secret)
        webhook = module.OptOutWebhook(url, secret) if url else None
        opt_outs: OptOuts = module.OptOuts(OptOutEvents(self.engine), numbers, webhook, time.time)
        return opt_outs

    @property
    def _receipts(self) -> str:
        """The URL to which Twilio tells what became of a reply, whose id is added."""
        return f"{self.settings.public_url}/sms/twilio?{REPLY}="

    def _repeats(self) -> Repeats:
        memory = MemoryRepeats(time.monotonic)
        return RedisRepeats(self.shared, memory) if self.shared else memory

    def staff(self, announce: Callable[[str], None]) -> StaffServices | None:
        """Return None where staff cannot sign in; `announce` gets each one-time link."""
        settings = self.settings
        if settings.sign_in == "off":
            return None
        address = settings.public_url or f"http://{settings.host}:{settings.port}"
        return StaffServices(
            audit=Audit(self.engine),
            questions=self._questions(),
            keeps_questions=settings.keep_questions,
            proposals=Proposals(self.engine),
            counts=Counts(self.engine),
            flags=Flags(self.engine, settings.ledger_keep),
            withdrawals=Withdrawals(self.engine),
            content=settings.content_dir,
            handoffs=settings.handoffs,
            owner_alerts=self._owner_alerts(f"{address}/staff/flags"),
            sign_in_limits=self._limits("sign-in", SIGN_INS_A_SECOND, SIGN_INS_AT_ONCE),
            longest_idle=timedelta(minutes=settings.staff_idle_minutes),
            longest_session=timedelta(hours=settings.staff_hours),
            check_every=timedelta(minutes=settings.staff_check_minutes),
            ends=SessionEnds(EndedSessions(self.engine, timedelta(hours=settings.staff_hours))),
            ask=settings.staff_ask,
            provider=self._provider() if settings.sign_in == "oidc" else None,
            one_time_link=OneTimeLink(f"{address}/staff/link", announce) if settings.sign_in == "link" else None,
        )

    def _owner_alerts(self, page: str) -> OwnerAlerts:
        settings = self.settings
        return OwnerAlerts(settings.owner_webhook, settings.owner_email, revealed(settings.smtp_url), page)

    def _provider(self) -> Provider:
        settings = self.settings
        client = import_module("app.channels.staff.signin.openid").OpenId(
            settings.oidc_issuer,
            settings.oidc_client_id,
            revealed(settings.oidc_client_secret),
            f"{settings.public_url}/staff/callback",
        )
        return Provider(client, settings.oidc_roles_claim, settings.oidc_roles)

    def _questions(self, redacting: Callable[[str], str] = redact) -> ReviewQueue:
        settings = self.settings
        return ReviewQueue(self.engine, settings.question_keep, redacting, adds=settings.keep_questions)

    def _limits(self, name: str, rate: float, burst: float | None = None) -> Limits:
        memory = MemoryLimits(rate, burst=burst)
        return RedisLimits(self.shared, name, self.key, memory) if self.shared else memory
