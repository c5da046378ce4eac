"""`/staff/review/propose`: a curator's phrasings for a topic that there is, or a new topic that nothing covers."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fastapi import APIRouter, Response

from app.channels.http.services import Served, Services
from app.channels.rendering import page
from app.channels.staff.access import Curating, Person, Posted
from app.channels.staff.review.forms import (
    LISTED,
    MOST_NAMED,
    PATH,
    Line,
    Narrowed,
    anchor_of,
    back_to,
    chosen_of,
    keys_of,
    lines_of,
    topic_called,
)
from app.channels.staff.review.invisible import shown
from app.channels.staff.services import Staff, StaffServices
from app.errors import InvalidBody
from app.records.proposals import Proposal
from app.records.review_queue import KeptQuestion
from app.review.checks import check
from app.review.narrowing import Narrowing
from app.review.resemblance import resemblance

router = APIRouter(include_in_schema=False)

NEW, OTHER = "new", "other"
"""What is chosen instead of one of the nearest: a topic that there is not yet; any, by words of its title."""
UNCHOSEN = "Choose which question it is for, or type words of its title."
UNKNOWN = "No question or topic is called that, or several are: take one of the list, or its id."


@router.post(f"{PATH}/propose")
def propose(served: Served, staff: Staff, person: Curating, form: Posted, narrow: Narrowed) -> Response:
    """Keep a proposal for `hai-faq review apply`; one that is unlike its questions only when it is said twice."""
    now, knowledge = served.now, served.knowledge
    chosen = chosen_of(staff.questions.open_ids(now), form)
    try:
        proposal = _proposal(form, person, now, chosen, knowledge.approved.names)
        check(proposal, knowledge, staff.questions.texts(), staff.proposals.open())
    except InvalidBody as refused:
        lines = [Line(text, questions) for text, questions in _wordings(staff, now, chosen)]
        return _ask_again(served, staff, person, form, narrow, lines, refused.status, problem=refused.detail)
    wordings = _wordings(staff, now, chosen)
    if wordings and form.get("sure") != "yes":
        alike = resemblance(proposal.lines, [text for text, _ in wordings], knowledge)
        unlike = [line for line, row in zip(proposal.lines, alike, strict=True) if not row.any()]
        if unlike:
            lines = [Line(*wording, bool(row.any())) for wording, row in zip(wordings, alike.T, strict=True)]
            return _ask_again(served, staff, person, form, narrow, lines, unlike=unlike)
    staff.add_audit_event(now, person.who, "propose", f"{proposal.kind} {proposal.target}")
    return back_to(served, narrow, form, f"p{staff.proposals.add(proposal)}")


def _proposal(
    form: Mapping[str, str], person: Person, now: datetime, message_ids: tuple[str, ...], titles: Mapping[str, str]
) -> Proposal:
    """Return what a form proposes. Raises `InvalidBody` where it names no topic."""
    lines = tuple(line.strip() for line in form.get("lines", "").splitlines() if line.strip())
    pick, typed = form.get("pick", ""), form.get("typed", "")
    if pick == NEW:
        return Proposal(now, person.who, "topic", form.get("id", ""), form.get("title", ""), lines, message_ids)
    named = typed if pick in ("", OTHER) else pick
    if not named:
        raise InvalidBody(UNCHOSEN)
    target = topic_called(named, titles)
    if target is None:
        raise InvalidBody(UNKNOWN)
    return Proposal(now, person.who, "phrasing", target, "", lines, message_ids)


def _wordings(staff: StaffServices, now: datetime, chosen: Sequence[str]) -> list[tuple[str, Sequence[KeptQuestion]]]:
    """Return what the chosen questions say, the newest first."""
    ids = set(chosen)
    questions = [question for question in staff.questions.open(now) if question.message_id in ids][:MOST_NAMED]
    texts = staff.questions.texts_of([question.message_id for question in questions[: 2 * LISTED]])
    return [(line.text, line.questions) for line in lines_of(questions, texts)]


def _ask_again(
    served: Services,
    staff: StaffServices,
    person: Person,
    form: Mapping[str, str],
    narrow: Narrowing,
    lines: Sequence[Line],
    status: int = 200,
    problem: str = "",
    unlike: Sequence[str] = (),
) -> Response:
    """Show what was typed once more, with what stands against it, beside what patients typed."""
    count = sum(len(line.questions) for line in lines)
    staff.add_audit_event(served.now, person.who, "view", f"review: {count} questions")
    titles = served.knowledge.approved.names
    return page(
        "proposing.html",
        served,
        status,
        person=person,
        active="review",
        problem=problem,
        unlike=unlike,
        typed=form,
        nearest=[id_ for id_ in form.get("near", "").split() if id_ in titles],
        titles=titles,
        lines=lines[:LISTED],
        rest=keys_of(question for line in lines[LISTED:] for question in line.questions),
        shown=shown,
        query=narrow.query,
        anchor=anchor_of(form.get("own", "")),
    )
