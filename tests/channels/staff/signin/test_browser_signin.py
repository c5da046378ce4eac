"""Sign-in by a hospital's identity provider in a real browser, at two replicas over one store."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from app.settings import Settings
from tests.channels.conftest import Service, Website, settings_for
from tests.channels.staff.conftest import PHONE, check_on_phone, pass_time, read_at_once
from tests.channels.staff.provider import CLIENT, SECRET, Provider
from tests.channels.test_widget import axe

Replicas = tuple[Service, Service]


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, cache: Path, website: Website, identity: Provider
) -> Iterator[Replicas]:
    settings = settings_for(tmp_path_factory.mktemp("hospital"), cache, website, "doctor").model_dump()
    replicas = Service(Settings.model_validate(settings)), Service(Settings.model_validate(settings))
    by_provider = {
        "secret": "a9" * 20,
        "public_url": replicas[0].url,
        "oidc_issuer": identity.url,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "staff_ask": "the help desk, extension 4-4357",
    }
    for replica in replicas:
        replica.settings = Settings.model_validate(settings | by_provider)
        replica.start()
        read_at_once(replica)
    yield replicas
    for replica in replicas:
        replica.stop()


@pytest.fixture(autouse=True)
def session_of_provider(provider: Provider) -> None:
    """Each test has one of its own: what one of them ends stays ended."""
    provider.claims = provider.claims | {"sid": secrets.token_urlsafe(8)}


@pytest.fixture
def tab(browser: Browser, running: Replicas, provider: Provider) -> Iterator[Page]:
    """A tab of someone who has just signed in; one cookie is good at both replicas, which differ in their port."""
    context = browser.new_context(viewport={"width": 1000, "height": 800})
    context.set_default_timeout(10_000)
    page = context.new_page()
    broken: list[str] = []
    page.on("console", lambda said: broken.append(said.text) if "Security Policy" in said.text else None)
    page.goto(f"{running[0].url}/staff/sign-in")
    page.get_by_role("link", name="Sign in with your hospital account").click()
    expect(page.get_by_label("What is asked?")).to_be_focused()
    yield page
    assert broken == []
    context.close()


def test_a_role_that_is_given_and_taken_counts_when_a_page_is_opened(
    tab: Page, running: Replicas, provider: Provider
) -> None:
    review = tab.get_by_role("link", name="Review")
    for roles, count in ((["curator"], 1), (["lookup"], 0)):
        provider.claims = provider.claims | {"roles": roles}
        tab.reload()
        expect(review).to_have_count(1 - count)
        pass_time(running[0], 6)
        tab.reload()
        expect(review).to_have_count(count)
    provider.claims = provider.claims | {"roles": []}
    pass_time(running[0], 6)
    tab.reload()
    expect(tab.get_by_text("Your hospital account does not open these pages any more.")).to_be_visible()
    expect(tab.get_by_text("ask the help desk, extension 4-4357")).to_be_visible()


def test_a_form_that_is_sent_while_a_check_is_due_is_done_and_its_page_comes(tab: Page, running: Replicas) -> None:
    """The policy of our pages would stop a form that is redirected to another website."""
    tab.keyboard.type("blub")
    opened = tab.get_by_role("article", name="What kind of bulb does the lamp have?")
    opened.get_by_label("Something wrong?").select_option(label="The answer is wrong")
    pass_time(running[0], 6)
    opened.get_by_role("button", name="Flag it to the owner").click()
    expect(tab.get_by_text("It is on record")).to_be_visible()


def test_typing_goes_on_while_a_check_is_due(tab: Page, running: Replicas) -> None:
    pass_time(running[0], 19)
    tab.keyboard.type("blub")
    expect(tab.get_by_text("A small bulb.").first).to_be_visible()
    pass_time(running[0], 2)
    with tab.expect_navigation():
        tab.keyboard.type(" color", delay=50)
    expect(tab.get_by_label("What is asked?")).to_have_value("blub color")
    expect(tab.get_by_role("option")).to_have_count(2)


def test_an_outage_of_the_provider_shows_nobody_an_error_of_the_browser(
    tab: Page, running: Replicas, provider: Provider
) -> None:
    provider.is_down = True
    pass_time(running[0], 6)
    tab.reload()
    expect(tab.get_by_label("What is asked?")).to_be_focused()
    pass_time(running[0], 16)
    tab.reload()
    expect(tab.get_by_text("could not be reached for a while")).to_be_visible()
    tab.get_by_role("link", name="Sign in with your hospital account").click()
    expect(tab.get_by_text("The hospital's sign-in cannot be reached right now.")).to_be_visible()


def test_a_logout_that_the_provider_tells_one_replica_ends_the_session_at_both(
    tab: Page, running: Replicas, provider: Provider
) -> None:
    here, there = running
    tab.goto(f"{there.url}/staff?entry=lamp-place")
    expect(tab.get_by_role("button", name="Sign out")).to_be_visible()
    tab.goto(f"{here.url}/staff?entry=lamp-place")
    token = {"logout_token": provider.logout_token(sid=provider.claims["sid"])}
    assert httpx2.post(f"{there.url}/staff/back-channel-logout", data=token).status_code == 200
    tab.get_by_label("What is asked?").fill("bulb")
    tab.get_by_role("link", name="Sign in again").click()
    expect(tab.get_by_text("because your hospital account was signed out")).to_be_visible()
    tab.goto(f"{there.url}/staff")
    expect(tab.get_by_role("heading", name="Staff sign-in")).to_be_visible()
    provider.claims = provider.claims | {"sid": secrets.token_urlsafe(8)}
    tab.goto(f"{here.url}/staff?entry=lamp-place")
    tab.get_by_role("link", name="Sign in with your hospital account").click()
    expect(tab.get_by_role("button", name="Sign out")).to_be_visible()
    assert tab.url == f"{here.url}/staff?entry=lamp-place"


def test_signing_out_signs_out_at_the_provider_and_at_both_replicas(
    tab: Page, running: Replicas, provider: Provider
) -> None:
    here, there = running
    cookies = tab.context.cookies()
    tab.get_by_role("button", name="Sign out").click()
    expect(tab.get_by_role("heading", name="Staff sign-in")).to_be_visible()
    assert not provider.signed_in
    tab.context.add_cookies(cookies)  # type: ignore[arg-type]
    for replica in (there, here):
        tab.goto(f"{replica.url}/staff")
        expect(tab.get_by_role("heading", name="Staff sign-in")).to_be_visible()


def test_what_was_typed_is_still_there_when_a_form_comes_too_late(browser: Browser, running: Replicas) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{running[0].url}/staff/sign-in/start")
    page.get_by_label("What is asked?").fill("how much does the lamp cost")
    pass_time(running[0], 31)
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_text("had not been used for 30 minutes")).to_be_visible()
    expect(page.locator("pre")).to_have_text("how much does the lamp cost")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name="Sign in with your hospital account").click()
    expect(page.get_by_label("What is asked?")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, running: Replicas, provider: Provider, scheme: str) -> None:
    provider.claims = provider.claims | {"roles": ["auditor"]}
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light", viewport=PHONE)
    page = context.new_page()
    page.goto(f"{running[0].url}/staff/sign-in/start")
    for path in ("/staff/audit", "/staff/review", "/staff/nothing", "/staff/audit?first=x"):
        page.goto(f"{running[0].url}{path}")
        check_on_phone(page)
    pass_time(running[0], 31)
    page.goto(f"{running[0].url}/staff/audit")
    expect(page.get_by_text("had not been used for 30 minutes")).to_be_visible()
    assert axe(page) == []
    context.close()
