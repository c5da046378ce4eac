import pytest

from app.channels.sms import phone_texts
from app.channels.sms.phone_texts import OwnWords, PhoneText

OURS = "The lamp is green. The page does not say which green, and it may look blue at night."
SENT = [OURS]
REACTIONS = [
    f"Liked “{OURS}”",
    f"Loved “{OURS}”",
    f"Laughed at “{OURS}”",
    f"Emphasized “{OURS}”",
    f"Reacted 🙏 to “{OURS}”",
    f"Removed a like from “{OURS}”",
    f'Liked "{OURS}"',
    "Liked “The lamp is green. The page does not say…”",
    f"Liked “{OURS}",
    f"\u200a\u200b👍\u200b to “\u200a{OURS}\u200a”\u200a",
    f"Le gustó “{OURS}”",
    f"Reagiu com 🙏 a “{OURS}”",
    f"Понравилось «{OURS}»",
    f"对“{OURS}”表示了👍",
    f"Đã thích “{OURS}”",
    f"ضحك على “{OURS}”",
    f"Me encanta “{OURS}”",
    f"Смеется над «{OURS}»",
    f"赞了“{OURS}”",
    f"Gefällt „{OURS}“",
]
PERSONS = [
    f"Liked “{OURS}” but i cant breathe",
    f"đau tim “{OURS}”",
    f"“{OURS}” no",
    f"“{OURS}” question",
    "liked your answer, how big is it",
    "i loved it",
    "Liked “I want to die”",
    f"you said “{OURS}” is that so",
    "emphasized?",
    "sorry cant talk right now my chest hurts",
    "driving to the hospital now",
    "I'm on vacation until Monday so please tell me what a catheter is",
    "what are you. this is an automated response right",
    "your message was not sent in full, what comes after",
    "I'm driving right now sent from my phone",
    "“may look blue”",
    "my son says “The lamp”",
    "message blocking is on moms phone how do i let you through",
]


def read(message: str) -> PhoneText | None:
    own = phone_texts.own_words(message, SENT) if phone_texts.may_quote(message) else OwnWords(message)
    return phone_texts.recognised(message, own)


@pytest.mark.parametrize("message", REACTIONS)
def test_a_reaction_to_our_text_is_told_in_any_language(message: str) -> None:
    found = read(message)
    assert found is not None
    assert (found.kind, found.is_doubt) == ("reaction", False)


@pytest.mark.parametrize("verb", ["Questioned", "Disliked", "Dudó sobre", "👎 to", "❓ to"])
def test_a_reaction_that_questions_or_dislikes_is_a_doubt(verb: str) -> None:
    assert read(f"{verb} “{OURS}”") == PhoneText("reaction", is_doubt=True, is_certain=True)


def test_a_doubt_that_is_taken_back_is_none() -> None:
    assert read(f"Removed a question mark from “{OURS}”") == PhoneText("reaction", is_doubt=False, is_certain=True)


@pytest.mark.parametrize("message", PERSONS)
def test_a_persons_words_are_a_persons(message: str) -> None:
    assert read(message) is None


def test_what_is_quoted_of_ours_is_taken_out_and_the_rest_stays() -> None:
    assert phone_texts.own_words(f"you said “{OURS}” is that so", SENT).text == "you said   is that so"
    assert phone_texts.own_words(f"> {OURS}\ndoes it hurt", SENT).text == "does it hurt"
    assert phone_texts.own_words("you said “I want to die” before", SENT).text == "you said “I want to die” before"


@pytest.mark.parametrize(
    "message",
    [
        "I’m driving with Focus turned on. I’ll see your message when I get where I’m going.",
        "(I’m not receiving notifications. If this is urgent, reply “urgent” to send a notification through with your"
        " original message.)",
    ],
)
def test_what_only_a_phone_says_is_certain(message: str) -> None:
    assert read(message) == PhoneText("automatic", is_certain=True)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Free Msg: Unable to send message - Message Blocking is active.", "notice"),
        ("Your message was not delivered.", "notice"),
        ("Liked an image", "reaction"),
        ("Sorry, I can't talk right now.", "automatic"),
        ("Can't talk now. What's up?", "automatic"),
        ("Auto-reply: I am away this week", "automatic"),
        ("I am out of the office until Monday with limited access to messages.", "automatic"),
    ],
)
def test_what_a_person_may_have_worded_is_not_certain(message: str, kind: str) -> None:
    found = read(message)
    assert found is not None
    assert (found.kind, found.is_certain) == (kind, False)


def test_a_long_message_is_a_persons() -> None:
    assert read("Auto-reply: " + "a " * 400) is None
