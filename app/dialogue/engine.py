"""The pipeline: a message and what its conversation remembers go in, a reply and what to remember come out.

Read `respond` from top to bottom; each step either settles the reply or leaves it to the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.content import schema
from app.dialogue import compose, context
from app.dialogue.knowledge import Knowledge
from app.dialogue.language import ENGLISH
from app.dialogue.messages import AnswerPart, Intent, Message, NotCoveredPart, Option, Reply, State
from app.dialogue.ranking import Ranking
from app.dialogue.splitter import QuestionSplitter
from app.dialogue.translations import for_reader
from app.dialogue.urgent import Urgency
from app.matching.confidence import KINDS
from app.matching.matcher import Candidate
from app.matching.utterance import Utterance

LONGEST_ANSWERED = 4_000
"""Most characters of a message that is still answered; the urgent check reads on."""
OPTIONS = 3
"""Most entries that are offered as a choice."""
LEAST_OPTION = 0.06
"""Confidence below which an entry is not worth offering."""
LEAST_NEAR = 0.35
"""Score from which an entry is suggested beside a refusal; where that is sure, every entry's confidence is near 0."""
LEAST_CHOICE = 0.15
"""The offered entries must hold at least this much confidence together."""
FEW_WORDS = 3
"""A message of up to so many words that gives no evidence of any topic is asked back, a longer one refused."""
REPEAT, SIMPLER, WORRY, FALLBACK = "repeat", "simpler", "worry", "fallback"
SHORTENED = ".sms"
"""Stands behind the id of an answer that was said in the text for text messages, as in the key of its seal."""
CRISIS = "crisis"
CRISIS_SAID = "crisis-said"
"""The flag of a conversation in which the text of a crisis was said: its sentence stays in front."""
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
    is_calm: bool = True
    """No danger is in doubt, and none was found in the message before."""


def respond(
    message: Message, state: State, knowledge: Knowledge, now: datetime, urgency: Urgency | None = None
) -> tuple[Reply, State]:
    """Return the reply, in the language that the person prefers as far as it is approved in it, and what the
    conversation remembers of it; deterministic.

    `urgency` is what the urgent check found when it was made beforehand.
    """
    urgency = urgency or knowledge.assess(message, state.flags)
    reply, following = _respond(message, state, knowledge, now, urgency)
    return for_reader(knowledge, reply, message.prefers), following


def _respond(
    message: Message, state: State, knowledge: Knowledge, now: datetime, urgency: Urgency
) -> tuple[Reply, State]:
    language = urgency.language
    if urgency.tier:
        return _urgent(message, state, knowledge, urgency, urgency.tier)
    is_calm = not (state.urgent or urgency.failed or net_of(urgency, state))
    turn = Turn(message, _said_once(knowledge.read(message)), state, knowledge, now.date(), is_calm)
    reply = _too_long(turn) or _declined(turn) or _in_language(turn, language) or _choice(turn) or _matched(turn)
    if state.urgent and _repeats_urgent(turn, reply):
        reply = compose.urgent(knowledge, state.urgent, message.channel, state.language or message.prefers)
        return reply, replace(state, flags=urgency.flags)
    following = replace(_remember(reply, state), flags=urgency.flags, language=language)
    return _with_safety(turn, reply, urgency), following


def _said_once(utterance: Utterance) -> Utterance:
    """Return the message without its repetitions, for ranking topics; the danger check has read them all."""
    once = utterance.text.once
    return utterance if once is utterance.text else Utterance(once, utterance.model)


def _urgent(message: Message, state: State, knowledge: Knowledge, urgency: Urgency, tier: str) -> tuple[Reply, State]:
    """Give the script of the tier; after a crisis its sentence stays in front of a less urgent one."""
    language = _language_of_danger(message, knowledge, urgency)
    reply = compose.urgent(knowledge, tier, message.channel, language)
    if tier == schema.TIERS[-1] and CRISIS_SAID in state.flags:
        reply = compose.with_net(knowledge, reply, CRISIS, message.channel, language)
    flags = urgency.flags | {CRISIS_SAID} if tier == CRISIS else urgency.flags
    return reply, State(urgent=tier, flags=flags, language=language)


