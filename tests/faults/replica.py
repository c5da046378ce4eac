"""`hai-faq serve` in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx2

DEADLINE = 120.0
"""Seconds for what takes a moment on a machine that is not busy."""
IDLE = 1.0
"""Seconds without use; the service closes a connection after five."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Replica:
    """It can be killed, stopped and started again, and keeps its address and its log."""

    def __init__(self, settings: Mapping[str, str], log: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self._env = {**os.environ, **settings, "HAI_FAQ_PORT": str(self.port)}

    def start(self) -> None:
        command = [sys.executable, "-c", "from app.cli import main; main()", "serve"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=self._env, stderr=log, stdout=log)
        wait_for("the service is ready", self._answers)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """As an orchestrator does; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE)

    def lives(self) -> bool:
        return self.process.poll() is None

    def details(self) -> dict[str, Any]:
        found: dict[str, Any] = httpx2.get(f"{self.url}/readyz", timeout=DEADLINE).json()["details"]
        return found

    def metric(self, series: str) -> float:
        """0 for what was never counted."""
        lines = httpx2.get(f"{self.url}/metrics", timeout=DEADLINE).text.splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{series} ")), 0.0)

    def _answers(self) -> bool:
        assert self.lives(), self.log.read_text()
        return responds(self.url)


def responds(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/readyz", timeout=DEADLINE).is_success
    except httpx2.TransportError:
        return False


def wait_for(what: str, condition: Callable[[], object], within: float = DEADLINE) -> None:
    """Returns as soon as it holds; fails by the name of what was waited for."""
    until = time.monotonic() + within
    while not condition():
        assert time.monotonic() < until, f"not within {within:.0f} s: {what}"
        time.sleep(0.02)


class _Transport(httpx2.HTTPTransport):
    """A server may close an idle connection at the very moment at which a client sends: then the client sends again
    (RFC 9112, 9.3.1). What a busy connection loses is a fault of the service.
    """

    _used = 0.0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        idle = time.monotonic() - self._used
        try:
            return super().handle_request(request)
        except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
            if idle < IDLE:
                raise
            return super().handle_request(request)
        finally:
            self._used = time.monotonic()


def client_of(url: str) -> httpx2.Client:
    """A client that keeps a connection as long as others do, and gives a busy machine its time."""
    limits = httpx2.Limits(keepalive_expiry=2 * IDLE)
    return httpx2.Client(base_url=url, timeout=DEADLINE, transport=_Transport(limits=limits))
