"""PostgreSQL dies, hangs, and comes back."""

import signal

from tests.faults.conftest import Start, assert_kept
from tests.faults.patients import Patients
from tests.faults.postgres import Postgres


def test_postgresql_is_killed_and_comes_back(start: Start, broken: Postgres) -> None:
    with Patients(start(database_url=broken.url).url) as patients:
        patients.go_on()
        broken.kill()
        patients.go_on(20)
        assert patients.refused["feedback"] > 0
        assert patients.refused["texts"] > 0
        broken.start()
        patients.settle()
        before = patients.refused.total()
        patients.go_on(10)
    assert patients.refused.total() == before
    assert patients.restarted == 0
    assert_kept(broken.url, patients)


def test_postgresql_freezes_and_goes_on(start: Start, broken: Postgres) -> None:
    with Patients(start(database_url=broken.url).url) as patients:
        patients.go_on()
        broken.send(signal.SIGSTOP)
        patients.go_on(3)
        broken.send(signal.SIGCONT)
        patients.settle()
        patients.go_on(10)
    assert patients.restarted == 0
    assert_kept(broken.url, patients)
