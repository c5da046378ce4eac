"""`/staff`: an approved answer within ten seconds, for whoever stands at the counter or is on the line."""

import asyncio
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from starlette.responses import RedirectResponse

from app import answering
from app.channels.checked_search import search
from app.channels.http.admission import Admitted
from app.channels.http.routes import READ, without_slash
from app.channels.http.services import Served, Services
from app.channels.rendering import by_theme, page
from app.channels.staff import owner_alerts
from app.channels.staff.access import Person, Posted, SignedIn
from app.channels.staff.results import Results, entry_of, results_of
from app.channels.staff.services import Staff, StaffServices
from app.dialogue import compose
from app.dialogue.messages import Message
from app.errors import InvalidBody, NotFound
from app.records.flags import Flag, Reason

router = APIRouter(include_in_schema=False)

REASONS: tuple[Reason, ...] = ("looks-wrong", "not-clear", "not-enough")
EntryId = Annotated[str, Query(max_length=100)]


router.add_api_route("/staff/", without_slash, methods=READ, dependencies=[Admitted])


@router.api_route("/staff", methods=READ)
async def browse(served: Served, person: SignedIn, entry: EntryId = "") -> Response:
    """Show all entries by theme, or one of them."""
    return _page(served, person, _served_entry(served, entry) if entry else Results())


@router.post("/staff")
async def look_up(served: Served, staff: Staff, person: SignedIn, form: Posted) -> Response:
    """Look up the text of a browser without JavaScript."""
    text = form.get("text", "")
    await _record(served, text)
    return _page(served, person, await _results(served, staff, person, text), text)


@router.post("/staff/search")
async def search_while_typing(served: Served, staff: Staff, person: SignedIn, form: Posted) -> Response:
    """Return the list of results for what is typed so far, or the entry that was chosen by its id; `settled` is set
    once nothing was typed for a while.
    """
    text, id_ = form.get("text", ""), form.get("entry", "")
    if form.get("settled"):
        await _record(served, text)
    results = _served_entry(served, id_) if id_ else await _results(served, staff, person, text)
    return page("results.html", served, results=results, person=person, text="" if id_ else text, **_of_rows(served))


@router.post("/staff/flag")
async def flag(served: Served, staff: Staff, person: SignedIn, form: Posted) -> Response:
    """Keep that an answer looks wrong, and tell its owner."""
    knowledge, now = served.knowledge, served.now
    id_, reason = form.get("entry", ""), form.get("reason", REASONS[0])
    if id_ not in knowledge.approved.answers or reason not in REASONS:
        raise InvalidBody("There is no such entry or reason.")
    await asyncio.to_thread(_keep_flag, served, staff, id_, reason, person, now)
    staff.owner_alerts.send(
        owner_alerts.Flag(id_, knowledge.approved.answers[id_].question, reason, person.who, knowledge.version)
    )
    return RedirectResponse(served.link(f"/staff/flagged?{urlencode({'entry': id_})}"), 303)


@router.api_route("/staff/flagged", methods=READ)
async def flagged(served: Served, staff: Staff, person: SignedIn, entry: EntryId = "") -> Response:
    """Confirm a flag on a page of its own, so that loading it again flags nothing again."""
    answers, told = served.knowledge.approved.answers, staff.owner_alerts.has_recipient
    if entry not in answers:
        raise NotFound
    return page("flagged.html", served, person=person, question=answers[entry].question, told=told, active="")


async def _results(served: Services, staff: StaffServices, person: Person, text: str) -> Results:
    if not text:
        return Results()
    checked = await search(served.answering, text, f"staff {person.who}", explained=True)
    return results_of(checked, staff.handoffs)


def _served_entry(served: Services, id_: str) -> Results:
    """Return an entry that was chosen by its id. Raises `NotFound`."""
    if not served.knowledge.serves(id_, served.day):
        raise NotFound("There is no such entry, or it is not served now.")
    return entry_of(served.knowledge, id_)


def _page(served: Services, person: Person, results: Results, text: str = "") -> Response:
    return page(
        "lookup.html",
        served,
        person=person,
        active="lookup",
        results=results,
        text=text,
        themes=by_theme(served),
        **_of_rows(served),
    )


def _of_rows(served: Services) -> dict[str, Any]:
    """Return what every row needs: why it may be flagged, and the page that patients have of all answers."""
    return {"reasons": REASONS, "public": f"{served.public_url or ''}/faq"}


async def _record(served: Services, text: str) -> None:
    """Answer the text as a message of the staff's channel, so that review has it like a patient's."""
    if text:
        await served.answering.answer(Message(text[: answering.LONGEST], "staff"), None, None)


def _keep_flag(served: Services, staff: StaffServices, id_: str, reason: Reason, person: Person, now: datetime) -> None:
    knowledge = served.knowledge
    answer = knowledge.approved.answers[id_]
    reply = "\n\n".join(compose.answer_part(knowledge, answer).paragraphs)
    staff.add_audit_event(now, person.who, "flag", f"{id_} {reason}")
    staff.flags.add(Flag(now, person.who, id_, answer.question[:400], reason, knowledge.version, reply))
