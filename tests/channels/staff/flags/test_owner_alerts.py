import asyncio
import json
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from prometheus_client import REGISTRY

from app.channels.staff.flags.owner_alerts import ATTEMPTS, Alert, OwnerAlerts, send_mail
from app.errors import StoreError
from app.records.flags import Flag, Told
from tests.conftest import NOW
from tests.webhook import Webhook

FLAG = Flag(
    at=NOW,
    by="ann@example.org",
    entry_id="lamp-color",
    question="What color is the lamp?",
    reason="looks-wrong",
    content_version="v1",
    reply="The lamp is green.\n\nSource: The Bedside Lamp",
    id=7,
)
GRAVE = replace(FLAG, reason="could-harm")


class MailServer(socketserver.ThreadingTCPServer):
    """As much of SMTP (RFC 5321) as one message takes."""

    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.said: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, MailServer)
        replies = {"DATA": b"354 go on\r\n", "QUIT": b"221 bye\r\n"}
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            verb = line[:4].upper()
            self.wfile.write(replies.get(verb, b"250 ok\r\n"))
            if verb == "DATA":
                self.server.said += iter(lambda: self.rfile.readline().decode().rstrip("\r\n"), ".")
                self.wfile.write(b"250 kept\r\n")


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    webhook = Webhook()
    yield webhook
    webhook.stop()


async def send(alerts: OwnerAlerts, flag: Flag = FLAG) -> list[Told]:
    """How telling the owner went, and what was noted of it."""
    noted: list[Told] = []
    return [await alerts.send(flag, noted.append), *noted]


def test_the_owner_is_told_by_webhook_with_the_reply_as_it_was(webhook: Webhook) -> None:
    assert asyncio.run(send(OwnerAlerts(webhook=webhook.url))) == ["told", "told"]
    (told,) = [json.loads(heard.body) for heard in webhook.heard]
    assert (told["entry"], told["reason"], told["by"]) == ("lamp-color", "looks-wrong", "ann@example.org")
    assert (told["reply"], told["language"], told["urgent"]) == (FLAG.reply, "en", False)
    assert "> The lamp is green." in told["text"]


def test_harm_is_urgent_in_what_the_owner_gets(webhook: Webhook) -> None:
    asyncio.run(send(OwnerAlerts(webhook=webhook.url), GRAVE))
    (told,) = [json.loads(heard.body) for heard in webhook.heard]
    assert told["urgent"] is True
    assert told["text"].startswith("URGENT: an answer could harm someone: lamp-color\n\nURGENT.")


def test_a_reply_that_changed_since_it_was_shown_says_so() -> None:
    changed = replace(FLAG, changed=True, language="es")
    assert "The reply (es) had changed since it was shown. It says now:" in Alert(changed, "/staff/flags").text


def test_a_webhook_that_fails_is_called_again(webhook: Webhook) -> None:
    webhook.failures = 1
    assert asyncio.run(send(OwnerAlerts(webhook=webhook.url, pause=0.0))) == ["told", "told"]
    assert len(webhook.heard) == 1


def test_a_webhook_that_always_fails_is_given_up(webhook: Webhook) -> None:
    webhook.failures = ATTEMPTS
    assert asyncio.run(send(OwnerAlerts(webhook=webhook.url, pause=0.0))) == ["failed", "failed"]
    assert webhook.heard == []


def test_one_way_of_two_that_fails_is_noted(webhook: Webhook) -> None:
    alerts = OwnerAlerts(webhook.url, "o@example.org", "smtp://127.0.0.1:9", pause=0.0)
    assert asyncio.run(send(alerts)) == ["partly", "partly"]


def test_a_store_that_cannot_note_it_is_logged(webhook: Webhook, caplog: pytest.LogCaptureFixture) -> None:
    def note(_: Told) -> None:
        raise StoreError("the store is down")

    async def tell() -> Told:
        return await OwnerAlerts(webhook=webhook.url).send(FLAG, note)

    assert asyncio.run(tell()) == "told"
    assert "could not be kept" in caplog.text


def failures() -> float:
    return REGISTRY.get_sample_value("hai_faq_flags_total", {"told": "failed"}) or 0.0


def test_an_owner_who_cannot_be_reached_is_logged_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    before = failures()
    alerts = OwnerAlerts("http://127.0.0.1:9/", "o@example.org", "smtp://127.0.0.1:9", pause=0.0)
    assert asyncio.run(send(alerts)) == ["failed", "failed"]
    assert failures() - before == 2
    errors = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert sorted(errors) == [
        "the owner could not be told of a flag: ConnectError",
        "the owner could not be told of a flag: ConnectionRefusedError",
    ]


@pytest.mark.parametrize(
    ("flag", "subject", "is_marked"),
    [
        (FLAG, "Answer flagged: lamp-color", False),
        (GRAVE, "URGENT: an answer could harm someone: lamp-color", True),
    ],
    ids=["wrong", "harm"],
)
def test_the_owner_is_told_by_mail(flag: Flag, subject: str, is_marked: bool) -> None:
    with MailServer() as server:
        alert = Alert(flag, "https://faq.example.org/staff/flags")
        send_mail(f"smtp://127.0.0.1:{server.server_address[1]}", "owner@example.org", alert)
        server.shutdown()
    assert f"Subject: {subject}" in server.said
    assert ("X-Priority: 1" in server.said) is is_marked
    for said in ("> The lamp is green.", "https://faq.example.org/staff/flags", "hai-faq withhold lamp-color"):
        assert any(said in line for line in server.said)


def test_a_name_that_holds_line_ends_adds_no_line() -> None:
    assert "\nBcc:" not in Alert(replace(FLAG, by="eve\nBcc: x@evil.example"), "/staff/flags").text
