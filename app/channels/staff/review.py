"""`/staff/review`: what could not be answered, grouped, and what a curator wants done about it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.responses import RedirectResponse

from app.channels.http.routes import READ
from app.channels.http.services import Served
from app.channels.rendering import page
from app.channels.staff.access import Curating, Person, Posted
from app.channels.staff.services import Staff
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message
from app.dialogue.search import SearchResult, search_entries
from app.errors import InvalidBody
from app.records.proposals import Kind, Proposal
from app.records.withdrawals import Withdrawal
from app.redaction.redact import without_marks
from app.review.checks import check
from app.review.groups import Group

router = APIRouter(include_in_schema=False)

GROUPS = 20
"""Groups on a page."""
LISTED = 50
"""Questions of a group that are listed."""
MOST_NAMED = 1_000
"""Most questions that a form names: of 20,000 the names would be longer than a body may be."""
NEAREST = 3
LONGEST_SEARCH = 300
"""Characters from which the nearest are found: 1,000 of invented words take 40 ms, for each of the groups on a page."""
LONGEST_REASON = 1_000
PATH = "/staff/review"


@router.api_route(PATH, methods=READ)
def review(
    served: Served, staff: Staff, person: Curating, at: Annotated[int, Query(ge=0, le=1_000_000)] = 0
) -> Response:
    """Show patients' texts, redacted; the audit has the view first, or it does not happen."""
    knowledge, now = served.knowledge, served.now
    waiting = staff.questions.open()
    staff.add_audit_event(now, person.who, "view", f"review: {len(waiting)} questions")
    found = staff.grouping.groups(waiting, knowledge)
    last = max(len(found.groups) - 1, 0) // GROUPS
    at = min(at, last)
    shown = found.groups[at * GROUPS : (at + 1) * GROUPS]
    texts = staff.questions.texts_of([id_ for group in shown for id_ in _shown_ids(group)])
    return page(
        "review.html",
        served,
        person=person,
        active="review",
        groups=shown,
        ungrouped=found.ungrouped,
        text_of=lambda question: texts.get(question.message_id, question.text),
        nearest=lambda group: _nearest(knowledge, group, now.date()),
        keys=keys_of,
        reasons=lambda group: _reasons(knowledge, group, texts),
        listed=LISTED,
        most_named=MOST_NAMED,
        at=at,
        more=at < last,
        waiting=len(waiting),
        kept=staff.keeps_questions,
        entries={id_: answer.question for id_, answer in knowledge.approved.answers.items()},
        topics=dict(knowledge.approved.titles),
        taken_back=sorted(knowledge.taken_back),
    )


@router.post(f"{PATH}/propose")
def propose(served: Served, staff: Staff, person: Curating, form: Posted) -> Response:
    """Keep phrasings for a topic that there is, or a new topic that nothing covers, for `hai-faq review apply`."""
    now = served.now
    proposal = _proposal(form, person, now, _chosen(staff.questions.open_ids(), form))
    try:
        hints = check(proposal, served.knowledge, staff.questions.texts(), staff.proposals.open())
    except InvalidBody as refused:
        return page(
            "refused.html",
            served,
            refused.status,
            person=person,
            active="review",
            title="Not yet.",
            detail=refused.detail,
            typed=form.get("lines", ""),
            back=PATH,
        )
    staff.add_audit_event(now, person.who, "propose", f"{proposal.kind} {proposal.target}")
    staff.proposals.add(proposal)
    return page("proposed.html", served, person=person, active="review", hints=hints)


@router.post(f"{PATH}/dismiss")
def dismiss(served: Served, staff: Staff, person: Curating, form: Posted) -> Response:
    chosen = _chosen(staff.questions.open_ids(), form)
    staff.add_audit_event(served.now, person.who, "dismiss", f"{len(chosen)} questions")
    staff.questions.decide(chosen, "dismissed")
    return RedirectResponse(served.link(PATH), 303)


@router.post(f"{PATH}/withhold")
def withhold(served: Served, staff: Staff, person: Curating, form: Posted) -> Response:
    """Take an answer back at once, on all replicas within a minute."""
    now = served.now
    id_, why = form.get("entry", ""), form.get("why", "")
    if id_ not in served.knowledge.approved.answers or not why:
        raise InvalidBody("Name an entry, and say why it is taken back.")
    staff.add_audit_event(now, person.who, "withhold", id_)
    staff.withdrawals.add(Withdrawal(id_, now, person.who, why[:LONGEST_REASON]))
    served.answering.reloader.wake()
    return RedirectResponse(served.link(PATH), 303)


def _shown_ids(group: Group) -> set[str]:
    """Return the message ids of the questions whose text is shown, or whose reasons are."""
    netted = (question for question in group.questions if question.near_urgent)
    return {question.message_id for question in (group.representative, *group.questions[:LISTED], *islice(netted, 1))}


def _nearest(knowledge: Knowledge, group: Group, day: date) -> Sequence[SearchResult]:
    """Return the entries and topics that are not covered which the representative comes closest to."""
    message = Message(without_marks(group.representative.text)[:LONGEST_SEARCH])
    return search_entries(knowledge, message, day, NEAREST).results


def _reasons(knowledge: Knowledge, group: Group, texts: Mapping[str, str]) -> list[str]:
    """Return what speaks for danger now, and against it, in the newest message in doubt, without those before it."""
    netted = next((question for question in group.questions if question.near_urgent), None)
    if netted is None:
        return []
    message = Message(without_marks(texts.get(netted.message_id, netted.text)))
    return list(knowledge.reasons(message, knowledge.assess(message)).lines())


def keys_of(group: Group) -> str:
    """Return what a form sends to name the questions of a group, the newest of a very large one."""
    return " ".join(key_of(question.message_id) for question in group.questions[:MOST_NAMED])


def key_of(message_id: str) -> str:
    """Return a hash that is short enough for a form to name hundreds."""
    return hashlib.sha256(message_id.encode()).hexdigest()[:12]


def _chosen(waiting: Iterable[str], form: dict[str, str]) -> tuple[str, ...]:
    """Return the message ids that a form names, of the questions still open."""
    keys = set(form.get("keys", "").split())
    return tuple(message_id for message_id in waiting if key_of(message_id) in keys)


def _proposal(form: dict[str, str], person: Person, now: datetime, message_ids: tuple[str, ...]) -> Proposal:
    kind: Kind = "topic" if form.get("kind") == "topic" else "phrasing"
    title = form.get("title", "") if kind == "topic" else ""  # `check` looks at that of a topic only
    lines = tuple(line.strip() for line in form.get("lines", "").splitlines() if line.strip())
    return Proposal(now, person.who, kind, form.get("target", ""), title, lines, message_ids)
