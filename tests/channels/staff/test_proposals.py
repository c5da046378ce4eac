from fastapi.testclient import TestClient

from app.records.proposals import Proposals
from app.settings import Settings
from tests.channels.staff.conftest import csrf_of
from tests.channels.staff.test_review import ask, open_texts, post
from tests.channels.staff.test_signin import audited

PAGE = "/staff/review/proposals"


def propose(client: TestClient, *lines: str, target: str = "lamp-place", **fields: str) -> int:
    """Proposes for all questions about rust, and returns the id."""
    assert post(client, "propose", **{"kind": "phrasing", "target": target, "lines": "\n".join(lines)} | fields) == 200
    return proposals_of(client).latest(1)[0].id


def proposals_of(client: TestClient) -> Proposals:
    store: Proposals = client.app.state.staff.proposals  # type: ignore[attr-defined]
    return store


def test_an_open_proposal_says_what_and_by_whom(curator: TestClient) -> None:
    propose(curator, "where does it go rusty", "spot of the lamp")
    page = curator.get(PAGE).text
    for said in ("1. Where is the lamp?", "spot of the lamp", "Proposed by this machine on"):
        assert said in page


def test_withdrawing_says_first_what_it_does(curator: TestClient) -> None:
    ask(curator, "can the lamp rust", "does the lamp rust ??")
    id_ = propose(curator, "where does it go rusty")
    asked = curator.get(f"{PAGE}/withdraw", params={"id": id_}).text
    assert "where does it go rusty" in asked
    assert "The 2 questions that it is meant for go back to the review" in asked
    assert proposals_of(curator).open()


def test_a_proposal_is_withdrawn_once_and_gives_its_questions_back(curator: TestClient, staffed: Settings) -> None:
    ask(curator, "can the lamp rust", "does the lamp rust ??")
    id_ = propose(curator, "where does it go rusty")
    assert open_texts(curator) == []
    sent = {"csrf": csrf_of(curator), "id": str(id_)}
    assert curator.post(f"{PAGE}/withdraw", data=sent).headers["location"] == PAGE
    assert len(open_texts(curator)) == 2
    assert audited(staffed)[-1] == ("this machine", "refuse", f"{id_} lamp-place")
    (settled,) = proposals_of(curator).latest()
    assert (settled.state, settled.reason, settled.settled_by) == (
        "refused",
        "withdrawn by this machine",
        "this machine",
    )
    assert "is withdrawn" in curator.get(PAGE).text
    assert curator.post(f"{PAGE}/withdraw", data=sent).status_code == 404
