import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.channels.staff.review.forms import key_of
from app.dialogue.messages import Channel
from app.main import create_app
from app.records.database import transaction
from app.records.withdrawals import Withdrawal
from app.settings import Settings
from tests.channels.staff.conftest import csrf_of, path_of
from tests.channels.staff.signin.test_signin import audited
from tests.conftest import NOW
from tests.exchanges import EXCHANGE

TEXTS = ("can the lamp rust", "does the lamp rust ??", "my name is jane doe, will it rust")


@pytest.fixture
def waiting(curator: TestClient) -> TestClient:
    """Three who ask the same, and one who is nearly in danger."""
    ask(curator, *TEXTS)
    ask(curator, "i feel odd near the lamp", near=True)
    return curator


def ask(client: TestClient, *texts: str, near: bool = False, channel: Channel = "web", hours: float = 0.0) -> None:
    staff = client.app.state.staff  # type: ignore[attr-defined]
    at = datetime.now(NOW.tzinfo) - timedelta(hours=hours)
    asked = replace(EXCHANGE, at=at, outcome="fallback", netted=near, channel=channel)
    batch = [replace(asked, message_id=f"m-{hash(text)}", text=text) for text in texts]
    with transaction(staff.questions._engine, "questions") as connection:
        staff.questions.write(connection, batch)


def open_texts(client: TestClient) -> list[str]:
    return [each.text for each in client.app.state.staff.questions.open(datetime.now(UTC))]  # type: ignore[attr-defined]


def keys_of_those_with(client: TestClient, word: str) -> str:
    waiting = client.app.state.staff.questions.open(datetime.now(UTC))  # type: ignore[attr-defined]
    return " ".join(key_of(each.message_id) for each in waiting if word in each.text)


def send(client: TestClient, act: str, **fields: str) -> Response:
    """Posts a form of the review for all questions about rust."""
    data = {"csrf": csrf_of(client), "keys": keys_of_those_with(client, "rust")} | fields
    return client.post(f"/staff/review/{act}", data=data)


def post(client: TestClient, act: str, **fields: str) -> int:
    return send(client, act, **fields).status_code


def headings(page: str) -> list[str]:
    """Returns the count and heading of each group."""
    found = re.findall(r'(?s)<span class="count">(.*?)</span>\s*<h2[^>]*>(.*?)</h2>', page)
    return [f"{count} {re.sub('<.*?>', '', heading)}" for count, heading in found]


def test_what_is_near_danger_comes_first_then_what_is_asked_most(waiting: TestClient) -> None:
    ask(waiting, "what about the moon")
    shown = headings(waiting.get("/staff/review").text)
    assert shown == ["1× i feel odd near the lamp", "3× can the lamp rust", "1× what about the moon"]


def test_what_speaks_for_danger_is_shown_of_the_group_that_is_asked_for(waiting: TestClient) -> None:
    led = re.findall('href="(/staff/review[^"]*why=[^"#]*)#', waiting.get("/staff/review").text)[0]
    page = waiting.get(led.replace("&amp;", "&")).text
    assert "What speaks for danger, and against it, in the message by itself" in page
    assert page.count('<details name="group" open>') == 1


def test_names_are_not_shown_and_the_view_is_on_record(waiting: TestClient, staffed: Settings) -> None:
    page = waiting.get("/staff/review").text
    assert "jane" not in page
    assert "[name]" in page
    assert audited(staffed)[-1] == ("this machine", "view", "review: 4 questions")


def test_lines_that_say_the_same_are_one_with_their_count(curator: TestClient) -> None:
    ask(curator, "can the lamp rust", "Can the lamp rust?", "CAN THE LAMP RUST")
    (line,) = re.findall(r'(?s)class="typed"[^>]*>(.*?)</li>', curator.get("/staff/review").text)
    assert "<b>3×</b>" in line


