import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from app import __version__
from app.channels.api_models import ReplyOut
from app.content import schema
from app.dialogue.knowledge import Knowledge
from app.main import create_app
from app.settings import Settings
from tests.channels.conftest import stand_still
from tests.conftest import GUIDE, give_form, seal


def ask(client: TestClient, text: str, conversation: str | None = None) -> dict[str, Any]:
    response = client.post("/v1/messages", json={"text": text, "conversation_id": conversation})
    assert response.status_code == 200
    reply: dict[str, Any] = response.json()
    return reply


def test_a_question_gets_the_answer_its_seal_and_source(client: TestClient) -> None:
    reply = ask(client, "what color is the lamp")
    (answer,) = reply["answers"]
    assert (reply["kind"], answer["id"], answer["seal"]["by"]) == ("answer", "lamp-color", "Dr. Test")
    assert answer["sources"][0]["url"] == "https://example.org/lamp"


def test_a_conversation_goes_on_by_its_id(client: TestClient) -> None:
    first = ask(client, "hello")
    assert first["conversation_id"].startswith("api-")
    assert ask(client, "i cant breathe", first["conversation_id"])["conversation_id"] == first["conversation_id"]
    assert ask(client, "ok", first["conversation_id"])["intent"]["id"] == "emergency"


@pytest.mark.parametrize("conversation", ["unknown", "", "api-" + "x" * 5000, "web-abc", "é"])
def test_an_unknown_conversation_is_never_an_error(client: TestClient, conversation: str) -> None:
    assert ask(client, "hello", conversation)["conversation_id"] != conversation


@pytest.mark.parametrize("text", ["", "   ", "\n", "?", "\u200b"])
def test_a_text_without_words_gets_a_calm_script(client: TestClient, text: str) -> None:
    assert ask(client, text)["intent"]["id"] == "unclear"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"", 422),
        (b"null", 422),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"text": 5}', 422),
        (b'{"text": null}', 422),
        (b'{"text": "a", "conversation_id": 5}', 422),
        (b'{"text": "\xff"}', 400),
        (json.dumps({"text": "a" * 20_001}).encode(), 413),
        (b" " * 300_000, 413),
    ],
)
def test_a_bad_body_is_a_problem_with_help(client: TestClient, body: bytes, status: int) -> None:
    response = client.post("/v1/messages", content=body, headers={"content-type": "application/json"})
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert set(problem) == {"type", "title", "status", "detail", "help"}
    assert (problem["status"], problem["help"]) == (status, "In an emergency call 911.")


def test_a_lone_surrogate_is_no_server_error(client: TestClient) -> None:
    response = client.post("/v1/messages", content=b'{"text": "\\ud800 lamp"}')
    assert response.status_code < 500


def test_danger_in_a_long_text_is_still_caught(client: TestClient) -> None:
    assert ask(client, "the lamp is nice. " * 500 + "i cant breathe")["intent"]["id"] == "emergency"
    assert ask(client, "the lamp is nice. " * 500)["intent"]["id"] == "too-long"


def test_danger_passes_a_limit_that_others_meet(settings: Settings) -> None:
    limited = settings.model_copy(update={"messages_per_second": 1.0, "trusted_proxies": ("testclient",)})
    with TestClient(create_app(limited), headers={"x-forwarded-for": "10.0.0.9"}) as client:
        assert stand_still(client, "limits").rate == 1.0
        assert client.post("/v1/messages", json={"text": "lamp"}).status_code == 200
        refused = client.post("/v1/messages", json={"text": "lamp"})
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        assert ask(client, "i cant breathe")["urgent"]


def test_search_finds_from_the_first_letters(client: TestClient) -> None:
    found = client.post("/v1/search", json={"text": "what kind of bu", "limit": 3}).json()
    assert found["results"][0]["id"] == "lamp-bulb"
    assert found["urgent"] is None


def test_search_says_why_to_signed_in_staff_only(settings: Settings) -> None:
    links: list[str] = []
    with TestClient(create_app(settings, announce=links.append)) as client:
        asked = {"text": "what kind of bulb"}
        assert client.post("/v1/search", json=asked).json()["results"][0]["why"] is None
        client.get(f"/staff/link?{links[-1].split('?')[1]}")
        why = client.post("/v1/search", json=asked).json()["results"][0]["why"]
    assert "bulb" in why["words"]


