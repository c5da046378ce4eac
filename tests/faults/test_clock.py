"""The clock of the machine jumps a day ahead, and back."""

import base64
import json
import re
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx2
import pytest

from tests.channels.sms.conftest import KEY, OURS, Api
from tests.faults.conftest import Start
from tests.faults.patients import Patients, Person, deliver
from tests.faults.replica import DEADLINE, Replica, client_of, wait_for
from tests.redis import RedisServer

PLACES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1")
WITHOUT_TEXTS = (Person.asks, Person.talks, Person.warns, Person.rates)
DAY = 86_400


class Clock:
    """What the service takes for the time. Its monotonic clock runs on, as it does when a machine's clock is set."""

    def __init__(self, library: Path, file: Path) -> None:
        self._file = file
        self.jump(0)
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def jump(self, seconds: int) -> None:
        """To so many seconds ahead of the true time; renamed into place, since the service reads it all the time."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.rename(self._file)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    found = [path for place in PLACES for path in Path("/").glob(place[1:])]
    if not found:
        pytest.skip("libfaketime is not installed: apt install libfaketime")
    return Clock(found[0], tmp_path / "faketime")


def is_off(replica: Replica, ahead: int) -> bool:
    """Whether the service dates its log by a clock so far ahead."""
    httpx2.get(f"{replica.url}/healthz")
    logged = datetime.fromisoformat(re.findall(r'"at": "([^"]+)"', replica.log.read_text())[-1])
    return abs(logged.timestamp() - time.time() - ahead) < 300


def texted(replica: Replica, ahead: int) -> int:
    """The status that a text message gets which was signed by a clock so far ahead."""
    with client_of(replica.url) as client:
        return deliver(client, f"c{time.monotonic_ns()}", "+12155550123", "what color is the lamp", ahead).status_code


@pytest.fixture
def api() -> Iterator[Api]:
    """The vendor's, which refuses at first."""
    api = Api()
    api.plan = [503] * 1000
    yield api
    api.close()


def telnyx_of(api: Api) -> dict[str, str]:
    """Settings of a gateway whose replies go out by an API."""
    key = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
    return {"telnyx_public_keys": json.dumps([key]), "telnyx_api_key": "k" * 40, "telnyx_api_url": api.url}


def texted_by_telnyx(replica: Replica, text: str) -> int:
    payload = {"id": "t1", "text": text, "from": {"phone_number": "+12155550123"}, "to": [{"phone_number": OURS}]}
    body = json.dumps({"data": {"event_type": "message.received", "payload": payload}}).encode()
    now = str(int(time.time()))
    signed = base64.b64encode(KEY.sign(now.encode() + b"|" + body)).decode()
    headers = {"telnyx-timestamp": now, "telnyx-signature-ed25519": signed}
    with client_of(replica.url) as client:
        return client.post("/sms/telnyx", content=body, headers=headers).status_code


def sign_in(client: httpx2.Client, replica: Replica) -> None:
    """By the link that the console shows, which is another one each time."""

    def links() -> list[str]:
        return re.findall(r"token=([A-Za-z0-9_-]+)", replica.log.read_text())

    shown = len(links())
    client.get("/staff/link", params={"token": links()[-1]})
    wait_for("the console shows the next link", lambda: len(links()) > shown)


@pytest.mark.parametrize("jumps", [(DAY, 0), (-DAY, 0), (DAY, -DAY, 0)])
def test_a_clock_that_jumps_costs_no_answer(
    start: Start, clock: Clock, redis_server: RedisServer, jumps: tuple[int, ...]
) -> None:
    replica = start(redis_url=redis_server.url, environment=clock.environment)
    with Patients(replica.url, WITHOUT_TEXTS) as patients:
        patients.go_on()
        for ahead in jumps:
            clock.jump(ahead)
            wait_for(f"its clock is {ahead} s ahead", lambda: is_off(replica, ahead))  # noqa: B023 asked in this round
            patients.go_on(10)
    assert patients.refused.total() == 0


def test_a_text_is_refused_while_the_clock_is_wrong_and_taken_when_it_is_right_again(
    start: Start, clock: Clock
) -> None:
    replica = start(environment=clock.environment)
    statuses = [texted(replica, 0)]
    clock.jump(DAY)
    statuses += [texted(replica, 0), texted(replica, DAY)]
    clock.jump(0)
    statuses += [texted(replica, 0)]
    assert statuses == [200, 403, 200, 200]


@pytest.mark.smoke
def test_an_urgent_reply_in_the_outbox_goes_out_though_the_clock_is_set_back(
    start: Start, clock: Clock, api: Api
) -> None:
    replica = start(environment=clock.environment, **telnyx_of(api))
    assert texted_by_telnyx(replica, "i cant breathe") == 200
    wait_for("the vendor has refused it", lambda: len(api.plan) < 1000)
    clock.jump(-600)
    wait_for("its clock is set back", lambda: is_off(replica, -600))
    api.plan = []
    wait_for("it is sent", lambda: api.sent, within=DEADLINE / 2)
    assert "Call 911 now." in api.sent[0]["text"]


def test_staff_sign_in_again_after_a_jump_and_meet_no_error(start: Start, clock: Clock) -> None:
    replica = start(environment=clock.environment, public_url="http://faq.hospital.example")
    with client_of(replica.url) as client:
        statuses = []
        for ahead in (0, DAY, 0, -DAY, 0):
            clock.jump(ahead)
            before = client.get("/staff").status_code
            sign_in(client, replica)
            statuses.append((before < 500, client.get("/staff").status_code))
    assert statuses == [(True, 200)] * 5
