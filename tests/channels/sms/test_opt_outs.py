import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.channels.sms.generic import signature
from app.records.database import connect
from app.records.opt_out_events import OptOutEvents
from app.settings import Settings
from tests.channels.conftest import Service
from tests.channels.sms.conftest import Phone
from tests.faults.replica import wait_for
from tests.webhook import Webhook

SECRET = "secret-of-the-opt-out-hook-0123456789"


def told_of(hook: Webhook, number: int) -> list[tuple[str, str]]:
    """The events that the webhook took, once there are so many, each signed."""
    heard = hook.wait(number)
    for each in heard:
        assert signature(SECRET, each.headers["x-hai-faq-timestamp"], each.body) == each.headers["x-hai-faq-signature"]
    return [(event["event"], event["number"]) for event in (json.loads(each.body) for each in heard)]


@pytest.fixture
def hook() -> Iterator[Webhook]:
    hook = Webhook(refusal=404)
    yield hook
    hook.stop()


@pytest.fixture
def told(texting: Settings, hook: Webhook, tmp_path: Path) -> Iterator[Phone]:
    """A phone of a service that hands its opt-outs on."""
    own = {"database_url": f"sqlite:///{tmp_path / 'own.db'}"}
    hooked = {"sms_opt_out_webhook": hook.url, "sms_opt_out_secret": SecretStr(SECRET)}
    service = Service(texting.model_copy(update=own | hooked))
    service.start()
    yield Phone(service.url)
    service.stop()


def test_an_opt_out_and_its_end_are_handed_on_at_once(told: Phone, hook: Webhook) -> None:
    told.says("please stop texting me")
    assert told_of(hook, 1) == [("opt-out", told.number)]
    told.says("start")
    assert told_of(hook, 2)[1:] == [("opt-in", told.number)]


def test_one_that_the_gateway_handled_is_handed_on_too(told: Phone, hook: Webhook) -> None:
    told.twilio("arret", OptOutType="STOP")
    assert told_of(hook, 1) == [("opt-out", told.number)]


def test_a_webhook_that_refuses_is_asked_again(told: Phone, hook: Webhook) -> None:
    hook.failures = 1
    told.says("stop")
    assert told_of(hook, 1) == [("opt-out", told.number)]


def test_an_ordinary_message_is_nothing_to_hand_on(told: Phone, hook: Webhook) -> None:
    told.says("what color is the lamp")
    told.says("stop")
    assert told_of(hook, 1) == [("opt-out", told.number)]


def test_of_a_number_only_the_last_wish_is_handed_on(told: Phone, hook: Webhook) -> None:
    hook.failures = 2
    told.says("stop")
    told.says("start")
    assert told_of(hook, 1)[-1] == ("opt-in", told.number)


def test_a_number_that_was_handed_on_is_kept_no_longer(told: Phone, hook: Webhook, tmp_path: Path) -> None:
    told.says("stop")
    assert told_of(hook, 1)
    store = connect(f"sqlite:///{tmp_path / 'own.db'}")
    wait_for("its event is gone", lambda: OptOutEvents(store).waiting(float("inf")) == [], 20)
    store.dispose()
