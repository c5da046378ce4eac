"""`/staff`: an approved answer within ten seconds, for whoever stands at the counter or is on the line."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app import answering
from app.channels.checked_search import search
from app.channels.http.admission import Admitted, admit
from app.channels.http.routes import READ, without_slash
from app.channels.http.services import Served, Services
from app.channels.rendering import by_theme, page
from app.channels.staff.access import Person, Posted, SignedIn
from app.channels.staff.flags.reasons import REASONS
from app.channels.staff.lookup.results import Results, entry_of, results_of
from app.channels.staff.services import Staff, StaffServices
from app.dialogue.messages import Message
from app.errors import NotFound

router = APIRouter(include_in_schema=False)

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
    results = await _chosen(served, person, id_) if id_ else await _results(served, staff, person, text)
    return page("results.html", served, results=results, person=person, text="" if id_ else text, **_of_rows(served))


async def _results(served: Services, staff: StaffServices, person: Person, text: str) -> Results:
    if not text:
        await admit(served, person.client)
        return Results()
    checked = await search(served.answering, text, person.client, explained=True)
    return results_of(checked, staff.handoffs)


async def _chosen(served: Services, person: Person, id_: str) -> Results:
    await admit(served, person.client)
    return _served_entry(served, id_)


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
