import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.content.additions import write_additions
from app.content.files import fingerprint, read_all
from app.records.proposals import Kind, Proposal, Proposals, Tried
from app.review.checks import addition
from app.settings import Settings
from tests.channels.staff.conftest import csrf_of
from tests.channels.staff.provider import Provider
from tests.channels.staff.review.test_review import ask, open_texts
from tests.channels.staff.signin.test_signin import audited, come_back
from tests.conftest import NOW

PAGE = "/staff/review/proposals"
ASKED = ("can the lamp rust", "does the lamp rust ??")
LINES = ("may it get rusty", "does rust harm it", "rust on the shade", "is it rust proof", "will rust form")


def propose(
    client: TestClient, *lines: str, target: str = "lamp-place", title: str = "", asked: tuple[str, ...] = ()
) -> int:
    """Keeps a proposal as the review does, and returns its id."""
    kind: Kind = "topic" if title else "phrasing"
    store, now = proposals_of(client), datetime.now(UTC)
    store.add(Proposal(now, "this machine", kind, target, title, lines, tuple(f"m-{hash(text)}" for text in asked)))
    return store.latest(1)[0].id


def proposals_of(client: TestClient) -> Proposals:
    store: Proposals = client.app.state.staff.proposals  # type: ignore[attr-defined]
    return store


def test_an_open_proposal_says_what_and_by_whom(curator: TestClient) -> None:
    propose(curator, "where does it go rusty", "spot of the lamp")
    page = curator.get(PAGE).text
    for said in ("1. Where is the lamp?", "spot of the lamp", "Proposed by this machine on"):
        assert said in page


def test_withdrawing_says_first_what_it_does(curator: TestClient) -> None:
    ask(curator, *ASKED)
    id_ = propose(curator, "where does it go rusty", asked=ASKED)
    asked = curator.get(f"{PAGE}/withdraw", params={"id": id_}).text
    assert "where does it go rusty" in asked
    assert "The 2 questions that it is meant for go back to the review" in asked
    assert proposals_of(curator).open()


def test_a_proposal_is_withdrawn_once_and_gives_its_questions_back(curator: TestClient, staffed: Settings) -> None:
    ask(curator, *ASKED)
    id_ = propose(curator, "where does it go rusty", asked=ASKED)
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
    assert "is withdrawn. Its questions wait for review again." in curator.get(PAGE).text
    assert curator.post(f"{PAGE}/withdraw", data=sent).status_code == 404
    assert curator.post(f"{PAGE}/withdraw", data={**sent, "id": "9" * 5_000}).status_code == 404


@pytest.mark.parametrize("id_", ["", "x", "-1", "٣", "9" * 10, "9" * 5_000])
def test_what_is_no_number_of_a_proposal_withdraws_nothing(curator: TestClient, id_: str) -> None:
    propose(curator, "where does it go rusty")
    assert curator.post(f"{PAGE}/withdraw", data={"csrf": csrf_of(curator), "id": id_}).status_code == 404
    assert proposals_of(curator).open()


def test_a_proposal_without_questions_gives_none_back(curator: TestClient) -> None:
    id_ = propose(curator, "where does it go rusty")
    curator.post(f"{PAGE}/withdraw", data={"csrf": csrf_of(curator), "id": str(id_)})
    assert "is withdrawn.</" in curator.get(PAGE).text


@pytest.fixture
def content(curator: TestClient) -> Path:
    folder: Path = curator.app.state.staff.content  # type: ignore[attr-defined]
    return folder


def download(client: TestClient, *ids: int) -> tuple[int, str]:
    response = client.get(f"{PAGE}.patch", params={"id": list(ids)})
    return response.status_code, response.text


def test_the_ticked_proposals_are_a_patch_that_writes_what_the_command_writes(
    curator: TestClient, content: Path, tmp_path: Path
) -> None:
    chosen = [
        propose(curator, "where does it go rusty"),
        propose(curator, *LINES, target="nc-rust", title="rust on the lamp"),
    ]
    propose(curator, "which hue has it", target="lamp-color")
    before = read_all(content)
    response = curator.get(f"{PAGE}.patch", params={"id": chosen})
    assert response.headers["content-type"].startswith("text/x-diff")
    assert re.search(
        r'attachment; filename="proposals-[\d-]+-[0-9a-f]{16}\.patch"', response.headers["content-disposition"]
    )
    by_hand, by_command = (folder_of(before, tmp_path / name) for name in ("by hand", "by command"))
    subprocess.run(["git", "apply", "-"], input=response.content, cwd=by_hand, check=True)
    write_additions(by_command, [addition(each) for each in proposals_of(curator).open() if each.id in chosen])
    assert fingerprint(by_hand) == fingerprint(by_command)
    assert read_all(content) == before


