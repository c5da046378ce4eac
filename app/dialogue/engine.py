"""The pipeline: a message and what its conversation remembers in, a reply and what to remember out.

Read `respond` from top to bottom; each step either settles the reply or leaves it to the next.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from app import text
from app.dialogue import compose, context, questions
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Intent, Message, Option, Reply, State
from app.dialogue.smalltalk import UNCLEAR
from app.dialogue.urgent import Urgency
from app.matching.matcher import Candidate

LONGEST = 4_000
"""Characters of a message that is still answered; the urgent check reads on."""
OPTIONS = 3
LEAST_OPTION = 0.06
"""Confidence below which an entry is not worth offering."""
LEAST_CHOICE = 0.15
"""The offered entries must hold at least this much confidence together."""
SHORT = 8
"""After an urgent reply, a message of up to so many words that asks nothing we answer gets the script again."""


def respond(
    message: Message, state: State, knowledge: Knowledge, now: datetime, urgency: Urgency | None = None
) -> tuple[Reply, State]:
    """Deterministic. `urgency` is what the urgent check found when it was made beforehand."""
    urgency = urgency or knowledge.assess(message.text, state.marks)
    language = urgency.language
    if urgency.tier:
        reply = compose.urgent(knowledge, urgency.tier, message.channel, language)
        return reply, State(urgent=urgency.tier, marks=urgency.marks, language=language)
    reply = (
        _too_long(message, knowledge)
        or _in_language(message, language, knowledge, now.date())
        or _choice(message, state, knowledge, now.date())
        or _smalltalk(message, state, knowledge, now.date())
        or _matched(message, state, knowledge, now.date())
    )
    if state.urgent and _asks_nothing(message, reply):
        return compose.urgent(knowledge, state.urgent, message.channel, state.language), state
    if urgency.failed:
        reply = compose.with_notice(knowledge, reply)
    return reply, replace(_remember(reply, state), marks=urgency.marks, language=language)


def _too_long(message: Message, knowledge: Knowledge) -> Reply | None:
    return compose.script(knowledge, "too-long") if len(message.text) > LONGEST else None


def _in_language(message: Message, language: str | None, knowledge: Knowledge, day: date) -> Reply | None:
    """An approved translation where the matcher is sure of one, else whom to call, in the writer's language."""
    if language is None:
        return None
    best = next(iter(knowledge.matcher.rank(message.text, limit=1)), None)
    if best is None or best.confidence < knowledge.matcher.threshold or not knowledge.serves(best.id, day):
        return compose.in_language(knowledge, language)
    if language not in knowledge.answers[best.id].translations:
        return compose.in_language(knowledge, language)
    return compose.translated(knowledge, best.id, language, best.confidence)


def _choice(message: Message, state: State, knowledge: Knowledge, day: date) -> Reply | None:
    """An entry's id selects it; so does a pick among what the last reply offered or suggested."""
    named = message.text.strip()
    if knowledge.serves(named, day):
        return compose.answer(knowledge, named, 1.0, day)
    offered = [knowledge.option(id_) for id_ in state.offered if knowledge.serves(id_, day)]
    suggested = [knowledge.option(id_) for id_ in state.suggested if knowledge.serves(id_, day)]
    pick = context.pick(message.text, offered or suggested, asked=bool(offered))
    if isinstance(pick, Option):
        return compose.answer(knowledge, pick.id, 1.0, day)
    if pick == context.NONE:
        return compose.script(knowledge, "none-chosen")
    return compose.clarify(knowledge, offered or suggested, 0.0) if pick == context.AGAIN else None


def _smalltalk(message: Message, state: State, knowledge: Knowledge, day: date) -> Reply | None:
    """A message that says nothing by itself, such as `why?`, may say something after an answer."""
    intent = knowledge.smalltalk.recognise(message.text)
    if intent == UNCLEAR and state.about:
        reply = _matched(message, state, knowledge, day)
        return reply if reply.kind in ("answer", "clarify") else compose.script(knowledge, intent)
    return compose.script(knowledge, intent) if intent else None


def _matched(message: Message, state: State, knowledge: Knowledge, day: date) -> Reply:
    asked = knowledge.smalltalk.strip(message.text)
    ranked = questions.ranked(asked, state.about, knowledge)
    several = questions.several(asked, state.about, knowledge, day)
    if several and not _left_out(ranked, several, knowledge):
        return compose.several(knowledge, several, day)
    return decide(ranked, knowledge, day)


def _left_out(ranked: Sequence[Candidate], several: Sequence[Candidate], knowledge: Knowledge) -> bool:
    """The whole message surely asks for an entry that none of its parts asks for: it is one question after all."""
    sure = (each.id for each in ranked[:1] if each.confidence >= knowledge.matcher.threshold)
    return any(id_ in knowledge.answers and id_ not in {each.id for each in several} for id_ in sure)


def decide(candidates: Sequence[Candidate], knowledge: Knowledge, day: date) -> Reply:
    """Answer when sure; offer a choice when the right entry is probably among few; else say that we cannot."""
    covered = knowledge.matcher.not_covered
    entries = [each for each in candidates if each.id not in covered]
    others = [each for each in candidates if each.id in covered]
    sure = entries[0].confidence if entries else 0.0
    if entries and sure >= knowledge.matcher.threshold and knowledge.serves(entries[0].id, day):
        return compose.answer(knowledge, entries[0].id, sure, day)
    if entries and entries[0].id in knowledge.answers and not knowledge.serves(entries[0].id, day):
        return compose.fallback(knowledge, sure)
    options = _options(entries, others, knowledge, day)
    if options:
        return compose.clarify(knowledge, options, sure)
    if others and others[0].confidence >= questions.TITLE and others[0].id in knowledge.titles:
        return compose.not_covered(knowledge, others[0].id, others[0].confidence)
    named = Intent(others[0].id, "not-covered") if others and others[0].confidence > sure else None
    return compose.fallback(knowledge, sure, named)


def _options(
    entries: Sequence[Candidate], others: Sequence[Candidate], knowledge: Knowledge, day: date
) -> list[Option]:
    served = [each for each in entries if knowledge.serves(each.id, day)][:OPTIONS]
    likely = [each for place, each in enumerate(served) if place < 2 or each.confidence >= LEAST_OPTION]
    held = sum(each.confidence for each in likely)
    rival = max((each.confidence for each in others), default=0.0)
    if held < LEAST_CHOICE or rival >= questions.TITLE:
        return []
    return [knowledge.option(each.id) for each in likely]


def _asks_nothing(message: Message, reply: Reply) -> bool:
    short = len(text.words(text.fold(message.text[:LONGEST]))) <= SHORT
    return short and reply.kind != "answer"


def _remember(reply: Reply, before: State) -> State:
    return State(
        offered=tuple(option.id for option in reply.options),
        suggested=tuple(option.id for option in reply.suggestions),
        about=reply.answers[-1].id if reply.answers else before.about,
    )
