"""What the outbox does when the vendor or this process fails; time is made up, nothing waits."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import Engine

from app.channels.sms.gateway import Outcome
from app.channels.sms.numbers import Numbers
from app.channels.sms.outbox import PAUSES, Outbox
from app.records.database import connect, migrate
from app.records.deliveries import INTERRUPTED, MOST_AT_ONCE, Deliveries, Delivery

NUMBERS = Numbers(("n" * 32,))
ADDRESS = NUMBERS.seal("telnyx", "+12155550100", "+12155550123")


@dataclass
class Vendor:
    outcomes: list[Outcome]
    sent: list[tuple[str, str, str]] = field(default_factory=list)

    async def send(self, sender: str, recipient: str, text: str, reply_id: str) -> Outcome:
        self.sent.append((sender, recipient, text))
        return self.outcomes.pop(0) if self.outcomes else "sent"


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = connect(f"sqlite:///{tmp_path / 'outbox.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def deliveries(engine: Engine) -> Deliveries:
    return Deliveries(engine, keep=1e6)


def run(deliveries: Deliveries, vendor: Vendor, *times: float) -> Delivery:
    """Looks at the store at each of these times."""
    clock = Clock()
    outbox = Outbox(deliveries, {"telnyx": vendor}, NUMBERS, clock, timer=clock)
    for now in times:
        clock.now = now
        asyncio.run(outbox.send_waiting())
    found = deliveries.find("m1")
    assert found is not None
    return found


def state_of(deliveries: Deliveries) -> str:
    found = deliveries.find("m1")
    return found.state if found else ""


def written(deliveries: Deliveries, urgent: bool = False) -> None:
    claimed, _ = deliveries.claim("m1", "party", "digest", 1000.0, 1000.0)
    deliveries.replied(replace(claimed, reply="hello", urgent=urgent), ADDRESS, 1000.0)


def test_a_reply_is_sent_once_and_its_numbers_are_wiped(deliveries: Deliveries) -> None:
    written(deliveries)
    vendor = Vendor([])
    found = run(deliveries, vendor, 1000.0, 1010.0)
    assert vendor.sent == [("+12155550100", "+12155550123", "hello")]
    assert (found.state, found.address) == ("sent", "")


def test_a_refusal_is_tried_again_after_a_pause(deliveries: Deliveries) -> None:
    written(deliveries)
    vendor = Vendor(["refused", "refused"])
    assert run(deliveries, vendor, 1000.0, 1000.5, 1001.0, 1002.5, 1003.0).state == "sent"
    assert len(vendor.sent) == 3


def test_after_two_minutes_of_refusals_it_gives_up(deliveries: Deliveries) -> None:
    written(deliveries)
    vendor = Vendor(["refused"] * 1000)
    found = run(deliveries, vendor, *(1000.0 + second for second in range(200)))
    assert (found.state, found.address) == ("unknown", "")
    assert sum(PAUSES) == 120
    assert len(vendor.sent) == len(PAUSES) + 1


@pytest.mark.parametrize(("urgent", "times"), [(False, 1), (True, 2)])
def test_an_unknown_outcome_is_tried_again_only_when_urgent(deliveries: Deliveries, urgent: bool, times: int) -> None:
    written(deliveries, urgent)
    vendor = Vendor(["unknown"])
    run(deliveries, vendor, 1000.0, 1001.0, 1002.0)
    assert len(vendor.sent) == times


@pytest.mark.parametrize("jump", [-86_400.0, -600.0, -30.0, 86_400.0])
def test_a_clock_that_is_set_holds_no_reply_back(deliveries: Deliveries, jump: float) -> None:
    written(deliveries, urgent=True)
    vendor, clock, timer = Vendor(["refused"] * 2), Clock(1000.0 + jump), Clock(5.0)
    outbox = Outbox(deliveries, {"telnyx": vendor}, NUMBERS, clock, timer=timer)
    for seconds in (0.0, 1.0, 2.0):
        clock.now, timer.now = clock.now + seconds, timer.now + seconds
        asyncio.run(outbox.send_waiting())
    assert (len(vendor.sent), state_of(deliveries)) == (3, "sent")


@pytest.mark.parametrize("jump", [-86_400.0, -600.0, -30.0])
def test_a_clock_that_is_set_back_in_a_pause_makes_it_no_longer(deliveries: Deliveries, jump: float) -> None:
    written(deliveries, urgent=True)
    vendor, clock, timer = Vendor(["refused"]), Clock(), Clock(5.0)
    outbox = Outbox(deliveries, {"telnyx": vendor}, NUMBERS, clock, timer=timer)
    asyncio.run(outbox.send_waiting())
    clock.now, timer.now = clock.now + jump, timer.now + PAUSES[0]
    asyncio.run(outbox.send_waiting())
    assert (len(vendor.sent), state_of(deliveries)) == (2, "sent")


@pytest.mark.parametrize("jump", [86_400.0, -86_400.0])
def test_a_clock_that_is_set_takes_no_attempt_away_and_adds_none(deliveries: Deliveries, jump: float) -> None:
    written(deliveries, urgent=True)
    vendor, clock, timer = Vendor(["refused"] * 1000), Clock(), Clock(5.0)
    outbox = Outbox(deliveries, {"telnyx": vendor}, NUMBERS, clock, timer=timer)
    for second in range(200):
        clock.now += jump if second == 10 else 1.0
        timer.now += 1.0
        asyncio.run(outbox.send_waiting())
    assert state_of(deliveries) == "unknown"
    assert len(PAUSES) < len(vendor.sent) <= len(PAUSES) + 2  # one pause may end early


def test_what_a_process_left_before_the_clock_was_set_back_is_seen_to_by_the_next(deliveries: Deliveries) -> None:
    written(deliveries, urgent=True)
    (left,) = deliveries.waiting(1000.0)
    assert deliveries.begin(left, 1000.0)
    assert deliveries.claim("m2", "party", "digest", 1000.0, 1000.0)[1]
    vendor = Vendor([])
    assert run(deliveries, vendor, 400.0).state == "sent"
    assert deliveries.claim("m2", "party", "digest", 400.0, 400.0)[1]


def test_what_the_vendor_will_never_take_is_not_tried_again(deliveries: Deliveries) -> None:
    written(deliveries)
    vendor = Vendor(["rejected"])
    assert run(deliveries, vendor, 1000.0, 1002.0).state == "unknown"
    assert len(vendor.sent) == 1


@pytest.mark.parametrize(("urgent", "state", "times"), [(False, "unknown", 0), (True, "sent", 1)])
def test_a_sending_that_was_interrupted_is_repeated_only_when_urgent(
    deliveries: Deliveries, urgent: bool, state: str, times: int
) -> None:
    written(deliveries, urgent)
    (interrupted,) = deliveries.waiting(1000.0)
    assert deliveries.begin(interrupted, 1000.0)
    vendor = Vendor([])
    assert run(deliveries, vendor, 1000.0 + INTERRUPTED - 1).state == "sending"
    assert run(deliveries, vendor, 1000.0 + INTERRUPTED).state == state
    assert len(vendor.sent) == times


def test_two_processes_send_it_once(deliveries: Deliveries) -> None:
    written(deliveries)
    (found,) = deliveries.waiting(1000.0)
    assert [deliveries.begin(found, 1000.0), deliveries.begin(found, 1000.0)] == [True, False]


def test_a_message_that_its_process_dropped_is_worked_on_again(deliveries: Deliveries) -> None:
    claims = [deliveries.claim("m1", "party", "digest", now, now) for now in (1000.0, 1029.0, 1031.0)]
    assert [(claimed.state, claimed.at, is_ours) for claimed, is_ours in claims] == [
        ("received", 1000.0, True),
        ("received", 1000.0, False),
        ("received", 1000.0, True),
    ]


def test_what_is_older_than_the_ledger_goes(deliveries: Deliveries) -> None:
    written(deliveries)
    deliveries.sweep(1000.0 + 2e6)
    assert deliveries.find("m1") is None


def test_a_reply_of_a_process_that_was_killed_is_sent_by_the_next(engine: Engine, deliveries: Deliveries) -> None:
    work = (
        "import os, signal; from app.records.deliveries import Deliveries; from app.records.database import connect\n"
        "from dataclasses import replace\n"
        f"kept = Deliveries(connect({str(engine.url)!r}), 1e6)\n"
        "claimed, _ = kept.claim('m1', 'party', 'digest', 1000.0, 1000.0)\n"
        f"kept.replied(replace(claimed, reply='hello'), {ADDRESS!r}, 1000.0); os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", work], check=False).returncode == -signal.SIGKILL
    vendor = Vendor([])
    assert run(deliveries, vendor, 1001.0).state == "sent"
    assert len(vendor.sent) == 1


def test_what_follows_is_sent_after_the_reply_as_a_delivery_of_its_own(deliveries: Deliveries) -> None:
    claimed, _ = deliveries.claim("m1", "party", "digest", 1000.0, 1000.0)
    deliveries.replied(replace(claimed, reply="hello", following="who we are"), ADDRESS, 1000.0)
    vendor = Vendor([])
    assert run(deliveries, vendor, 1000.0, 1000.5, 1001.0, 1002.0).state == "sent"
    assert [text for _, _, text in vendor.sent] == ["hello", "who we are"]


def test_a_receipt_that_comes_while_it_is_sent_is_not_lost(deliveries: Deliveries) -> None:
    written(deliveries, urgent=True)
    (waiting,) = deliveries.waiting(1000.0)
    assert deliveries.begin(waiting, 1000.0)
    assert deliveries.fail("m1", ADDRESS, 1005.0)
    deliveries.end("m1", "sent")
    vendor = Vendor([])
    assert run(deliveries, vendor, 1005.0).state == "sent"
    assert len(vendor.sent) == 1


def test_a_carriers_notice_takes_back_nothing_that_waits(deliveries: Deliveries) -> None:
    written(deliveries, urgent=True)
    assert deliveries.fail("m1", "", 1005.0)
    vendor = Vendor([])
    assert run(deliveries, vendor, 1000.0).state == "sent"


def test_an_urgent_text_that_did_not_arrive_goes_out_once_more(deliveries: Deliveries) -> None:
    written(deliveries, urgent=True)
    vendor = Vendor([])
    run(deliveries, vendor, 1000.0)
    assert [deliveries.fail("m1", ADDRESS, 1005.0), deliveries.fail("m1", ADDRESS, 1005.0)] == [True, False]
    assert run(deliveries, vendor, 1004.0, 1005.0, 1100.0).state == "sent"
    assert len(vendor.sent) == 2


def test_an_ordinary_text_that_did_not_arrive_is_left(deliveries: Deliveries) -> None:
    written(deliveries)
    assert not deliveries.fail("m1", ADDRESS, 1005.0)


def test_an_urgent_text_that_the_vendor_will_not_take_alerts(deliveries: Deliveries) -> None:
    written(deliveries, urgent=True)
    labels = {"gateway": "telnyx"}
    before = REGISTRY.get_sample_value("hai_faq_urgent_texts_failed_total", labels) or 0.0
    run(deliveries, Vendor(["rejected"]), 1000.0)
    assert REGISTRY.get_sample_value("hai_faq_urgent_texts_failed_total", labels) == before + 1


def failed() -> float:
    return REGISTRY.get_sample_value("hai_faq_urgent_texts_failed_total", {"gateway": "telnyx"}) or 0.0


@pytest.mark.parametrize(("outcome", "urgent"), [("sent", True), ("rejected", False)])
def test_what_was_sent_and_an_ordinary_text_that_was_not_alert_nobody(
    deliveries: Deliveries, outcome: Outcome, urgent: bool
) -> None:
    written(deliveries, urgent)
    before = failed()
    run(deliveries, Vendor([outcome]), 1000.0)
    assert failed() == before


def test_more_refused_replies_than_are_sent_at_once_are_all_given_up_in_the_end(deliveries: Deliveries) -> None:
    for number in range(2 * MOST_AT_ONCE + 5):
        claimed, _ = deliveries.claim(f"r{number}", "party", "digest", 1000.0, 1000.0)
        deliveries.replied(replace(claimed, reply="hello", urgent=True), ADDRESS, 1000.0)
    clock, before = Clock(), failed()
    outbox = Outbox(deliveries, {"telnyx": Vendor(["refused"] * 9_999)}, NUMBERS, clock, timer=clock)
    for _ in range(int(sum(PAUSES)) + 10):
        clock.now += 1
        asyncio.run(outbox.send_waiting())
    assert failed() - before == 2 * MOST_AT_ONCE + 5


def test_a_gateway_that_this_process_does_not_know_yet_is_tried_again(deliveries: Deliveries) -> None:
    written(deliveries)
    asyncio.run(Outbox(deliveries, {}, NUMBERS, lambda: 1000.0).send_waiting())
    vendor = Vendor([])
    assert run(deliveries, vendor, 1001.0).state == "sent"


def test_an_address_under_a_key_that_is_gone_is_given_up(deliveries: Deliveries) -> None:
    written(deliveries)
    outbox = Outbox(deliveries, {"telnyx": Vendor([])}, Numbers(("m" * 32,)), lambda: 1000.0)
    asyncio.run(outbox.send_waiting())
    assert [kept.state for kept in deliveries.last("party", 0.0)] == ["unknown"]


@pytest.mark.parametrize(
    ("outcomes", "times", "alerts"),
    [([], 1, 0), (["rejected"], 1, 1), (["refused", "unknown", "sent"], 3, 0), (["refused"] * 99, len(PAUSES) + 1, 1)],
)
def test_an_urgent_text_that_no_store_could_keep_is_sent_as_long_as_one_that_was_kept(
    deliveries: Deliveries, outcomes: list[Outcome], times: int, alerts: int
) -> None:
    paused: list[float] = []

    async def pause(seconds: float) -> None:
        paused.append(seconds)

    vendor, before = Vendor(outcomes), failed()
    outbox = Outbox(deliveries, {"telnyx": vendor}, NUMBERS, lambda: 0.0, sleep=pause)
    asyncio.run(outbox.send_unkept(ADDRESS, "Call 911."))
    assert vendor.sent == [("+12155550100", "+12155550123", "Call 911.")] * times
    assert (paused, failed() - before) == ([0.0, *PAUSES][:times], alerts)


async def until(looks: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not looks():
            await asyncio.sleep(0.01)


def test_an_outbox_that_was_woken_sleeps_again(deliveries: Deliveries) -> None:
    looks: list[float] = []

    def clock() -> float:
        looks.append(1000.0)
        return 1000.0

    async def work() -> None:
        outbox = Outbox(deliveries, {"telnyx": Vendor([])}, NUMBERS, clock)
        outbox.wake()
        running = asyncio.create_task(outbox.run())
        await asyncio.sleep(0.5)
        running.cancel()

    asyncio.run(work())
    assert 2 <= len(looks) < 10  # hundreds where it went round and round


def test_the_outbox_sweeps_sends_what_waits_and_goes_on_after_a_fault(deliveries: Deliveries) -> None:
    class Faulty(Vendor):
        async def send(self, sender: str, recipient: str, text: str, reply_id: str) -> Outcome:
            await super().send(sender, recipient, text, reply_id)
            raise RuntimeError

    async def work() -> None:
        deliveries.claim("old", "party", "digest", -2e6, -2e6)
        written(deliveries)
        vendor = Faulty([])
        outbox = Outbox(deliveries, {"telnyx": vendor}, NUMBERS, lambda: 1000.0)
        running = asyncio.create_task(outbox.run())
        await until(lambda: len(vendor.sent) == 1)
        assert deliveries.find("old") is None
        claimed, _ = deliveries.claim("m2", "party", "digest", 1000.0, 1000.0)
        deliveries.replied(replace(claimed, reply="second"), ADDRESS, 1000.0)
        outbox.wake()
        await until(lambda: len(vendor.sent) == 2)
        assert not running.done()
        running.cancel()

    asyncio.run(work())
