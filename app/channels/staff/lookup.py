"""`/staff`: an approved answer within ten seconds, for whoever stands at the counter or is on the line."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from starlette.responses import RedirectResponse

from app import answering
from app.channels.checked_search import Alert, CheckedSearch, search
from app.channels.http.admission import Admitted
from app.channels.http.routes import READ, without_slash
from app.channels.http.services import Served, Services
from app.channels.rendering import by_theme, page
from app.channels.staff import owner_alerts
from app.channels.staff.access import Person, Posted, SignedIn
from app.channels.staff.services import Staff, StaffServices
from app.dialogue import compose, text_messages
from app.dialogue.handoffs import Handoff, hand_over
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Answer, Message, Part
from app.dialogue.search import SearchResult
from app.errors import InvalidBody, NotFound
from app.matching.matcher import Explanation
from app.records.flags import Flag, Reason
from app.segments import Segments, segments

router = APIRouter(include_in_schema=False)

REASONS: tuple[Reason, ...] = ("looks-wrong", "not-clear", "not-enough")
EntryId = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True, slots=True)
class Copies:
    """The texts of an entry that staff copy and send on."""

    chat: str
    text_message: str
    size: Segments


@dataclass(frozen=True, slots=True)
class Result:
    """An entry with its answer; or a topic, or an entry taken back, with whom to hand the caller over to."""

    id: str
    title: str
    answer: Answer | None = None
    copies: Copies | None = None
    next_review: date | None = None
    why: Explanation | None = None
    """It is None where the entry was browsed to."""
    handoff: Handoff | None = None
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    rows: Sequence[Result] = ()
    alert: Alert | None = None
    reasons: Sequence[str] = ()
    """What speaks for the alert and against it."""
    sure: bool = False
    opens: bool = False
    """The first row is shown open."""
    fallback: Handoff | None = None
    """Callers go there whose question is none of the rows."""


router.add_api_route("/staff/", without_slash, methods=READ, dependencies=[Admitted])


@router.api_route("/staff", methods=READ)
async def browse(served: Served, person: SignedIn, entry: EntryId = "") -> Response:
    """Show all entries by theme, or one of them."""
    knowledge = served.knowledge
    if not entry:
        return _page(served, person, Results())
    if not knowledge.serves(entry, served.day):
        raise NotFound("There is no such entry, or it is not served now.")
    return _page(served, person, Results([_entry(knowledge, knowledge.approved.answers[entry])], sure=True, opens=True))


@router.post("/staff")
async def look_up(served: Served, staff: Staff, person: SignedIn, form: Posted) -> Response:
    """Look up the text of a browser without JavaScript."""
    text = form.get("text", "")
    await _record(served, text)
    return _page(served, person, await _results(served, staff, person, text), text)


@router.post("/staff/search")
async def search_while_typing(served: Served, staff: Staff, person: SignedIn, form: Posted) -> Response:
    """Return the list of results for what is typed so far; `settled` is set once nothing was typed for a while."""
    text = form.get("text", "")
    if form.get("settled"):
        await _record(served, text)
    results = await _results(served, staff, person, text)
    return page("results.html", served, results=results, person=person, reasons=REASONS, text=text)


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
    return Results(
        rows=[_result(checked, staff, result) for result in checked.found.results],
        alert=checked.alert,
        reasons=list(checked.reasons.lines()) if checked.reasons else [],
        sure=checked.found.sure,
        opens=checked.found.opens and (checked.alert is None or checked.alert.doubt),
        fallback=hand_over(staff.handoffs, ""),
    )


def _result(checked: CheckedSearch, staff: StaffServices, result: SearchResult) -> Result:
    if result.answer:
        return _entry(checked.knowledge, result.answer, checked.explanations[result.id])
    return Result(result.id, result.title, handoff=hand_over(staff.handoffs, result.id), taken_back=result.taken_back)


def _entry(knowledge: Knowledge, answer: Answer, why: Explanation | None = None) -> Result:
    parts: list[Part] = [*compose.banner(knowledge), compose.answer_part(knowledge, answer)]
    text_message = text_messages.text_of(parts)
    chat = "\n\n".join(paragraph for part in parts for paragraph in part.paragraphs)
    copies = Copies(chat, text_message, segments(text_message))
    return Result(answer.id, answer.question, answer, copies, knowledge.content.entries[answer.id].review, why)


def _page(served: Services, person: Person, results: Results, text: str = "") -> Response:
    return page(
        "lookup.html",
        served,
        person=person,
        active="lookup",
        results=results,
        text=text,
        themes=by_theme(served),
        reasons=REASONS,
    )


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
