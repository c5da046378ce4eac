import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from app.channels.staff.flags.owner_alerts import OwnerAlerts
from app.main import create_app
from app.records.flags import Flag, Flags
from app.records.withdrawals import Withdrawal
from app.settings import Settings
from tests.channels.staff.conftest import csrf_of, path_of
from tests.channels.staff.provider import Provider
from tests.channels.staff.signin.test_signin import audited, come_back
from tests.conftest import NOW
from tests.records.test_flags import FLAG

PAGE = "/staff/flags"


def store_of(client: TestClient) -> Flags:
    store: Flags = client.app.state.staff.flags  # type: ignore[attr-defined]
    return store


def flag(client: TestClient, entry: str = "lamp-color", reason: str = "looks-wrong", **fields: str) -> str:
    """Flags, and returns the page that confirms it."""
    sent = client.post("/staff/flag", data={"csrf": csrf_of(client), "entry": entry, "reason": reason, **fields})
    assert sent.status_code == 303, sent.text
    return client.get(sent.headers["location"]).text


def act(client: TestClient, name: str, **fields: str) -> int:
    return client.post(f"{PAGE}/{name}", data={"csrf": csrf_of(client), **fields}).status_code


def only(client: TestClient) -> Flag:
    (kept,) = store_of(client).all()
    return kept


def shown_of(client: TestClient, entry: str = "lamp-color") -> str:
    found = re.search(r'name="shown" value="([^"]*)"', client.get("/staff", params={"entry": entry}).text)
    assert found
    return found[1]


def test_a_flag_keeps_the_reply_as_it_was_and_is_audited(curator: TestClient, staffed: Settings) -> None:
    page = flag(curator, shown=shown_of(curator))
    assert "What color is the lamp?" in page
    assert "Nobody is told by itself" in page
    kept = only(curator)
    assert (kept.entry_id, kept.reason, kept.state, kept.changed) == ("lamp-color", "looks-wrong", "open", False)
    assert kept.reply.startswith("The lamp is green.")
    assert "Source: The Bedside Lamp" in kept.reply
    assert audited(staffed)[-1] == ("this machine", "flag", "lamp-color looks-wrong")


def test_a_text_that_changed_since_it_was_shown_is_marked(curator: TestClient) -> None:
    flag(curator, shown=":0123456789abcdef")
    assert only(curator).changed
    assert "The reply had changed since it was shown" in curator.get(PAGE).text


def test_the_translation_that_was_read_is_the_one_that_is_kept(curator: TestClient) -> None:
    page = curator.get("/staff", params={"entry": "lamp-place"}).text
    assert "in the text in Español" in page
    found = re.search(r'<option value="(es:[0-9a-f]+)"', page)
    assert found
    flag(curator, "lamp-place", shown=found[1])
    kept = only(curator)
    assert (kept.language, kept.changed) == ("es", False)
    assert kept.reply.startswith("La lámpara está en la mesa")


@pytest.mark.parametrize("change", [{"entry": "nothing"}, {"reason": "because"}, {"reason": ""}, {"entry": "<b>"}])
def test_an_odd_flag_is_refused(curator: TestClient, change: dict[str, str]) -> None:
    fields = {"entry": "lamp-color", "reason": "looks-wrong", "csrf": csrf_of(curator)} | change
    assert curator.post("/staff/flag", data=fields).status_code == 400
    assert store_of(curator).all() == []


@pytest.mark.parametrize("table", ["flags", "audit"])
def test_a_flag_that_cannot_be_kept_or_audited_is_not_confirmed(curator: TestClient, table: str) -> None:
    fields = {"entry": "lamp-color", "reason": "looks-wrong", "csrf": csrf_of(curator)}
    with curator.app.state.staff.audit._engine.begin() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql(f"drop table {table}")
    response = curator.post("/staff/flag", data=fields)
    assert (response.status_code, bool(response.headers["retry-after"])) == (503, True)
    assert table == "flags" or store_of(curator).all() == []
    assert curator.post("/staff/search", data={"text": "what color is the lamp", **fields}).status_code == 200


def test_an_open_flag_is_not_doubled_unless_it_gets_graver(curator: TestClient) -> None:
    flag(curator)
    page = flag(curator, reason="not-clear")
    assert "Flagged already" in page
    assert len(store_of(curator).all()) == 1
    assert "Flagged as urgent" in flag(curator, reason="could-harm")
    assert "Flagged already" in flag(curator, reason="looks-wrong")
    assert len(store_of(curator).all()) == 2


def test_harm_says_what_to_do_now_and_lets_a_curator_take_the_answer_back(curator: TestClient) -> None:
    page = flag(curator, reason="could-harm")
    for said in ("Give this answer to nobody.", "and over to <strong>Nurse</strong>", "Patients still get it."):
        assert said in page
    (why,) = re.findall(r'name="why" value="([^"]+)"', page)
    sent = {"csrf": csrf_of(curator), "entry": "lamp-color", "why": why}
    assert curator.post(WITHHOLD, data=sent).status_code in (200, 303)
    curator.app.state.staff.withdrawals.add(Withdrawal("lamp-color", NOW, "Dr. A", why))  # type: ignore[attr-defined]
    curator.app.state.services.answering.reloader.check()  # type: ignore[attr-defined]
    assert "The answer is taken back" in curator.get("/staff/flagged?id=1").text


