"""Fits a reply into text messages of two parts, each of which a phone may get late or alone.

The warning stays, whatever else must go: first the links of answers, then who we are follows as a message of its own,
then the choice goes, then answers become a word on how to get them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.content import schema
from app.dialogue import compose
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import AnswerPart, ChoicePart, NetPart, NoticePart, Part, Reply
from app.segments import for_sending, segments

MOST_PARTS = 2
"""Most parts of a message."""
MOST_PARTS_OF_WARNING = 1
"""Of an English text on danger, and of the sentence of the safety net: phones show the parts of a text in any order."""
CHANNEL: Final = "sms"


def texts_of(knowledge: Knowledge, reply: Reply, introduction: str = "", note: str = "") -> tuple[str, ...]:
    """Return the messages of a reply: one, or two where who we are, or the banner of a demonstration, follows.

    `introduction` says who we are, `note` what we cannot read. The last way of saying it is taken if none fits.
    """
    texts: tuple[str, ...] = ()
    for texts in _ways(knowledge, reply, introduction, note):
        if all(map(fits, texts)):
            break
    return texts


def fits(message: str) -> bool:
    return segments(message).parts <= MOST_PARTS


def warning_of(reply: Reply) -> str:
    """Return what of a reply must not be lost: the urgent text or the sentence of the safety net; else nothing."""
    parts = _urgent_first(reply) if reply.urgent else list(filter(_is_warning, reply.parts))
    return for_sending(_joined(parts[:1]))


def _ways(knowledge: Knowledge, reply: Reply, introduction: str, note: str) -> Iterator[tuple[str, ...]]:
    """Yield the ways of saying it, the fullest first."""
    if reply.urgent:
        yield from _ways_of_urgent(reply)
        return
    warning = [part for part in reply.parts if _is_warning(part)]
    banner = [part for part in reply.parts if isinstance(part, NoticePart) and not _is_warning(part)]
    linked = [part for part in reply.parts if not isinstance(part, NoticePart)]
    body = _unlinked(linked)
    if body != linked:
        yield _messages(_text(_joined(warning), _paragraphs(introduction, _text(_joined([*banner, *linked]), note))))
    whole = _text(_joined([*banner, *body]), note)
    yield _messages(_text(_joined(warning), _paragraphs(introduction, whole)))
    yield _messages(_text(_joined(warning), whole), introduction)
    for said in _shortened(knowledge, body):
        yield _messages(_text(_joined(warning), said, note), _text(_joined(banner), introduction))
        yield _messages(_text(_joined(warning), said), _text(note, _joined(banner), introduction))


def _ways_of_urgent(reply: Reply) -> Iterator[tuple[str, ...]]:
    """Nothing stands before the urgent text, not even the sentence of a worse danger that was said before."""
    urgent, *rest = _urgent_first(reply)
    yield _messages(_joined([urgent, *rest]))
    yield _messages(_joined([urgent]), _joined(rest))


def _urgent_first(reply: Reply) -> list[Part]:
    return sorted(reply.parts, key=lambda part: isinstance(part, NoticePart))


def _shortened(knowledge: Knowledge, body: Sequence[Part]) -> Iterator[str]:
    """Yield the body, each time with less: a choice without the words around it, then without the last of the choices
    and answers, which leaves the question of the answer that MORE leads to where it fits. What refuses or advises
    stays.
    """
    yield _joined(body)
    yield _joined([replace(part, prompt=None, how=None) if isinstance(part, ChoicePart) else part for part in body])
    long = [part for part in reversed(body) if isinstance(part, AnswerPart | ChoicePart)]
    for number in range(1, len(long) + 1):
        yield from _without(knowledge, body, long[:number])


def _without(knowledge: Knowledge, body: Sequence[Part], dropped: Sequence[Part]) -> Iterator[str]:
    """Yield the body without these parts and how to get the first of them, with its question where it is an answer.
    Where that may not be said, whom to ask stands in for a body of nothing.
    """
    scripts, kept = knowledge.approved.scripts, _joined([part for part in body if part not in dropped])
    more = scripts.get("sms-reply-more")
    if more is None:
        yield kept or scripts["fallback"].short
        return
    if isinstance(dropped[0], AnswerPart):
        yield _text(kept, dropped[0].answer.question, more.short)
    yield _text(kept, more.short)


def text_of(parts: Sequence[Part]) -> str:
    """Return the parts as one text message, however long, with the links of its answers where there is room."""
    linked = for_sending(_joined(parts))
    return linked if fits(linked) else for_sending(_joined(_unlinked(parts)))


def _unlinked(parts: Sequence[Part]) -> list[Part]:
    return [part.unlinked if isinstance(part, AnswerPart) else part for part in parts]


def _is_warning(part: Part) -> bool:
    return isinstance(part, NetPart) or (isinstance(part, NoticePart) and part.id == "safety-notice")


def _joined(parts: Sequence[Part]) -> str:
    return "\n".join(line for part in parts for line in part.sms)


def _text(*lines: str) -> str:
    return "\n".join(filter(None, lines))


def _paragraphs(*paragraphs: str) -> str:
    return "\n\n".join(filter(None, paragraphs))


def _messages(*messages: str) -> tuple[str, ...]:
    return tuple(for_sending(message) for message in messages if message)


def misfits(knowledge: Knowledge) -> Iterator[str]:
    """Yield what a site's content and lines leave too long, with the number of parts."""
    for reply in _replies(knowledge):
        for tier in (None, *schema.TIERS):
            netted = compose.with_net(knowledge, reply, tier, CHANNEL, reply.language) if tier else reply
            for message in texts_of(knowledge, netted):
                if not fits(message):
                    yield f"{' '.join(reply.said)} takes {segments(message).parts} parts of a text message: {message}"
    for id_ in filter(knowledge.approved.scripts.get, schema.SMS):
        message = for_sending(knowledge.approved.scripts[id_].short)
        if not fits(message):
            yield f"script {id_} takes {segments(message).parts} parts of a text message: {message}"
    for id_ in _warnings(knowledge):
        message = for_sending(knowledge.approved.scripts[id_].short)
        if segments(message).parts > MOST_PARTS_OF_WARNING:
            yield f"script {id_} takes {segments(message).parts} parts of a text message, and may take one: {message}"


def _warnings(knowledge: Knowledge) -> Iterator[str]:
    """Yield the scripts that must fit one part."""
    yield from schema.TIERS
    for tier in schema.TIERS:
        yield f"{schema.NET}{tier}"
        yield from (f"{schema.NET}{tier}-{language}" for language in knowledge.content.languages())


def _replies(knowledge: Knowledge) -> Iterator[Reply]:
    """Yield every reply of one part that is no choice, and the urgent ones."""
    approved = knowledge.approved
    for language in (None, *knowledge.content.languages()):
        yield from (compose.urgent(knowledge, tier, CHANNEL, language) for tier in schema.TIERS)
    yield from (compose.in_language(knowledge, language) for language in knowledge.content.languages())
    spoken = {*schema.SMALLTALK, *_SPOKEN} & approved.scripts.keys()
    yield from (compose.script(knowledge, id_) for id_ in sorted(spoken))
    yield from (
        compose.not_covered(knowledge, id_, 1.0) for id_ in approved.titles if "not-covered" in approved.scripts
    )
    for id_, answer in approved.answers.items():
        yield Reply("answer", (*compose.banner(knowledge), compose.answer_part(knowledge, answer)))
        yield from (compose.translated(knowledge, id_, language, 1.0) for language in answer.translations)


_SPOKEN = (schema.UNCLEAR, schema.STOP_MESSAGES, "none-chosen", "too-long", "fallback")