def _language_of_danger(message: Message, knowledge: Knowledge, urgency: Urgency) -> str | None:
    """Return the language in which a danger was told, English too; where that tells nothing, the one preferred."""
    if urgency.language or message.prefers is None:
        return urgency.language
    return ENGLISH if knowledge.languages.is_english(knowledge.read(message)) else message.prefers


def _with_safety(turn: Turn, reply: Reply, urgency: Urgency) -> Reply:
    """Open the reply with the safety notice where the check failed, with the sentence of the tier in doubt where there
    is one; after a crisis its sentence stays in front, whatever is denied.
    """
    if urgency.failed:
        return compose.with_notice(turn.knowledge, reply)
    net = net_of(urgency, turn.state)
    if net is None:
        return reply
    language = urgency.language or turn.message.prefers or turn.state.language
    return compose.with_net(turn.knowledge, reply, net, turn.message.channel, language)


def net_of(urgency: Urgency, state: State) -> str | None:
    """Return the tier whose sentence opens the reply: the one in doubt, or once the text of a crisis was said that of a
    crisis, whichever is the more urgent.
    """
    tiers = {urgency.net, CRISIS if CRISIS_SAID in state.flags else None}
    return next((tier for tier in schema.TIERS if tier in tiers), None)


def _too_long(turn: Turn) -> Reply | None:
    return compose.script(turn.knowledge, "too-long") if len(turn.message.text) > LONGEST_ANSWERED else None


def _declined(turn: Turn) -> Reply | None:
    """Reply to the line that chooses none of the options, in the language in which it was shown."""
    shown = turn.knowledge.approved.scripts.get(f"clarify-none-{turn.message.prefers}")
    declined = shown is not None and turn.message.text.strip() == shown.text
    return _none_chosen(turn) if declined else None


def _none_chosen(turn: Turn) -> Reply:
    """Say what follows when none of the options is wanted: the first of those offered was missed."""
    reply = compose.script(turn.knowledge, "none-chosen")
    return replace(reply, missed=turn.state.offered[0]) if turn.state.offered else reply


def _in_language(turn: Turn, language: str | None) -> Reply | None:
    """Give an approved translation where the matcher is sure of one, else whom to call, in the writer's language.

    Someone who also prefers that language gets suggestions too.
    """
    if language is None:
        return None
    knowledge = turn.knowledge
    best = next(iter(Ranking(turn.utterance, knowledge).abroad()), None)
    sure = best is not None and best.sure and knowledge.serves(best.id, turn.day)
    if best and sure and language in knowledge.approved.answers[best.id].translations:
        if language == turn.message.prefers:
            return compose.answer(knowledge, {best.id: best.confidence}, turn.day)
        return compose.translated(knowledge, best.id, language, best.confidence)
    reply = compose.in_language(knowledge, language, _nearby([], turn) if language == turn.message.prefers else ())
    held = best is not None and best.sure and best.kind == "entry" and not knowledge.serves(best.id, turn.day)
    return replace(reply, held=best.id) if best and held else reply


def _choice(turn: Turn) -> Reply | None:
    """Give the entry whose id was typed, or what was picked among what the last reply offered or suggested."""
    knowledge, day = turn.knowledge, turn.day
    typed_id = turn.message.text.strip()
    if knowledge.serves(typed_id, day):
        return _picked(turn, [typed_id])
    options = _open_options(turn)
    if not turn.state.offered and context.picks_none(turn.utterance.text):
        return _none_chosen(turn)
    if not options and context.picks(turn.utterance.text):
        return compose.script(knowledge, schema.UNCLEAR)
    pick = context.pick(turn.utterance.text, options, asked=bool(turn.state.offered))
    if isinstance(pick, tuple):
        return _picked(turn, [option.id for option in pick])
    if pick == context.NONE:
        return _none_chosen(turn)
    if pick == context.AGAIN or (options and context.picks(turn.utterance.text)):
        return compose.clarify(knowledge, options, 0.0)
    return None


