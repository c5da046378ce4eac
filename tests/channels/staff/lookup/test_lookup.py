import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.dialogue.knowledge import Knowledge
from app.main import create_app
from app.records import database
from app.records.review_queue import questions
from app.records.withdrawals import Withdrawal, Withdrawals
from app.settings import Settings
from tests.channels.staff.conftest import csrf_of, path_of
from tests.conftest import GUIDE, NOW, give_form, seal


def look_up(client: TestClient, text: str, **fields: str) -> str:
    response = client.post("/staff/search", data={"text": text, "csrf": csrf_of(client), **fields})
    assert response.status_code == 200
    return response.text


def opened(page: str) -> list[str]:
    return re.findall(r'data-id="([\w-]+)" data-seal="\w*" open', page)


def unmarked(page: str) -> str:
    return page.replace("<mark>", "").replace("</mark>", "")


def ids(page: str) -> list[str]:
    return re.findall(r'data-id="([\w-]+)"', page)


def rows_of(settings: Settings, table: object) -> list[tuple[object, ...]]:
    engine = database.connect(settings.database_url)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(select(table))]  # type: ignore[call-overload]
    engine.dispose()
    return rows


@pytest.mark.parametrize("text", ["bulb", "lamp bulb", "what kind of bulb", "blub kind", "bulbs?"])
def test_a_few_words_open_the_answer(curator: TestClient, text: str) -> None:
    page = look_up(curator, text)
    assert opened(page) == ["lamp-bulb"]
    assert "A small bulb." in page


@pytest.mark.parametrize("text", ["bul", "bulb color", "is the lamp heavy when one carries it"])
def test_nothing_that_is_not_sure_opens_by_itself(curator: TestClient, text: str) -> None:
    page = look_up(curator, text)
    assert ids(page)
    assert opened(page) == []
    assert "No sure match." in page


def test_a_row_shows_what_matched_and_how_the_answer_begins(curator: TestClient) -> None:
    row = look_up(curator, "what is the color of the lam").split("</summary>")[0]
    assert '<span class="title">What <mark>color</mark> is the <mark>lamp</mark>?</span>' in row
    assert '<span class="preview">The <mark>lamp</mark> is green.</span>' in row


def test_an_approved_translation_is_shown_with_its_own_copies(curator: TestClient) -> None:
    page = look_up(curator, "where is the lamp")
    spanish = page.split('data-language="es"')[1].split("</section>")[0]
    assert '<h3 lang="es" dir="auto">¿Dónde está la lámpara?</h3>' in spanish
    assert "data-chat>La lámpara está en la mesa junto a la cama." in spanish
    assert "data-text>La lámpara está en la mesa junto a la cama.</pre>" in spanish
    assert "Approved by Dr. Test, doctor, January 1, 2029" in spanish
    assert 'href="/faq?lang=es#lamp-place"' in spanish


def test_a_translation_that_nobody_has_reviewed_is_not_shown(staffed: Settings, links: list[str]) -> None:
    path = staffed.content_dir / "faq.yaml"
    path.write_text(path.read_text().replace("translated_by: A. Translator", "translated_by: pending", 1))
    seal(staffed.content_dir)
    with TestClient(create_app(staffed, announce=links.append)) as client:
        client.get(path_of(links[-1]))
        page = look_up(client, "where is the lamp")
    assert opened(page) == ["lamp-place"]
    assert "mesa" not in page


def test_a_result_says_all_that_a_counter_needs(curator: TestClient) -> None:
    page = look_up(curator, "how do i switch the lamp on")
    for said in (
        "Press the round button on the side.",
        "The page does not say how to dim it.",
        "The Bedside Lamp, Example Ward",
        "Approved by Dr. Test, doctor, January 1, 2029",
        "Next review: February 4, 2030",
        "Matched words:",
        "Nearest phrasing:",
        "Text message, 1 part",
    ):
        assert said in page
    assert "%" not in page


def test_what_nothing_covers_is_handed_over(curator: TestClient) -> None:
    page = look_up(curator, "how much does the lamp cost")
    assert ids(page)[0].startswith("nc-")
    for said in (
        "No approved text: ",
        "Hand over to <strong>Electrician</strong>, extension 4-1200.",
        "Electrician",
        "extension 4-1200",
        "Hours: 8 to 5",
        "After hours: Ring the bell.",
    ):
        assert said in page


def test_a_doubt_stands_above_the_results_and_leaves_the_first_open(curator: TestClient) -> None:
    page = look_up(curator, "make it stop. what kind of bulb does the lamp have")
    assert "The net-crisis-staff text." in page
    assert page.index('id="doubt"') < page.index('class="result')
    assert opened(page) == ["lamp-bulb"]
    assert 'role="alert"' not in page


def test_without_javascript_a_doubt_stands_above_the_results_too(curator: TestClient) -> None:
    page = curator.post("/staff", data={"text": "make it stop. bulb", "csrf": csrf_of(curator)}).text
    assert page.index("The net-crisis-staff text.") < page.index('class="result')


def test_danger_stands_above_everything(curator: TestClient) -> None:
    page = look_up(curator, "caller cant breathe and asks about the bulb")
    assert "The emergency-staff text." in page
    assert page.index('role="alert"') < page.index('class="result')


def test_what_speaks_for_danger_and_against_it_stands_under_the_alert(curator: TestClient) -> None:
    page = look_up(curator, "caller cant breathe and asks about the bulb")
    assert "Raised as emergency, by the rule “breathing”." in page
    assert "Against it:" in page
    assert '<p class="tier">Emergency</p>' in page
    assert "by the rule" not in look_up(curator, "what kind of bulb does the lamp have")


