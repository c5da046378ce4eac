"""`/staff/review/proposals`: what curators have proposed, and what became of it."""

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from app.channels.http.routes import READ
from app.channels.http.services import Served
from app.channels.rendering import page
from app.channels.staff.access import Curating, Posted, say
from app.channels.staff.services import Staff, StaffServices
from app.errors import NotFound
from app.records.proposals import Proposal

router = APIRouter(include_in_schema=False)

PATH = "/staff/review/proposals"
LATEST = 50
"""Settled proposals that are listed."""
SETTLED = "This proposal is not open any more."


@router.api_route(PATH, methods=READ)
def proposals(served: Served, staff: Staff, person: Curating) -> Response:
    approved = served.knowledge.approved
    return page(
        "proposals.html",
        served,
        person=person,
        active="proposals",
        waiting=staff.proposals.open(),
        settled=[proposal for proposal in staff.proposals.latest(LATEST) if proposal.state != "open"],
        titles={**approved.titles, **{id_: answer.question for id_, answer in approved.answers.items()}},
    )


@router.api_route(f"{PATH}/withdraw", methods=READ)
def ask_to_withdraw(served: Served, staff: Staff, person: Curating, id: int) -> Response:
    """Say what withdrawing a proposal does, before it is done."""
    return page("withdraw.html", served, person=person, active="proposals", proposal=_open(staff, id))


@router.post(f"{PATH}/withdraw")
def withdraw(request: Request, served: Served, staff: Staff, person: Curating, form: Posted) -> Response:
    """Take an open proposal back; its questions are open again."""
    now, id_ = served.now, form.get("id", "")
    proposal = _open(staff, int(id_) if id_.isdecimal() else 0)
    staff.add_audit_event(now, person.who, "refuse", f"{proposal.id} {proposal.target}")
    if not staff.proposals.settle(proposal, "refused", person.who, now, f"withdrawn by {person.who}"):
        raise NotFound(SETTLED)
    say(request, f"Proposal {proposal.id} for {proposal.target} is withdrawn. Its questions wait for review again.")
    return RedirectResponse(served.link(PATH), 303)


def _open(staff: StaffServices, id_: int) -> Proposal:
    proposal = next((proposal for proposal in staff.proposals.open() if proposal.id == id_), None)
    if proposal is None:
        raise NotFound(SETTLED)
    return proposal
