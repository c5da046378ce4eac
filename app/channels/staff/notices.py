"""Tells the owner of the content that staff flagged an answer as wrong: by webhook, by e-mail, or both."""

import asyncio
import logging
import smtplib
from collections.abc import Coroutine
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx2

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
class Notices:
    webhook: str | None = None
    email: str | None = None
    smtp_url: str | None = None
    pause: float = 2.0
    """Seconds before the second attempt, twice as many before the third."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def has_recipient(self) -> bool:
        return bool(self.webhook or (self.email and self.smtp_url))

    def tell(self, flag: Flag) -> None:
        """Returns at once; the flag itself is already kept."""
        ways: list[Coroutine[Any, Any, None]] = []
        if self.webhook:
            ways.append(self._post(self.webhook, flag))
        if self.email and self.smtp_url:
            ways.append(asyncio.to_thread(send_mail, self.smtp_url, self.email, flag))
        for way in ways:
            task = asyncio.create_task(self._told(way))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _told(self, way: Coroutine[Any, Any, None]) -> None:
        try:
            await way
        except Exception as error:  # noqa: BLE001 whatever a mail server does, the flag is kept
            metrics.flags.labels("failed").inc()
            log.error("the owner could not be told of a flag: %s", type(error).__name__)
        else:
            metrics.flags.labels("told").inc()

    async def _post(self, url: str, flag: Flag) -> None:
        body = {"event": "flag", "entry": flag.entry_id, "reason": flag.reason, "by": flag.by, "text": flag.text}
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


def send_mail(smtp_url: str, recipient: str, flag: Flag) -> None:
    """Raises `OSError` or `smtplib.SMTPException`."""
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
