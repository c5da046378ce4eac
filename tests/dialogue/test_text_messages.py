from dataclasses import replace

import pytest

from app.content import markup
from app.dialogue import compose, text_messages
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import AnswerPart, Reply
from tests.conftest import NOW

NET = "If you feel unwell, call the nurse."
LINK = "https://www.hospital.example/lamp"
FIRST = "Who we are. " * 12


def with_text(knowledge: Knowledge, length: int, *ids: str) -> Knowledge:
    """The fixture with a text of so many characters for entries."""
    answers = {
        id_: replace(answer, sms="a" * length) for id_, answer in knowledge.approved.answers.items() if id_ in ids
    }
    approved = replace(knowledge.approved, answers={**knowledge.approved.answers, **answers})
    return replace(knowledge, approved=approved)


def answered(knowledge: Knowledge, *ids: str, net: bool = False) -> Reply:
    reply = compose.answer(knowledge, dict.fromkeys(ids, 1.0), NOW.date())
    return compose.with_net(knowledge, reply, "call-now", "sms") if net else reply


def test_who_we_are_stands_in_the_reply_where_it_fits_and_follows_where_it_does_not(knowledge: Knowledge) -> None:
    short, long = with_text(knowledge, 100, "lamp-color"), with_text(knowledge, 200, "lamp-color")
    assert text_messages.texts_of(short, answered(short, "lamp-color"), FIRST) == (f"{FIRST}\n\n{'a' * 100}",)
    assert text_messages.texts_of(long, answered(long, "lamp-color"), FIRST) == ("a" * 200, FIRST)


def test_an_answer_that_does_not_fit_becomes_more_and_the_warning_stays(knowledge: Knowledge) -> None:
    long = with_text(knowledge, 300, "lamp-color")
    assert text_messages.texts_of(long, answered(long, "lamp-color", net=True)) == (
        f"{NET}\nWhat color is the lamp?\nReply MORE.",
    )


def test_of_two_answers_the_last_goes_first(knowledge: Knowledge) -> None:
    long = with_text(knowledge, 160, "lamp-color", "lamp-bulb")
    texts = text_messages.texts_of(long, answered(long, "lamp-color", "lamp-bulb"))
    assert texts == (f"{'a' * 160}\nWhat kind of bulb does the lamp have?\nReply MORE.",)


def test_the_question_of_an_answer_that_does_not_fit_is_left_out_where_it_does_not_either(knowledge: Knowledge) -> None:
    long = with_text(knowledge, 400, "lamp-color")
    reply = answered(long, "lamp-color")
    (part,) = reply.parts
    assert isinstance(part, AnswerPart)
    reply = replace(reply, parts=(replace(part, answer=replace(part.answer, question="q" * 300)),))
    assert text_messages.texts_of(long, reply) == ("Reply MORE.",)


def test_whom_to_ask_is_said_where_neither_the_answer_fits_nor_more_may_be_said(knowledge: Knowledge) -> None:
    long = with_text(knowledge, 400, "lamp-color")
    scripts = {id_: script for id_, script in knowledge.approved.scripts.items() if id_ != "sms-reply-more"}
    long = replace(long, approved=replace(long.approved, scripts=scripts))
    assert text_messages.texts_of(long, answered(long, "lamp-color")) == ("No approved text on that. Ask a nurse.",)


def test_of_a_choice_the_words_around_it_go_first(knowledge: Knowledge) -> None:
    options = [replace(knowledge.option(id_), question="q" * 115) for id_ in ("lamp-color", "lamp-bulb")]
    reply = compose.with_net(knowledge, compose.clarify(knowledge, options, 1.0), "call-now", "sms")
    (said,) = text_messages.texts_of(knowledge, reply)
    assert (said.startswith(NET), "Which one?" in said, said.count("q" * 115)) == (True, False, 2)


def test_nothing_stands_before_an_urgent_text(knowledge: Knowledge) -> None:
    reply = compose.with_net(knowledge, compose.urgent(knowledge, "call-now", "sms"), "crisis", "sms")
    (said,) = text_messages.texts_of(knowledge, reply)
    assert said.startswith(text_messages.warning_of(reply))
    assert text_messages.warning_of(reply).startswith("Call the nurse now.")


def test_a_text_that_the_sites_lines_make_too_long_is_named(knowledge: Knowledge) -> None:
    assert list(text_messages.misfits(knowledge)) == []
    scripts = dict(knowledge.approved.scripts)
    scripts["call-now"] = replace(scripts["call-now"], short="Call " + "1" * 160)
    problems = list(text_messages.misfits(replace(knowledge, approved=replace(knowledge.approved, scripts=scripts))))
    assert any(problem.startswith("script call-now takes 2 parts") for problem in problems)


@pytest.mark.parametrize("net", [False, True])
def test_what_is_beside_a_picture_is_said_where_it_fits(knowledge: Knowledge, net: bool) -> None:
    (said,) = text_messages.texts_of(knowledge, answered(knowledge, "lamp-color", net=net), note="I see no pictures.")
    assert said.endswith("The lamp is green.\nI see no pictures.")


def with_link(knowledge: Knowledge, length: int) -> Knowledge:
    """The fixture with a text of so many characters for an entry whose answer has a link."""
    blocks = markup.parse(f"Read [this]({LINK}). Or [this]({LINK}).")
    answer = replace(knowledge.approved.answers["lamp-color"], sms="a" * length, blocks=blocks)
    approved = replace(knowledge.approved, answers={**knowledge.approved.answers, "lamp-color": answer})
    return replace(knowledge, approved=approved)


def test_the_link_of_an_answer_stands_under_it_once_where_it_fits(knowledge: Knowledge) -> None:
    short = with_link(knowledge, 200)
    assert text_messages.texts_of(short, answered(short, "lamp-color")) == (f"{'a' * 200}\n{LINK}",)


def test_the_link_of_an_answer_is_the_first_to_go(knowledge: Knowledge) -> None:
    long = with_link(knowledge, 200)
    assert text_messages.texts_of(long, answered(long, "lamp-color"), "Who we are. " * 7) == (
        f"{'Who we are. ' * 7}\n\n{'a' * 200}",
    )
    assert text_messages.text_of(answered(with_link(knowledge, 290), "lamp-color").parts) == "a" * 290


def test_a_link_that_the_text_message_names_by_itself_is_not_said_twice(knowledge: Knowledge) -> None:
    own = with_link(knowledge, 1)
    answer = replace(own.approved.answers["lamp-color"], sms=f"See {LINK}.")
    own = replace(own, approved=replace(own.approved, answers={"lamp-color": answer}))
    assert text_messages.text_of((compose.answer_part(own, answer),)) == f"See {LINK}."
