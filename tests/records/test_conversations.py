from datetime import timedelta

from app.dialogue.messages import State
from app.records.conversations import Conversations
from tests.conftest import NOW

STATE = State(offered=("a", "b"))


def test_a_saved_state_is_found_again() -> None:
    kept = Conversations()
    id_, _ = kept.open(None, "web", NOW)
    kept.save(id_, STATE, NOW)
    assert kept.open(id_, "web", NOW) == (id_, STATE)


def test_an_unknown_id_starts_a_new_conversation() -> None:
    id_, state = Conversations().open("web-made-up", "web", NOW)
    assert id_ != "web-made-up"
    assert state == State()


def test_a_conversation_of_another_channel_is_unknown() -> None:
    kept = Conversations()
    id_, _ = kept.open(None, "web", NOW)
    kept.save(id_, STATE, NOW)
    assert kept.open(id_, "api", NOW)[1] == State()


def test_half_an_hour_ends_a_conversation() -> None:
    kept = Conversations()
    kept.save("web-1", STATE, NOW)
    assert kept.open("web-1", "web", NOW + timedelta(minutes=29))[1] == STATE
    assert kept.open("web-1", "web", NOW + timedelta(minutes=30))[1] == State()


def test_the_longest_idle_makes_room() -> None:
    kept = Conversations(most=2)
    for id_ in ("web-1", "web-2", "web-3"):
        kept.save(id_, STATE, NOW)
    assert len(kept) == 2
    assert kept.open("web-1", "web", NOW)[1] == State()


def test_a_conversation_named_by_the_server_begins_empty_and_is_found_again() -> None:
    kept = Conversations()
    assert kept.named("rasa-1", NOW) == State()
    kept.save("rasa-1", STATE, NOW)
    assert kept.named("rasa-1", NOW) == STATE
    assert kept.named("rasa-1", NOW + timedelta(minutes=30)) == State()
