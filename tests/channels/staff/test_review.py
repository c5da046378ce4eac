import re
from dataclasses import replace
from datetime import datetime

import pytest
from fastapi.testclient import TestClient

from app.channels.staff.review import key_of
from app.main import create_app
from app.records.database import transaction
from app.settings import Settings
from tests.channels.staff.conftest import csrf_of, path_of
from tests.channels.staff.test_signin import audited
from tests.conftest import NOW
from tests.exchanges import EXCHANGE

TEXTS = ("can the lamp rust", "does the lamp rust ??", "my name is jane doe, will it rust")
LINES = "may it get rusty\ndoes rust harm it\nrust on the shade\nis it rust proof\nwill rust form"


@pytest.fixture
def waiting(curator: TestClient) -> TestClient:
    """Three who ask the same, and one who is nearly in danger."""
    ask(curator, *TEXTS)
    ask(curator, "i feel odd near the lamp", near=True)
    return curator


def ask(client: TestClient, *texts: str, near: bool = False) -> None:
    staff = client.app.state.staff  # type: ignore[attr-defined]
    now = datetime.now(NOW.tzinfo)
    asked = replace(EXCHANGE, at=now, outcome="fallback", netted=near)
    batch = [replace(asked, message_id=f"m-{hash(text)}", text=text) for text in texts]
    with transaction(staff.questions._engine, "questions") as connection:
        staff.questions.write(connection, batch)


def open_texts(client: TestClient) -> list[str]:
    return [each.text for each in client.app.state.staff.questions.open()]  # type: ignore[attr-defined]


def post(client: TestClient, act: str, **fields: str) -> int:
    staff = client.app.state.staff  # type: ignore[attr-defined]
    keys = " ".join(key_of(each.message_id) for each in staff.questions.open() if "rust" in each.text)
    data = {"csrf": csrf_of(client), "keys": keys} | fields
    return client.post(f"/staff/review/{act}", data=data).status_code


def test_what_is_near_danger_comes_first_then_what_is_asked_most(waiting: TestClient) -> None:
    page = waiting.get("/staff/review").text
    assert page.index("i feel odd near the lamp") < page.index("rust")
    assert "Danger was possible and not sure" in page
    assert '<span class="count">3×</span>' in page


def test_names_are_not_shown_and_the_view_is_on_record(waiting: TestClient, staffed: Settings) -> None:
    page = waiting.get("/staff/review").text
    assert "jane" not in page
    assert "[name]" in page
    assert audited(staffed)[-1] == ("this machine", "view", "review: 4 questions")


def test_a_dismissed_group_is_gone(waiting: TestClient) -> None:
    assert post(waiting, "dismiss") == 303
    assert open_texts(waiting) == ["i feel odd near the lamp"]


def test_phrasings_are_proposed_in_the_curators_words(waiting: TestClient, staffed: Settings) -> None:
    assert post(waiting, "propose", kind="phrasing", target="lamp-place", lines="where does it go rusty\n\n") == 200
    assert open_texts(waiting) == ["i feel odd near the lamp"]
    assert "where does it go rusty" in waiting.get("/staff/review/proposals").text
    assert ("this machine", "propose", "phrasing lamp-place") in audited(staffed)


def test_a_topic_is_proposed_with_title_and_phrasings(waiting: TestClient) -> None:
    assert post(waiting, "propose", kind="topic", target="nc-rust", title="rust on the lamp", lines=LINES) == 200
    assert "New topic without an answer: rust on the lamp" in waiting.get("/staff/review/proposals").text


def test_a_topic_that_waits_already_is_not_proposed_again(waiting: TestClient) -> None:
    topic = {"kind": "topic", "target": "nc-rust", "title": "rust on the lamp", "lines": LINES}
    assert post(waiting, "propose", **topic) == 200
    assert post(waiting, "propose", **topic) == 400


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "phrasing", "target": "lamp-place", "lines": "Can the lamp rust?"},
        {"kind": "phrasing", "target": "lamp-place", "lines": "call me at 215-555-0142"},
        {"kind": "phrasing", "target": "lamp-place", "lines": ""},
        {"kind": "phrasing", "target": "nothing", "lines": "where is it"},
        {"kind": "topic", "target": "nc-price", "title": "costs", "lines": LINES},
        {"kind": "topic", "target": "rust", "title": "rust", "lines": LINES},
        {"kind": "topic", "target": "nc-rust", "title": "", "lines": LINES},
        {"kind": "topic", "target": "nc-rust", "title": "rust", "lines": "does it rust a lot"},
    ],
)
def test_a_proposal_that_may_not_be_made_is_refused(waiting: TestClient, fields: dict[str, str]) -> None:
    assert post(waiting, "propose", **fields) == 400
    assert len(open_texts(waiting)) == 4


def test_a_refused_proposal_keeps_what_was_typed(waiting: TestClient) -> None:
    fields = {"csrf": csrf_of(waiting), "kind": "phrasing", "target": "lamp-place", "lines": "i cant breathe near it"}
    refused = waiting.post("/staff/review/propose", data=fields)
    assert "sounds like danger" in refused.text
    assert "i cant breathe near it" in refused.text


def test_an_answer_is_taken_back_at_once(waiting: TestClient, staffed: Settings) -> None:
    assert post(waiting, "withhold", entry="lamp-color", why="it was repainted") == 303
    waiting.app.state.services.answering.reloader.check()  # type: ignore[attr-defined]
    assert waiting.get("/v1/entries/lamp-color").status_code == 404
    assert audited(staffed)[-1] == ("this machine", "withhold", "lamp-color")
    assert post(waiting, "withhold", entry="lamp-color", why="") == 400


def test_what_cannot_be_audited_is_not_shown(waiting: TestClient) -> None:
    with waiting.app.state.staff.audit._engine.begin() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("drop table audit")
    refused = waiting.get("/staff/review")
    assert refused.status_code == 503
    assert "rust" not in refused.text


def test_what_cannot_be_audited_is_not_done(waiting: TestClient) -> None:
    assert post(waiting, "propose", target="lamp-bulb", lines="rust on the shade") == 200
    staff = waiting.app.state.staff  # type: ignore[attr-defined]
    before = (open_texts(waiting), staff.proposals.latest())
    with staff.audit._engine.begin() as connection:
        connection.exec_driver_sql("drop table audit")
    acts: dict[str, dict[str, str]] = {
        "propose": {"target": "lamp-color", "lines": "which hue has it"},
        "dismiss": {"keys": " ".join(map(key_of, staff.questions.open_ids()))},
        "proposals/withdraw": {"id": str(before[1][0].id)},
        "withhold": {"entry": "lamp-color", "why": "it was repainted"},
    }
    assert {post(waiting, act, **fields) for act, fields in acts.items()} == {503}
    assert (open_texts(waiting), staff.proposals.latest(), staff.withdrawals.all()) == (*before, [])


def test_where_questions_are_not_kept_review_says_so(staffed: Settings) -> None:
    links: list[str] = []
    settings = staffed.model_copy(update={"keep_questions": False})
    with TestClient(create_app(settings, announce=links.append)) as client:
        client.get(path_of(links[-1]))
        client.post("/v1/messages", json={"text": "can the lamp rust"})
        client.app.state.services.answering.writer.stop()  # type: ignore[attr-defined]
        page = client.get("/staff/review").text
    assert "Questions are not kept here" in page
    assert not re.search("rust", page)
