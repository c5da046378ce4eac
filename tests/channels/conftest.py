"""A real service, a hospital's website on another origin, and a real browser."""

import contextlib
import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

import pytest
import uvicorn
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app.channels.http.protocol import HardenedProtocol
from app.content import schema
from app.dialogue.knowledge import Knowledge
from app.dialogue.urgent import Urgency, UrgentCheck
from app.main import create_app
from app.records.limits import MemoryLimits
from app.settings import Settings
from tests.conftest import FIXTURE, seal


class BrokenCheck:
    """A danger check that fails on every text."""

    def assess(self, *_: object) -> Urgency:
        raise RuntimeError


@pytest.fixture
def unchecked(knowledge: Knowledge) -> Knowledge:
    """The fixture's knowledge, whose danger check fails, with the site's lines as settings give them."""
    site = {**dict.fromkeys(schema.PLACEHOLDERS), **knowledge.approved.site}
    approved = replace(knowledge.approved, site=site)
    return replace(knowledge, urgent=cast(UrgentCheck, BrokenCheck()), approved=approved)


class Service:
    """The service on a port of its own; it can be stopped and started again."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.links: list[str] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.app = create_app(self.settings, announce=self.links.append)
        config = uvicorn.Config(
            self.app, port=self.port, http=HardenedProtocol, log_config=None, timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def link(self) -> str:
        """Signs staff in, once."""
        return self.links[-1].replace(f":{self.settings.port}/", f":{self.port}/")

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


class Website:
    """A hospital's website that allows the service's origin and nothing else."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.policy = ""
        self.broken: list[str] = []
        website = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = website.pages.get(self.path)
                self.send_response(200 if page is not None else 404)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.send_header("content-security-policy", website.policy)
                self.end_headers()
                self.wfile.write((page or "").encode())

            def do_POST(self) -> None:
                """Notes what a browser reports of a page that broke the policy."""
                report = json.loads(self.rfile.read(int(self.headers["content-length"])))["csp-report"]
                website.broken.append("{effective-directive} {blocked-uri}".format_map(report))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @cached_property
    def elsewhere(self) -> str:
        """The same pages under an origin that the service was not told of."""
        return f"http://localhost:{self.port}"

    def allow(self, service: str) -> None:
        self.policy = (
            f"default-src 'none'; script-src {service}; connect-src {service}; base-uri 'none'; form-action 'none'; "
            "require-trusted-types-for 'script'; trusted-types 'none'; report-uri /broken"
        )

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def stand_still(client: TestClient, limit: str) -> MemoryLimits:
    """Returns this limit of the answering as it was set up, and puts one in its place for which no time passes."""
    answering = client.app.state.services.answering  # type: ignore[attr-defined]
    limits: MemoryLimits = getattr(answering, limit)
    object.__setattr__(answering, limit, MemoryLimits(limits.rate, burst=limits.burst, clock=lambda: 0.0))
    return limits


def page_with(body: str, language: str = "en") -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Ward</title>'
        '<meta name="viewport" content="width=device-width"></head>'
        f"<body><main><h1>Our ward</h1><p><a href='/other'>Other page</a></p></main>{body}</body></html>"
    )


@pytest.fixture(scope="session")
def website() -> Iterator[Website]:
    website = Website()
    yield website
    website.stop()


def settings_for(tmp: Path, cache: Path, website: Website, role: str) -> Settings:
    shutil.copytree(FIXTURE, tmp / "content")
    seal(tmp / "content", role)
    return Settings(
        _env_file=None,
        content_dir=tmp / "content",
        cache_dir=cache,
        database_url=f"sqlite:///{tmp / 'test.db'}",
        phone_line="555-0100",
        oncall_line="555-0199",
        risk=0.05,
        secret="a9" * 20,
        allowed_origins=(website.url,),
    )


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, cache: Path, website: Website) -> Iterator[Service]:
    service = Service(settings_for(tmp_path_factory.mktemp("service"), cache, website, "doctor"))
    service.start()
    website.allow(service.url)
    line = f'<script async src="{service.url}/widget.js"></script>'
    website.pages |= {"/": page_with(line), "/other": page_with(line)}
    yield service
    service.stop()


@contextlib.contextmanager
def serving(own: Service, website: Website, service: Service, path: str) -> Iterator[Service]:
    """Run another service on a page of the website, whose pages belong to the shared one again afterwards."""
    own.start()
    website.allow(own.url)
    website.pages[path] = page_with(f'<script async src="{own.url}/widget.js"></script>')
    yield own
    website.allow(service.url)
    own.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One a module: as long as it runs, its event loop lets no other run in this thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@contextlib.contextmanager
def watched_page(context: BrowserContext) -> Iterator[Page]:
    """Yields a page, and fails where it has broken the policy or thrown by the end."""
    context.set_default_timeout(5_000)
    context.add_init_script(
        "window.broken = []; addEventListener('securitypolicyviolation', (e) => broken.push(e.violatedDirective));"
    )
    page = context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    yield page
    assert page.evaluate("window.broken ?? []") == []
    assert thrown == []
    context.close()


@pytest.fixture
def page(browser: Browser, service: Service, website: Website) -> Iterator[Page]:
    """A tab of its own."""
    context = browser.new_context(viewport={"width": 1000, "height": 800})
    with watched_page(context) as page:
        yield page