def test_details_are_for_operators_only(settings: Settings) -> None:
    token = SecretStr("b7" * 20)
    with TestClient(create_app(settings.model_copy(update={"metrics_token": token}))) as client:
        through_a_proxy = {"x-forwarded-for": "203.0.113.9"}
        assert client.get("/metrics", headers=through_a_proxy).status_code == 404
        assert client.get("/readyz", headers=through_a_proxy).json()["details"] is None
        wrong, right = ({"authorization": f"Bearer {each}"} | through_a_proxy for each in ("b7", "b7" * 20))
        assert client.get("/metrics", headers=wrong).status_code == 404
        assert client.get("/metrics", headers=right).status_code == 200
        assert client.get("/readyz", headers=right).json()["details"]["served"] == 6


def test_over_tls_browsers_are_told_to_stay_with_it(settings: Settings) -> None:
    name = "strict-transport-security"
    with TestClient(create_app(settings.model_copy(update={"public_url": "https://faq.example"}))) as client:
        assert client.get("/faq").headers[name] == "max-age=31536000"
    with TestClient(create_app(settings)) as client:
        assert name not in client.get("/faq").headers


def test_search_puts_danger_above_everything(client: TestClient) -> None:
    found = client.post("/v1/search", json={"text": "caller cant breathe"}).json()
    assert found["urgent"] == {"tier": "emergency", "doubt": False, "text": "The emergency-staff text."}


def test_search_shows_the_safety_notice_where_danger_could_not_be_checked(
    settings: Settings, unchecked: Knowledge
) -> None:
    with TestClient(create_app(settings, unchecked)) as client:
        found = client.post("/v1/search", json={"text": "what kind of bulb"}).json()
    assert found["urgent"] == {"tier": "safety-notice", "doubt": False, "text": "In an emergency call 911."}
    assert found["results"][0]["id"] == "lamp-bulb"


def test_entries_are_listed_and_shown(client: TestClient) -> None:
    listed = client.get("/v1/entries").json()
    assert len(listed["entries"]) == 6
    assert client.get("/v1/entries/lamp-hours").json()["question"] == "When may the lamp be on?"
    assert client.get("/v1/entries/nothing").status_code == 404


def test_a_refusal_tells_whom_to_call_by_line_and_never_by_extension(settings: Settings) -> None:
    billing = {"label": "Billing", "topics": ["nc-price"], "extension": "4-1200", "line": "215-555-0120"}
    values = settings.model_dump() | {"handoffs": [billing], "contact_url": "https://hospital.example/chat"}
    with TestClient(create_app(Settings.model_validate(values))) as client:
        refused = client.post("/v1/messages", json={"text": "how much is the lamp"})
        welcome = client.get("/v1/welcome").json()
    url = {"hours": None, "url": "https://hospital.example/chat"}
    assert refused.json()["contact"] == {"label": "Billing", "line": "215-555-0120", **url}
    assert welcome["contact"] == {"label": None, "line": "555-0100", **url}
    assert "4-1200" not in refused.text


def test_an_answer_has_no_contact_and_is_no_feeling(client: TestClient) -> None:
    answer = client.post("/v1/messages", json={"text": "what color is the lamp"}).json()
    assert (answer["contact"], answer["feelings"]) == (None, False)


def test_welcome_says_what_to_show_first(client: TestClient) -> None:
    welcome = client.get("/v1/welcome").json()
    assert welcome["text"] == "Hello. In an emergency call 911."
    assert set(welcome["lines"]) == set(schema.PLACEHOLDERS)
    assert len(welcome["suggestions"]) == 3


def test_welcome_is_in_the_language_asked_for_as_far_as_it_is_approved_in_it(client: TestClient) -> None:
    welcome = client.get("/v1/welcome?lang=es-MX").json()
    assert (welcome["text"], welcome["offline"]) == ("The Spanish welcome. 911.", "The offline text.")
    assert welcome["languages"] == {"text": "es", "offline": None, "banner": None, "notice": "es"}
    offered = {option["id"]: option["language"] for option in welcome["suggestions"]}
    assert (offered["lamp-place"], offered["lamp-color"]) == ("es", None)


@pytest.mark.parametrize("lang", ["", "en", "fr", "ru", "x" * 1000, "es%00", "%F0%9F%99%82"])
def test_welcome_in_a_language_that_is_not_there_is_the_english_one(client: TestClient, lang: str) -> None:
    assert client.get(f"/v1/welcome?lang={lang}").json() == client.get("/v1/welcome").json()