def test_the_newest_come_first_where_that_is_chosen_and_danger_before_them(waiting: TestClient) -> None:
    ask(waiting, "what about the moon")
    shown = headings(waiting.get("/staff/review?order=newest").text)
    assert shown == ["1× i feel odd near the lamp", "1× what about the moon", "3× can the lamp rust"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("channel=sms", ["2× a moon by sms"]),
        ("since=24h", ["1× i feel odd near the lamp", "3× can the lamp rust"]),
        ("since=7d", ["1× i feel odd near the lamp", "3× can the lamp rust", "2× a moon by sms"]),
        ("near=1", ["1× i feel odd near the lamp"]),
        ("day=2020-01-01", []),
        ("topic=nothing", []),
        (
            "channel=&since=&day=&topic=&order=",
            ["1× i feel odd near the lamp", "3× can the lamp rust", "2× a moon by sms"],
        ),
    ],
)
def test_the_address_narrows_what_is_shown(waiting: TestClient, query: str, shown: list[str]) -> None:
    ask(waiting, "a moon by sms", "a moon by sms?", channel="sms", hours=30)
    assert headings(waiting.get(f"/staff/review?{query}").text) == shown


def test_the_nearest_topic_can_be_chosen_among_those_there_are(waiting: TestClient) -> None:
    topics = re.findall(r'<option value="([\w-]+)">[^<]* \(\d+\)', waiting.get("/staff/review").text)
    shown = [headings(waiting.get(f"/staff/review?topic={topic}").text) for topic in topics]
    assert sum(map(len, shown)) == 2


def test_an_address_with_a_choice_that_there_is_not_is_refused(waiting: TestClient) -> None:
    assert waiting.get("/staff/review?channel=fax").status_code == 422


@pytest.mark.parametrize("at", ["1", "999999999", "9" * 400, "-1", "x", "²"])
def test_a_page_that_there_is_not_is_the_last_or_the_first(waiting: TestClient, at: str) -> None:
    assert len(headings(waiting.get("/staff/review", params={"at": at}).text)) == 2


def test_an_act_leads_back_to_the_same_choice_and_the_next_group(waiting: TestClient) -> None:
    keys, csrf = keys_of_those_with(waiting, "rust"), csrf_of(waiting)
    sent = {"csrf": csrf, "keys": keys, "next": "abcd_-12"}
    led = waiting.post("/staff/review/dismiss?channel=web&at=3", data=sent).headers["location"]
    assert re.fullmatch(r"/staff/review\?channel=web&at=3&done=[0-9a-f]{16}#group-abcd_-12", led)
    sent["next"] = "//evil.example"
    assert "evil" not in waiting.post("/staff/review/dismiss?channel=web", data=sent).headers["location"]


@pytest.mark.parametrize(
    ("act", "said"), [("dismiss", "3 questions are dismissed."), ("put-off", "3 questions are put off until ")]
)
def test_what_was_decided_is_said_and_undone(waiting: TestClient, staffed: Settings, act: str, said: str) -> None:
    led = send(waiting, act).headers["location"]
    assert open_texts(waiting) == ["i feel odd near the lamp"]
    page = waiting.get(led).text
    assert said in page
    (batch,) = re.findall('name="batch" value="(.*?)"', page)
    assert post(waiting, "undo", batch=batch) == 303
    assert len(open_texts(waiting)) == 4
    assert "3 questions wait for review again." in waiting.get("/staff/review").text
    sent = {"csrf": csrf_of(waiting), "batch": batch}
    again = waiting.post("/staff/review/undo", data=sent, headers={"accept": "text/html"})
    assert again.status_code == 404
    assert "<h1>Nothing was done</h1>" in again.text
    done = [event[1:] for event in audited(staffed) if batch in event[2]]
    assert done == [(act.replace("-", " "), f"{batch}: 3 questions"), ("undo", f"{batch}: 3 questions")]


def test_an_undo_without_a_batch_undoes_nothing(waiting: TestClient) -> None:
    assert post(waiting, "undo", batch="") == 404


def test_what_was_decided_is_listed_with_who_and_no_word_of_it(waiting: TestClient) -> None:
    post(waiting, "dismiss")
    page = waiting.get("/staff/review/decided").text
    assert "3 questions dismissed" in page
    assert "this machine" in page
    assert "rust" not in page


