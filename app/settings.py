"""All settings, typed, checked at start. Read by `main` and `cli` only.

Each is an environment variable with the prefix `HAI_FAQ_`, a line in `.env`, or a file of that name in the folder
`HAI_FAQ_SECRETS_DIR`; docs/OPERATIONS.md lists them.
"""

import base64
import contextlib
import re
from collections.abc import Iterable
from datetime import timedelta
from importlib import import_module
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from app.content import schema
from app.dialogue.handoffs import Handoff
from app.loading.model_cache import ContentConfig
from app.matching import encoder
from app.roles import Role

OF_DEPLOYMENT = frozenset({"HAI_FAQ_SECRETS_DIR", "HAI_FAQ_HOSTNAME", "HAI_FAQ_IMAGE"})
"""Read by Compose or the command line, no settings."""
_OF_KUBERNETES = re.compile(r"_SERVICE_HOST$|_SERVICE_PORT$|_PORT_")
"""What it tells each container of a service named hai-faq."""
_PLACEHOLDER_SECRETS = (
    *("changeme", "change-me", "change_me", "secret", "password", "placeholder", "example"),
    *("your-", "your_", "your ", "xxxxxxxx", "<"),
)
_AUTHORITY = r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?"
_ORIGIN = re.compile(rf"(?:https?|capacitor|ionic)://{_AUTHORITY}")
"""Of a website; of an app made with Capacitor or Ionic on iOS, whose pages have a scheme of their own."""
_HOST = re.compile(r"(?:\*\.[a-z0-9-]+\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_PUBLIC_URL = re.compile(rf"https?://(?i:{_AUTHORITY}(?:/[a-z0-9_~-][a-z0-9._~-]*)*)")


def _check_secret(secret: SecretStr) -> SecretStr:
    plain = secret.get_secret_value()
    if len(plain.strip()) < 32 or any(word in plain.lower() for word in _PLACEHOLDER_SECRETS):
        raise ValueError("must be at least 32 random characters, not a placeholder")
    return secret


_OF_ORDER_EIGHT = tuple(
    bytes.fromhex(point)[:31]
    for point in (
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    )
)
"""Beginnings of the points of order eight, whose bytes differ; their last byte has the sign in it."""


def _check_public_key(key: str) -> str:
    """Refuse what is no key of Ed25519, and bytes that hardly differ: under 32 zeros, and other points of small order,
    anybody can sign.
    """
    with contextlib.suppress(ValueError):  # its words may hold the key
        raw = base64.b64decode(key, validate=True)
        if len(raw) == 32 and len(set(raw)) >= 8 and raw[:31] not in _OF_ORDER_EIGHT:
            return key
    raise ValueError("must be a public key as Telnyx shows it, 32 bytes in base64, not a placeholder")


def _check_store(url: str) -> str:
    with contextlib.suppress(ValueError, ArgumentError):  # their words may hold the password
        parsed = make_url(url)
        is_file = parsed.drivername in ("sqlite", "sqlite+pysqlite") and not any(parsed[1:5])
        if is_file or parsed.get_backend_name() == "postgresql":
            return url
    raise ValueError("must be sqlite:///file or postgresql://user:password@host/name")


def _check_redis(url: SecretStr) -> SecretStr:
    """A connection that is made and not opened tells whether redis-py knows each option."""
    redis = import_module("redis.asyncio.connection")
    with contextlib.suppress(ValueError, TypeError, redis.RedisError):  # their words may hold the password
        options = {**redis.parse_url(url.get_secret_value())}
        options.pop("max_connections", None)  # of the pool
        options.pop("connection_class", redis.Connection)(**options)
        return url
    raise ValueError("must be redis://, rediss:// or unix:// and options that redis-py knows")


def _check_webhook(url: str) -> str:
    with contextlib.suppress(ValueError):
        parts = urlsplit(url)
        if not url or (parts.scheme in ("http", "https") and parts.hostname and parts.port != 0):
            return url
    raise ValueError("must be a URL of http or https")


def _check_secure_webhook(url: str) -> str:
    """Refuse to send telephone numbers in the clear, but to this machine."""
    parts = urlsplit(_check_webhook(url))
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("must be https: it is told telephone numbers")
    return url


def _check_origin(origin: str) -> str:
    """Return the origin as browsers write it: in lower case, without a default port."""
    written = origin.lower().removesuffix("/")
    written = written.removesuffix(_DEFAULT_PORTS.get(written.partition("://")[0], ""))
    if not _ORIGIN.fullmatch(written):
        raise ValueError(f"must be scheme and host only, such as https://www.hospital.example, not {origin}")
    return written


def _check_public_url(url: str) -> str:
    """Return the URL without a slash at its end. Its path becomes part of every link, so it is of plain characters."""
    whole = url.rstrip("/")
    if url and not _PUBLIC_URL.fullmatch(whole):
        raise ValueError("must be a scheme and a host, and a path at most, such as https://faq.hospital.example")
    return whole


def _check_host(host: str) -> str:
    """Return the host in lower case. Under `*.` stands more than the end that is everybody's, such as `*.org`."""
    written = host.lower()
    if not _HOST.fullmatch(written):
        raise ValueError(f"must be a host only, such as www.hospital.example or *.hospital.example, not {host}")
    return written


def _check_network(proxy: str) -> str:
    ip_network(proxy, strict=False)
    return proxy


Secret = Annotated[SecretStr, AfterValidator(_check_secret)]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="HAI_FAQ_", env_file=".env", extra="ignore", hide_input_in_errors=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    content_dir: Path = Path()
    """The folder of faq.yaml, faq.lock and intents/."""
    cache_dir: Path = Path("var/cache")
    """Where fitted models are kept; unwritable means fitting again at each start."""
    documents_dir: Path | None = None
    """The site's copies of the documents, `<document id>.txt`, for quoted passages."""
    database_url: Annotated[str, AfterValidator(_check_store)] = "sqlite:///var/hai-faq.db"
    redis_url: Annotated[SecretStr, AfterValidator(_check_redis)] | None = None
    """Where replicas share conversations and limits; unset: each has its own."""
    redis_milliseconds: float = Field(default=50.0, gt=0, le=1000)
    """For one operation; after that this process's own memory does."""
    secret: Secret | None = None
    """Signs message ids; at least 32 characters. Unset: made anew at each start, which is fine for one process."""

    site_name: str | None = None
    phone_line: str | None = None
    oncall_line: str | None = None
    interpreter_line: str | None = None
    page_url: str | None = None
    contact_url: Annotated[schema.Link | None, BeforeValidator(lambda url: url or None)] = None
    """The site's contact form or live chat, for patients."""
    link_hosts: tuple[Annotated[str, AfterValidator(_check_host)], ...] = ()
    """Hosts that links in answers may lead to, `www.hospital.example` or `*.hospital.example` for all under it."""
    privacy_address: str | None = None
    allowed_origins: tuple[Annotated[str, AfterValidator(_check_origin)], ...] = ()
    """Of other websites that may show the widget, `https://www.hospital.example`; the service's own always may."""

    frame_ancestors: tuple[Annotated[str, AfterValidator(_check_origin)], ...] = ()
    """Origins of portals that may show the patients' pages in a frame; the staff's pages never are."""

    risk: float = Field(default=0.03, gt=0, lt=0.5)
    """Share of left-out not-covered phrasings that may be answered; docs/decisions/ tells what each costs."""
    urgent_caution: float = Field(default=1.0, ge=1, le=20)
    """How much dearer a missed danger is here than in the sealed costs: it can only make the check more sensitive."""
    encoder: bool | None = None
    """Read what words leave in doubt by its meaning; unset: where the wheel of `encoder` is installed."""
    grace_days: int = Field(default=90, ge=0)
    ledger_months: int = Field(default=12, ge=1, le=1200)
    watch_seconds: float = Field(default=10.0, gt=0, le=60)
    """How often content and withdrawals are looked at."""
    messages_per_second: float = Field(default=50.0, ge=1)
    """Of one client; loopback is exempt unless `trusted_proxies` is set; urgent messages always pass."""
    messages_per_second_in_all: float = Field(default=1000.0, ge=1)
    """Of all clients together, at each replica; who is exempt from the limit of a client is from this one too."""
    metrics_token: Secret | None = None
    """Opens /metrics and the details of /readyz, as a bearer, to others than this machine."""
    trusted_proxies: tuple[Annotated[str, AfterValidator(_check_network)], ...] = ()
    """Addresses or networks (10.4.0.0/16) of reverse proxies whose X-Forwarded-For or Forwarded is believed."""

    keep_questions: bool = True
    """What could not be answered, redacted, for review; off: nothing that people type is ever stored."""
    question_days: int = Field(default=30, ge=1, le=36_500)

    staff: Literal["off", "link", "oidc"] | None = None
    """How staff sign in; unset: by OpenID Connect where it is set up, else by a one-time link where only this machine
    can reach the service, else not at all.
    """
    staff_idle_minutes: int = Field(default=30, ge=1)
    staff_hours: int = Field(default=10, ge=1, le=24)
    staff_check_minutes: int = Field(default=5, ge=1, le=1440)
    """A page that is opened so long after the identity provider was asked asks it again who may do what."""
    staff_ask: str = ""
    """Whom staff ask when they cannot sign in: `the help desk, extension 4-4357`."""
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_roles_claim: str = "roles"
    oidc_roles: dict[str, Role] = {"lookup": "lookup", "curator": "curator", "auditor": "auditor"}
    """Value of the claim to role; who has none of them is refused."""
    handoffs: tuple[Handoff, ...] = ()
    """To whom staff hand over what has no approved text; a `line` is for patients too."""
    owner_webhook: Annotated[str, AfterValidator(_check_webhook)] | None = None
    owner_email: str | None = None
    """Told when staff flag an answer as wrong."""
    smtp_url: SecretStr | None = None
    """smtp://user:password@host:587 (STARTTLS), or smtps:// (TLS from the start)."""

    public_url: Annotated[str, AfterValidator(_check_public_url)] | None = None
    """Where the world reaches the service, such as https://faq.hospital.example; text messages' signatures cover it.

    A path, as of https://www.hospital.example/pump, stands before the address of every page.
    """
    sms_number_keys: tuple[Secret, ...] = ()
    """Hash and encrypt telephone numbers; the newest first. Keep the old ones: opt-outs are known by them."""
    sms_consent: Literal["service", "gateway"] = "service"
    """Who answers STOP, START and HELP."""
    sms_country: str = Field(default="US", pattern="^[A-Z]{2}$")
    """Where a telephone number without its country's code is from (ISO 3166)."""
    sms_opt_out_webhook: Annotated[str, AfterValidator(_check_secure_webhook)] | None = None
    """Told at once which number turned messages off or on."""
    sms_opt_out_secret: Secret | None = None
    """Signs what that webhook gets."""
    sms_net_to_opted_out: bool = True
    """Whether a number that opted out still gets the one sentence on whom to call where danger is possible."""
    twilio_auth_tokens: tuple[Secret, ...] = ()
    twilio_account_sid: str | None = None
    """Lets an urgent text that did not arrive go out once more, by Twilio's API."""
    twilio_api_url: str = "https://api.twilio.com"
    twilio_fallback_url: Annotated[str, AfterValidator(_check_webhook)] | None = None
    """Where Twilio finds the safety notice while the service is down; for `hai-faq go-live` to ask."""
    telnyx_public_keys: tuple[Annotated[str, AfterValidator(_check_public_key)], ...] = ()
    telnyx_api_key: Secret | None = None
    telnyx_api_url: str = "https://api.telnyx.com"
    sms_secrets: tuple[Secret, ...] = ()
    """Of the generic gateway."""

    @model_validator(mode="after")
    def what_belongs_together_is_set(self) -> Self:
        oidc = self.sign_in == "oidc"
        problems = {
            "a text-message gateway needs HAI_FAQ_PUBLIC_URL and HAI_FAQ_SMS_NUMBER_KEYS": (
                self.texts and not (self.public_url and self.sms_number_keys)
            ),
            "Telnyx needs both HAI_FAQ_TELNYX_PUBLIC_KEYS and HAI_FAQ_TELNYX_API_KEY": (
                bool(self.telnyx_public_keys) != bool(self.telnyx_api_key)
            ),
            "HAI_FAQ_SMS_OPT_OUT_WEBHOOK needs HAI_FAQ_SMS_OPT_OUT_SECRET": (
                self.sms_opt_out_webhook and not self.sms_opt_out_secret
            ),
            "HAI_FAQ_REDIS_URL needs HAI_FAQ_SECRET: senders and clients are known under it": (
                self.redis_url and not self.secret
            ),
            "sign-in by OIDC needs HAI_FAQ_OIDC_ISSUER, HAI_FAQ_OIDC_CLIENT_ID and HAI_FAQ_PUBLIC_URL": (
                oidc and not (self.oidc_issuer and self.oidc_client_id and self.public_url)
            ),
            "sign-in by OIDC needs HAI_FAQ_SECRET: sessions are signed with it": oidc and not self.secret,
            "HAI_FAQ_OWNER_EMAIL needs HAI_FAQ_SMTP_URL": self.owner_email and not self.smtp_url,
        }
        if problem := next((problem for problem, is_there in problems.items() if is_there), None):
            raise ValueError(problem)
        return self

    @property
    def sign_in(self) -> Literal["off", "link", "oidc"]:
        if self.staff is not None:
            return self.staff
        if self.oidc_issuer:
            return "oidc"
        return "link" if self.host in ("127.0.0.1", "localhost", "::1") else "off"

    @property
    def texts(self) -> bool:
        """A gateway for text messages is configured."""
        return bool(self.twilio_auth_tokens or self.telnyx_public_keys or self.sms_secrets)

    @property
    def site(self) -> dict[str, str | None]:
        return {name: getattr(self, name) or None for name in schema.PLACEHOLDERS}

    @property
    def content_config(self) -> ContentConfig:
        return ContentConfig(
            content=self.content_dir,
            cache=self.cache_dir,
            documents=self.documents_dir,
            site=self.site,
            risk=self.risk,
            caution=self.urgent_caution,
            encoder=self.encoder if self.encoder is not None else encoder.is_installed(),
            grace=self.grace,
            scripts=schema.SMS if self.texts else (),
            handoffs=self.handoffs,
            contact_url=self.contact_url,
            link_hosts=self.link_hosts,
        )

    @property
    def grace(self) -> timedelta:
        return timedelta(days=self.grace_days)

    @property
    def question_keep(self) -> timedelta:
        return timedelta(days=self.question_days)

    @property
    def ledger_keep(self) -> timedelta:
        return timedelta(days=round(self.ledger_months * 30.4375))


def misnamed(variables: Iterable[str]) -> list[str]:
    """Return the variables that look like settings and are none, most likely slips."""
    settings = {f"HAI_FAQ_{name.upper()}" for name in Settings.model_fields} | OF_DEPLOYMENT
    ours = (name for name in variables if name.upper().startswith("HAI_FAQ_"))
    return sorted(name for name in ours if name.upper() not in settings and not _OF_KUBERNETES.search(name.upper()))
