"""Checks of a proposal before anyone tries it: words of a curator's own, under an id that makes sense."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from app import text
from app.content import schema
from app.content.additions import Addition
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message
from app.errors import InvalidBody
from app.matching.confidence import NAMED
from app.records.proposals import Proposal, State
from app.redaction.redact import redact

LONGEST = 300
"""Characters of a phrasing: a story is no phrasing."""
LONGEST_TITLE, LONGEST_ID = 120, 100
LEAST, BETTER = 5, 10
"""Phrasings of a new topic: fewer than five do not teach where it ends; ten find it in two thirds of the messages."""
MOST = 200
"""Lines of a proposal."""
BEGINNING = 60
"""Characters of a question that tell it from most lines; their last word may be cut."""

_ID: TypeAdapter[str] = TypeAdapter(schema.Id)


@dataclass(frozen=True, slots=True)
class Verdict:
    proposal: Proposal
    state: State
    remark: str
    """Reason of a refusal; for what is applied, what to think of once more."""
    stands: bool = False
    """All of it is in the content already."""


def check_all(proposals: Sequence[Proposal], knowledge: Knowledge, questions: Iterable[str]) -> list[Verdict]:
    """Check proposals beside the fit ones before them: of two topics of one id the second is refused."""
    patients = tuple(questions)
    fit: list[Proposal] = []
    verdicts: list[Verdict] = []
    for proposal in proposals:
        try:
            verdicts.append(Verdict(proposal, "applied", check(proposal, knowledge, patients, fit)))
            fit.append(proposal)
        except InvalidBody as error:
            verdicts.append(Verdict(proposal, "refused", error.detail))
    return verdicts


def check(proposal: Proposal, knowledge: Knowledge, questions: Iterable[str], beside: Iterable[Proposal] = ()) -> str:
    """Return hints, if any. Raises `InvalidBody`, which names lines by their number only.

    `questions` are those that are stored: what patients wrote is never taken word for word into `intents/`.
    `beside` are the other proposals, which may come to stand there before this one.
    """
    problem = next(_problems(proposal, knowledge, questions, beside), None)
    if problem:
        raise InvalidBody(problem)
    return " ".join(hints(proposal, knowledge))


def hints(proposal: Proposal, knowledge: Knowledge) -> Iterator[str]:
    """Yield what is worth a second thought."""
    if proposal.kind == "topic" and len(proposal.lines) < BETTER:
        yield f"Write {BETTER} phrasings or more if you can: {LEAST} find the topic less often than not."
    for number, line in enumerate(proposal.lines, 1):
        best = next(iter(knowledge.matcher.rank(line, limit=1)), None)
        if best and best.id != proposal.target and best.confidence >= NAMED:
            yield f"Line {number} is taken for {best.id} now, {best.confidence:.0%} sure."


def addition(proposal: Proposal) -> Addition:
    """Return what a proposal adds to the content."""
    return Addition(proposal.target, proposal.lines, proposal.title if proposal.kind == "topic" else None)


def stands(proposal: Proposal, knowledge: Knowledge) -> bool:
    """Tell whether all lines are phrasings already, by hand or by a run that ended before it said so."""
    phrasings = knowledge.matcher.phrasings.get(proposal.target)
    return phrasings is not None and set(proposal.lines) <= set(phrasings.texts)


def _problems(
    proposal: Proposal, knowledge: Knowledge, questions: Iterable[str], beside: Iterable[Proposal]
) -> Iterator[str]:
    if proposal.kind == "topic":
        yield from _topic_problems(proposal, knowledge)
        if any(other.kind == "topic" and other.target == proposal.target for other in beside):
            yield "A topic of this id is proposed already."
    elif proposal.target not in knowledge.content.entries and proposal.target not in knowledge.content.topics:
        yield "There is no such entry or topic."
    if not 0 < len(proposal.lines) <= MOST:
        yield f"Write between 1 and {MOST} phrasings."
    patients = _keys_like(proposal.lines, questions)
    for number, line in enumerate(proposal.lines, 1):
        problems = _line_problems(line, proposal.target, knowledge, patients)
        yield from (f"Line {number} {problem}." for problem in problems)
    if len({text.key(line) for line in proposal.lines}) < len(proposal.lines):
        yield "Two of the lines say the same."


def _keys_like(lines: Iterable[str], questions: Iterable[str]) -> set[str]:
    """Return the keys of the questions that begin like a line: only these are read whole, since 20,000 took 5 s."""
    said = [text.words(line) for line in lines]
    beginnings = {words[:count] for words in said for count in range(min(len(words), BEGINNING) + 1)}
    return {text.key(question) for question in questions if text.words(question[:BEGINNING])[:-1] in beginnings}


def _topic_problems(proposal: Proposal, knowledge: Knowledge) -> Iterator[str]:
    id_, title = proposal.target, proposal.title
    if not id_.startswith(schema.NOT_COVERED) or not _is_id(id_):
        yield f"The id of a topic is {schema.NOT_COVERED} and a word or more: lower case, digits, hyphens."
    if id_ in knowledge.content.topics:
        yield "There is a topic of this id already."
    if not title.strip() or len(title) > LONGEST_TITLE or len(title.splitlines()) > 1 or "{" in title:
        yield f"The title is one line of at most {LONGEST_TITLE} characters, without braces."
    if any(map(_is_hidden, title)):
        yield "The title holds a character that cannot be seen."
    if redact(title) != title:
        yield "The title looks as if it names a person."
    if len(proposal.lines) < LEAST:
        yield f"Write at least {LEAST} phrasings, better {BETTER}: they teach the service where the topic ends."


def _is_id(id_: str) -> bool:
    try:
        return bool(_ID.validate_python(id_)) and len(id_) <= LONGEST_ID
    except ValidationError:
        return False


def _is_hidden(char: str) -> bool:
    """Tell a control, a format (such as a turn of direction), half of a character, or a private one."""
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co")


def _line_problems(line: str, target: str, knowledge: Knowledge, patients: set[str]) -> Iterator[str]:
    if not text.key(line) or line != line.strip() or len(line.splitlines()) > 1:
        yield "is not one line of words without spaces around it"
    if any(map(_is_hidden, line)):
        yield "holds a character that cannot be seen"
    if len(line) > LONGEST:
        yield f"is longer than {LONGEST} characters"
    if text.key(line) in patients:
        yield "is what a patient wrote: say it in words of your own"
    if redact(line) != line:
        yield "looks as if it holds personal data"
    phrasings = knowledge.matcher.phrasings.items()
    yield from (f"stands under {id_} already" for id_, lines in phrasings if id_ != target and line in lines.texts)
    if knowledge.assess(Message(line)).tier:  # each phrasing teaches the urgent check what is calm
        yield "sounds like danger, which is a clinician's to decide, in intents/urgent/"