def folder_of(files: dict[Path, bytes], folder: Path) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_a_patch_says_who_proposed_and_is_on_record_before_it_goes_out(curator: TestClient, staffed: Settings) -> None:
    id_ = propose(curator, "where does it go rusty")
    assert f"# {id_} lamp-place: 1 phrasings, proposed by this machine on" in download(curator, id_)[1]
    assert audited(staffed)[-1] == ("this machine", "export", f"patch {id_}")
    with curator.app.state.staff.audit._engine.begin() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("drop table audit")
    assert download(curator, id_)[0] == 503


def test_content_on_disk_that_is_not_served_makes_no_patch_and_the_page_says_so(
    curator: TestClient, content: Path
) -> None:
    id_ = propose(curator, "where does it go rusty")
    assert "not the one that is served" not in curator.get(PAGE).text
    path = content / "intents" / "lexicon.yaml"
    path.write_bytes(path.read_bytes() + b"# by hand\n")
    assert "The content on disk is not the one that is served" in curator.get(PAGE).text
    status, page = download(curator, id_)
    assert (status, "is not the content that is served" in page) == (409, True)


def test_nothing_ticked_or_what_no_longer_fits_makes_no_patch(curator: TestClient) -> None:
    assert download(curator)[0] == 409
    first = propose(curator, *LINES, target="nc-rust", title="rust on the lamp")
    store = proposals_of(curator)
    store.add(replace(store.open()[0], lines=LINES[::-1]))
    status, page = download(curator, first, first + 1)
    assert status == 409
    assert f"Proposal {first + 1}: A topic of this id is proposed already." in page


def test_what_stands_in_the_content_already_is_said_and_not_given_out(curator: TestClient) -> None:
    propose(curator, "where does it go rusty")
    store = proposals_of(curator)
    store.add(replace(store.open()[0], lines=("where is the lamp",)))
    page = curator.get(PAGE).text
    assert "hai-faq review apply 2 --by NAME" in page
    assert 'value="1" checked' in page
    assert 'name="id" value="2"' not in page
    assert download(curator, 2)[0] == 409


@pytest.mark.parametrize(
    ("version", "harm", "said"),
    [
        ("", "", ["the content that is served", "It makes nothing worse."]),
        ("abc", "", ["another content, <code>abc</code>: it may be otherwise now"]),
        ("", "cases: 'price': out -> ANSWERED", ["It makes something worse:", "cases: &#39;price&#39;"]),
    ],
)
def test_a_proposal_says_what_a_try_of_it_has_found(
    curator: TestClient, version: str, harm: str, said: list[str]
) -> None:
    propose(curator, "where does it go rusty")
    assert "Not tried yet." in curator.get(PAGE).text
    served = curator.app.state.services.knowledge.version  # type: ignore[attr-defined]
    store = proposals_of(curator)
    store.note_tried(store.open()[0], Tried(NOW, version or served, harm, "Line 1 is taken for lamp-color now."))
    page = curator.get(PAGE).text
    for words in (*said, "To think of once more: Line 1 is taken", f"Tried on {NOW:%b %d} against"):
        assert words in page
    assert ('value="1" checked>' in page) is not bool(harm)


def test_the_page_says_who_proposed_and_who_settled(curator: TestClient) -> None:
    propose(curator, "where does it go rusty")
    store = proposals_of(curator)
    store.settle(store.open()[0], "applied", "rita", NOW)
    assert re.search(rf"Proposed by this machine on .*, applied by rita on {NOW:%b %d}\.", curator.get(PAGE).text)


def test_who_only_looks_up_sees_no_proposals(hospital: TestClient, provider: Provider) -> None:
    hospital.get(come_back(hospital, provider))
    for path in (PAGE, f"{PAGE}.patch?id=1", f"{PAGE}/withdraw?id=1"):
        assert hospital.get(path).status_code == 403