def _picked(turn: Turn, ids: Sequence[str]) -> Reply:
    reply = compose.answer(turn.knowledge, dict.fromkeys(ids, 1.0), turn.day)
    return replace(reply, picked=tuple(id_ for id_ in ids if id_ in turn.state.offered))


def _open_options(turn: Turn) -> list[Option]:
    """Return what the last reply offered, else what it suggested, as far as it is served."""
    open_ids = turn.state.offered or turn.state.suggested
    return [turn.knowledge.option(id_) for id_ in open_ids if turn.knowledge.serves(id_, turn.day)]


def _matched(turn: Turn) -> Reply:
    knowledge, about = turn.knowledge, turn.state.about
    opener = knowledge.openers.intent(turn.utterance.text)
    if opener:
        return compose.script(knowledge, opener)
    asked = knowledge.openers.strip(turn.utterance.text)
    ranking = Ranking(turn.utterance, knowledge, about)
    several = QuestionSplitter(turn.utterance, knowledge, turn.day).several(asked, about)
    if several and not _asks_otherwise(ranking.by_words(asked), several, knowledge):
        return compose.answer(knowledge, {part.id: part.confidence for part in several}, turn.day)
    return _decide(turn, ranking.of(asked))


def _asks_otherwise(ranked: Sequence[Candidate], several: Sequence[Candidate], knowledge: Knowledge) -> bool:
    """Return whether the whole message surely asks for an entry that none of its parts asks for: then it is one
    question after all.
    """
    best = ranked[0] if ranked and ranked[0].sure else None
    return best is not None and best.id in knowledge.approved.answers and best.id not in {part.id for part in several}


def _decide(turn: Turn, candidates: Sequence[Candidate]) -> Reply:
    """Answer or refuse by name when sure; then small talk; offer a choice when the right entry is probably among few;
    else say that we cannot. `candidates` come the surest first.
    """
    knowledge = turn.knowledge
    entries, topics, talk = ([best for best in candidates if best.kind == kind] for kind in KINDS)
    sure = entries[0].confidence if entries else 0.0
    if entries and sure >= LEAST_CHOICE and not knowledge.serves(entries[0].id, turn.day):
        return replace(compose.fallback(knowledge, sure, nearby=_nearby(entries, turn)), held=entries[0].id)
    if entries and entries[0].sure:
        return compose.answer(knowledge, {entries[0].id: sure}, turn.day)
    options = _options(entries, topics, talk, turn)
    if topics and topics[0].sure and topics[0].id in knowledge.approved.titles:
        return compose.not_covered(knowledge, topics[0].id, topics[0].confidence, _nearby(entries, turn, named=True))
    if talk and talk[0].sure:
        return _talk(turn, talk[0].id)
    if options:
        return compose.clarify(knowledge, options, sure)
    if not entries and not topics and len(turn.utterance.text.words) <= FEW_WORDS:
        return compose.script(knowledge, schema.UNCLEAR)
    unnamed = Intent(topics[0].id, "not-covered") if topics and topics[0].confidence > sure else None
    missed = unnamed.id if unnamed else entries[0].id if entries else None
    return replace(compose.fallback(knowledge, sure, unnamed, _nearby(entries, turn)), missed=missed)


def _nearby(entries: Sequence[Candidate], turn: Turn, named: bool = False) -> Sequence[Option]:
    """Return entries to suggest beside a refusal, which is no dead end then.

    A text message does not show them, and `the second one` would pick what nobody saw. Where danger is in doubt,
    nothing is added to what sounds like a topic refused by name.
    """
    near = [entry.id for entry in entries if entry.score >= LEAST_NEAR and turn.knowledge.serves(entry.id, turn.day)]
    if turn.is_calm and turn.message.channel != "sms":
        return compose.nearby(turn.knowledge, near, turn.day)
    return [turn.knowledge.option(id_) for id_ in near] if named else []


