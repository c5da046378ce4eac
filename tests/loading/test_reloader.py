import fcntl
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.dialogue.handoffs import Handoff
from app.dialogue.knowledge import Knowledge
from app.loading.loader import load
from app.loading.model_cache import ContentConfig
from app.loading.reloader import Reloader
from app.records.withdrawals import Withdrawal, Withdrawals
from tests.conftest import NOW, config_of, seal
from tests.loading.conftest import change


@pytest.fixture
def watch(knowledge: Knowledge, withdrawals: Withdrawals) -> Iterator[Callable[..., Reloader]]:
    """Starts a watch over what the fixture is; all end with the test."""
    watching: list[Reloader] = []

    def start(config: ContentConfig, every: float = 3600) -> Reloader:
        watching.append(Reloader(config, knowledge, withdrawals, every))
        watching[-1].start()
        return watching[-1]

    yield start
    for reloader in watching:
        reloader.stop()


def test_a_changed_text_is_withheld_after_a_check(served: Reloader, folder: Path) -> None:
    change(folder, "Where is the lamp?", "Where is this lamp?")
    served.check()
    assert "lamp-place" in served.current.approved.withheld
    assert not served.failed_reload


@pytest.mark.parametrize("bad", ["entries: [", "text: 'Call 911"])
def test_a_bad_change_keeps_what_is_served(served: Reloader, folder: Path, bad: str) -> None:
    before = served.current
    path = folder / "faq.yaml"
    good = path.read_text()
    path.write_text(good.replace("Call 911 now", "Call 912 now") if "911" in bad else bad)
    served.check()
    assert served.current is before
    assert served.failed_reload
    path.write_text(good)
    served.check()
    assert not served.failed_reload


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("  nc-price: {title: what the lamp costs}\n", "HAI_FAQ_HANDOFFS: there is no topic nc-price"),
        ("  sms-more: {text: 'The whole answer:'}\n", "text messages need sms-more"),
    ],
)
def test_content_that_lacks_what_the_settings_need_is_not_swapped_in(
    folder: Path, cache: Path, withdrawals: Withdrawals, line: str, reason: str
) -> None:
    needs = replace(config_of(folder, cache), scripts=("sms-more",), handoffs=(Handoff("Billing", ("nc-price",)),))
    served = Reloader(needs, before := load(needs), withdrawals, every=3600)
    change(folder, line, "")
    served.check()
    assert served.current is before
    assert reason in served.failed_reload


def test_a_withdrawal_is_seen_at_the_next_check(served: Reloader, withdrawals: Withdrawals) -> None:
    withdrawals.add(Withdrawal("lamp-color", NOW, "Dr. A", "repainted"))
    served.check()
    assert not served.current.serves("lamp-color", NOW.date())
    assert served.current.serves("lamp-place", NOW.date())


def test_a_change_is_looked_at_when_woken(
    folder: Path, cache: Path, knowledge: Knowledge, watch: Callable[..., Reloader]
) -> None:
    watching = watch(config_of(folder, cache))
    seal(folder, "nurse")
    watching.wake()
    assert comes(lambda: watching.current.version != knowledge.version)
    assert watching.current.matcher.labels == knowledge.matcher.labels


def test_an_answer_is_taken_back_while_a_fit_is_running(
    folder: Path, tmp_path: Path, cache: Path, withdrawals: Withdrawals, watch: Callable[..., Reloader]
) -> None:
    fitting = shutil.copytree(cache, tmp_path / "cache")
    watching = watch(config_of(folder, fitting))
    with (fitting / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # as a long fit of another process does
        change(folder, "Where is the lamp?", "Where does the lamp stand?")
        withdrawals.add(Withdrawal("lamp-color", NOW, "Dr. A", "repainted"))
        watching.wake()
        assert comes(lambda: not watching.current.serves("lamp-color", NOW.date()))
        assert "lamp-place" not in watching.current.approved.withheld
    assert comes(lambda: "lamp-place" in watching.current.approved.withheld)
    assert not watching.current.serves("lamp-color", NOW.date())


def test_what_changes_during_a_fit_is_never_served_half(
    folder: Path, tmp_path: Path, watch: Callable[..., Reloader]
) -> None:
    watching = watch(config_of(folder, tmp_path / "cache"), every=0.05)
    before = watching.current
    change(folder, "Where is the lamp?", "Where is this lamp?")
    seal(folder)
    assert comes(lambda: list(tmp_path.glob("cache/fitting-*")))
    rules = folder / "intents" / "urgent" / "general" / "rules.yaml"
    good = rules.read_text()
    rules.write_text(f"{good}\n# unsealed\n")
    assert comes(lambda: "urgent.general" in watching.failed_reload)
    assert watching.current is before
    rules.write_text(good)
    assert comes(lambda: watching.current.approved.answers["lamp-place"].question == "Where is this lamp?")


def comes(wanted: Callable[[], object]) -> bool:
    """Returns whether it comes true within a minute."""
    for _ in range(1200):
        if wanted():
            return True
        time.sleep(0.05)
    return False
