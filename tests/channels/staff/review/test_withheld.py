from fastapi.testclient import TestClient

from app.settings import Settings
from tests.channels.staff.conftest import csrf_of
from tests.channels.staff.signin.test_signin import audited

PAGE = "/staff/review/withheld"


def withhold(client: TestClient, **fields: str) -> str:
    sent = {"csrf": csrf_of(client), "entry": "lamp-color", "why": "it was repainted"} | fields
    return client.post(PAGE, data=sent).text


def check(client: TestClient) -> None:
    client.app.state.services.answering.reloader.check()  # type: ignore[attr-defined]


def test_taking_an_answer_back_says_first_what_it_does(curator: TestClient) -> None:
    asked = withhold(curator, entry="what color is the lamp")
    assert "Within a minute nobody is given this answer" in asked
    assert 'name="entry" value="lamp-color"' in asked
    check(curator)
    assert curator.get("/v1/entries/lamp-color").status_code == 200


def test_an_answer_is_taken_back_and_who_when_and_why_is_shown(curator: TestClient, staffed: Settings) -> None:
    withhold(curator, sure="yes")
    check(curator)
    assert curator.get("/v1/entries/lamp-color").status_code == 404
    page = curator.get(PAGE).text
    assert "it was repainted" in page
    assert "Taken back by this machine on" in page
    assert audited(staffed)[-1] == ("this machine", "withhold", "lamp-color")


def test_an_answer_is_given_back_from_the_page(curator: TestClient, staffed: Settings) -> None:
    withhold(curator, sure="yes")
    sent = {"csrf": csrf_of(curator), "entry": "lamp-color"}
    assert curator.post(f"{PAGE}/give-back", data=sent).headers["location"] == PAGE
    check(curator)
    assert curator.get("/v1/entries/lamp-color").status_code == 200
    assert audited(staffed)[-1] == ("this machine", "give back", "lamp-color")
    assert "None is taken back now" in curator.get(PAGE).text
    assert curator.post(f"{PAGE}/give-back", data=sent).status_code == 404


def test_an_answer_is_not_taken_back_without_a_reason_nor_one_that_there_is_not(curator: TestClient) -> None:
    for fields in ({"why": ""}, {"entry": "nothing"}, {"entry": "nc-price"}):
        sent = {"csrf": csrf_of(curator), "entry": "lamp-color", "why": "wrong", "sure": "yes"} | fields
        assert curator.post(PAGE, data=sent).status_code == 400
    assert curator.app.state.staff.withdrawals.all() == []  # type: ignore[attr-defined]


def test_a_reason_is_shown_as_text(curator: TestClient) -> None:
    assert "<b>" not in withhold(curator, why="<b>wrong</b>")
    withhold(curator, why="<b>wrong</b>", sure="yes")
    assert "&lt;b&gt;wrong" in curator.get(PAGE).text


def test_who_took_an_answer_back_first_and_why_stays(curator: TestClient) -> None:
    withhold(curator, why="it \0was repainted", sure="yes")
    assert "is taken back already" in withhold(curator, why="another reason", sure="yes")
    (kept,) = curator.app.state.staff.withdrawals.all()  # type: ignore[attr-defined]
    assert kept.why == "it was repainted"
