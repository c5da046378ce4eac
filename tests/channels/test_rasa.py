from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.conftest import GUIDE, give_form, seal


def say(client: TestClient, message: str, sender: str | None = "maria") -> list[dict[str, Any]]:
    response = client.post("/webhooks/rest/webhook", json={"sender": sender, "message": message})
    assert response.status_code == 200
    said: list[dict[str, Any]] = response.json()
    return said


def test_an_answer_is_a_message_to_its_sender(client: TestClient) -> None:
    (said,) = say(client, "what color is the lamp")
    assert said["recipient_id"] == "maria"
    assert said["text"] == "The lamp is green.\n\nSource: The Bedside Lamp, Example Ward"
    assert {"title": "Where is the lamp?", "payload": "lamp-place"} in said["buttons"]


def test_several_answers_are_several_messages(client: TestClient) -> None:
    said = say(client, "what color is the lamp? what kind of bulb does the lamp have? what does the lamp cost?")
    texts = [each["text"].split("\n")[0] for each in said]
    assert texts[:2] == ["The lamp is green.", "The lamp has a small bulb."]
    assert texts[2].startswith("No approved text on what the lamp costs.")


def test_a_button_resolves_when_it_is_posted_back(client: TestClient) -> None:
    (said,) = say(client, "bulb color")
    assert said["text"] == "Which one?"
    payloads = {button["title"]: button["payload"] for button in said["buttons"]}
    assert "small bulb" in say(client, payloads["What kind of bulb does the lamp have?"])[0]["text"]
    say(client, "bulb color", "john")
    assert say(client, payloads["None of these"], "john")[0]["text"] == "The none-chosen text."


def test_a_sender_has_one_conversation_and_another_sender_another(client: TestClient) -> None:
    say(client, "i cant breathe")
    assert say(client, "ok")[0]["text"] == "Call 911 now."
    assert say(client, "ok", "john")[0]["text"] == "The acknowledge text."
    assert say(client, "ok", None)[0]["text"] == "The acknowledge text."


def test_a_sender_names_nothing_in_another_channel(client: TestClient) -> None:
    say(client, "i cant breathe")
    reply = client.post("/v1/messages", json={"text": "ok", "conversation_id": "maria"}).json()
    assert reply["intent"]["id"] == "acknowledge"


def test_without_a_sender_one_is_made_that_goes_on(client: TestClient) -> None:
    (said,) = say(client, "i cant breathe", None)
    assert len(said["recipient_id"]) > 20
    assert say(client, "ok", said["recipient_id"])[0]["text"] == "Call 911 now."


@pytest.mark.parametrize(
    "opener", ["/restart", "/session_start", "/get_started", "/greet", ' /restart{"a": "b"}', "/greet@0.9"]
)
def test_what_widgets_send_by_themselves_gets_the_welcome_anew(client: TestClient, opener: str) -> None:
    say(client, "i cant breathe")
    (said,) = say(client, opener)
    assert said["text"].startswith("Hello.")
    assert len(said["buttons"]) == 3
    assert say(client, "ok")[0]["text"] == "The acknowledge text."


@pytest.mark.parametrize("message", ["", " ", "/", "\u200b", "a" * 5000, "/nothing{}"])
def test_there_is_always_something_to_say(client: TestClient, message: str) -> None:
    said = say(client, message)
    assert said
    assert all(each["text"] for each in said)


def test_a_demo_says_so_first(settings: Settings) -> None:
    seal(settings.content_dir, "demo")
    with TestClient(create_app(settings)) as client:
        assert [each["text"] for each in say(client, "bulb color")] == ["Demonstration only.", "Which one?"]


def test_the_sentence_of_the_safety_net_is_the_first_message(client: TestClient) -> None:
    net, answer = say(client, "make it stop. what color is the lamp")
    assert net == {"recipient_id": "maria", "text": "If you think of ending your life, call 988."}
    assert answer["text"].startswith("The lamp is green.")
    assert answer["buttons"]


@pytest.mark.parametrize(
    "body", [{"message": "hi", "sender": 7}, {"message": "hi", "sender": 0, "metadata": {"a": [1]}}]
)
def test_a_number_names_a_sender_as_its_text_does(client: TestClient, body: dict[str, object]) -> None:
    (said,) = client.post("/webhooks/rest/webhook", json=body).json()
    assert said["recipient_id"] == str(body["sender"])


@pytest.mark.parametrize("body", [{}, {"message": None}, {"message": 12, "input_channel": "rest"}])
def test_a_message_of_nothing_is_an_empty_one(client: TestClient, body: dict[str, object]) -> None:
    response = client.post("/webhooks/rest/webhook", json={"sender": "maria", **body})
    assert response.status_code == 200
    assert response.json()[0]["text"]


def test_a_command_that_names_an_entry_gets_its_answer_and_danger_is_never_a_command(client: TestClient) -> None:
    assert say(client, '/lamp-color{"from": "menu"}')[0]["text"].startswith("The lamp is green.")
    assert say(client, "/i cant breathe{}")[0]["text"] == "Call 911 now."


def test_half_an_emoji_is_taken_at_every_door(client: TestClient) -> None:
    half = b'"\\ud83d what color is the lamp"'
    bodies = {
        "/v1/messages": b'{"text": %b, "conversation_id": "\\ud83d"}' % half,
        "/v1/search": b'{"text": %b}' % half,
        "/webhooks/rest/webhook": b'{"message": %b, "sender": "\\ud83d"}' % half,
    }
    for path, body in bodies.items():
        response = client.post(path, content=body, headers={"content-type": "application/json"})
        assert response.status_code == 200, path
        assert "green" in response.text or "lamp-color" in response.text


def test_the_channel_lives(client: TestClient) -> None:
    assert client.get("/webhooks/rest/").json() == {"status": "ok"}


def test_an_answer_with_a_form_is_plain_text(settings: Settings) -> None:
    give_form(settings.content_dir)
    values = settings.model_dump() | {"link_hosts": ["www.hospital.example"]}
    with TestClient(create_app(Settings.model_validate(values))) as client:
        (said,) = say(client, "what kind of bulb does the lamp have")
    text = (
        f"The lamp has a small bulb. To change it:\n\n- Read the guide ({GUIDE}) & look\n- Ask its maker\n\nNever touch"
    )
    assert said["text"].startswith(text)
