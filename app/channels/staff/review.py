"""`/staff/review`: what could not be answered, grouped, and what a curator wants done about it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.responses import RedirectResponse

from app.channels.http.services import Served
from app.channels.rendering import page
from app.channels.staff.access import Curating, Person, Posted
from app.channels.staff.services import Staff
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message
from app.errors import InvalidBody
from app.records.proposals import Kind, Proposal
from app.records.review_queue import KeptQuestion
from app.records.withdrawals import Withdrawal
from app.redaction.redact import without_marks
from app.review.checks import check
from app.review.groups import Group, groups

router = APIRouter(include_in_schema=False)

GROUPS = 20
"""Groups on a page."""
LONGEST_REASON = 1_000
PATH = "/staff/review"


@router.get(PATH)
def review(served: Served, staff: Staff, person: Curating, at: Annotated[int, Query(ge=0, le=1000)] = 0) -> Response:
    """Show patients' texts, redacted; the audit has the view first, or it does not happen."""
    knowledge, now = served.knowledge, served.now
    waiting = staff.questions.open()
    staff.add_audit_event(now, person.who, "view", f"review: {len(waiting)} questions")
    sorted_groups = groups(waiting, knowledge, now.date())
    return page(
        "review.html",
        served,
        person=person,
        active="review",
        groups=sorted_groups[at * GROUPS : (at + 1) * GROUPS],
        keys=keys_of,
        reasons=lambda group: _reasons(served.knowledge, group),
        at=at,
        more=len(sorted_groups) > (at + 1) * GROUPS,
        waiting=len(waiting),
        kept=staff.keeps_questions,
        entries={id_: answer.question for id_, answer in knowledge.approved.answers.items()},
        topics=dict(knowledge.approved.titles),
        taken_back=sorted(knowledge.taken_back),
        proposals=staff.proposals.latest(),
    )


@router.post(f"{PATH}/propose")
def propose(served: Served, staff: Staff, person: Curating, form: Posted) -> Response:
    """Keep phrasings for a topic that there is, or a new topic that nothing covers, for `hai-faq review apply`."""
    now = served.now
    proposal = _proposal(form, person, now, _chosen(staff.questions.open(), form))
    try:
        asked = [question.text for question in staff.questions.all()]
        hints = check(proposal, served.knowledge, asked, staff.proposals.open())
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


@router.post(f"{PATH}/withdraw")
def withdraw(served: Served, staff: Staff, person: Curating, form: Posted) -> Response:
    """Take an open proposal back; its questions are open again."""
    proposal = next((proposal for proposal in staff.proposals.open() if str(proposal.id) == form.get("id")), None)
    if proposal is None:
        raise InvalidBody("This proposal is not open any more.")
    staff.add_audit_event(served.now, person.who, "refuse", f"{proposal.id} {proposal.target}")
    staff.proposals.settle(proposal, "refused", f"withdrawn by {person.who}")
    return RedirectResponse(PATH, 303)


@router.post(f"{PATH}/dismiss")
def dismiss(served: Served, staff: Staff, person: Curating, form: Posted) -> Response:
    chosen = _chosen(staff.questions.open(), form)
    staff.add_audit_event(served.now, person.who, "dismiss", f"{len(chosen)} questions")
    staff.questions.decide(chosen, "dismissed")
    return RedirectResponse(PATH, 303)


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
    return RedirectResponse(PATH, 303)


def _reasons(knowledge: Knowledge, group: Group) -> list[str]:
    """Return what speaks for danger now, and against it, in the newest message in doubt, without those before it."""
    netted = next((question for question in group.questions if question.near_urgent), None)
    if netted is None:
        return []
    message = Message(without_marks(netted.text))
    return list(knowledge.reasons(message, knowledge.assess(message)).lines())


def keys_of(group: Group) -> str:
    """Return what a form sends to name the questions of a group."""
    return " ".join(map(key_of, group.questions))


def key_of(question: KeptQuestion) -> str:
    """Return a hash that is short enough for a form to name hundreds."""
    return hashlib.sha256(question.message_id.encode()).hexdigest()[:12]


def _chosen(waiting: Sequence[KeptQuestion], form: dict[str, str]) -> tuple[str, ...]:
    """Return the message ids of the questions that a form names, of those still open."""
    keys = set(form.get("keys", "").split())
    return tuple(question.message_id for question in waiting if key_of(question) in keys)


def _proposal(form: dict[str, str], person: Person, now: datetime, message_ids: tuple[str, ...]) -> Proposal:
    kind: Kind = "topic" if form.get("kind") == "topic" else "phrasing"
    title = form.get("title", "") if kind == "topic" else ""  # `check` looks at that of a topic only
    lines = tuple(line.strip() for line in form.get("lines", "").splitlines() if line.strip())
    return Proposal(now, person.who, kind, form.get("target", ""), title, lines, message_ids)
