"""SIGTERM in the middle of everything."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
from sqlalchemy import select

from app.records import database
from app.records.ledger import decisions
from tests.faults.conftest import Start
from tests.faults.patients import QUESTIONS
from tests.faults.replica import client_of, wait_for


class Crowd:
    """Ask until the service is gone; what they were told is in `replied`, by message id."""

    def __init__(self, url: str) -> None:
        self.replied: set[str] = set()
        self.wrong: list[str] = []
        self._url = url

    @contextmanager
    def asking(self, size: int = 8) -> Iterator[None]:
        threads = [threading.Thread(target=self._ask) for _ in range(size)]
        for thread in threads:
            thread.start()
        yield
        for thread in threads:
            thread.join()

    def _ask(self) -> None:
        with client_of(self._url) as client:
            while True:
                for text in QUESTIONS:
                    try:
                        response = client.post("/v1/messages", json={"text": text})
                    except httpx2.TransportError:  # not taken any more; what was taken is in the ledger
                        return
                    if response.status_code != 200:
                        self.wrong.append(response.text)
                    self.replied.add(response.json()["message_id"])


@pytest.mark.smoke
def test_sigterm_under_load_loses_no_reply_and_no_record(start: Start, store: str) -> None:
    replica = start()
    crowd = Crowd(replica.url)
    with crowd.asking():
        wait_for("200 are answered", lambda: len(crowd.replied) > 200)
        status = replica.stop()
    engine = database.connect(store)
    with engine.connect() as connection:
        decided = set(connection.execute(select(decisions.c.message_id)).scalars())
    engine.dispose()
    assert status == 0
    assert crowd.wrong == []
    assert crowd.replied == decided
