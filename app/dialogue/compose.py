"""Puts replies together from sealed texts and titles. Nothing here writes a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from app.content import schema
from app.content.markup import paragraphs
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import (
    Answer,
    AnswerPart,
    Channel,
    ChoicePart,
    Intent,
    NetPart,
    NotCoveredPart,
    NoticePart,
    Option,
    Part,
    Reply,
    ScriptPart,
)

SUGGESTIONS = 3
"""Most entries suggested after a reply."""
UNHELPED = schema.FEELINGS | {"human", "none-chosen", schema.UNCLEAR}
"""Scripts after which a person may want to reach somebody."""


def first_suggestions(knowledge: Knowledge, day: date) -> tuple[Option, ...]:
    """Return what to offer before anything is typed: the first entry of each theme."""
    served = knowledge.served(day)
    first_of_themes = {answer.theme: answer.id for answer in reversed(served)}
    first = [first_of_themes[theme] for theme in knowledge.content.themes if theme in first_of_themes]
    return tuple(map(knowledge.option, dict.fromkeys([*first, *(answer.id for answer in served)])))[:SUGGESTIONS]


def nearby(knowledge: Knowledge, near: Sequence[str], day: date) -> tuple[Option, ...]:
    """Return what to suggest beside a refusal: the served entries that sound like it, then what is related to the
    nearest and of its theme; where none does, what is offered before anything is typed.
    """
    if not near:
        return first_suggestions(knowledge, day)
    nearest = knowledge.approved.answers[near[0]]
    of_theme = (answer.id for answer in knowledge.served(day) if answer.theme == nearest.theme)
    ids = dict.fromkeys([*near, *_related(knowledge, nearest, day), *of_theme])
    return tuple(map(knowledge.option, ids))[:SUGGESTIONS]


def answer(knowledge: Knowledge, confidences: Mapping[str, float], day: date) -> Reply:
    """Give the answer of each entry, and the refusal of each topic that is not covered, in the order asked; the keys
    are their ids.
    """
    parts: list[Part] = [
        answer_part(knowledge, replace(knowledge.approved.answers[id_], confidence=confidence))
        if id_ in knowledge.approved.answers
        else not_covered_part(knowledge, id_)
        for id_, confidence in confidences.items()
    ]
    answers = (part.answer for part in parts if isinstance(part, AnswerPart))
    related = dict.fromkeys(id_ for answer in answers for id_ in _related(knowledge, answer, day))
    return Reply(
        kind="answer",
        parts=(*banner(knowledge), *parts),
        suggestions=tuple(knowledge.option(id_) for id_ in related if id_ not in confidences)[:SUGGESTIONS],
        confidence=min(confidences.values()),
        contact=next(
            (knowledge.contacts.of(id_) for id_ in confidences if id_ not in knowledge.approved.answers), None
        ),
    )


def answer_part(knowledge: Knowledge, answer: Answer) -> AnswerPart:
    """Return an answer with the line that names its documents, each once."""
    label = knowledge.approved.script("source-label", answer.language)
    documents = dict.fromkeys(f"{cited.title}, {cited.publisher}" for cited in answer.sources)
    return AnswerPart(answer, f"{label.text} {'; '.join(documents)}" if label else None)


def clarify(knowledge: Knowledge, options: Sequence[Option], confidence: float) -> Reply:
    """Offer entries to choose from."""
    return Reply(kind="clarify", parts=(*banner(knowledge), choice_part(knowledge, options)), confidence=confidence)


def choice_part(knowledge: Knowledge, options: Sequence[Option], language: str | None = None) -> ChoicePart:
    """Return a choice of these entries. The prompt and the line for none share one language: English unless both are
    translated.
    """
    prompt, none = (knowledge.approved.script(id_, language) for id_ in ("clarify", "clarify-none"))
    if prompt and none and prompt.language != none.language:
        return choice_part(knowledge, options)
    own = prompt.language if prompt else None
    return ChoicePart(
        tuple(options), prompt, none.text if none else None, knowledge.approved.scripts.get("sms-choose"), own
    )


def urgent(knowledge: Knowledge, tier: str, channel: Channel, language: str | None = None) -> Reply:
    """Give the tier's script first of all, in the writer's language; a demonstration's banner comes after it."""
    script = _of_tier(knowledge, tier, channel, language)
    return Reply(
        kind="scripted",
        parts=(script, *banner(knowledge)),
        intent=Intent(tier, "urgent"),
        confidence=1.0,
    )


def _of_tier(knowledge: Knowledge, name: str, channel: Channel, language: str | None) -> ScriptPart:
    """Return the script of this name for staff or in the writer's language."""
    own = f"{name}-staff" if channel == "staff" else f"{name}-{language}" if language else name
    scripts = knowledge.approved.scripts
    return scripts.get(own) or scripts[name]  # a language that another version spoke of, in the state they share


