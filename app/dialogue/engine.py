"""The pipeline: a message and what its conversation remembers go in, a reply and what to remember come out.

Read `respond` from top to bottom; each step either settles the reply or leaves it to the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.dialogue import compose, context, questions
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Intent, Message, Option, Reply, State
from app.dialogue.questions import QuestionSplitter
from app.dialogue.smalltalk import UNCLEAR
from app.dialogue.urgent import Urgency
from app.matching.matcher import Candidate
from app.matching.utterance import Utterance

LONGEST_ANSWERED = 4_000
"""Most characters of a message that is still answered; the urgent check reads on."""
OPTIONS = 3
"""Most entries that are offered as a choice."""
LEAST_OPTION = 0.06
"""Confidence below which an entry is not worth offering."""
LEAST_CHOICE = 0.15
"""The offered entries must hold at least this much confidence together."""
SHORT = 8
"""After an urgent reply, a message of up to so many words that asks nothing we answer gets the script again."""


@dataclass(frozen=True)
class Turn:
    """One message in its conversation, and what a reply can draw on."""

    message: Message
    utterance: Utterance
    state: State
    knowledge: Knowledge
    day: date


def respond(
    message: Message, state: State, knowledge: Knowledge, now: datetime, urgency: Urgency | None = None
) -> tuple[Reply, State]:
    """Return the reply and what the conversation remembers of it; deterministic.

    `urgency` is what the urgent check found when it was made beforehand.
    """
    urgency = urgency or knowledge.assess(message, state.flags)
    language = urgency.language
    if urgency.tier:
        reply = compose.urgent(knowledge, urgency.tier, message.channel, language)
        return reply, State(urgent=urgency.tier, flags=urgency.flags, language=language)
    turn = Turn(message, knowledge.read(message), state, knowledge, now.date())
    reply = _too_long(turn) or _in_language(turn, language) or _choice(turn) or _smalltalk(turn) or _matched(turn)
    if state.urgent and _repeats_urgent(turn, reply):
        reply = compose.urgent(knowledge, state.urgent, message.channel, state.language)
        return reply, replace(state, flags=urgency.flags)
    if urgency.failed:
        reply = compose.with_notice(knowledge, reply)
    return reply, replace(_remember(reply, state), flags=urgency.flags, language=language)


def _too_long(turn: Turn) -> Reply | None:
    return compose.script(turn.knowledge, "too-long") if len(turn.message.text) > LONGEST_ANSWERED else None


def _in_language(turn: Turn, language: str | None) -> Reply | None:
    """Give an approved translation where the matcher is sure of one, else whom to call, in the writer's language."""
    if language is None:
        return None
    knowledge = turn.knowledge
    for best in knowledge.matcher.rank_scored(turn.utterance.whole, limit=1):
        sure = best.confidence >= knowledge.matcher.threshold and knowledge.serves(best.id, turn.day)
        if sure and language in knowledge.approved.answers[best.id].translations:
            return compose.translated(knowledge, best.id, language, best.confidence)
    return compose.in_language(knowledge, language)


def _choice(turn: Turn) -> Reply | None:
    """Give the entry whose id was typed, or that was picked among what the last reply offered or suggested."""
    knowledge, day = turn.knowledge, turn.day
    typed_id = turn.message.text.strip()
    if knowledge.serves(typed_id, day):
        return compose.answer(knowledge, {typed_id: 1.0}, day)
    offered = [knowledge.option(id_) for id_ in turn.state.offered if knowledge.serves(id_, day)]
    suggested = [knowledge.option(id_) for id_ in turn.state.suggested if knowledge.serves(id_, day)]
    pick = context.pick(turn.utterance.text, offered or suggested, asked=bool(offered))
    if isinstance(pick, Option):
        return compose.answer(knowledge, {pick.id: 1.0}, day)
    if pick == context.NONE:
        return compose.script(knowledge, "none-chosen")
    return compose.clarify(knowledge, offered or suggested, 0.0) if pick == context.AGAIN else None


