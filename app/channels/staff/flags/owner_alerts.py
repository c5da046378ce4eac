"""Alerts to the owner of the content when staff flag an answer: by webhook, by e-mail, or both."""

import asyncio
import logging
import smtplib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from importlib import import_module
from typing import Any
from urllib.parse import unquote, urlsplit

from app import metrics
from app.channels.staff.flags.reasons import REASONS
from app.errors import StoreError, printable
from app.records.flags import Flag, Told

log = logging.getLogger(__name__)

TIMEOUT = 10.0
"""Seconds for each attempt."""
ATTEMPTS = 3
URGENT = {"X-Priority": "1", "Importance": "high"}
"""What mail programs mark a message by."""


@dataclass(frozen=True, slots=True)
class Alert:
    """What the owner is told of a flag: what was flagged and why, and the approved text; never a caller's words."""

    flag: Flag
    page: str
    """Address where flags are answered."""

    @property
    def subject(self) -> str:
        urgent = "URGENT: an answer could harm someone" if self.flag.grave else "Answer flagged"
        return f"{urgent}: {self.flag.entry_id}"

    @property
    def text(self) -> str:
        flag = self.flag
        lines = [
            *(["URGENT. Take the answer back first, then look into it.", ""] if flag.grave else []),
            f"{printable(flag.by)} flagged an answer: {REASONS[flag.reason]}.",
            f"Entry: {flag.entry_id}",
            f"Question: {flag.question}",
            f"Content: {flag.content_version}, on {flag.at:%Y-%m-%d %H:%M} UTC",
            "",
            self._heading,
            *(f"> {line}" for line in flag.reply.splitlines()),
            "",
            f"To answer it: {self.page}",
            f"To take it back at once: hai-faq withhold {flag.entry_id} --by YOU --why ...",
        ]
        return "".join(f"{line}\n" for line in lines)

    @property
    def _heading(self) -> str:
        language = f" ({self.flag.language})" if self.flag.language else ""
        if self.flag.changed:
            return f"The reply{language} had changed since it was shown. It says now:"
        return f"The reply{language} as it was shown:"

    @property
    def body(self) -> dict[str, Any]:
        """What the webhook gets."""
        flag = self.flag
        return {
            "event": "flag",
            "urgent": flag.grave,
            "id": flag.id,
            "entry": flag.entry_id,
            "reason": flag.reason,
            "by": flag.by,
            "language": flag.language or "en",
            "content": flag.content_version,
            "reply": flag.reply,
            "changed": flag.changed,
            "text": f"{self.subject}\n\n{self.text}",
        }


@dataclass(frozen=True)
class OwnerAlerts:
    webhook: str | None = None
    email: str | None = None
    smtp_url: str | None = None
    page: str = "/staff/flags"
    """Address where flags are answered."""
    pause: float = 2.0
    """Seconds before the second attempt, twice as many before the third."""
    _tasks: set[asyncio.Task[Told]] = field(default_factory=set)
    """The event loop itself holds tasks weakly only."""

    @property
    def has_recipient(self) -> bool:
        return bool(self.webhook or (self.email and self.smtp_url))

    def send(self, flag: Flag, note: Callable[[Told], None]) -> asyncio.Task[Told]:
        """Begin to tell the owner and return at once, for the flag is already kept; `note` keeps how it went."""
        task = asyncio.create_task(self._tell(Alert(flag, self.page), note))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _tell(self, alert: Alert, note: Callable[[Told], None]) -> Told:
        told = _outcome(await asyncio.gather(*(self._counted(way) for way in self._ways(alert))))
        try:
            await asyncio.to_thread(note, told)
        except StoreError as error:  # the page takes it for failed after a while
            log.error("how telling the owner went could not be kept: %s", error)
        return told

    def _ways(self, alert: Alert) -> list[Callable[[], Awaitable[None]]]:
        ways: list[Callable[[], Awaitable[None]]] = []
        if url := self.webhook:
            ways.append(lambda: post(url, alert))
        if (server := self.smtp_url) and (recipient := self.email):
            ways.append(lambda: asyncio.to_thread(send_mail, server, recipient, alert))
        return ways

    async def _counted(self, way: Callable[[], Awaitable[None]]) -> bool:
        try:
            await self._tried(way)
        except Exception as error:  # noqa: BLE001 whatever a mail server does, the flag is kept
            metrics.flags.labels("failed").inc()
            log.error("the owner could not be told of a flag: %s", type(error).__name__)
            return False
        metrics.flags.labels("told").inc()
        return True

    async def _tried(self, way: Callable[[], Awaitable[None]]) -> None:
        for attempt in range(1, ATTEMPTS):
            try:
                return await way()
            except Exception as error:  # noqa: BLE001 the next attempt may go through
                log.warning("telling the owner of a flag failed: %s", type(error).__name__)
                await asyncio.sleep(self.pause * attempt)
        return await way()


def _outcome(arrived: list[bool]) -> Told:
    if not arrived:
        return ""
    return "told" if all(arrived) else "partly" if any(arrived) else "failed"


async def post(url: str, alert: Alert) -> None:
    httpx2 = await asyncio.to_thread(import_module, "httpx2")  # answers go on while the first flag loads it
    async with httpx2.AsyncClient(timeout=TIMEOUT) as client:
        (await client.post(url, json=alert.body)).raise_for_status()


def send_mail(smtp_url: str, recipient: str, alert: Alert) -> None:
    """Send the alert by e-mail, over TLS where the server can. Raises `OSError` or `smtplib.SMTPException`."""
    parts = urlsplit(smtp_url)
    message = EmailMessage()
    message["From"] = message["To"] = recipient
    message["Subject"] = alert.subject
    for name, value in URGENT.items() if alert.flag.grave else ():
        message[name] = value
    message.set_content(alert.text)
    secure = parts.scheme == "smtps"
    host, port = parts.hostname or "localhost", parts.port or (465 if secure else 587)
    with (smtplib.SMTP_SSL if secure else smtplib.SMTP)(host, port, timeout=TIMEOUT) as server:
        if not secure and server.has_extn("starttls"):
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
