"""What phones and carriers send by themselves, to the whole service."""

from prometheus_client import REGISTRY

from tests.channels.sms.conftest import Phone

GREEN = "The lamp is green."
URGENT = "Call 911 now."


def failed() -> float:
    return REGISTRY.get_sample_value("hai_faq_urgent_texts_failed_total", {"gateway": "generic"}) or 0.0


def test_a_reaction_to_our_text_gets_silence(phone: Phone) -> None:
    phone.says("what color is the lamp")
    assert phone.says(f"Liked “{GREEN}”") == ""


def test_a_reaction_to_an_urgent_text_gets_silence_and_a_doubt_the_text_again(phone: Phone) -> None:
    assert phone.says("i cant breathe") == URGENT
    assert [phone.says(f"{verb} “{URGENT}”") for verb in ("Liked", "Questioned", "Disliked")] == ["", URGENT, ""]


def test_a_doubt_is_about_the_text_that_it_quotes(phone: Phone) -> None:
    phone.says("i cant breathe")
    phone.says("now please tell me where the lamp is")
    assert phone.says(f"Questioned “{URGENT}”") == URGENT
    assert phone.says("Questioned “The lamp stands on the table beside the bed.”") == ""


def test_a_reaction_that_quotes_what_we_never_sent_is_read_as_a_persons(phone: Phone) -> None:
    assert phone.says("Liked “i want to die”").startswith("Call or text 988 now.")


def test_our_own_words_are_never_the_persons(phone: Phone) -> None:
    phone.says("i want to die")
    assert phone.says("Loved “Call or text 988 now.”") == ""
    assert phone.says("“Call or text 988 now.” where is the lamp").endswith("beside the bed.")


def test_a_persons_words_after_our_quote_count(phone: Phone) -> None:
    phone.says("what color is the lamp")
    assert phone.says(f"Liked “{GREEN}” but i cant breathe") == URGENT


def test_an_automatic_reply_gets_silence_only_after_a_text_of_ours(phone: Phone) -> None:
    assert phone.says("Sorry, I can't talk right now.") != ""
    assert phone.says("Sorry, I can't talk right now.") == ""


def test_danger_in_what_looks_automatic_is_answered(phone: Phone) -> None:
    phone.says("what color is the lamp")
    assert phone.says("Auto-reply: i cant breathe") == URGENT


def test_a_carriers_notice_after_an_urgent_text_is_recorded_once(phone: Phone) -> None:
    phone.says("i cant breathe")
    before, notice = failed(), "Free Msg: Unable to send message - Message Blocking is active."
    assert [phone.says(notice), phone.says(notice)] == ["", ""]
    assert failed() == before + 1


def test_three_pictures_do_not_silence_a_sign(phone: Phone) -> None:
    said = [phone.says("", media=[{"url": "x"}]) for _ in range(4)]
    assert all(said)
    assert phone.says("🙏") != ""


def test_a_text_beside_a_picture_is_answered_and_the_picture_is_said_to_be_unseen(phone: Phone) -> None:
    phone.says("where is the lamp")
    assert phone.says("what color is the lamp", media=[{"url": "x"}]) == f"{GREEN}\nI see no pictures."
