"""`/staff/flags`: staff flag an answer, its owner is told, and what the owner says comes back to who flagged it."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from app.channels.http.bodies import number_of
from app.channels.http.routes import READ
from app.channels.http.services import Served, Services
from app.channels.rendering import page
from app.channels.staff.access import Curating, Person, Posted, SignedIn, say
from app.channels.staff.flags.reasons import REASONS
from app.channels.staff.services import Staff, StaffServices
from app.dialogue import compose
from app.dialogue.handoffs import hand_over
from app.dialogue.knowledge import Knowledge
from app.errors import InvalidBody, NotFound
from app.records.flags import LATEST, Flag, Told
from app.redaction.redact import redact

router = APIRouter(include_in_schema=False)

PATH = "/staff/flags"
LONGEST_ANSWER = 1_000
LONGEST_QUESTION = 400
GONE = "This flag is closed, or there is none."
REDACTED = "What may name a person was taken out of the answer."

FlagId = Annotated[int, Query(ge=1, le=2**31 - 1)]


@router.post("/staff/flag")
async def flag(served: Served, staff: Staff, person: SignedIn, form: Posted) -> Response:
    """Keep that an answer looks wrong, and tell its owner at once."""
    raised = _flag_of(form, served.knowledge, person, served.now)
    kept, is_new = await asyncio.to_thread(_keep, staff, raised)
    if is_new:
        _tell(served, staff, kept)
    return RedirectResponse(served.link(f"/staff/flagged?id={kept.id}{'' if is_new else '&again=1'}"), 303)


@router.api_route("/staff/flagged", methods=READ)
def flagged(served: Served, staff: Staff, person: SignedIn, id: FlagId, again: bool = False) -> Response:
    """Confirm a flag on a page of its own, so that loading it again flags nothing again, and say what to do now."""
    kept = staff.flags.find(id)
    if kept is None or not (person.curates or kept.by == person.who):
        raise NotFound
    return page(
        "flagged.html",
        served,
        person=person,
        active="flags",
        flag=kept,
        told=kept.reached(served.now),
        again=again,
        reasons=REASONS,
        handoff=hand_over(staff.handoffs, kept.entry_id),
        taken_back=kept.entry_id in served.knowledge.taken_back,
    )


@router.api_route(PATH, methods=READ)
def flags(served: Served, staff: Staff, person: SignedIn) -> Response:
    """Show curators all flags, and everyone else her own."""
    listed = staff.flags.latest(None if person.curates else person.who)
    return page(
        "flags.html",
        served,
        person=person,
        active="flags",
        states={state: [flag for flag in listed if flag.state == state] for state in ("open", "answered", "closed")},
        told=lambda flag: flag.reached(served.now),
        reasons=REASONS,
        taken_back=served.knowledge.taken_back,
        longest=LONGEST_ANSWER,
        cut=LATEST if len(listed) == LATEST else 0,
    )


@router.post(f"{PATH}/answer")
def answer(request: Request, served: Served, staff: Staff, person: Curating, form: Posted) -> Response:
    """Keep what the owner says to a flag, redacted, for who flagged."""
    now, kept = served.now, _standing(staff, form)
    typed = form.get("answer", "")[:LONGEST_ANSWER].replace("\0", "")
    words = redact(typed)[:LONGEST_ANSWER]
    if not words:
        raise InvalidBody("Write an answer for whoever flagged it.")
    staff.add_audit_event(now, person.who, "answer flag", f"{kept.id} {kept.entry_id}")
    if not staff.flags.answer(kept.id, words, person.who, now):
        raise NotFound(GONE)
    say(request, f"Flag {kept.id} is answered. {'' if words == typed else REDACTED}".strip())
    return RedirectResponse(served.link(PATH), 303)


@router.post(f"{PATH}/close")
def close(request: Request, served: Served, staff: Staff, person: Curating, form: Posted) -> Response:
    now, kept = served.now, _standing(staff, form)
    staff.add_audit_event(now, person.who, "close flag", f"{kept.id} {kept.entry_id}")
    if not staff.flags.close(kept.id, person.who, now):
        raise NotFound(GONE)
    say(request, f"Flag {kept.id} is closed.")
    return RedirectResponse(served.link(PATH), 303)


@router.post(f"{PATH}/send")
async def send_again(request: Request, served: Served, staff: Staff, person: Curating, form: Posted) -> Response:
    """Tell the owner once more."""
    if not staff.owner_alerts.has_recipient:
        raise InvalidBody("Nobody is set to be told: tell the owner of the content yourself.")
    kept = await asyncio.to_thread(_begin_again, staff, form, person, served.now)
    _tell(served, staff, kept)
    say(request, f"Flag {kept.id} is being sent to the owner again.")
    return RedirectResponse(served.link(PATH), 303)


def _begin_again(staff: StaffServices, form: dict[str, str], person: Person, now: datetime) -> Flag:
    kept = _standing(staff, form)
    staff.add_audit_event(now, person.who, "send flag", f"{kept.id} {kept.entry_id}")
    staff.flags.note_told(kept.id, "sending", now)
    return kept


def _standing(staff: StaffServices, form: dict[str, str]) -> Flag:
    """Return the flag that a form names. Raises `NotFound` for one that is closed."""
    kept = staff.flags.find(number_of(form.get("id", "")))
    if kept is None or kept.state == "closed":
        raise NotFound(GONE)
    return kept


def _flag_of(form: dict[str, str], knowledge: Knowledge, person: Person, now: datetime) -> Flag:
    """Return the flag that a form raises: `shown` is the language and the digest of the text that was looked at."""
    answer = knowledge.approved.answers.get(form.get("entry", ""))
    reason = next((reason for reason in REASONS if reason == form.get("reason")), None)
    if answer is None:
        raise InvalidBody("There is no such entry.")
    if reason is None:
        raise InvalidBody("Choose what is wrong with the answer.")
    language, _, digest = form.get("shown", "").partition(":")
    own = answer.in_language(language)
    aloud = "" if own.language else own.read_aloud
    return Flag(
        at=now,
        by=person.who,
        entry_id=answer.id,
        question=answer.question[:LONGEST_QUESTION],
        reason=reason,
        content_version=knowledge.version,
        reply="\n\n".join(filter(None, (aloud, *compose.answer_part(knowledge, own).paragraphs))),
        language=own.language or "",
        changed=digest not in ("", own.digest),
    )


def _keep(staff: StaffServices, raised: Flag) -> tuple[Flag, bool]:
    """Return the flag that is kept, and whether it is this one: an open one that says as much is left as it is."""
    flags = staff.flags
    if standing := flags.standing(raised.by, raised.entry_id, raised.reason):
        return standing, False
    staff.add_audit_event(raised.at, raised.by, "flag", f"{raised.entry_id} {raised.reason}")
    told: Told = "sending" if staff.owner_alerts.has_recipient else ""
    id_ = flags.add(replace(raised, told=told, told_at=raised.at))
    if id_ is not None:
        return replace(raised, id=id_), True
    standing = flags.standing(raised.by, raised.entry_id, raised.reason)  # a button pressed twice at once
    return standing or raised, False


def _tell(served: Services, staff: StaffServices, kept: Flag) -> None:
    staff.owner_alerts.send(kept, lambda told: staff.flags.note_told(kept.id, told, served.now))
