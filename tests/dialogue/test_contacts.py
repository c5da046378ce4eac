from dataclasses import replace

import pytest

from app.dialogue import compose
from app.dialogue.contacts import Contact, Contacts
from app.dialogue.handoffs import Handoff
from app.dialogue.knowledge import Knowledge
from tests.conftest import NOW

BILLING = Handoff("Billing", ("nc-price",), "4-1200", "215-555-0120", "Mon-Fri 8-5", "take a message")
INTERNAL = Handoff("Wards", ("nc-rules",), "4-1300", hours="Mon-Fri 8-5")
SITE = Contact(None, "555-0100", None, None)


@pytest.fixture
def reachable(knowledge: Knowledge) -> Knowledge:
    return replace(knowledge, contacts=Contacts((BILLING, INTERNAL), "555-0100"))


def test_a_topic_is_asked_of_its_own_line_and_all_else_of_the_sites() -> None:
    contacts = Contacts((BILLING,), "555-0100", "https://hospital.example/chat")
    billing = Contact("Billing", "215-555-0120", "Mon-Fri 8-5", "https://hospital.example/chat")
    assert contacts.of("nc-price") == billing
    assert contacts.of("nc-mri") == Contact(None, "555-0100", None, "https://hospital.example/chat")


def test_a_hand_over_without_a_line_is_for_staff_only() -> None:
    assert Contacts((INTERNAL,), "555-0100").of("nc-rules") == SITE
    assert Contacts((INTERNAL, Handoff("Nurse", line="555-0300")), "555-0100").of("nc-rules") == Contact(
        "Nurse", "555-0300", None, None
    )


def test_where_a_site_has_set_nothing_nobody_is_named() -> None:
    assert Contacts((INTERNAL,)).of("nc-rules") is None


def test_a_refusal_names_its_topics_line_alone_and_beside_an_answer(reachable: Knowledge) -> None:
    refused = compose.not_covered(reachable, "nc-price", 0.9)
    beside = compose.answer(reachable, {"lamp-color": 0.9, "nc-price": 0.9}, NOW.date())
    for reply in (refused, beside):
        assert reply.contact
        assert reply.contact.label == "Billing"


def test_who_is_not_answered_in_another_language_is_told_whom_to_reach(reachable: Knowledge) -> None:
    assert compose.in_language(reachable, "es").contact == SITE


@pytest.mark.parametrize("id_", ["human", "frustration", "worry", "unclear", "none-chosen"])
def test_who_wants_a_person_or_is_not_understood_gets_the_sites_line(reachable: Knowledge, id_: str) -> None:
    assert compose.script(reachable, id_).contact == SITE
    assert compose.fallback(reachable, 0.0).contact == SITE


def test_an_answer_thanks_and_danger_name_no_contact(reachable: Knowledge) -> None:
    assert compose.answer(reachable, {"lamp-color": 0.9}, NOW.date()).contact is None
    assert compose.script(reachable, "thanks").contact is None
    assert compose.urgent(reachable, "emergency", "web").contact is None


def test_the_replies_to_worry_and_frustration_are_told_from_small_talk(reachable: Knowledge) -> None:
    feelings = {id_ for id_ in ("worry", "frustration", "human", "thanks") if compose.script(reachable, id_).feelings}
    assert feelings == {"worry", "frustration"}
