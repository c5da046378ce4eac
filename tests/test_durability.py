"""What was confirmed is kept, whatever happens to the process."""

import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select

from app.dialogue.knowledge import Knowledge
from app.records import database
from app.records.database import migrate
from app.records.feedback import feedback
from app.records.ledger import decisions

CONFIRMED = 40
"""After so many of a burst the process is killed."""


@pytest.fixture
def server(folder: Path, cache: Path, url: str, knowledge: Knowledge) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A process of its own, and where it listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "HAI_FAQ_CONTENT_DIR": str(folder),
        "HAI_FAQ_CACHE_DIR": str(cache),
        "HAI_FAQ_DATABASE_URL": url,
        "HAI_FAQ_RISK": "0.05",
        "HAI_FAQ_PORT": str(port),
    }
    store = database.connect(url)
    migrate(store)
    store.dispose()
    command = [sys.executable, "-c", "from app.cli import main; main()", "serve"]
    process = subprocess.Popen(command, env=os.environ | settings, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    while process.poll() is None:
        try:
            httpx2.get(f"{address}/readyz")
            break
        except httpx2.TransportError:
            time.sleep(0.05)
    yield process, address
    process.kill()
    process.wait()


def say(process: subprocess.Popen[bytes], address: str, waiting: "queue.Queue[str]", confirmed: list[str]) -> None:
    with httpx2.Client(base_url=address) as client:
        while len(confirmed) < CONFIRMED:
            try:
                message_id = waiting.get_nowait()
                response = client.post("/v1/feedback", json={"message_id": message_id, "verdict": "up"})
            except (queue.Empty, httpx2.TransportError):
                return
            if response.is_success:
                confirmed.append(message_id)
    process.kill()


def test_feedback_that_got_its_2xx_outlives_kill_9(server: tuple[subprocess.Popen[bytes], str], url: str) -> None:
    process, address = server
    waiting: queue.Queue[str] = queue.Queue()
    with httpx2.Client(base_url=address) as client:
        for _ in range(200):
            waiting.put(client.post("/v1/messages", json={"text": "what color is the lamp"}).json()["message_id"])
    confirmed: list[str] = []
    threads = [threading.Thread(target=say, args=(process, address, waiting, confirmed)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine = database.connect(url)
    with engine.connect() as connection:
        kept = set(connection.execute(select(feedback.c.message_id)).scalars())
    engine.dispose()
    assert CONFIRMED <= len(confirmed) < 200
    assert set(confirmed) <= kept


def test_sigterm_ends_with_status_0_when_all_is_written(server: tuple[subprocess.Popen[bytes], str], url: str) -> None:
    process, address = server
    with httpx2.Client(base_url=address) as client:
        said = {client.post("/v1/messages", json={"text": "lamp"}).json()["message_id"] for _ in range(20)}
    process.terminate()
    assert process.wait(60) == 0
    engine = database.connect(url)
    with engine.connect() as connection:
        assert set(connection.execute(select(decisions.c.message_id)).scalars()) == said
    engine.dispose()
