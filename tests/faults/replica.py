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
        wait_for(self._answers)

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


def wait_for(condition: Callable[[], object], within: float = DEADLINE) -> None:
    """Returns as soon as it holds."""
    until = time.monotonic() + within
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)
