"""`/staff/review`: what could not be answered, grouped, and what a curator wants done about it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.responses import RedirectResponse

from app.channels.http import Served
from app.channels.rendering import page
from app.channels.staff.access import Curating, Person, Posted
from app.channels.staff.services import Staff
from app.errors import InvalidBody
from app.records.proposals import Kind, Proposal
from app.records.questions import Question
from app.records.withdrawals import Withdrawal
from app.review.checks import check
from app.review.groups import groups

router = APIRouter(include_in_schema=False)

PAGE = 20
"""Groups on a page."""
PATH = "/staff/review"


@router.get(PATH)
def review(served: Served, staff: Staff, person: Curating, at: Annotated[int, Query(ge=0, le=1000)] = 0) -> Response:
    """Shows patients' texts, redacted; that it does is audited first, or it does not."""
    knowledge, now = served.live.current, served.answering.clock()
    waiting = staff.questions.open()
    staff.add_audit_event(now, person.who, "view", f"review: {len(waiting)} questions")
    found = groups(waiting, knowledge, now.date())
    shown = found[at * PAGE : (at + 1) * PAGE]
    return page(
        "review.html",
        served,
        person=person,
        active="review",
        groups=shown,
        keys=lambda group: " ".join(key_of(each) for each in group.questions),
        at=at,
        more=len(found) > (at + 1) * PAGE,
        waiting=len(waiting),
        kept=staff.keeps_questions,
        entries={id_: answer.question for id_, answer in knowledge.answers.items()},
        topics=dict(knowledge.titles),
        taken_back=sorted(knowledge.taken_back),
        proposals=staff.proposals.latest(),
    )


@router.post(f"{PATH}/propose")
def propose(served: Served, staff: Staff, person: Curating, form: Posted) -> Response:
    """Phrasings for a topic that there is, or a new topic that nothing covers; `hai-faq review apply` decides."""
    now = served.answering.clock()
    waiting = staff.questions.open()
    proposal = _proposal(form, person, now, _chosen(waiting, form))
    try:
        known = [each.text for each in staff.questions.all()]
        hints = check(proposal, served.live.current, known, staff.proposals.open())
    except InvalidBody as refused:
        said = {"title": "Not yet.", "detail": refused.detail, "typed": form.get("lines", ""), "back": PATH}
        return page("refused.html", served, refused.status, person=person, active="review", **said)
    staff.add_audit_event(now, person.who, "propose", f"{proposal.kind} {proposal.target}")
    staff.proposals.add(proposal)
    return page("proposed.html", served, person=person, active="review", hints=hints)


@router.post(f"{PATH}/withdraw")
def withdraw(served: Served, staff: Staff, person: Curating, form: Posted) -> Response:
    """Takes an open proposal back; its questions are open again."""
    proposal = next((each for each in staff.proposals.open() if str(each.id) == form.get("id")), None)
    if proposal is None:
        raise InvalidBody("This proposal is not open any more.")
    staff.add_audit_event(served.answering.clock(), person.who, "refuse", f"{proposal.id} {proposal.target}")
    staff.proposals.settle(proposal, "refused", f"withdrawn by {person.who}")
    return RedirectResponse(PATH, 303)


@router.post(f"{PATH}/dismiss")
def dismiss(served: Served, staff: Staff, person: Curating, form: Posted) -> Response:
    chosen = _chosen(staff.questions.open(), form)
    staff.add_audit_event(served.answering.clock(), person.who, "dismiss", f"{len(chosen)} questions")
    staff.questions.decide(chosen, "dismissed")
    return RedirectResponse(PATH, 303)


@router.post(f"{PATH}/withhold")
def withhold(served: Served, staff: Staff, person: Curating, form: Posted) -> Response:
    """Takes an answer back at once, on all replicas within a minute."""
    now = served.answering.clock()
    id_, why = form.get("entry", ""), form.get("why", "")
    if id_ not in served.live.current.answers or not why:
        raise InvalidBody("Name an entry, and say why it is taken back.")
    staff.add_audit_event(now, person.who, "withhold", id_)
    staff.withdrawals.add(Withdrawal(id_, now, person.who, why[:1000]))
    served.live.wake()
    return RedirectResponse(PATH, 303)


def key_of(question: Question) -> str:
    """Short enough that a form can name hundreds."""
    return hashlib.sha256(question.message_id.encode()).hexdigest()[:12]


def _chosen(waiting: Sequence[Question], form: dict[str, str]) -> tuple[str, ...]:
    """The message ids that a form names, of those still open."""
    named = set(form.get("keys", "").split())
    return tuple(each.message_id for each in waiting if key_of(each) in named)


def _proposal(form: dict[str, str], person: Person, now: datetime, message_ids: tuple[str, ...]) -> Proposal:
    kind: Kind = "topic" if form.get("kind") == "topic" else "phrasing"
    lines = tuple(line.strip() for line in form.get("lines", "").splitlines() if line.strip())
    return Proposal(now, person.who, kind, form.get("target", ""), form.get("title", ""), lines, message_ids)
