from pathlib import Path

import pytest

from app.content import approval, files
from app.loading.loader import load_draft
from app.preview import Preview, preview
from tests.conftest import NOW, config_of
from tests.loading.conftest import change


@pytest.fixture
def config_folder(folder: Path) -> Path:
    """With a new wording of a text message that nobody has sealed."""
    change(folder, "sms: The lamp is green.", "sms: It is a green lamp.")
    return folder


def seen(folder: Path, cache: Path, text: str) -> Preview:
    draft, lock = load_draft(config_of(folder, cache)), approval.read_lock(folder / files.LOCK)
    return preview(text, draft, files.sealed_texts(folder, draft.content), lock, NOW)


def test_each_surface_says_the_draft_in_its_own_words(config_folder: Path, cache: Path) -> None:
    own = seen(config_folder, cache, "what color is the lamp")
    assert own.website.text.startswith("The lamp is green.")
    assert own.text_messages == ("It is a green lamp.",)
    assert own.read_aloud == "The lamp is green."


def test_only_what_the_reply_says_and_nobody_sealed_is_named(config_folder: Path, cache: Path) -> None:
    change(config_folder, "text: 'The greeting text.'", "text: 'Good day.'")
    assert seen(config_folder, cache, "what color is the lamp").unsealed == {"lamp-color.sms": "It is a green lamp."}
    assert seen(config_folder, cache, "hello").unsealed == {"script.greeting": "Good day."}
    assert seen(config_folder, cache, "where is the lamp").unsealed == {}


def test_a_safety_text_without_a_seal_is_shown_as_it_would_be(folder: Path, cache: Path) -> None:
    change(folder, "text: 'Call 911 now.'", "text: 'Call 911 at once.'")
    own = seen(folder, cache, "i cant breathe")
    assert own.website.text == "Call 911 at once."
    assert own.read_aloud == "The emergency-staff text."
    assert own.unsealed == {"script.emergency": "Call 911 at once."}


def test_a_refusal_and_a_choice_name_their_texts(folder: Path, cache: Path) -> None:
    change(folder, "title: what the lamp costs", "title: the price of the lamp")
    own = seen(folder, cache, "what does the lamp cost")
    assert "the price of the lamp" in own.website.text
    assert own.unsealed == {"title.nc-price": "the price of the lamp"}


def test_what_only_a_text_message_adds_is_named_too(folder: Path, cache: Path) -> None:
    change(folder, "sms-reply-more: {text: 'Reply MORE.'}", "sms-reply-more: {text: 'Write MORE.'}")
    change(folder, "    sms: The lamp is green.\n", "")
    change(folder, "answer: The lamp is green.", f"answer: The lamp is green.{' It shines.' * 40}")
    own = seen(folder, cache, "what color is the lamp")
    assert own.text_messages == ("What color is the lamp?\nWrite MORE.",)
    assert own.unsealed["script.sms-reply-more"] == "Write MORE."