def _options(
    entries: Sequence[Candidate], topics: Sequence[Candidate], talk: Sequence[Candidate], turn: Turn
) -> list[Option]:
    """Return the entries worth offering; none when together they are unlikely, or less likely than small talk, or a
    topic that is not covered is sure.
    """
    served = [entry for entry in entries if turn.knowledge.serves(entry.id, turn.day)][:OPTIONS]
    likely = [entry for place, entry in enumerate(served) if place < 2 or entry.confidence >= LEAST_OPTION]
    together = sum(entry.confidence for entry in likely)
    least = max([LEAST_CHOICE, *(best.confidence for best in talk[:1])])
    if together < least or any(best.sure for best in topics[:1]):
        return []
    return [turn.knowledge.option(entry.id) for entry in likely]


def _talk(turn: Turn, intent: str) -> Reply:
    """Give the script of small talk, or the last reply once more: as it was, in fewer words, or what follows it."""
    knowledge, state = turn.knowledge, turn.state
    if intent == schema.MORE:
        options = _open_options(turn)
        return compose.clarify(knowledge, options, 0.0) if options else compose.script(knowledge, "capabilities")
    if intent == REPEAT and (again := _again(turn)):
        return again
    is_long = turn.message.channel != "sms" and state.said == (state.about,) and knowledge.is_shortened(state.said[0])
    if intent == SIMPLER and is_long and not turn.message.prefers and knowledge.serves(state.said[0], turn.day):
        return compose.shorter(knowledge, state.said[0], turn.day)
    reply = compose.script(knowledge, intent)
    if intent == WORRY:
        return replace(reply, suggestions=compose.first_suggestions(knowledge, turn.day))
    return reply


def _again(turn: Turn) -> Reply | None:
    """Return the last reply once more; None where nothing was said, or it may no longer be said."""
    knowledge, state, options = turn.knowledge, turn.state, _open_options(turn)
    if state.offered:
        return compose.clarify(knowledge, options, 0.0) if options else None
    shortened = tuple(id_.removesuffix(SHORTENED) for id_ in state.said)
    if not shortened or not all(_may_be_said(id_, turn) for id_ in shortened):
        return None
    first = shortened[0]
    if first == FALLBACK:
        return compose.fallback(knowledge, 0.0, nearby=options)
    if first in knowledge.approved.scripts:
        return compose.script(knowledge, first)
    if state.said != shortened:
        return compose.shorter(knowledge, first, turn.day)
    if state.language and first in knowledge.approved.answers:
        return compose.translated(knowledge, first, state.language, 1.0)
    if len(shortened) == 1 and first in knowledge.approved.titles:
        return compose.not_covered(knowledge, first, 1.0, options)
    return compose.answer(knowledge, dict.fromkeys(shortened, 1.0), turn.day)


def _may_be_said(id_: str, turn: Turn) -> bool:
    """Return whether an entry is served, in the language that was spoken, or a title or script is still approved."""
    approved, language = turn.knowledge.approved, turn.state.language
    if id_ not in approved.answers:
        return id_ in approved.titles or id_ in approved.scripts
    spoken = language is None or language in approved.answers[id_].translations
    return spoken and turn.knowledge.serves(id_, turn.day)


def _repeats_urgent(turn: Turn, reply: Reply) -> bool:
    """Return whether a message after an urgent reply is short and gets no answer."""
    return len(turn.utterance.text.words) <= SHORT and reply.kind != "answer"


def _remember(reply: Reply, before: State) -> State:
    shortened = SHORTENED if reply.answers and reply.intent and reply.intent.id == SIMPLER else ""
    return State(
        offered=tuple(option.id for option in reply.options),
        suggested=tuple(option.id for option in reply.suggestions),
        about=_about(reply, before),
        said=tuple(f"{id_}{shortened}" for id_ in reply.said),
    )


def _about(reply: Reply, before: State) -> str | None:
    """Return what the next message may lean on: a refusal takes the place of an older answer, small talk does not."""
    subjects = [part.key for part in reply.parts if isinstance(part, AnswerPart | NotCoveredPart)]
    if subjects:
        return subjects[-1]
    if reply.kind == "fallback":
        return reply.intent.id if reply.intent else None
    return before.about
