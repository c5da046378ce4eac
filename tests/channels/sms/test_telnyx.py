import asyncio

import httpx2
import pytest

from app.channels.sms.gateway import Outcome
from app.channels.sms.telnyx import Telnyx
from tests.channels.sms.conftest import OURS, Api


def send(url: str, patience: float = 10.0, reply_id: str = "r1") -> Outcome:
    async def once() -> Outcome:
        async with httpx2.AsyncClient(timeout=patience) as client:
            return await Telnyx((), "key", url, client=client).send(OURS, "+12155550123", "hello", reply_id)

    return asyncio.run(once())


@pytest.mark.parametrize(
    ("step", "outcome"),
    [(200, "sent"), (429, "refused"), (500, "refused"), (503, "refused"), (400, "rejected"), (401, "rejected")],
)
def test_what_the_api_answers_says_whether_to_try_again(api: Api, step: int, outcome: str) -> None:
    api.plan = [step]
    assert send(api.url) == outcome


def test_a_text_goes_out_with_its_id_where_it_has_one(api: Api) -> None:
    assert [send(api.url, reply_id=id_) for id_ in ("r1", "")] == ["sent", "sent"]
    text = {"from": OURS, "to": "+12155550123", "text": "hello", "path": "/v2/messages", "authorization": "Bearer key"}
    assert api.sent == [{**text, "tags": ["r1"]}, text]


def test_no_connection_is_a_refusal() -> None:
    assert send("http://127.0.0.1:9") == "refused"


def test_a_connection_that_breaks_off_is_unknown(api: Api) -> None:
    api.plan = ["drop"]
    assert send(api.url) == "unknown"
    assert len(api.sent) == 1


def test_no_answer_in_time_is_unknown(api: Api) -> None:
    api.plan = ["slow"]
    assert send(api.url, patience=0.1) == "unknown"
