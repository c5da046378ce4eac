"""A webhook of somebody else's, which turns posts away as often as it is told to."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Heard:
    headers: Mapping[str, str]
    body: bytes


class Webhook:
    def __init__(self, refusal: int = 503) -> None:
        self.heard: list[Heard] = []
        """What it took."""
        self.failures = 0
        """How many posts it turns away next."""
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                webhook.failures -= 1
                if webhook.failures < 0:
                    webhook.heard.append(Heard(dict(self.headers), body))
                self.send_response(204 if webhook.failures < 0 else refusal)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait(self, number: int) -> list[Heard]:
        """What it took, once there is so much."""
        for _ in range(1000):
            if len(self.heard) >= number:
                break
            time.sleep(0.02)
        return self.heard

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
