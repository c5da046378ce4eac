"""`/staff/review/withheld`: an answer is taken back for all patients at once, and given back."""

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from app.channels.http.routes import READ
from app.channels.http.services import Served
from app.channels.rendering import page
from app.channels.staff.access import Curating, Posted, say
from app.channels.staff.review.forms import topic_called
from app.channels.staff.services import Staff
from app.errors import InvalidBody, NotFound
from app.records.withdrawals import Withdrawal

router = APIRouter(include_in_schema=False)

PATH = "/staff/review/withheld"
LONGEST_REASON = 1_000


@router.api_route(PATH, methods=READ)
def withheld(served: Served, staff: Staff, person: Curating, entry: str = "") -> Response:
    """Show the answers that are taken back, who did it, when and why; `entry` is the one that is to be taken back."""
    answers = served.knowledge.approved.questions
    return page(
        "withheld.html",
        served,
        person=person,
        active="withheld",
        withdrawals=staff.withdrawals.all(),
        answers=answers,
        entry=answers.get(entry, ""),
    )


@router.post(PATH)
def withhold(request: Request, served: Served, staff: Staff, person: Curating, form: Posted) -> Response:
    """Take an answer back at once, on all replicas within a minute, once what that does was read."""
    now, answers = served.now, served.knowledge.approved.questions
    id_ = topic_called(form.get("entry", ""), answers)
    why = form.get("why", "").replace("\0", "")[:LONGEST_REASON]  # PostgreSQL takes no text with a zero in it
    if id_ is None or not why:
        raise InvalidBody("Name an answer of the list, and say why it is taken back.")
    if any(withdrawal.entry_id == id_ for withdrawal in staff.withdrawals.all()):
        raise InvalidBody("This answer is taken back already: nobody is given it.")
    if form.get("sure") != "yes":
        question = answers[id_]
        return page("withholding.html", served, person=person, active="withheld", id=id_, question=question, why=why)
    staff.add_audit_event(now, person.who, "withhold", id_)
    staff.withdrawals.add(Withdrawal(id_, now, person.who, why))
    served.answering.reloader.wake()
    say(request, f"{id_} is taken back: within a minute nobody gets it.")
    return RedirectResponse(served.link(PATH), 303)


@router.post(f"{PATH}/give-back")
def give_back(request: Request, served: Served, staff: Staff, person: Curating, form: Posted) -> Response:
    """Serve an answer again that was taken back, here or by `hai-faq withhold`."""
    id_ = form.get("entry", "")
    if all(withdrawal.entry_id != id_ for withdrawal in staff.withdrawals.all()):
        raise NotFound("This answer is not taken back any more.")
    staff.add_audit_event(served.now, person.who, "give back", id_)
    staff.withdrawals.remove(id_)
    served.answering.reloader.wake()
    say(request, f"{id_} is given back: within a minute patients get it again.")
    return RedirectResponse(served.link(PATH), 303)
