import asyncio
import json
import socketserver
import threading
from collections.abc import Iterator

import pytest
from prometheus_client import REGISTRY

from app.channels.staff.owner_alerts import ATTEMPTS, Flag, OwnerAlerts, send_mail
from tests.webhook import Webhook

FLAG = Flag("lamp-color", "What color is the lamp?", "looks-wrong", "ann@example.org", "v1")


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


async def send(alerts: OwnerAlerts) -> list[bool]:
    """Whether the owner was told, by each way."""
    return await asyncio.gather(*alerts.send(FLAG))


def test_the_owner_is_told_by_webhook(webhook: Webhook) -> None:
    assert asyncio.run(send(OwnerAlerts(webhook=webhook.url))) == [True]
    (told,) = [json.loads(heard.body) for heard in webhook.heard]
    assert (told["entry"], told["reason"], told["by"]) == ("lamp-color", "looks-wrong", "ann@example.org")


def test_a_webhook_that_fails_is_called_again(webhook: Webhook) -> None:
    webhook.failures = 1
    assert asyncio.run(send(OwnerAlerts(webhook=webhook.url, pause=0.0))) == [True]
    assert len(webhook.heard) == 1


def test_a_webhook_that_always_fails_is_given_up(webhook: Webhook) -> None:
    webhook.failures = ATTEMPTS
    assert asyncio.run(send(OwnerAlerts(webhook=webhook.url, pause=0.0))) == [False]
    assert webhook.heard == []


def failures() -> float:
    return REGISTRY.get_sample_value("hai_faq_flags_total", {"told": "failed"}) or 0.0


def test_an_owner_who_cannot_be_reached_is_logged_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    before = failures()
    alerts = OwnerAlerts("http://127.0.0.1:9/", "o@example.org", "smtp://127.0.0.1:9", pause=0.0)
    assert asyncio.run(send(alerts)) == [False, False]
    assert failures() - before == 2
    assert sorted(caplog.messages) == [
        "the owner could not be told of a flag: ConnectError",
        "the owner could not be told of a flag: ConnectionRefusedError",
    ]


def test_the_owner_is_told_by_mail() -> None:
    with MailServer() as server:
        send_mail(f"smtp://127.0.0.1:{server.server_address[1]}", "owner@example.org", FLAG)
        server.shutdown()
    assert "Subject: Answer flagged as wrong: lamp-color" in server.said
    assert any("hai-faq withhold lamp-color" in line for line in server.said)
