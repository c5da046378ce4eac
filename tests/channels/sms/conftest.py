"""A service with every gateway, and Telnyx's API played by a local server."""

import base64
import json
import shutil
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr
from twilio.request_validator import RequestValidator

from app.channels.sms.generic import signature
from app.settings import Settings
from tests.channels.conftest import Service
from tests.conftest import FIXTURE, seal

TOKEN, OLD_TOKEN, SECRET = "1f" * 16, "0e" * 16, "of-the-generic-gateway-0123456789abcdef"
PUBLIC = "https://faq.hospital.example"
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OURS = "+12155550100"
_ids, _numbers = count(1), count(1)


class Api:
    """Telnyx's `/v2/messages` and Twilio's `.../Messages.json` as documented; `plan` says how the next calls end."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.plan: list[int | str] = []
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["content-length"]))
                is_form = self.path.endswith("Messages.json")
                body = dict(parse_qsl(content.decode())) if is_form else json.loads(content)
                body |= {"path": self.path, "authorization": self.headers["authorization"]}
                step = api.plan.pop(0) if api.plan else 200
                if step == "drop":
                    api.sent.append(body)
                    self.connection.close()
                    return
                if step == "slow":
                    self.rfile.read(1)  # until the caller hangs up
                    return
                if step == 200:
                    api.sent.append(body)
                self.send_response(int(step))
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait(self, number: int) -> list[str]:
        """The texts sent, once there are so many."""
        for _ in range(500):
            if len(self.sent) >= number:
                break
            time.sleep(0.02)
        return [each["text"] for each in self.sent]


class Phone:
    """Writes through any of the gateways, over real HTTP, from a number of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.number = f"+1215555{next(_numbers):04}"

    def post(self, gateway: str, body: bytes, headers: dict[str, str]) -> httpx2.Response:
        return httpx2.post(f"{self.url}/sms/{gateway}", content=body, headers=headers, timeout=20)

    def says(self, text: str, id_: str | None = None, **extra: object) -> str:
        """What the generic gateway gets for it; empty for silence."""
        response = self.generic(text, id_, **extra)
        assert response.status_code == 200, response.text
        return response.json()["text"] or ""

    def generic(self, text: str, id_: str | None = None, **extra: object) -> httpx2.Response:
        message = {"id": id_ or f"g{next(_ids)}", "from": self.number, "to": OURS, "text": text, **extra}
        body, now = json.dumps(message).encode(), str(int(time.time()))
        headers = {"x-hai-faq-timestamp": now, "x-hai-faq-signature": signature(SECRET, now, body)}
        return self.post("generic", body, headers)

    def twilio(self, text: str, token: str = TOKEN, id_: str | None = None, **fields: str) -> httpx2.Response:
        form = {"MessageSid": id_ or f"SM{next(_ids)}", "From": self.number, "To": OURS, "Body": text, **fields}
        return self.twilio_form(form, token)

    def twilio_form(self, form: dict[str, str], token: str = TOKEN, query: str = "") -> httpx2.Response:
        signed = RequestValidator(token).compute_signature(f"{PUBLIC}/sms/twilio{query}", form)
        url = f"{self.url}/sms/twilio{query}"
        return httpx2.post(url, data=form, headers={"x-twilio-signature": signed}, timeout=20)

    def telnyx(
        self,
        text: str,
        id_: str | None = None,
        at: float | None = None,
        event: str = "message.received",
        **extra: object,
    ) -> int:
        payload = {
            "id": id_ or f"t{next(_ids)}",
            "from": {"phone_number": self.number},
            "to": [{"phone_number": OURS}],
            "text": text,
            "media": [],
            **extra,
        }
        body = json.dumps({"data": {"event_type": event, "payload": payload}}).encode()
        timestamp = str(int(at or time.time()))
        signed = base64.b64encode(KEY.sign(timestamp.encode() + b"|" + body)).decode()
        headers = {"telnyx-timestamp": timestamp, "telnyx-signature-ed25519": signed}
        return int(self.post("telnyx", body, headers).status_code)


@pytest.fixture(scope="session")
def shared_api() -> Iterator[Api]:
    api = Api()
    yield api
    api.close()


@pytest.fixture
def api(shared_api: Api) -> Api:
    shared_api.sent, shared_api.plan = [], []
    return shared_api


@pytest.fixture(scope="session")
def texting(tmp_path_factory: pytest.TempPathFactory, cache: Path, shared_api: Api) -> Settings:
    folder = tmp_path_factory.mktemp("texting")
    shutil.copytree(FIXTURE, folder / "content")
    seal(folder / "content")
    return Settings(
        _env_file=None,
        content_dir=folder / "content",
        cache_dir=cache,
        database_url=f"sqlite:///{folder / 'test.db'}",
        risk=0.05,
        public_url=PUBLIC,
        sms_number_keys=(SecretStr("n" * 32),),
        twilio_auth_tokens=(SecretStr(TOKEN), SecretStr(OLD_TOKEN)),
        twilio_account_sid="AC1",
        twilio_api_url=shared_api.url,
        telnyx_public_keys=(base64.b64encode(KEY.public_key().public_bytes_raw()).decode(),),
        telnyx_api_key=SecretStr("KEY" + "0a" * 20),
        telnyx_api_url=shared_api.url,
        sms_secrets=(SecretStr(SECRET),),
    )


@pytest.fixture(scope="session")
def service(texting: Settings) -> Iterator[Service]:
    service = Service(texting)
    service.start()
    yield service
    service.stop()


@pytest.fixture
def phone(service: Service) -> Phone:
    return Phone(service.url)
