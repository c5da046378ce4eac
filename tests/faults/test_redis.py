"""Redis dies, hangs, and comes back."""

import pytest

from tests.faults.conftest import Start, assert_kept
from tests.faults.patients import Patients
from tests.redis import RedisServer


@pytest.mark.smoke
def test_redis_is_killed_and_comes_back(start: Start, redis_server: RedisServer, store: str) -> None:
    with Patients(start(redis_url=redis_server.url).url) as patients:
        patients.go_on()
        redis_server.kill()
        patients.go_on(20)
        redis_server.start()
        patients.go_on(20)
    assert (patients.restarted, patients.refused.total()) == (0, 0)
    assert_kept(store, patients)


def test_redis_freezes_and_goes_on(start: Start, redis_server: RedisServer, store: str) -> None:
    with Patients(start(redis_url=redis_server.url).url) as patients:
        patients.go_on()
        redis_server.freeze()
        patients.go_on(20)
        redis_server.thaw()
        patients.go_on(20)
    assert (patients.restarted, patients.refused.total()) == (0, 0)
    assert_kept(store, patients)


def test_redis_dies_under_two_replicas_and_conversations_go_on_where_they_stay(
    start: Start, redis_server: RedisServer
) -> None:
    here, there = (start(redis_url=redis_server.url) for _ in range(2))
    with Patients(here.url) as these, Patients(there.url) as those:
        these.go_on()
        redis_server.kill()
        these.go_on(10)
        those.go_on(10)
        redis_server.start()
        these.go_on(10)
        those.go_on(10)
    assert these.restarted + those.restarted == 0