def test_a_demonstration_is_bannered_in_the_language_asked_for(settings: Settings) -> None:
    seal(settings.content_dir, "demo")
    with TestClient(create_app(settings)) as client:
        welcome = client.get("/v1/welcome?lang=es").json()
        reply = client.post("/v1/messages", json={"text": "hi", "language": "es"}).json()
    assert (welcome["banner"], welcome["languages"]["banner"]) == ("The Spanish banner.", "es")
    assert reply["text"] == "The Spanish banner.\n\nThe Spanish greeting."


def test_content_and_code_say_which_they_are(client: TestClient) -> None:
    assert client.get("/openapi.json").json()["info"]["version"] == __version__
    answered = ask(client, "what color is the lamp")
    assert client.get("/readyz").json()["content_version"] == answered["content_version"]


def test_probes_answer(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz").json()["details"]
    assert (ready["served"], ready["withheld"], ready["failing_stores"]) == (6, {}, {})
    assert "hai_faq_replies_total" in client.get("/metrics").text


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_answer_head_without_a_body(client: TestClient, path: str) -> None:
    asked = client.head(path)
    assert (asked.status_code, asked.content) == (200, b"")
    assert set(client.post(path).headers["allow"].split(", ")) == {"GET", "HEAD"}
    assert set(client.get("/openapi.json").json()["paths"][path]) == {"get"}


def test_feedback_is_refused_while_the_file_of_the_store_is_gone_and_operators_are_told(
    client: TestClient, tmp_path: Path
) -> None:
    said = client.post("/v1/messages", json={"text": "what color is the lamp"}).json()
    (tmp_path / "test.db").rename(tmp_path / "moved.db")
    refused = client.post("/v1/feedback", json={"message_id": said["message_id"], "verdict": "up"})
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert client.get("/readyz").json()["details"]["failing_stores"]["feedback"].endswith("test.db is gone")
    assert client.post("/v1/messages", json={"text": "what color is the lamp"}).json()["answers"]
    (tmp_path / "moved.db").rename(tmp_path / "test.db")
    assert client.post("/v1/feedback", json={"message_id": said["message_id"], "verdict": "up"}).status_code == 200
    assert "feedback" not in client.get("/readyz").json()["details"]["failing_stores"]


def test_every_error_has_one_shape(client: TestClient) -> None:
    for method, path in (
        ("GET", "/nothing"),
        ("GET", "/v1/messages"),
        ("DELETE", "/v1/entries"),
        ("POST", "/v1/search"),
    ):
        response = client.request(method, path)
        assert response.status_code in (404, 405, 422)
        assert set(response.json()) == {"type", "title", "status", "detail", "help"}


def test_every_response_carries_an_id_and_safe_headers(client: TestClient) -> None:
    headers = client.get("/healthz").headers
    assert len(headers["x-request-id"]) == 16
    assert headers["x-content-type-options"] == "nosniff"


def test_openapi_declares_problems_and_examples(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    post = described["paths"]["/v1/messages"]["post"]
    assert {"200", "400", "413", "422", "429", "503"} <= set(post["responses"])
    assert described["components"]["schemas"]["MessageIn"]["examples"]
    assert "Problem" in described["components"]["schemas"]


def test_a_question_asked_again_is_answered_alike_under_an_id_of_its_own(client: TestClient) -> None:
    first, again = (client.post("/v1/messages", json={"text": "what color is the lamp"}).json() for _ in range(2))
    assert first["text"] == again["text"]
    assert first["message_id"] != again["message_id"]
    assert first["conversation_id"] != again["conversation_id"]


@pytest.mark.parametrize(
    "text", ["what color is the lamp", "bulb color", "how much does the lamp cost", "hello", "no puedo respirar", "¿?"]
)
def test_a_reply_is_what_its_model_writes_also_the_second_time(client: TestClient, text: str) -> None:
    for _ in range(2):
        written = client.post("/v1/messages", json={"text": text}).content
        assert ReplyOut.model_validate_json(written).model_dump_json().encode() == written


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "application/hal+json"])
def test_json_by_another_name_is_read_too(client: TestClient, content_type: str) -> None:
    body = json.dumps({"text": "what color is the lamp"}).encode("utf-16")
    response = client.post("/v1/messages", content=body, headers={"content-type": content_type})
    assert response.json()["kind"] == "answer"


