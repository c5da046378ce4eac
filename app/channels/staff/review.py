"""`/staff/review`: what could not be answered, grouped, and what a curator wants done about it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.responses import RedirectResponse

from app.channels.http.services import Served
from app.channels.rendering import page
from app.channels.staff import access
from app.channels.staff.access import Curating, Person, Posted
from app.errors import InvalidBody
from app.records.proposals import Kind, Proposal
from app.records.review_queue import KeptQuestion
from app.records.withdrawals import Withdrawal
from app.review.checks import check
from app.review.groups import groups

router = APIRouter(include_in_schema=False)

PAGE = 20
"""Groups on a page."""
PATH = "/staff/review"


@router.get(PATH)
def review(served: Served, person: Curating, at: Annotated[int, Query(ge=0, le=1000)] = 0) -> Response:
    """Shows patients' texts, redacted; that it does is audited first, or it does not."""
    desk, knowledge, now = access.desk_of(served), served.live.current, served.answering.clock()
    waiting = desk.questions.open()
    desk.note(now, person.who, "view", f"review: {len(waiting)} questions")
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
        kept=desk.keeps_questions,
        entries={id_: answer.question for id_, answer in knowledge.answers.items()},
        topics=dict(knowledge.titles),
        taken_back=sorted(knowledge.taken_back),
        proposals=desk.proposals.latest(),
    )


@router.post(f"{PATH}/propose")
def propose(served: Served, person: Curating, form: Posted) -> Response:
    """Phrasings for a topic that there is, or a new topic that nothing covers; `hai-faq review apply` decides."""
    desk, now = access.desk_of(served), served.answering.clock()
    waiting = desk.questions.open()
    proposal = _proposal(form, person, now, _chosen(waiting, form))
    try:
        known = [each.text for each in desk.questions.all()]
        hints = check(proposal, served.live.current, known, desk.proposals.open())
    except InvalidBody as refused:
        said = {"title": "Not yet.", "detail": refused.detail, "typed": form.get("lines", ""), "back": PATH}
        return page("refused.html", served, refused.status, person=person, active="review", **said)
    desk.note(now, person.who, "propose", f"{proposal.kind} {proposal.target}")
    desk.proposals.add(proposal)
    return page("proposed.html", served, person=person, active="review", hints=hints)


@router.post(f"{PATH}/withdraw")
def withdraw(served: Served, person: Curating, form: Posted) -> Response:
    """Takes an open proposal back; its questions are open again."""
    desk = access.desk_of(served)
    proposal = next((each for each in desk.proposals.open() if str(each.id) == form.get("id")), None)
    if proposal is None:
        raise InvalidBody("This proposal is not open any more.")
    desk.note(served.answering.clock(), person.who, "refuse", f"{proposal.id} {proposal.target}")
    desk.proposals.settle(proposal, "refused", f"withdrawn by {person.who}")
    return RedirectResponse(PATH, 303)


@router.post(f"{PATH}/dismiss")
def dismiss(served: Served, person: Curating, form: Posted) -> Response:
    desk = access.desk_of(served)
    chosen = _chosen(desk.questions.open(), form)
    desk.note(served.answering.clock(), person.who, "dismiss", f"{len(chosen)} questions")
    desk.questions.decide(chosen, "dismissed")
    return RedirectResponse(PATH, 303)


@router.post(f"{PATH}/withhold")
def withhold(served: Served, person: Curating, form: Posted) -> Response:
    """Takes an answer back at once, on all replicas within a minute."""
    desk, now = access.desk_of(served), served.answering.clock()
    id_, why = form.get("entry", ""), form.get("why", "")
    if id_ not in served.live.current.answers or not why:
        raise InvalidBody("Name an entry, and say why it is taken back.")
    desk.note(now, person.who, "withhold", id_)
    desk.withdrawals.add(Withdrawal(id_, now, person.who, why[:1000]))
    served.live.wake()
    return RedirectResponse(PATH, 303)


def key_of(question: KeptQuestion) -> str:
    """Short enough that a form can name hundreds."""
    return hashlib.sha256(question.message_id.encode()).hexdigest()[:12]


def _chosen(waiting: Sequence[KeptQuestion], form: dict[str, str]) -> tuple[str, ...]:
    """The message ids that a form names, of those still open."""
    named = set(form.get("keys", "").split())
    return tuple(each.message_id for each in waiting if key_of(each) in named)


def _proposal(form: dict[str, str], person: Person, now: datetime, message_ids: tuple[str, ...]) -> Proposal:
    kind: Kind = "topic" if form.get("kind") == "topic" else "phrasing"
    lines = tuple(line.strip() for line in form.get("lines", "").splitlines() if line.strip())
    return Proposal(now, person.who, kind, form.get("target", ""), form.get("title", ""), lines, message_ids)
