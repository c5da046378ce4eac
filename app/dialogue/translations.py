"""Puts a reply into the language that its reader prefers, as far as it is approved in it; the rest stays in English.

An answer that is already in the message's language stays in it. Urgent scripts and the sentence of the safety net stay
as the engine chose them; the safety notice is translated.
"""

from collections.abc import Iterable
from dataclasses import replace

from app.content.schema import TRANSLATABLE
from app.dialogue import compose
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import AnswerPart, ChoicePart, NotCoveredPart, Option, Part, Reply, ScriptPart


def for_reader(knowledge: Knowledge, reply: Reply, language: str | None) -> Reply:
    """Return the reply for who prefers this language; None prefers English."""
    if language is None:
        return reply
    return replace(
        reply,
        parts=tuple(_part(knowledge, part, language) for part in reply.parts),
        suggestions=options(knowledge, reply.suggestions, language),
    )


def options(knowledge: Knowledge, offered: Iterable[Option], language: str | None) -> tuple[Option, ...]:
    return tuple(knowledge.option(option.id, language) for option in offered)


def _part(knowledge: Knowledge, part: Part, language: str) -> Part:
    match part:
        case AnswerPart() if part.language is None:
            return compose.answer_part(knowledge, part.answer.in_language(language))
        case NotCoveredPart():
            return compose.not_covered_part(knowledge, part.topic, language)
        case ChoicePart():
            return compose.choice_part(knowledge, options(knowledge, part.options, language), language)
        case ScriptPart() if part.id in TRANSLATABLE:
            own = knowledge.approved.script(part.id, language) or part
            return replace(part, text=own.text, short=own.short, language=own.language)
    return part
