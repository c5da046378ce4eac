"""One reply, one vote, and nothing in the store that a client typed: docs/SECURITY-TRIALS.md."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, func, select

from app.main import create_app
from app.records.feedback import feedback
from app.settings import Settings
from tests.channels.conftest import stand_still

ASKED = {"text": "what color is the lamp"}


def message_id(client: TestClient) -> str:
    return str(client.post("/v1/messages", json=ASKED).json()["message_id"])


@pytest.mark.parametrize(
    "spelling",
    [
        "{0}==",
        "{0}== my name is jane",
        "{0}=.{1}",
        "{0}== my name is jane.{1}",
        "{0}.{1}==",
        "{0}.{1} ",
        "{0}\n.{1}",
        "{0}.{0}.{1}",
    ],
)
def test_a_reply_has_one_vote_however_its_id_is_spelt(client: TestClient, settings: Settings, spelling: str) -> None:
    given = message_id(client)
    for id_ in (given, spelling.format(*given.split(".")), given):
        status = client.post("/v1/feedback", json={"message_id": id_, "verdict": "up"}).status_code
        assert status == (200 if id_ == given else 404)
    with create_engine(settings.database_url).connect() as store:
        assert store.execute(select(func.count()).select_from(feedback)).scalar_one() == 1


def test_opinions_are_limited_like_messages_and_danger_still_passes(settings: Settings) -> None:
    update = {"messages_per_second": 3.0, "trusted_proxies": ("testclient",)}
    with TestClient(create_app(settings.model_copy(update=update)), headers={"x-forwarded-for": "10.0.0.9"}) as client:
        stand_still(client, "limits")
        opinion = {"message_id": message_id(client), "verdict": "up"}
        votes = [client.post("/v1/feedback", json=opinion) for _ in range(4)]
        danger = client.post("/v1/messages", json={"text": "i cant breathe"}).json()
    assert [each.status_code for each in votes] == [200, 200, 429, 429]
    assert votes[-1].headers["content-type"] == "application/problem+json"
    assert danger["urgent"]
