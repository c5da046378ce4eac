"""What a browser can be made to do, and what a text can be made to be: docs/SECURITY-TRIALS.md."""

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings

SCRIPTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><svg onload=alert(1)>",
    "{{ 7 * 191 }}{% for x in y %}",
    "${7*191}#{7*191}",
    "javascript:alert(1)",
    "'; drop table feedback; --",
)


@pytest.mark.parametrize("text", SCRIPTS)
def test_what_is_typed_is_shown_as_text(client: TestClient, text: str) -> None:
    shown = client.post("/ask", data={"text": text, "conversation_id": text})
    assert shown.status_code == 200
    for tag in ("<script>alert", "<img", "<svg onload", "1337"):
        assert tag not in shown.text


@pytest.mark.parametrize("host", ['evil"><script>alert(1)</script>', "evil.example/x?", "a b", "evil.example:99999999"])
def test_a_made_up_host_stays_text_and_is_not_kept(client: TestClient, host: str) -> None:
    shown = client.get("/", headers={"host": host})
    assert shown.status_code in (200, 400)
    assert "<script>alert" not in shown.text
    assert shown.headers["cache-control"] == "no-store"


def test_the_line_to_copy_names_the_public_address_whatever_host_was_asked(settings: Settings) -> None:
    public = settings.model_copy(update={"public_url": "https://faq.hospital.example/"})
    with TestClient(create_app(public)) as client:
        shown = client.get("/", headers={"host": "evil.example"}).text
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
