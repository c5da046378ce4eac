"""All settings, typed, checked at start. Read by `main` and `cli` only.

Each is an environment variable with the prefix `HAI_FAQ_`, a line in `.env`, or a file of that name in the folder
`HAI_FAQ_SECRETS_DIR`; docs/OPERATIONS.md lists them.
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.channels.staff.services import Role
from app.dialogue.handoffs import Handoff
from app.records.database import connect
from app.records.tables import INSERTS

_PLACEHOLDER_SECRETS = ("changeme", "change-me", "secret", "password", "placeholder", "example")

OF_DEPLOYMENT = frozenset({"HAI_FAQ_SECRETS_DIR", "HAI_FAQ_HOSTNAME", "HAI_FAQ_IMAGE"})
"""Read by Compose or the command line, no settings."""
_OF_KUBERNETES = re.compile(r"_SERVICE_HOST$|_SERVICE_PORT$|_PORT_")
"""What it tells each container of a service named hai-faq."""
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")


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
    database_url: str = "sqlite:///var/hai-faq.db"
    redis_url: SecretStr | None = None
    """Where replicas share conversations and limits; unset: each has its own."""
    redis_milliseconds: float = Field(default=50.0, gt=0, le=1000)
    """For one operation; after that this process's own memory does."""
    secret: SecretStr | None = None
    """Signs message ids; at least 32 characters. Unset: made anew at each start, which is fine for one process."""

    site_name: str | None = None
    phone_line: str | None = None
    oncall_line: str | None = None
    interpreter_line: str | None = None
    page_url: str | None = None
    privacy_address: str | None = None
    allowed_origins: tuple[str, ...] = ()
    """Of other websites that may show the widget, `https://www.hospital.example`; the service's own always may."""

    risk: float = Field(default=0.03, gt=0, lt=0.5)
    """Share of left-out not-covered phrasings that may be answered; docs/decisions/ tells what each costs."""
    urgent_bar: float = Field(default=0.5, gt=0, lt=1)
    """Confidence from which the urgent matcher raises a message."""
    grace_days: int = Field(default=90, ge=0)
    ledger_months: int = Field(default=12, ge=1)
    watch_seconds: float = Field(default=10.0, gt=0, le=60)
    """How often content and withdrawals are looked at."""
    messages_per_second: float = Field(default=50.0, ge=1)
    """Of one client; loopback is exempt unless `trusted_proxies` is set; urgent messages always pass."""
    messages_per_second_in_all: float = Field(default=1000.0, ge=1)
    """Of all clients together, at each replica; who is exempt from the limit of a client is from this one too."""
    metrics_token: SecretStr | None = None
    """Opens /metrics and the details of /readyz, as a bearer, to others than this machine."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks (10.4.0.0/16) of reverse proxies whose X-Forwarded-For is believed."""

    keep_questions: bool = True
    """What could not be answered, redacted, for review; off: nothing that people type is ever stored."""
    question_days: int = Field(default=30, ge=1)

    staff: Literal["off", "link", "oidc"] | None = None
    """How staff sign in; unset: by OpenID Connect where it is set up, else by a one-time link where only this machine
    can reach the service, else not at all.
    """
    staff_idle_minutes: int = Field(default=30, ge=1)
    staff_hours: int = Field(default=10, ge=1, le=24)
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_roles_claim: str = "roles"
    oidc_roles: dict[str, Role] = {"lookup": "lookup", "curator": "curator"}
    """Value of the claim to role; who has none of them is refused."""
    handoffs: tuple[Handoff, ...] = ()
    """To whom staff hand over what has no approved text."""
    owner_webhook: str | None = None
    owner_email: str | None = None
    """Told when staff flag an answer as wrong."""
    smtp_url: SecretStr | None = None
    """smtp://user:password@host:587 (STARTTLS), or smtps:// (TLS from the start)."""

    public_url: str | None = None
    """Where the world reaches the service, such as https://faq.hospital.example; text messages' signatures cover it."""
    sms_number_keys: tuple[SecretStr, ...] = ()
    """Hash and encrypt telephone numbers; the newest first. Keep the old ones: opt-outs are known by them."""
    sms_consent: Literal["service", "gateway"] = "service"
    """Who answers STOP, START and HELP."""
    twilio_auth_tokens: tuple[SecretStr, ...] = ()
    telnyx_public_keys: tuple[str, ...] = ()
    telnyx_api_key: SecretStr | None = None
    telnyx_api_url: str = "https://api.telnyx.com"
    sms_secrets: tuple[SecretStr, ...] = ()
    """Of the generic gateway."""

    @field_validator("secret", "metrics_token")
    @classmethod
    def no_placeholder(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        plain = value.get_secret_value()
        if len(plain) < 32 or any(word in plain.lower() for word in _PLACEHOLDER_SECRETS):
            raise ValueError("must be at least 32 random characters, not a placeholder")
        return value

    @field_validator("database_url")
    @classmethod
    def a_url_of_a_store(cls, value: str) -> str:
        try:
            known = connect(value).dialect.name in INSERTS
        except (ValueError, ImportError, SQLAlchemyError):  # their words may hold the password
            known = False
        if not known:
            raise ValueError("must be sqlite:///file or postgresql://user:password@host/name")
        return value

    @field_validator("owner_webhook")
    @classmethod
    def a_url_of_the_web(cls, value: str | None) -> str | None:
        if value and not _is_of_the_web(value):
            raise ValueError("must be a URL of http or https")
        return value

    @field_validator("redis_url")
    @classmethod
    def a_url_of_redis(cls, value: SecretStr | None) -> SecretStr | None:
        try:
            if value is not None:
                ConnectionPool.from_url(value.get_secret_value()).make_connection()  # type: ignore[no-untyped-call]
        except (ValueError, TypeError, RedisError):  # their words may hold the password
            raise ValueError("must be redis://, rediss:// or unix:// and options that redis-py knows") from None
        return value

    @field_validator("allowed_origins")
    @classmethod
    def origins_as_browsers_send_them(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [origin for origin in value if not _ORIGIN.fullmatch(origin)]
        if wrong:
            raise ValueError(f"must be scheme and host only, such as https://www.hospital.example, not {wrong[0]}")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def proxies_by_address(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in value:
            ip_network(proxy, strict=False)
        return value

    @model_validator(mode="after")
    def texts_need_an_address_and_a_key(self) -> Self:
        if self.texts and not (self.public_url and self.sms_number_keys):
            raise ValueError("a text-message gateway needs HAI_FAQ_PUBLIC_URL and HAI_FAQ_SMS_NUMBER_KEYS")
        if any(len(key.get_secret_value()) < 32 for key in self.sms_number_keys):
            raise ValueError("each of HAI_FAQ_SMS_NUMBER_KEYS must be at least 32 random characters")
        if bool(self.telnyx_public_keys) != bool(self.telnyx_api_key):
            raise ValueError("Telnyx needs both HAI_FAQ_TELNYX_PUBLIC_KEYS and HAI_FAQ_TELNYX_API_KEY")
        return self

    @model_validator(mode="after")
    def replicas_share_a_secret(self) -> Self:
        if self.redis_url and not self.secret:
            raise ValueError("HAI_FAQ_REDIS_URL needs HAI_FAQ_SECRET: senders and clients are known under it")
        return self

    @model_validator(mode="after")
    def staff_sign_in_is_complete(self) -> Self:
        if self.sign_in == "oidc" and not (self.oidc_issuer and self.oidc_client_id and self.public_url):
            raise ValueError("sign-in by OIDC needs HAI_FAQ_OIDC_ISSUER, HAI_FAQ_OIDC_CLIENT_ID and HAI_FAQ_PUBLIC_URL")
        if self.sign_in == "oidc" and self.secret is None:
            raise ValueError("sign-in by OIDC needs HAI_FAQ_SECRET: sessions are signed with it")
        if self.owner_email and not self.smtp_url:
            raise ValueError("HAI_FAQ_OWNER_EMAIL needs HAI_FAQ_SMTP_URL")
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
        """Some gateway for text messages is configured."""
        return bool(self.twilio_auth_tokens or self.telnyx_public_keys or self.sms_secrets)

    @property
    def site(self) -> dict[str, str | None]:
        names = ("site_name", "phone_line", "oncall_line", "interpreter_line", "page_url")
        return {name: getattr(self, name) or None for name in names}

    @property
    def grace(self) -> timedelta:
        return timedelta(days=self.grace_days)

    @property
    def question_keep(self) -> timedelta:
        return timedelta(days=self.question_days)

    @property
    def ledger_keep(self) -> timedelta:
        return timedelta(days=round(self.ledger_months * 30.4375))


def _is_of_the_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def misnamed(variables: Iterable[str]) -> list[str]:
    """Those that look like settings and are none, most likely slips."""
    known = {f"HAI_FAQ_{name.upper()}" for name in Settings.model_fields} | OF_DEPLOYMENT
    ours = (name for name in variables if name.upper().startswith("HAI_FAQ_"))
    return sorted(name for name in ours if name.upper() not in known and not _OF_KUBERNETES.search(name.upper()))
