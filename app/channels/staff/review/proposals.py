"""`/staff/review/proposals`: what curators have proposed, what became of it, and a patch of what is open."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from app.channels.http.bodies import number_of
from app.channels.http.routes import READ
from app.channels.http.services import Served, Services
from app.channels.rendering import page
from app.channels.staff.access import Curating, Person, Posted, say
from app.channels.staff.services import Staff, StaffServices
from app.dialogue.knowledge import Knowledge
from app.errors import ContentError, InvalidBody, NotFound, printable
from app.loading.loader import version_of
from app.records.proposals import Proposal
from app.review.checks import addition, check_all, stands
from app.review.patch import patch

router = APIRouter(include_in_schema=False)

PATH = "/staff/review/proposals"
LATEST = 50
"""Settled proposals that are listed."""
SETTLED = "This proposal is not open any more."
CONFLICT = 409


@router.api_route(PATH, methods=READ)
def proposals(served: Served, staff: Staff, person: Curating) -> Response:
    knowledge, waiting = served.knowledge, staff.proposals.open()
    return page(
        "proposals.html",
        served,
        person=person,
        active="proposals",
        waiting=waiting,
        standing=_standing(waiting, knowledge),
        settled=[proposal for proposal in staff.proposals.latest(LATEST) if proposal.state != "open"],
        titles=knowledge.approved.names,
        version=knowledge.version,
        otherwise=_otherwise(served, staff.content),
    )


@router.api_route(f"{PATH}.patch", methods=READ)
def download(
    served: Served, staff: Staff, person: Curating, id: Annotated[Sequence[int], Query(max_length=1_000)] = ()
) -> Response:
    """Return the ticked proposals as a patch, which the audit has before it goes out; content is never written here."""
    knowledge, now = served.knowledge, served.now
    chosen = [proposal for proposal in staff.proposals.open() if proposal.id in id]
    try:
        _check(chosen, knowledge, staff)
        written = patch(staff.content, knowledge.version, map(addition, chosen), _heading(chosen, served, person))
    except InvalidBody as error:
        return _refused(served, person, error.detail)
    except ContentError as error:
        return _refused(served, person, f"{error.path.name} {error.problem}.")
    staff.add_audit_event(now, person.who, "export", f"patch {' '.join(str(proposal.id) for proposal in chosen)}")
    name = f"proposals-{now.date()}-{knowledge.version}.patch"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(written, media_type="text/x-diff; charset=utf-8", headers=headers)


@router.api_route(f"{PATH}/withdraw", methods=READ)
def ask_to_withdraw(served: Served, staff: Staff, person: Curating, id: int) -> Response:
    """Say what withdrawing a proposal does, before it is done."""
    return page("withdraw.html", served, person=person, active="proposals", proposal=_open(staff, id))


@router.post(f"{PATH}/withdraw")
def withdraw(request: Request, served: Served, staff: Staff, person: Curating, form: Posted) -> Response:
    """Take an open proposal back; its questions are open again."""
    now, proposal = served.now, _open(staff, number_of(form.get("id", "")))
    staff.add_audit_event(now, person.who, "refuse", f"{proposal.id} {proposal.target}")
    if not staff.proposals.settle(proposal, "refused", person.who, now, f"withdrawn by {person.who}"):
        raise NotFound(SETTLED)
    again = " Its questions wait for review again." if proposal.message_ids else ""
    say(request, f"Proposal {proposal.id} for {proposal.target} is withdrawn.{again}")
    return RedirectResponse(served.link(PATH), 303)


def _open(staff: StaffServices, id_: int) -> Proposal:
    proposal = next((proposal for proposal in staff.proposals.open() if proposal.id == id_), None)
    if proposal is None:
        raise NotFound(SETTLED)
    return proposal


def _standing(waiting: Sequence[Proposal], knowledge: Knowledge) -> set[int]:
    """Return the ids of those that are in the content already, and that nobody has settled."""
    return {proposal.id for proposal in waiting if stands(proposal, knowledge)}


def _otherwise(served: Services, content: Path) -> str:
    """Return why the content on disk is not the one that is served; empty where it is."""
    try:
        if version_of(content) == served.knowledge.version:
            return ""
    except ContentError as error:
        return f"{error.path.name}: {error.problem}"
    return served.answering.reloader.failed_reload or "it is about to be taken up: load this page again in a minute"


def _check(chosen: Sequence[Proposal], knowledge: Knowledge, staff: StaffServices) -> None:
    """Raise `InvalidBody` where `hai-faq review apply` would write anything else than all of the chosen."""
    if not chosen:
        raise InvalidBody("Tick at least one proposal that is open.")
    if standing := _standing(chosen, knowledge):
        raise InvalidBody(f"In the content already: {', '.join(map(str, sorted(standing)))}. Take the ticks off.")
    verdicts = check_all(chosen, knowledge, staff.questions.texts())
    unfit = [f"Proposal {each.proposal.id}: {each.remark}" for each in verdicts if each.state == "refused"]
    if unfit:
        raise InvalidBody(" ".join(unfit))


def _refused(served: Services, person: Person, detail: str) -> Response:
    common: dict[str, Any] = {"person": person, "active": "proposals", "back": PATH}
    return page("refused.html", served, CONFLICT, title="No patch yet.", detail=detail, **common)


def _heading(chosen: Sequence[Proposal], served: Services, person: Person) -> list[str]:
    """Return who proposed what and who took it out: the file may travel far from the page."""
    proposed = (
        f"{each.id} {each.target}: {len(each.lines)} phrasings, proposed by {printable(each.by)} on {each.at.date()}"
        for each in chosen
    )
    return [
        f"Proposals for the content {served.knowledge.version}, taken out by {printable(person.who)} on {served.day}.",
        *proposed,
        "In the folder of faq.yaml: git apply FILE. Where that is no root of a repository: patch -p1 < FILE",
        "Then lint, seal what is new, and say who applied it: hai-faq review apply --by NAME",
    ]