def in_language(knowledge: Knowledge, language: str, nearby: Sequence[Option] = ()) -> Reply:
    """Say whom to call, in a language in which no answer fits."""
    name = f"language-{language}"
    return Reply(
        kind="scripted",
        parts=(*banner(knowledge), knowledge.approved.scripts[name]),
        suggestions=tuple(nearby)[:SUGGESTIONS],
        intent=Intent(name, "language"),
        confidence=1.0,
        contact=knowledge.contacts.of(),
    )


def translated(knowledge: Knowledge, id_: str, language: str, confidence: float) -> Reply:
    """Give the approved translation of an answer, with its source."""
    translation = replace(knowledge.approved.answers[id_].in_language(language), confidence=confidence)
    return Reply("answer", (*banner(knowledge), answer_part(knowledge, translation)), confidence=confidence)


def shorter(knowledge: Knowledge, id_: str, day: date) -> Reply:
    """Give the text of an answer that is approved for text messages: it is shorter, and nothing plainer is approved."""
    answer = knowledge.approved.answers[id_]
    return Reply(
        kind="answer",
        parts=(
            *banner(knowledge),
            answer_part(knowledge, replace(answer, blocks=paragraphs(answer.sms), limits=None, seal=answer.sms_seal)),
        ),
        suggestions=tuple(map(knowledge.option, _related(knowledge, answer, day))),
        intent=Intent("simpler", "smalltalk"),
        confidence=1.0,
    )


def script(knowledge: Knowledge, id_: str, confidence: float = 1.0) -> Reply:
    """Give a small-talk or other script; the fallback stands in for one that is withheld."""
    part = knowledge.approved.scripts.get(id_)
    if part is None:
        return fallback(knowledge, confidence)
    intent = Intent(id_, "smalltalk") if id_ in (*schema.TALK, schema.UNCLEAR, "too-long") else None
    contact = knowledge.contacts.of() if id_ in UNHELPED else None
    return Reply("scripted", (*banner(knowledge), part), intent=intent, confidence=confidence, contact=contact)


def not_covered(knowledge: Knowledge, id_: str, confidence: float, nearby: Sequence[Option] = ()) -> Reply:
    """Say that there is no approved text on this topic, by its title; needs title and template. `nearby` are suggested:
    what is covered and sounds like it.
    """
    return Reply(
        kind="scripted",
        parts=(*banner(knowledge), not_covered_part(knowledge, id_)),
        suggestions=tuple(nearby)[:SUGGESTIONS],
        intent=Intent(id_, "not-covered"),
        confidence=confidence,
        contact=knowledge.contacts.of(id_),
    )


def not_covered_part(knowledge: Knowledge, id_: str, language: str | None = None) -> NotCoveredPart:
    """Return the refusal of a topic, all in one language. Titles are English only: a translation names none."""
    script, title = knowledge.approved.script("not-covered", language), knowledge.approved.titles[id_]
    care = knowledge.approved.script("care-line", language) if knowledge.content.topics[id_].care else None
    if script is None or (care and care.language != script.language):
        script, care = knowledge.approved.scripts["not-covered"], knowledge.approved.scripts.get("care-line")
    text, short = (wording.replace("{title}", title) for wording in (script.text, script.short))
    return NotCoveredPart(id_, text, short, care, script.language)


def fallback(
    knowledge: Knowledge, confidence: float, intent: Intent | None = None, nearby: Sequence[Option] = ()
) -> Reply:
    """Say that we cannot answer. `intent` is the topic that the message was probably about: its title is not said,
    and the contact is the one for all topics.
    """
    parts = (*banner(knowledge), knowledge.approved.scripts["fallback"])
    return Reply("fallback", parts, tuple(nearby)[:SUGGESTIONS], intent, confidence, contact=knowledge.contacts.of())


def with_net(knowledge: Knowledge, reply: Reply, tier: str, channel: Channel, language: str | None = None) -> Reply:
    """Open the reply with the sentence of the tier in doubt, in the writer's language."""
    script = _of_tier(knowledge, f"{schema.NET}{tier}", channel, language)
    net = NetPart(script.id, script.text, script.short, script.language, tier=tier)
    return replace(reply, parts=(net, *reply.parts))


def with_notice(knowledge: Knowledge, reply: Reply) -> Reply:
    """Put the safety notice in front: the urgent check could not be made."""
    return replace(reply, parts=(_notice(knowledge.approved.scripts["safety-notice"]), *reply.parts))


def banner(knowledge: Knowledge) -> tuple[NoticePart, ...]:
    """Return the banner of a demonstration as a part; nothing where the content is approved for patients."""
    part = knowledge.approved.banner
    return (_notice(part),) if part else ()


def _notice(part: ScriptPart) -> NoticePart:
    return NoticePart(part.id, part.text, part.short, part.language)


def _related(knowledge: Knowledge, answer: Answer, day: date) -> list[str]:
    return [id_ for id_ in answer.related if knowledge.serves(id_, day)][:SUGGESTIONS]