def test_a_clerk_is_told_to_call_a_curator_and_sees_no_button(hospital: TestClient, provider: Provider) -> None:
    hospital.get(come_back(hospital, provider))
    page = flag(hospital, reason="could-harm")
    assert "call one now" in page
    assert "Take the answer back" not in page


def test_what_the_owner_says_comes_back_redacted_to_who_flagged(
    curator: TestClient, hospital: TestClient, provider: Provider, staffed: Settings
) -> None:
    hospital.get(come_back(hospital, provider))
    flag(hospital)
    store_of(curator).add(replace(FLAG, by="bob@example.org", question="Is it bobs?"))
    assert act(curator, "answer", id="1", answer="Jane Doe asked at 215-555-0142. It was repainted.") == 303
    assert "What may name a person was taken out of the answer." in curator.get(PAGE).text
    page = hospital.get(PAGE).text
    assert "It was repainted." in page
    assert "555-0142" not in page
    assert "Is it bobs?" not in page
    assert "Send again" not in page
    assert ("this machine", "answer flag", "1 lamp-color") in audited(staffed)


def test_a_flag_is_closed_once(curator: TestClient, staffed: Settings) -> None:
    flag(curator)
    assert act(curator, "close", id="1") == 303
    assert audited(staffed)[-1] == ("this machine", "close flag", "1 lamp-color")
    assert "Closed by this machine" in curator.get(PAGE).text
    assert [act(curator, "close", id="1"), act(curator, "answer", id="1", answer="no")] == [404, 404]
    assert {act(curator, "close", id=id_) for id_ in ("", "x", "9" * 40, "2")} == {404}


def test_only_a_curator_answers_closes_and_sends(hospital: TestClient, provider: Provider) -> None:
    hospital.get(come_back(hospital, provider))
    flag(hospital)
    assert {act(hospital, name, id="1", answer="x") for name in ("answer", "close", "send")} == {403}
    others = store_of(hospital).add(replace(FLAG, by="bob@example.org"))
    assert hospital.get(f"/staff/flagged?id={others}").status_code == 404


def test_nothing_is_changed_that_cannot_be_audited_or_has_no_token(told: TestClient) -> None:
    flag(told)
    told.app.state.staff.flags.note_told(1, "failed", NOW)  # type: ignore[attr-defined]
    names = ("answer", "close", "send")
    assert {told.post(f"{PAGE}/{name}", data={"id": "1", "answer": "x"}).status_code for name in names} == {403}
    with told.app.state.staff.audit._engine.begin() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("drop table audit")
    assert {act(told, name, id="1", answer="x") for name in names} == {503}
    assert (only(told).state, only(told).told) == ("open", "failed")


WITHHOLD = "/staff/review/withheld"


@pytest.fixture
def told(staffed: Settings) -> Iterator[TestClient]:
    """A curator whose owner has a mail server that is down."""
    links: list[str] = []
    with TestClient(create_app(staffed, announce=links.append), follow_redirects=False) as client:
        staff = client.app.state.staff  # type: ignore[attr-defined]
        alerts = OwnerAlerts(email="o@example.org", smtp_url="smtp://127.0.0.1:9", pause=0.0)
        client.app.state.staff = replace(staff, owner_alerts=alerts)  # type: ignore[attr-defined]
        client.get(path_of(links[-1]))
        yield client


def noted(client: TestClient, told: str) -> bool:
    """Waits until it is kept how telling the owner went."""
    waiting = threading.Event()
    return any(only(client).told == told or waiting.wait(0.05) for _ in range(200))


def test_an_alert_that_failed_stands_on_the_flag_and_is_sent_again(told: TestClient, staffed: Settings) -> None:
    assert "The owner of the content" in flag(told)
    assert noted(told, "failed")
    page = told.get(PAGE).text
    assert "Not delivered to the owner." in page
    assert "Send again" in page
    assert act(told, "answer", id="1", answer="It is green.") == 303
    assert "Not delivered to the owner." in told.get(PAGE).text
    before = only(told).told_at
    assert act(told, "send", id="1") == 303
    assert audited(staffed)[-1] == ("this machine", "send flag", "1 lamp-color")
    assert only(told).told_at != before


def test_an_alert_that_never_ended_is_shown_as_not_delivered(told: TestClient) -> None:
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    store_of(told).add(replace(FLAG, at=hour_ago, told="sending", told_at=hour_ago))
    assert "Not delivered to the owner." in told.get(PAGE).text


def test_where_nobody_is_told_sending_again_says_so(curator: TestClient) -> None:
    flag(curator)
    assert act(curator, "send", id="1") == 400
    assert "Nobody was told by itself." in curator.get(PAGE).text


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "{{7*191}}", '"onfocus=alert(1) x="', "\x00", " "])
def test_what_an_owner_types_is_shown_as_text_or_refused(curator: TestClient, words: str) -> None:
    flag(curator)
    assert act(curator, "answer", id="1", answer=words) in (303, 400)
    assert not re.search(r"<script>alert|1337|\"onfocus", curator.get(PAGE).text)
