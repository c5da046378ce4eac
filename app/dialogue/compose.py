"""Replies put together from sealed texts and titles. Nothing here writes a sentence."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.content import schema
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Answer, Channel, Intent, Option, Reply
from app.matching.matcher import Candidate

SUGGESTIONS = 3


def first_suggestions(knowledge: Knowledge, day: date) -> tuple[Option, ...]:
    """What to offer before anything is typed: the first entry of each theme."""
    served = [id_ for id_ in knowledge.answers if knowledge.serves(id_, day)]
    first_of_themes = {knowledge.answers[id_].theme: id_ for id_ in reversed(served)}
    first = [id_ for theme in knowledge.content.themes if (id_ := first_of_themes.get(theme))]
    return tuple(knowledge.option(id_) for id_ in dict.fromkeys([*first, *served]))[:SUGGESTIONS]


def answer(knowledge: Knowledge, id_: str, confidence: float, day: date) -> Reply:
    found = replace(knowledge.answers[id_], confidence=confidence)
    return Reply(
        kind="answer",
        parts=under_banner(knowledge, answer_parts(knowledge, found)),
        answers=(found,),
        suggestions=_related(knowledge, found, day),
        confidence=confidence,
    )


def answer_parts(knowledge: Knowledge, found: Answer) -> list[str]:
    parts = [found.text] + ([found.limits] if found.limits else [])
    label = knowledge.scripts.get("source-label")
    named = dict.fromkeys(f"{cited.title}, {cited.publisher}" for cited in found.sources)
    return parts + ([f"{label} {'; '.join(named)}"] if label else [])


def several(knowledge: Knowledge, asked: Sequence[Candidate], day: date) -> Reply:
    """An answer for each question that has one, the refusal for each that has none, in the order asked."""
    answers, parts = [], []
    for each in asked:
        if each.id in knowledge.answers:
            answers.append(replace(knowledge.answers[each.id], confidence=each.confidence))
            parts += answer_parts(knowledge, answers[-1])
        else:
            parts += refusal_parts(knowledge, each.id)
    given = {answer.id for answer in answers}
    related = [option for answer in answers for option in _related(knowledge, answer, day) if option.id not in given]
    return Reply(
        kind="answer",
        parts=under_banner(knowledge, parts),
        answers=tuple(answers),
        suggestions=tuple(dict.fromkeys(related))[:SUGGESTIONS],
        confidence=min(each.confidence for each in asked),
    )


def clarify(knowledge: Knowledge, options: Sequence[Option], confidence: float) -> Reply:
    lines = [f"{place}. {option.question}" for place, option in enumerate(options, 1)]
    none = knowledge.scripts.get("clarify-none")
    if none:
        lines.append(f"{len(options) + 1}. {none}")
    asked = [knowledge.scripts["clarify"]] if "clarify" in knowledge.scripts else []
    parts = under_banner(knowledge, [*asked, "\n".join(lines)])
    return Reply(kind="clarify", parts=parts, options=tuple(options), confidence=confidence)


def none_of(reply: Reply) -> str | None:
    """The text of the line after the options, which chooses none of them; it is understood when sent back."""
    if not reply.options:
        return None
    last = reply.parts[-1].splitlines()[-1]
    numbered = f"{len(reply.options) + 1}. "
    return last.removeprefix(numbered) if last.startswith(numbered) else None


def urgent(knowledge: Knowledge, tier: str, channel: Channel, language: str | None = None) -> Reply:
    """The tier's script first of all, in the writer's language; a demonstration's banner comes after it."""
    name = f"{tier}-staff" if channel == "staff" else f"{tier}-{language}" if language else tier
    if name not in knowledge.scripts:  # a language that another version spoke of, in the state they share
        name = tier
    banner = _banner(knowledge)
    return Reply(
        kind="scripted",
        parts=(knowledge.scripts[name], *banner),
        intent=Intent(tier, "urgent"),
        confidence=1.0,
        language=language if name.endswith(f"-{language}") else None,
    )


