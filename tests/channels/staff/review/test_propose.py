import re

import pytest
from fastapi.testclient import TestClient

from app.settings import Settings
from tests.channels.staff.review.test_review import ask, keys_of_those_with, open_texts, post, send
from tests.channels.staff.signin.test_signin import audited

LINES = "may the lamp rust\ndoes rust harm the lamp\nrust on the lamp\nis the lamp rust proof\nwill the lamp ever rust"
TOPIC = {"pick": "new", "id": "nc-rust", "title": "rust on the lamp", "lines": LINES}


@pytest.fixture
def waiting(curator: TestClient) -> TestClient:
    ask(curator, "can the lamp rust", "does the lamp rust ??", "my name is jane doe, will it rust")
    ask(curator, "i feel odd near the lamp", near=True)
    return curator


def test_phrasings_are_proposed_in_the_curators_words(waiting: TestClient, staffed: Settings) -> None:
    led = send(waiting, "propose", pick="lamp-place", lines="may a lamp rust away\n\n", next="abcdefgh").headers[
        "location"
    ]
    assert re.fullmatch(r"/staff/review\?done=p\d+#group-abcdefgh", led)
    assert open_texts(waiting) == ["i feel odd near the lamp"]
    assert "may a lamp rust away" in waiting.get("/staff/review/proposals").text
    assert ("this machine", "propose", "phrasing lamp-place") in audited(staffed)


def test_a_proposal_is_confirmed_with_the_way_to_take_it_back(waiting: TestClient) -> None:
    page = waiting.get(send(waiting, "propose", **TOPIC).headers["location"]).text
    assert "Proposed for rust on the lamp" in page
    assert "Write 10 phrasings or more if you can" in page
    assert "/staff/review/proposals/withdraw?id=1" in page


@pytest.mark.parametrize("typed", ["lamp-place", "Where is the lamp?", "where is the LAMP", "where is"])
def test_the_topic_is_named_by_its_id_its_title_or_words_of_it(waiting: TestClient, typed: str) -> None:
    assert post(waiting, "propose", pick="other", typed=typed, lines="may a lamp rust away") == 303
    (proposal,) = waiting.app.state.staff.proposals.open()  # type: ignore[attr-defined]
    assert proposal.target == "lamp-place"


def test_what_was_chosen_counts_and_not_what_stands_in_another_field(waiting: TestClient) -> None:
    assert post(waiting, "propose", pick="lamp-color", typed="lamp-place", lines="may a lamp rust away") == 303
    (proposal,) = waiting.app.state.staff.proposals.open()  # type: ignore[attr-defined]
    assert (proposal.kind, proposal.target) == ("phrasing", "lamp-color")


def test_a_topic_that_waits_already_is_not_proposed_again(waiting: TestClient) -> None:
    assert post(waiting, "propose", **TOPIC) == 303
    assert post(waiting, "propose", **TOPIC) == 400


@pytest.mark.parametrize(
    "fields",
    [
        {"pick": "lamp-place", "lines": "Can the lamp rust?"},
        {"pick": "lamp-place", "lines": "call me at 215-555-0142"},
        {"pick": "lamp-place", "lines": ""},
        {"pick": "nothing", "lines": "where is it"},
        {"pick": "other", "typed": "the lamp", "lines": "where is it"},
        {"pick": "other", "typed": "no such words", "lines": "where is it"},
        {"lines": "where is it"},
        TOPIC | {"id": "nc-price"},
        TOPIC | {"id": "rust"},
        TOPIC | {"title": ""},
        TOPIC | {"lines": "does the lamp rust a lot"},
    ],
)
def test_a_proposal_that_may_not_be_made_is_refused(waiting: TestClient, fields: dict[str, str]) -> None:
    assert post(waiting, "propose", sure="yes", **fields) == 400
    assert len(open_texts(waiting)) == 4


def test_a_refused_proposal_keeps_all_that_was_typed_and_ticked(waiting: TestClient, staffed: Settings) -> None:
    ticked = keys_of_those_with(waiting, "does the lamp")
    lines = f"{LINES}\ni cant breathe near it"
    fields = TOPIC | {"lines": lines, "keys": "", "q3": ticked, "near": "lamp-place nonsense"}
    page = send(waiting, "propose", **fields).text
    for kept in ("sounds like danger", "i cant breathe near it", 'value="nc-rust"', 'value="rust on the lamp"', ticked):
        assert kept in page
    assert "nonsense" not in page
    assert audited(staffed)[-1] == ("this machine", "view", "review: 1 questions")


def test_phrasings_unlike_the_questions_are_asked_about_first(waiting: TestClient) -> None:
    fields = {"pick": "lamp-color", "lines": "may a lamp rust away\nis the moon made of cheese"}
    page = send(waiting, "propose", **fields).text
    assert "This phrasing is not like the questions" in page
    assert '<li dir="auto">is the moon made of cheese</li>' in page
    assert "Propose all the same" in page
    assert len(open_texts(waiting)) == 4
    assert post(waiting, "propose", sure="yes", **fields) == 303
    assert open_texts(waiting) == ["i feel odd near the lamp"]


def test_it_is_said_where_no_question_leaves_the_queue_with_a_proposal(waiting: TestClient) -> None:
    fields = {"pick": "lamp-color", "lines": "is the moon made of cheese", "sure": "yes"}
    left = waiting.get(send(waiting, "propose", keys="", **fields).headers["location"]).text
    assert "No question has left the queue with it." in left
    taken = waiting.get(send(waiting, "propose", pick="lamp-place", lines="may a lamp rust").headers["location"]).text
    assert "No question has left" not in taken


def test_questions_that_the_phrasings_are_unlike_stay_unless_they_are_ticked(waiting: TestClient) -> None:
    every = keys_of_those_with(waiting, "")
    page = send(
        waiting, "propose", keys=every, pick="lamp-color", lines="does rust form\nis the moon made of cheese"
    ).text
    unticked = re.findall(r'name="q\d+" value="([^"]*)"> ', page)
    assert keys_of_those_with(waiting, "i feel odd") in unticked
    assert re.search(r'value="[^"]*" checked> <span><span class="typed" dir="auto">can the lamp rust<', page)
