"""Signed-in people of each role, by the one-time link and by an identity provider."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, StorageState, ViewportSize, expect

from app.channels.staff.signin.session_ends import SessionEnds
from app.main import create_app
from app.records.limits import MemoryLimits
from app.settings import Settings
from tests.channels.conftest import Service, Website, settings_for, watched_page
from tests.channels.staff.provider import CLIENT, SECRET, Provider
from tests.channels.test_widget import axe

PHONE: ViewportSize = {"width": 320, "height": 600}
HANDOFFS = (
    {
        "label": "Electrician",
        "topics": ["nc-*"],
        "extension": "4-1200",
        "hours": "8 to 5",
        "after_hours": "Ring the bell.",
    },
    {"label": "Nurse", "extension": "4-1300"},
)


@pytest.fixture
def staffed(settings: Settings) -> Settings:
    return Settings.model_validate({**settings.model_dump(), "handoffs": HANDOFFS, "oncall_line": "555-0199"})


@pytest.fixture
def links() -> list[str]:
    """What the console shows: the last is good."""
    return []


@pytest.fixture
def outsider(staffed: Settings, links: list[str]) -> Iterator[TestClient]:
    """Not signed in."""
    with TestClient(create_app(staffed, announce=links.append), follow_redirects=False) as client:
        yield client


@pytest.fixture
def curator(outsider: TestClient, links: list[str]) -> TestClient:
    """Signed in by the link, which lets one do everything."""
    assert outsider.get(path_of(links[-1])).status_code == 303
    return outsider


def path_of(link: str) -> str:
    return re.sub(r"https?://[^/]+", "", link)


def pass_time(client: TestClient | Service, minutes: float) -> None:
    """For the service it is later."""
    answering = client.app.state.services.answering  # type: ignore[attr-defined]
    before = answering.clock
    object.__setattr__(answering, "clock", lambda: before() + timedelta(minutes=minutes))


def read_at_once(client: TestClient | Service) -> None:
    """What other replicas have ended is asked for with every request, however long that takes; and everyone may sign
    in as often as the tests do.
    """
    staff = client.app.state.staff  # type: ignore[attr-defined]
    clock = map(float, itertools.count(step=10))
    ends = SessionEnds(staff.ends._store, lambda: next(clock), patience=60.0)
    client.app.state.staff = replace(staff, ends=ends, sign_in_limits=MemoryLimits(1e6))  # type: ignore[attr-defined]


def csrf_of(client: TestClient) -> str:
    found = re.search(r'name="csrf" value="([\w-]+)"', client.get("/staff").text)
    assert found
    return found[1]


@pytest.fixture(scope="session")
def identity() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(identity: Provider) -> Provider:
    identity.claims, identity.wrong, identity.sign_with = (
        {"email": "ann@example.org", "roles": ["lookup"]},
        {},
        identity.key,
    )
    identity.write = identity.signed
    identity.is_down, identity.signed_in, identity.key_id, identity.keys_take = False, True, "one", 0.0
    identity.refused.clear()
    return identity


@pytest.fixture
def by_provider(staffed: Settings, provider: Provider) -> Settings:
    settings = staffed.model_dump() | {
        "secret": "a9" * 20,
        "public_url": "http://testserver",
        "oidc_issuer": provider.url,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
    }
    return Settings.model_validate(settings)


@pytest.fixture
def hospital(by_provider: Settings) -> Iterator[TestClient]:
    """The service of a hospital with an identity provider; nobody has signed in."""
    with TestClient(create_app(by_provider), follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory, cache: Path, website: Website) -> Iterator[Service]:
    """A service with staff; `links` holds the one-time links that its console shows."""
    settings = settings_for(tmp_path_factory.mktemp("counter"), cache, website, "doctor")
    service = Service(type(settings).model_validate(settings.model_dump() | {"handoffs": HANDOFFS}))
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def session(browser: Browser, counter: Service) -> StorageState:
    """The cookies of one sign-in, since more than a few in a minute are refused."""
    context = browser.new_context()
    context.new_page().goto(counter.link())
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(params=["light", "dark"])
def phone(request: pytest.FixtureRequest, browser: Browser, session: StorageState) -> Iterator[Page]:
    """A signed-in tab as narrow as a telephone, in each scheme of colours."""
    page = browser.new_page(color_scheme=request.param, viewport=PHONE, storage_state=session)
    yield page
    page.close()


def check_on_phone(page: Page) -> None:
    """Nothing keeps anybody from the page, and nothing of it lies beside the screen."""
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.fixture
def desk(browser: Browser, counter: Service, session: StorageState) -> Iterator[Page]:
    """A signed-in tab at the look-up."""
    context = browser.new_context(viewport={"width": 1000, "height": 800}, storage_state=session)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    with watched_page(context) as page:
        page.goto(f"{counter.url}/staff")
        expect(page.get_by_label("What is asked?")).to_be_focused()
        yield page