def test_feedback_is_kept_and_said_back(client: TestClient) -> None:
    given = {"message_id": ask(client, "what color is the lamp")["message_id"], "verdict": "down", "reason": None}
    for _ in range(2):
        response = client.post("/v1/feedback", json=given)
        assert (response.status_code, response.json()) == (200, given)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"message_id": "made-up"}, 404),
        ({"message_id": "x" * 301}, 422),
        ({"verdict": "maybe"}, 422),
        ({"verdict": "down", "reason": "because I say so"}, 422),
        ({"verdict": "up", "reason": "not-clear"}, 422),
    ],
)
def test_feedback_that_fits_no_reply_or_no_list_is_a_problem(
    client: TestClient, change: dict[str, str], status: int
) -> None:
    given = {"message_id": ask(client, "lamp")["message_id"], "verdict": "up"} | change
    assert client.post("/v1/feedback", json=given).status_code == status


def test_a_store_that_is_down_costs_the_feedback_and_no_answer(settings: Settings, tmp_path: Path) -> None:
    broken = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}"})
    with TestClient(create_app(broken)) as client:
        reply = ask(client, "what color is the lamp")
        response = client.post("/v1/feedback", json={"message_id": reply["message_id"], "verdict": "up"})
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert reply["kind"] == "answer"


def test_a_reply_says_its_language_and_the_widget_its_channel(client: TestClient) -> None:
    assert ask(client, "what color is the lamp")["language"] is None
    assert ask(client, "no puedo respirar")["language"] == "es"
    reply = client.post("/v1/messages", json={"text": "lamp", "channel": "web"}).json()
    assert reply["conversation_id"].startswith("web-")


def test_a_reply_is_in_the_language_preferred_and_each_text_says_its_own(client: TestClient) -> None:
    def say(text: str, language: str | None) -> dict[str, Any]:
        reply: dict[str, Any] = client.post("/v1/messages", json={"text": text, "language": language}).json()
        return reply

    assert say("lamp-place", "es-US")["answers"][0]["language"] == "es"
    assert say("lamp-place", None)["answers"][0]["language"] is None
    reply = say("lamp-color", "es")
    assert (reply["language"], reply["answers"][0]["language"]) == (None, None)
    assert [option["language"] for option in reply["suggestions"]] == [None, "es"]
    assert say("lamp-place", "tlh")["text"] == say("lamp-place", None)["text"]


def test_only_named_origins_may_read_replies(settings: Settings) -> None:
    allowed = "https://www.hospital.example"
    preflight = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    with TestClient(create_app(settings.model_copy(update={"allowed_origins": (allowed,)}))) as client:
        for origin, expected in ((allowed, allowed), ("https://elsewhere.example", None)):
            headers = {"origin": origin, **preflight}
            assert (
                client.options("/v1/messages", headers=headers).headers.get("access-control-allow-origin") == expected
            )
            simple = client.get("/v1/welcome", headers={"origin": origin})
            assert simple.headers.get("access-control-allow-origin") == expected
            assert "access-control-allow-credentials" not in simple.headers


def test_an_answer_with_a_form_is_given_as_plain_text_and_in_blocks(settings: Settings) -> None:
    give_form(settings.content_dir)
    values = settings.model_dump() | {"link_hosts": ["www.hospital.example"]}
    with TestClient(create_app(Settings.model_validate(values))) as client:
        reply = client.post("/v1/messages", json={"text": "what kind of bulb does the lamp have"}).json()
        entry = client.get("/v1/entries/lamp-bulb").json()
    (answer,) = reply["answers"]
    assert answer["text"].startswith(
        f"The lamp has a small bulb. To change it:\n\n- Read the guide ({GUIDE}) & look\n- Ask"
    )
    assert reply["text"].startswith(answer["text"])
    plain = {"bold": False, "href": None}
    assert answer["blocks"][1] == {
        "list": "ul",
        "items": [
            [
                {"text": "Read ", **plain},
                {"text": "the guide", "bold": False, "href": GUIDE},
                {"text": " & look", **plain},
            ],
            [{"text": "Ask its maker", **plain}],
        ],
    }
    assert (entry["text"], entry["blocks"]) == (answer["text"], answer["blocks"])
