import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app.channels.sms.generic import signature
from app.settings import Settings
from tests.channels.conftest import Service
from tests.channels.sms.conftest import Phone

SECRET = "secret-of-the-opt-out-hook-0123456789"


class Hook:
    """A site's webhook; `refuse` says how many posts it turns away."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.refuse = 0
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                signed = signature(SECRET, self.headers["x-hai-faq-timestamp"], body)
                assert signed == self.headers["x-hai-faq-signature"]
                status = 404 if hook.refuse else 204
                hook.refuse = max(0, hook.refuse - 1)
                if status == 204:
                    hook.events.append(json.loads(body))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/opt-outs"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait(self, number: int) -> list[tuple[str, str]]:
        for _ in range(1000):
            if len(self.events) >= number:
                break
            time.sleep(0.02)
        return [(event["event"], event["number"]) for event in self.events]

    def close(self) -> None:
        self._server.shutdown()


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.close()


@pytest.fixture
def told(texting: Settings, hook: Hook, tmp_path: Path) -> Iterator[Phone]:
    """A phone of a service that hands its opt-outs on."""
    own = {"database_url": f"sqlite:///{tmp_path / 'own.db'}"}
    hooked = {"sms_opt_out_webhook": hook.url, "sms_opt_out_secret": SecretStr(SECRET)}
    service = Service(texting.model_copy(update=own | hooked))
    service.start()
    yield Phone(service.url)
    service.stop()


def test_an_opt_out_and_its_end_are_handed_on_at_once(told: Phone, hook: Hook) -> None:
    told.says("please stop texting me")
    assert hook.wait(1) == [("opt-out", told.number)]
    told.says("start")
    assert hook.wait(2)[1:] == [("opt-in", told.number)]


def test_one_that_the_gateway_handled_is_handed_on_too(told: Phone, hook: Hook) -> None:
    told.twilio("arret", OptOutType="STOP")
    assert hook.wait(1) == [("opt-out", told.number)]


def test_a_webhook_that_refuses_is_asked_again(told: Phone, hook: Hook) -> None:
    hook.refuse = 1
    told.says("stop")
    assert hook.wait(1) == [("opt-out", told.number)]


def test_an_ordinary_message_is_nothing_to_hand_on(told: Phone, hook: Hook) -> None:
    told.says("what color is the lamp")
    told.says("stop")
    assert hook.wait(1) == [("opt-out", told.number)]


def test_of_a_number_only_the_last_wish_is_handed_on(told: Phone, hook: Hook) -> None:
    hook.refuse = 2
    told.says("stop")
    told.says("start")
    assert hook.wait(1)[-1] == ("opt-in", told.number)