def in_language(knowledge: Knowledge, language: str) -> Reply:
    """Whom to call, in a language in which nothing else is approved."""
    name = f"language-{language}"
    parts = under_banner(knowledge, [knowledge.scripts[name]])
    return Reply(kind="scripted", parts=parts, intent=Intent(name, "language"), confidence=1.0, language=language)


def translated(knowledge: Knowledge, id_: str, language: str, confidence: float) -> Reply:
    """The approved translation of an answer, with its source."""
    found = replace(
        knowledge.answers[id_], text=knowledge.answers[id_].translations[language], limits=None, confidence=confidence
    )
    parts = under_banner(knowledge, answer_parts(knowledge, found))
    return Reply(kind="answer", parts=parts, answers=(found,), confidence=confidence, language=language)


def script(knowledge: Knowledge, id_: str, confidence: float = 1.0) -> Reply:
    """A small-talk or other script; the fallback stands in for one that is withheld."""
    if id_ not in knowledge.scripts:
        return fallback(knowledge, confidence)
    parts = under_banner(knowledge, [knowledge.scripts[id_]])
    intent = Intent(id_, "smalltalk") if id_ in (*schema.SMALLTALK, "too-long") else None
    return Reply(kind="scripted", parts=parts, intent=intent, confidence=confidence)


def not_covered(knowledge: Knowledge, id_: str, confidence: float) -> Reply:
    """Says that there is no approved text on this topic, by its title; needs title and template."""
    return Reply(
        kind="scripted",
        parts=under_banner(knowledge, refusal_parts(knowledge, id_)),
        intent=Intent(id_, "not-covered"),
        confidence=confidence,
    )


def refusal_parts(knowledge: Knowledge, id_: str) -> list[str]:
    parts = [knowledge.scripts["not-covered"].replace("{title}", knowledge.titles[id_])]
    if knowledge.content.topics[id_].care and "care-line" in knowledge.scripts:
        parts.append(knowledge.scripts["care-line"])
    return parts


def fallback(knowledge: Knowledge, confidence: float, intent: Intent | None = None) -> Reply:
    parts = under_banner(knowledge, [knowledge.scripts["fallback"]])
    return Reply(kind="fallback", parts=parts, intent=intent, confidence=confidence)


def texted(knowledge: Knowledge, reply: Reply) -> list[str]:
    """The parts of a reply in the wording approved for text messages, where there is one."""
    short = {said: knowledge.scripts_sms[id_] for id_, said in knowledge.scripts.items()}
    parts, found = list(reply.parts), []
    for answer in reply.answers:
        place = parts.index(answer.text)
        found += [*parts[:place], answer.sms if reply.language is None else answer.text]
        del parts[: place + len(answer_parts(knowledge, answer))]
    found += parts
    if reply.options and "sms-choose" in knowledge.scripts:
        found.append(knowledge.scripts["sms-choose"])
    return [short.get(part, part) for part in found]


def with_notice(knowledge: Knowledge, reply: Reply) -> Reply:
    """The safety notice in front: the urgent check could not be made."""
    return replace(reply, parts=(knowledge.scripts["safety-notice"], *reply.parts))


def _related(knowledge: Knowledge, found: Answer, day: date) -> tuple[Option, ...]:
    served = (id_ for id_ in found.related if knowledge.serves(id_, day))
    return tuple(knowledge.option(id_) for id_ in list(served)[:SUGGESTIONS])


def _banner(knowledge: Knowledge) -> tuple[str, ...]:
    return (knowledge.scripts["demo-banner"],) if knowledge.demo and "demo-banner" in knowledge.scripts else ()


def under_banner(knowledge: Knowledge, parts: Sequence[str]) -> tuple[str, ...]:
    return (*_banner(knowledge), *parts)