def _smalltalk(turn: Turn) -> Reply | None:
    """Give the script of small talk; a message that says nothing by itself, such as `why?`, may after an answer."""
    intent = turn.knowledge.smalltalk.recognise(turn.utterance)
    if intent == UNCLEAR and turn.state.about:
        reply = _matched(turn)
        return reply if reply.kind in ("answer", "clarify") else compose.script(turn.knowledge, intent)
    return compose.script(turn.knowledge, intent) if intent else None


def _matched(turn: Turn) -> Reply:
    knowledge, about = turn.knowledge, turn.state.about
    asked = knowledge.smalltalk.strip(turn.utterance.text)
    ranked = questions.ranked(asked, about, turn.utterance, knowledge)
    several = QuestionSplitter(turn.utterance, knowledge, turn.day).several(asked, about)
    if several and not _left_out(ranked, several, knowledge):
        return compose.answer(knowledge, {part.id: part.confidence for part in several}, turn.day)
    return decide(ranked, knowledge, turn.day)


def _left_out(ranked: Sequence[Candidate], several: Sequence[Candidate], knowledge: Knowledge) -> bool:
    """Return whether the whole message surely asks for an entry that none of its parts asks for: then it is one
    question after all.
    """
    return any(
        best.confidence >= knowledge.matcher.threshold
        and best.id in knowledge.approved.answers
        and best.id not in {part.id for part in several}
        for best in ranked[:1]
    )


def decide(candidates: Sequence[Candidate], knowledge: Knowledge, day: date) -> Reply:
    """Answer when sure; offer a choice when the right entry is probably among few; else say that we cannot.

    `candidates` are entries and not-covered topics, the surest first.
    """
    topics = knowledge.matcher.not_covered
    entries = [candidate for candidate in candidates if candidate.id not in topics]
    others = [candidate for candidate in candidates if candidate.id in topics]
    sure = entries[0].confidence if entries else 0.0
    if entries and sure >= knowledge.matcher.threshold and knowledge.serves(entries[0].id, day):
        return compose.answer(knowledge, {entries[0].id: sure}, day)
    if entries and entries[0].id in knowledge.approved.answers and not knowledge.serves(entries[0].id, day):
        return compose.fallback(knowledge, sure)
    options = _options(entries, others, knowledge, day)
    if options:
        return compose.clarify(knowledge, options, sure)
    if (
        others
        and others[0].confidence >= questions.LEAST_TOPIC_CONFIDENCE
        and others[0].id in knowledge.approved.titles
    ):
        return compose.not_covered(knowledge, others[0].id, others[0].confidence)
    unnamed = Intent(others[0].id, "not-covered") if others and others[0].confidence > sure else None
    return compose.fallback(knowledge, sure, unnamed)


def _options(
    entries: Sequence[Candidate], others: Sequence[Candidate], knowledge: Knowledge, day: date
) -> list[Option]:
    """Return the entries worth offering; none when together they are unlikely, or a not-covered topic is sure."""
    served = [entry for entry in entries if knowledge.serves(entry.id, day)][:OPTIONS]
    likely = [entry for place, entry in enumerate(served) if place < 2 or entry.confidence >= LEAST_OPTION]
    together = sum(entry.confidence for entry in likely)
    rival = max((topic.confidence for topic in others), default=0.0)
    if together < LEAST_CHOICE or rival >= questions.LEAST_TOPIC_CONFIDENCE:
        return []
    return [knowledge.option(entry.id) for entry in likely]


def _repeats_urgent(turn: Turn, reply: Reply) -> bool:
    """Return whether a message after an urgent reply is short and gets no answer."""
    return len(turn.utterance.text.words) <= SHORT and reply.kind != "answer"


def _remember(reply: Reply, before: State) -> State:
    return State(
        offered=tuple(option.id for option in reply.options),
        suggested=tuple(option.id for option in reply.suggestions),
        about=next((answer.id for answer in reversed(reply.answers)), before.about),
    )
