"""Strangers fill the review queue: docs/SECURITY-TRIALS.md."""

import random
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from app.channels.staff.review.forms import MOST_NAMED
from app.records.database import transaction
from app.records.exchange import Exchange
from app.review.groups import LITTLE
from tests.channels.staff.conftest import csrf_of
from tests.channels.staff.review.test_review import headings
from tests.exchanges import EXCHANGE

ASKED = ["can the lamp rust away", "does the lamp rust ??", "will it rust"]
STORY = "word " * 150 + "and i feel odd near the lamp"
NAMED = 'form="bulk" name="q[0-9]+" value="(.*?)"'
WAITING = "stand alone until they are in groups"


def store(client: TestClient, *texts: str, netted: bool = False) -> None:
    staff, now = client.app.state.staff, datetime.now(UTC)  # type: ignore[attr-defined]
    asked = replace(EXCHANGE, outcome="fallback", netted=netted)
    batch: list[Exchange] = [
        replace(asked, message_id=f"{netted}-{place}-{text[:60]}", at=now - timedelta(seconds=place), text=text)
        for place, text in enumerate(texts)
    ]
    with transaction(staff.questions._engine, "questions") as connection:
        staff.questions.write(connection, batch)


def grouped(client: TestClient) -> str:
    """Return the page when all that is stored has its place."""
    for _ in range(600):
        page = client.get("/staff/review").text
        if WAITING not in page:
            return page
        time.sleep(0.1)
    pytest.fail("the questions were never grouped")


@pytest.fixture
def flooded(curator: TestClient) -> TestClient:
    """What three patients ask and one in doubt of danger, under thousands of questions of invented words."""
    rng = random.Random(1)  # noqa: S311
    invented = (" ".join("".join(rng.choices("bcdfgklmnprst", k=7)) for _ in range(20)) for _ in range(3_000))
    store(curator, *invented, *ASKED)
    store(curator, STORY, netted=True)
    return curator


def test_a_flooded_queue_is_shown_at_once_danger_first_and_whole(flooded: TestClient) -> None:
    page = flooded.get("/staff/review").text
    assert f"3004 of them {WAITING}" in page
    assert headings(page)[0] == f"1× {STORY}"
    assert len(headings(page)) == 20


def test_a_flooded_queue_is_grouped_meanwhile(flooded: TestClient) -> None:
    assert headings(grouped(flooded))[1].startswith("3× ")


def test_what_was_dismissed_is_gone_and_what_is_new_is_there_before_it_is_grouped_anew(flooded: TestClient) -> None:
    keys = re.findall(NAMED, grouped(flooded))
    assert flooded.post("/staff/review/dismiss", data={"csrf": csrf_of(flooded), "keys": keys[0]}).status_code == 303
    store(flooded, "i feel strange under the lamp", netted=True)
    page = flooded.get("/staff/review").text
    assert STORY not in page
    assert headings(page)[:1] == ["1× i feel strange under the lamp"]


def test_the_page_past_the_last_is_the_last(flooded: TestClient) -> None:
    last = flooded.get("/staff/review?at=1000").text
    assert f"/staff/review?at={3004 // 20 - 1}" in last
    assert 0 < len(headings(last)) <= 20


def test_a_form_names_only_so_many_of_what_thousands_say(curator: TestClient) -> None:
    store(curator, *(f"is the lamp on fire {'!' * (place % 99)}" for place in range(6 * LITTLE // 20)))
    page = grouped(curator)
    assert f"Of {6 * LITTLE // 20} these are the newest {MOST_NAMED}" in page
    (named, *_) = re.findall(NAMED, page)
    assert len(named.split()) == MOST_NAMED
    curator.post("/staff/review/dismiss", data={"csrf": csrf_of(curator), "keys": named, "sure": "yes"})
    assert len(curator.app.state.staff.questions.open_ids(datetime.now(UTC))) == 6 * LITTLE // 20 - MOST_NAMED  # type: ignore[attr-defined]