def test_only_what_is_ticked_is_dismissed(waiting: TestClient) -> None:
    ticked = keys_of_those_with(waiting, "will it rust")
    assert post(waiting, "dismiss", keys="", q1=ticked) == 303
    assert len(open_texts(waiting)) == 3


def test_to_dismiss_nothing_is_said(waiting: TestClient) -> None:
    waiting.get(send(waiting, "dismiss", keys="").headers["location"])
    send(waiting, "dismiss", keys="")
    assert "Nothing was done" in waiting.get("/staff/review").text
    assert len(open_texts(waiting)) == 4


def test_more_than_ten_are_dismissed_only_when_it_is_said_twice(curator: TestClient) -> None:
    ask(curator, *(f"rust {number}" for number in range(12)))
    asked = send(curator, "dismiss")
    assert "Dismiss 12 questions?" in asked.text
    assert "any curator can undo it" in asked.text
    assert len(open_texts(curator)) == 12
    (keys,) = re.findall('name="keys" value="(.*?)"', asked.text)
    assert post(curator, "dismiss", keys=keys, sure="yes") == 303
    assert open_texts(curator) == []


def test_several_groups_with_danger_in_doubt_are_dismissed_only_when_it_is_said_twice(waiting: TestClient) -> None:
    every = keys_of_those_with(waiting, "lamp")
    assert "1 of them was near danger" in send(waiting, "dismiss", keys="", q1=every, bulk="1").text
    assert len(open_texts(waiting)) == 4


def test_what_is_put_off_comes_back_by_itself(waiting: TestClient) -> None:
    post(waiting, "put-off", until="week")
    questions = waiting.app.state.staff.questions  # type: ignore[attr-defined]
    in_days = [len(questions.open(datetime.now(UTC) + timedelta(days=days))) for days in (1, 6, 8)]
    assert in_days == [1, 1, 4]


def test_what_cannot_be_seen_is_shown_in_a_box(curator: TestClient) -> None:
    ask(curator, "can\u200b the lamp \u202erust")
    page = curator.get("/staff/review").text
    assert "\u200b" not in page
    assert "\u202e" not in page
    assert "⟦U+200B⟧" in page


def test_what_cannot_be_audited_is_not_shown(waiting: TestClient) -> None:
    with waiting.app.state.staff.audit._engine.begin() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("drop table audit")
    refused = waiting.get("/staff/review")
    assert refused.status_code == 503
    assert "rust" not in refused.text


def test_what_cannot_be_audited_is_not_done(waiting: TestClient) -> None:
    assert post(waiting, "propose", pick="lamp-bulb", lines="rust on the shade", sure="yes") == 303
    ask(waiting, "does rust come off")
    staff = waiting.app.state.staff  # type: ignore[attr-defined]
    batch = re.findall("done=(\\w+)", send(waiting, "dismiss").headers["location"])[0]
    staff.withdrawals.add(Withdrawal("lamp-hours", NOW, "ann", "wrong"))
    before = (open_texts(waiting), staff.proposals.latest())
    with staff.audit._engine.begin() as connection:
        connection.exec_driver_sql("drop table audit")
    every = keys_of_those_with(waiting, "")
    acts: dict[str, dict[str, str]] = {
        "propose": {"pick": "lamp-color", "lines": "which hue has it", "sure": "yes"},
        "dismiss": {"keys": every},
        "put-off": {"keys": every},
        "undo": {"batch": batch},
        "proposals/withdraw": {"id": str(before[1][0].id)},
        "withheld": {"entry": "lamp-color", "why": "it was repainted", "sure": "yes"},
        "withheld/give-back": {"entry": "lamp-hours"},
    }
    assert {post(waiting, act, **fields) for act, fields in acts.items()} == {503}
    assert (open_texts(waiting), staff.proposals.latest()) == before
    assert [withdrawal.entry_id for withdrawal in staff.withdrawals.all()] == ["lamp-hours"]


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
