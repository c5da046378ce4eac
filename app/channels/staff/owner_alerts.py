"""Alerts to the owner of the content when staff flag an answer as wrong: by webhook, by e-mail, or both."""

import asyncio
import logging
import smtplib
from collections.abc import Coroutine
from dataclasses import dataclass, field
from email.message import EmailMessage
from importlib import import_module
from typing import Any
from urllib.parse import unquote, urlsplit

from app import metrics

log = logging.getLogger(__name__)

TIMEOUT = 10.0
"""Seconds for either."""
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Flag:
    entry_id: str
    question: str
    reason: str
    by: str
    content_version: str

    @property
    def text(self) -> str:
        return (
            f"{self.by} flagged the answer {self.entry_id} as wrong ({self.reason}).\n"
            f"Question: {self.question}\nContent: {self.content_version}\n"
            f"To take it back at once: hai-faq withhold {self.entry_id} --by YOU --why ...\n"
        )


@dataclass(frozen=True)
class OwnerAlerts:
    webhook: str | None = None
    email: str | None = None
    smtp_url: str | None = None
    pause: float = 2.0
    """Seconds before the second attempt, twice as many before the third."""
    _tasks: set[asyncio.Task[bool]] = field(default_factory=set)
    """The event loop itself holds tasks weakly only."""

    @property
    def has_recipient(self) -> bool:
        return bool(self.webhook or (self.email and self.smtp_url))

    def send(self, flag: Flag) -> list[asyncio.Task[bool]]:
        """Return at once, for the flag is already kept; each task's result is whether the owner was told."""
        ways: list[Coroutine[Any, Any, None]] = []
        if self.webhook:
            ways.append(self._post(self.webhook, flag))
        if self.email and self.smtp_url:
            ways.append(asyncio.to_thread(send_mail, self.smtp_url, self.email, flag))
        tasks = [asyncio.create_task(_counted(way)) for way in ways]
        self._tasks.update(tasks)
        for task in tasks:
            task.add_done_callback(self._tasks.discard)
        return tasks

    async def _post(self, url: str, flag: Flag) -> None:
        body = {"event": "flag", "entry": flag.entry_id, "reason": flag.reason, "by": flag.by, "text": flag.text}
        httpx2 = await asyncio.to_thread(import_module, "httpx2")  # answers go on while the first flag loads it
        async with httpx2.AsyncClient(timeout=TIMEOUT) as client:
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    response = await client.post(url, json=body)
                    response.raise_for_status()
                except httpx2.HTTPError:
                    if attempt == ATTEMPTS:
                        raise
                    await asyncio.sleep(self.pause * attempt)
                else:
                    return


async def _counted(way: Coroutine[Any, Any, None]) -> bool:
    try:
        await way
    except Exception as error:  # noqa: BLE001 whatever a mail server does, the flag is kept
        metrics.flags.labels("failed").inc()
        log.error("the owner could not be told of a flag: %s", type(error).__name__)
        return False
    metrics.flags.labels("told").inc()
    return True


def send_mail(smtp_url: str, recipient: str, flag: Flag) -> None:
    """Send the flag by e-mail, over TLS where the server can. Raises `OSError` or `smtplib.SMTPException`."""
    parts = urlsplit(smtp_url)
    message = EmailMessage()
    message["From"] = message["To"] = recipient
    message["Subject"] = f"Answer flagged as wrong: {flag.entry_id}"
    message.set_content(flag.text)
    secure = parts.scheme == "smtps"
    host, port = parts.hostname or "localhost", parts.port or (465 if secure else 587)
    with (smtplib.SMTP_SSL if secure else smtplib.SMTP)(host, port, timeout=TIMEOUT) as server:
        if not secure and server.has_extn("starttls"):
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
