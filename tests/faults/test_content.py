"""Content arrives broken at a running service."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import seal
from tests.faults.conftest import Start
from tests.faults.patients import Patients
from tests.faults.replica import Replica, wait_for
from tests.hostile import ATTACKS

REFUSED = 'hai_faq_reloads_total{outcome="refused"}'
LOADED = 'hai_faq_reloads_total{outcome="loaded"}'


def bad_yaml(folder: Path) -> None:
    (folder / "faq.yaml").write_text("entries: [")


def lost_seal(folder: Path) -> None:
    path = folder / "faq.yaml"
    path.write_text(path.read_text().replace("Call 911 now", "Call 912 now"))


def binary_junk(folder: Path) -> None:
    (folder / "faq.yaml").write_bytes(bytes(range(256)) * 64)


def half_copied(folder: Path) -> None:
    path = folder / "faq.yaml"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def phrasings_deleted(folder: Path) -> None:
    (folder / "intents" / "lamp.yaml").unlink()


def urgent_deleted(folder: Path) -> None:
    (folder / "intents" / "urgent" / "general" / "phrasings.yaml").unlink()


def lock_of_junk(folder: Path) -> None:
    (folder / "faq.lock").write_bytes(b"\xff\x00" * 100)


def all_deleted(folder: Path) -> None:
    for path in (folder / "faq.yaml", folder / "faq.lock", *(folder / "intents").rglob("*.yaml")):
        path.unlink()


def nested(folder: Path) -> None:
    ATTACKS["brackets"].put(folder / "faq.yaml")


def multiplied(folder: Path) -> None:
    ATTACKS["laughs"].put(folder / "faq.yaml")


DAMAGES = (
    bad_yaml,
    lost_seal,
    binary_junk,
    half_copied,
    phrasings_deleted,
    urgent_deleted,
    lock_of_junk,
    all_deleted,
    nested,
    multiplied,
)


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def replica(start: Start) -> Replica:
    return start(watch_seconds="0.2")


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_was_served_is_served_on_and_operators_are_told(
    replica: Replica, folder: Path, damage: Callable[[Path], None]
) -> None:
    whole = files_of(folder)
    served = replica.details()["served"]
    with Patients(replica.url) as patients:
        patients.go_on(2)
        damage(folder)
        wait_for("the reload is refused", lambda: replica.details()["failed_reload"])
        patients.go_on()
        assert (replica.details()["served"], replica.metric(REFUSED) > 0) == (served, True)
        for path, content in whole.items():
            path.write_bytes(content)
        wait_for("what is served is what is on disk", lambda: not replica.details()["failed_reload"])
        patients.go_on(2)
    assert "reload refused" in replica.log.read_text()


@pytest.mark.smoke
def test_content_that_was_mended_is_loaded(replica: Replica, folder: Path) -> None:
    whole = (folder / "faq.yaml").read_text()
    with Patients(replica.url) as patients:
        binary_junk(folder)
        wait_for("the reload is refused", lambda: replica.details()["failed_reload"])
        (folder / "faq.yaml").write_text(whole.replace("The lamp has a small bulb.", "The bulb is small."))
        seal(folder)
        wait_for(
            "the mended content is loaded",
            lambda: replica.metric(LOADED) > 0 and not replica.details()["failed_reload"],
        )
        patients.go_on()
    assert replica.details()["withheld"] == {}
