"""The loop that makes the content better: what could not be answered this week is answered next week."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from app.cli import main
from app.main import create_app
from app.settings import Settings
from tests.channels.staff.conftest import csrf_of, path_of

ASKED = ("can the remote be paired", "how is the remote paired", "how do i pair the remote")
GOOD = (
    "pairing of the remote",
    "the remote, how does one pair it",
    "may i pair a remote with it",
    "which way is the remote paired",
    "remote paired with the lamp, how",
)
LABELLED = [
    {"text": "what color is the lamp", "accept": ["lamp-color"]},
    {"text": "what kind of bulb does the lamp have", "accept": ["lamp-bulb"]},
    {"text": "how much does the lamp cost", "accept": []},
    {"text": "what does a new lamp cost us", "accept": []},
]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.jsonl"
    path.write_text("".join(json.dumps(case) + "\n" for case in LABELLED), encoding="utf-8")
    return path


@pytest.fixture
def curator(settings: Settings) -> Iterator[TestClient]:
    links: list[str] = []
    with TestClient(create_app(settings, announce=links.append)) as client:
        client.get(path_of(links[-1]))
        yield client


def apply(settings: Settings, labelled: Path) -> str:
    environment = {
        "HAI_FAQ_CONTENT_DIR": str(settings.content_dir),
        "HAI_FAQ_CACHE_DIR": str(settings.cache_dir),
        "HAI_FAQ_DATABASE_URL": settings.database_url,
        "HAI_FAQ_RISK": str(settings.risk),
    }
    result = CliRunner().invoke(
        main, ["review", "apply", "--eval", str(labelled), "--yes", "--by", "Rita"], env=environment
    )
    assert result.exit_code == 0, result.output
    return result.output


def kind(client: TestClient, text: str) -> tuple[str, list[str]]:
    reply = client.post("/v1/messages", json={"text": text}).json()
    return reply["kind"], [answer["id"] for answer in reply["answers"]]


def propose(client: TestClient, keys: str, target: str, lines: str) -> None:
    fields = {"csrf": csrf_of(client), "keys": keys, "pick": target, "lines": lines, "sure": "yes"}
    assert "Proposed for" in client.post("/staff/review/propose", data=fields).text


def test_a_question_asked_three_ways_is_answered_after_review_and_a_harmful_proposal_is_not(
    curator: TestClient, settings: Settings, labelled: Path
) -> None:
    services = curator.app.state.services  # type: ignore[attr-defined]
    assert all(kind(curator, text)[0] != "answer" for text in ASKED)
    services.answering.writer.stop()

    page = curator.get("/staff/review").text
    assert '<span class="count">3×</span>' in page
    keys = re.findall('form="bulk" name="q1" value="(.*?)"', page)[0]
    assert len(keys.split()) == len(ASKED)
    propose(curator, keys, "lamp-switch", "\n".join(GOOD))
    propose(
        curator,
        "",
        "lamp-color",
        "what does one lamp cost you\nhow much might a lamp cost\nthe cost of a lamp, please\ncost of lamp",
    )

    output = apply(settings, labelled)
    assert "1 applied, 1 refused" in output
    assert "what does a new lamp cost us" in output or "how much does the lamp cost" in output
    services.answering.reloader.check()
    assert kind(curator, ASKED[1]) == ("answer", ["lamp-switch"])
    assert kind(curator, "how much does the lamp cost")[0] != "answer"
    page = curator.get("/staff/review/proposals").text
    assert "refused by Rita on" in page
    assert "proposed by the one-time link: that this was not Rita cannot be known here" in output
