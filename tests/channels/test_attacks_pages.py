"""What a browser can be made to do, and what a text can be made to be: docs/SECURITY-TRIALS.md."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page

from app.main import create_app
from app.settings import Settings
from tests.channels.conftest import Service, Website, page_with

SCRIPTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><svg onload=alert(1)>",
    "{{ 7 * 191 }}{% for x in y %}",
    "${7*191}#{7*191}",
    "javascript:alert(1)",
    "'; drop table feedback; --",
)
TYPED = "zq7zq7"
"""What is looked for in all that comes back."""


@pytest.mark.parametrize("text", SCRIPTS)
def test_what_is_typed_is_shown_as_text(client: TestClient, text: str) -> None:
    shown = client.post("/ask", data={"text": text, "conversation_id": text})
    assert shown.status_code == 200
    for tag in ("<script>alert", "<img", "<svg onload", "1337"):
        assert tag not in shown.text


@pytest.mark.parametrize("host", ['evil"><script>alert(1)</script>', "evil.example/x?", "a b", "evil.example:99999999"])
def test_a_made_up_host_stays_text_and_is_not_kept(client: TestClient, host: str) -> None:
    shown = client.get("/embed", headers={"host": host})
    assert shown.status_code in (200, 400)
    assert "<script>alert" not in shown.text
    assert shown.headers["cache-control"] == "no-store"


def test_the_line_to_copy_names_the_public_address_whatever_host_was_asked(settings: Settings) -> None:
    public = settings.model_copy(update={"public_url": "https://faq.hospital.example/"})
    with TestClient(create_app(public)) as client:
        shown = client.get("/embed", headers={"host": "evil.example"}).text
    assert "https://faq.hospital.example/widget.js" in shown
    assert "evil.example" not in shown


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc/passwd",
        "/widget.js/../../main.py",
        "/static/../app/main.py",
        "/faq/../../faq.lock",
        "/faq.yaml",
        "/.env",
        "/.git/config",
        "/var/hai-faq.db",
        "/widget.js%00.css",
        "/v1/entries/..%2f..%2fetc%2fpasswd",
        "//evil.example/%2f..",
    ],
)
def test_no_path_leads_to_a_file_or_elsewhere(client: TestClient, path: str) -> None:
    found = client.get(path, follow_redirects=False)
    assert found.status_code == 404
    assert "location" not in found.headers


@pytest.mark.parametrize(
    "origin", ["null", "https://evil.example", "http://testserver.evil.example", "https://www.hospital.example.evil.example",
               "https://www.hospital.example:444", "http://www.hospital.example", "*", "file://"]
)  # fmt: skip
def test_no_other_origin_reads_replies(settings: Settings, origin: str) -> None:
    allowed = settings.model_copy(update={"allowed_origins": ("https://www.hospital.example",)})
    with TestClient(create_app(allowed)) as client:
        for reply in (
            client.get("/v1/welcome", headers={"origin": origin}),
            client.options("/v1/messages", headers={"origin": origin, "access-control-request-method": "POST"}),
        ):
            assert "access-control-allow-origin" not in reply.headers
            assert "access-control-allow-credentials" not in reply.headers
            assert "origin" in reply.headers["vary"].lower()


@pytest.mark.parametrize("header", ["x-http-method-override", "x-method-override", "x-original-url", "x-rewrite-url"])
def test_no_header_makes_a_request_another(client: TestClient, header: str) -> None:
    assert client.get("/healthz", headers={header: "POST"}).json() == {"status": "ok"}
    assert client.get("/v1/messages", headers={header: "POST"}).status_code == 405
    assert client.get("/healthz", headers={header: "/metrics"}).json() == {"status": "ok"}


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip"])
def test_metrics_are_closed_through_a_proxy(client: TestClient, header: str) -> None:
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404
    assert client.get("/readyz", headers={header: "127.0.0.1"}).json()["details"] is None


def test_a_host_that_leads_here_opens_no_metrics(client: TestClient) -> None:
    assert client.get("/metrics", headers={"host": "evil.example"}).status_code == 404


@pytest.mark.parametrize("depth", [1_000, 100_000])
def test_deep_json_is_a_bad_body(client: TestClient, depth: int) -> None:
    for path in ("/v1/messages", "/v1/feedback", "/webhooks/rest/webhook"):
        assert client.post(path, content=b"[" * depth, headers={"content-type": "application/json"}).status_code == 400


FOREIGN = [
    {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    {"origin": "https://evil.example"},
    {"origin": "null", "sec-fetch-site": "cross-site"},
    {"origin": "null"},
    {"origin": "http://testserver.evil.example"},
    {"origin": "http://evil.testserver", "sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site"},
]
OWN = [
    {},
    {"sec-fetch-site": "none"},
    {"origin": "http://testserver"},
    {"origin": "https://faq.hospital.example"},
    {"origin": "null", "sec-fetch-site": "same-origin"},
]


def conversation_of(page: str) -> str:
    found = re.search(r'name="conversation_id" value="(web-[\w-]+)"', page)
    assert found
    return found[1]


@pytest.fixture
def known(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings.model_copy(update={"public_url": "https://faq.hospital.example"}))) as client:
        yield client


def test_a_conversation_that_another_website_posts_tells_it_nothing(known: TestClient) -> None:
    for headers in FOREIGN:
        theirs = known.post("/v1/messages", json={"text": "what color is the lamp", "channel": "web"}).json()
        again = {"text": "can you repeat that", "channel": "web", "conversation_id": theirs["conversation_id"]}
        planted = {"text": "hello", "conversation_id": theirs["conversation_id"]}
        own = conversation_of(known.post("/ask", data=planted, headers=headers).text)
        known.post("/ask", data={"text": "i want to kill myself", "conversation_id": own})
        assert own != theirs["conversation_id"], headers
        assert not known.post("/v1/messages", json=again).json()["urgent"], headers


def test_danger_that_another_website_posts_is_answered(known: TestClient) -> None:
    for headers in FOREIGN:
        page = known.post("/ask", data={"text": "i cant breathe", "conversation_id": "web-x"}, headers=headers).text
        assert page.index('role="alert"') < page.index('Call <a href="tel:911">911</a> now.'), headers


def test_our_own_page_goes_on_with_its_conversation(known: TestClient) -> None:
    for headers in OWN:
        first = conversation_of(known.post("/ask", data={"text": "bulb color"}, headers=headers).text)
        second = known.post("/ask", data={"text": "lamp", "conversation_id": first}, headers=headers).text
        assert conversation_of(second) == first, headers


@pytest.mark.parametrize("type_", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_no_form_of_another_website_reaches_the_api(client: TestClient, type_: str | None) -> None:
    headers = {"origin": "https://evil.example"} | ({"content-type": type_} if type_ else {})
    for path in ("/v1/messages", "/v1/feedback", "/v1/search", "/webhooks/rest/webhook"):
        assert client.post(path, content=b'{"text": "lamp", "message": "lamp"}', headers=headers).status_code == 422


def test_a_browser_tells_our_own_form_from_that_of_another_website(
    page: Page, service: Service, website: Website
) -> None:
    page.goto(f"{service.url}/ask")
    page.get_by_label("Your question").fill("lamp")
    with page.expect_request("**/ask") as sent:
        page.get_by_role("button", name="Send").click()
    assert sent.value.all_headers()["origin"] == service.url
    own = conversation_of(page.content())
    fields = (
        f'<input name="conversation_id" value="{own}"><input name="text" value="i cant breathe"><button>Go</button>'
    )
    website.pages["/evil"] = page_with(f'<form method="post" action="{service.url}/ask">{fields}</form>')
    website.policy, policy = f"form-action {service.url}", website.policy
    page.goto(f"{website.elsewhere}/evil")
    page.get_by_role("button", name="Go").click()
    website.policy = policy
    assert page.get_by_role("alert").is_visible()
    assert conversation_of(page.content()) != own


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("POST", "/v1/messages", {"text": TYPED, "conversation_id": TYPED}),
        ("POST", "/v1/messages", {"text": TYPED, "channel": TYPED, TYPED: TYPED}),
        ("POST", "/v1/messages", {"text": [TYPED], "conversation_id": {TYPED: TYPED}}),
        ("POST", "/v1/messages", TYPED),
        ("POST", "/v1/search", {"text": TYPED, "limit": TYPED}),
        ("POST", "/v1/feedback", {"message_id": TYPED, "verdict": TYPED, "reason": TYPED}),
        ("POST", "/webhooks/rest/webhook", {"message": TYPED}),
        ("POST", f"/sms/{TYPED}", {"text": TYPED}),
        ("GET", f"/v1/entries/{TYPED}", None),
        ("GET", f"/faq?q={TYPED}", None),
        ("GET", f"/{TYPED}?{TYPED}={TYPED}", None),
        (TYPED.upper(), "/v1/messages", None),
    ],
)
def test_nothing_that_is_typed_comes_back_from_the_api(
    client: TestClient, method: str, path: str, sent: object
) -> None:
    headers = {"origin": f"https://{TYPED}.example", "x-request-id": TYPED, "referer": TYPED}
    answer = client.request(method, path, json=sent, headers=headers)
    assert answer.status_code < 500
    assert TYPED not in f"{answer.text} {answer.headers}".lower()
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/ask", "/faq", "/embed", "/staff/sign-in"])
def test_a_page_loads_nothing_from_elsewhere(client: TestClient, path: str) -> None:
    shown = client.get(path)
    policy = dict(part.strip().split(" ", 1) for part in shown.headers["content-security-policy"].split(";"))
    assert set(policy.values()) == {"'none'", "'self'", "'script'"}
    assert policy["require-trusted-types-for"] == "'script'"
    loaded = re.findall(r"<(?:script|link|img|iframe|source)[^>]+(?:src|href)=\"([^\"]*)", shown.text)
    assert loaded
    assert [address for address in loaded if not re.match(r"/(?!/)", address)] == []