def test_nothing_is_opened_under_an_alert(curator: TestClient) -> None:
    for text in ("cant breathe bulb", "i cant breathe what color is the lamp"):
        assert opened(look_up(curator, text)) == []


def test_what_could_not_be_checked_stands_under_the_safety_notice(staffed: Settings, unchecked: Knowledge) -> None:
    links: list[str] = []
    with TestClient(create_app(staffed, unchecked, links.append)) as client:
        client.get(path_of(links[-1]))
        page = look_up(client, "what kind of bulb")
    assert page.index('In an emergency call <a href="tel:911">911</a>.') < page.index('data-id="lamp-bulb"')
    assert opened(page) == []


def test_what_is_not_sure_names_to_whom_it_goes(curator: TestClient) -> None:
    for text in ("qwxz", "is the lamp heavy when one carries it"):
        assert "Hand over to <strong>Nurse</strong>, extension 4-1300." in look_up(curator, text)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ({"phone_line": "555-0100", "oncall_line": "555-0199"}, "the care team: 555-0100. Day or night: 555-0199."),
        ({"phone_line": None, "oncall_line": "555-0199"}, "the care team, day or night: 555-0199."),
        ({"handoffs": [{"label": "Nurse"}], "oncall_line": None}, "Nurse: 555-0100."),
        ({"handoffs": [{"label": "Nurse", "line": "555-0120"}]}, "Nurse. Patients call 555-0120."),
    ],
)
def test_a_hand_over_says_a_number(settings: Settings, links: list[str], lines: dict[str, Any], said: str) -> None:
    values = {**settings.model_dump(), **lines}
    with TestClient(create_app(Settings.model_validate(values), announce=links.append)) as client:
        client.get(path_of(links[-1]))
        page = look_up(client, "qwxz")
    assert f"Hand over to {said}" in " ".join(re.sub("<[^>]+>", "", page).split())


def test_words_that_nobody_uses_find_nothing(curator: TestClient) -> None:
    assert "Nothing approved sounds like that." in look_up(curator, "qwxz")
    assert ids(look_up(curator, "")) == []


def test_what_was_typed_is_shown_as_text(curator: TestClient) -> None:
    page = curator.post("/staff", data={"text": '"><script>alert(1)</script>', "csrf": csrf_of(curator)}).text
    assert "<script>alert" not in page


def test_an_entry_is_browsed_to_by_theme(curator: TestClient) -> None:
    assert (
        '<a href="/staff?entry=lamp-hours" data-entry="lamp-hours">When may the lamp be on?</a>'
        in curator.get("/staff").text
    )
    assert opened(curator.get("/staff?entry=lamp-hours").text) == ["lamp-hours"]
    assert curator.get("/staff?entry=nothing").status_code == 404


def test_an_entry_is_fetched_by_its_id(curator: TestClient) -> None:
    assert opened(look_up(curator, "", entry="lamp-hours")) == ["lamp-hours"]
    missing = curator.post("/staff/search", data={"entry": "nothing", "csrf": csrf_of(curator)})
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")


def test_a_letter_typed_is_not_a_look_up_until_it_settles(curator: TestClient, staffed: Settings) -> None:
    for text in ("how much does the la", "how much does the lamp cost"):
        look_up(curator, text)
    look_up(curator, "how much does the lamp cost", settled="1")
    curator.app.state.services.answering.writer.stop()  # type: ignore[attr-defined]
    kept = rows_of(staffed, questions)
    assert [(row[2], row[4]) for row in kept] == [("staff", "how much does the lamp cost")]


def test_an_answer_that_was_taken_back_is_not_found(curator: TestClient, staffed: Settings) -> None:
    engine = database.connect(staffed.database_url)
    Withdrawals(engine).add(Withdrawal("lamp-bulb", NOW, "Dr. A", "broken"))
    engine.dispose()
    curator.app.state.services.answering.reloader.check()  # type: ignore[attr-defined]
    page = look_up(curator, "what kind of bulb")
    assert "Taken back, not to be given: What kind of bulb does the lamp have?" in unmarked(page)
    assert "a small bulb" not in page


def test_an_entry_without_a_sentence_to_read_aloud_shows_its_answer(staffed: Settings, links: list[str]) -> None:
    path = staffed.content_dir / "faq.yaml"
    path.write_text(path.read_text().replace("    read_aloud: A small bulb.\n", ""))
    with TestClient(create_app(staffed, announce=links.append)) as client:
        client.get(path_of(links[-1]))
        page = look_up(client, "lamp bulb")
    assert "The lamp has a small bulb." in page
    assert "Read aloud" not in page.split('data-id="lamp-bulb"')[1].split('data-id="')[0]


def test_an_answer_with_a_form_is_drawn_in_it_and_copied_as_text(staffed: Settings, links: list[str]) -> None:
    give_form(staffed.content_dir)
    values = staffed.model_dump() | {"link_hosts": ["www.hospital.example"]}
    with TestClient(create_app(Settings.model_validate(values), announce=links.append)) as client:
        client.get(path_of(links[-1]))
        page = look_up(client, "lamp bulb")
    assert '<li dir="auto">Call <a href="tel:5550199">555-0199</a> first.</li>' in page
    address = GUIDE.replace("&", "&amp;")
    assert (
        f"data-chat>The lamp has a small bulb. To change it:\n\n- Call 555-0199 first.\n- Read the guide ({address})"
        in page
    )
    assert f"data-text>The lamp has a small bulb.\n{address}</pre>" in page
