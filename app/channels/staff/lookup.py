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
from app.channels.http.services import Served, Services
from app.channels.rendering import page
from app.channels.staff import access
from app.channels.staff.access import Person, Posted, SignedIn
from app.channels.staff.notices import Flag
from app.dialogue import compose
from app.dialogue import lookup as looking
from app.dialogue.handoffs import Handoff, hand_over
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Answer, Message
from app.errors import InvalidBody, NotFound
from app.matching.matcher import Why
from app.records.feedback import Opinion, Reason
from app.segments import Segments, for_sending, segments

router = APIRouter(include_in_schema=False)

LONGEST = 4_000
"""Characters that are looked up; the urgent check reads all."""
MOST = answering.LONGEST
REASONS: tuple[Reason, ...] = ("looks-wrong", "not-clear", "not-enough")


@dataclass(frozen=True, slots=True)
class Result:
    """One row: an entry with all that staff need of it, or a topic and to whom it goes."""

    id: str
    title: str
    answer: Answer | None
    why: Why | None
    """What matched; None when the entry was browsed to."""
    handoff: Handoff | None
    chat: str
    text: str
    """As a text message."""
    size: Segments | None
    review: date | None
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What a look-up shows."""

    alert: str | None
    """The staff's script of an urgent tier."""
    results: Sequence[Result]
    sure: bool
    opens: bool
    handoff: Handoff | None = None
    """To whom goes what is none of the results."""


NOTHING = Shown(None, (), sure=False, opens=False)


@router.get("/staff")
async def browse(served: Served, person: SignedIn, entry: Annotated[str, Query(max_length=100)] = "") -> Response:
    """All entries by theme, or one of them."""
    knowledge, day = served.live.current, served.answering.clock().date()
    if not entry:
        return _page(served, person, NOTHING)
    if not knowledge.serves(entry, day):
        raise NotFound("There is no such entry, or it is not served now.")
    result = _entry(knowledge, knowledge.answers[entry], None)
    return _page(served, person, Shown(None, [result], sure=True, opens=True))


@router.post("/staff")
async def look_up(served: Served, person: SignedIn, form: Posted) -> Response:
    """The look-up of a browser without JavaScript."""
    text = form.get("text", "")
    await _record(served, text)
    return _page(served, person, search(served, text), text)


@router.post("/staff/search")
async def search_on(served: Served, person: SignedIn, form: Posted) -> Response:
    """The list of results for what is typed so far; `settled` once nothing was typed for a while."""
    text = form.get("text", "")
    if form.get("settled"):
        await _record(served, text)
    shown = search(served, text)
    return page("results.html", served, shown=shown, person=person, reasons=REASONS, text=text)


@router.post("/staff/flag")
async def flag(served: Served, person: SignedIn, form: Posted) -> Response:
    """An answer looks wrong: kept at once, and its owner is told."""
    knowledge, desk, now = served.live.current, access.desk_of(served), served.answering.clock()
    id_, reason = form.get("entry", ""), form.get("reason", REASONS[0])
    if id_ not in knowledge.answers or reason not in REASONS:
        raise InvalidBody("There is no such entry or reason.")
    await asyncio.to_thread(_keep_flag, served, id_, reason, person, now)
    desk.notices.tell(Flag(id_, knowledge.answers[id_].question, reason, person.who, knowledge.version))
    return RedirectResponse(f"/staff/flagged?{urlencode({'entry': id_})}", 303)


@router.get("/staff/flagged")
async def flagged(served: Served, person: SignedIn, entry: Annotated[str, Query(max_length=100)] = "") -> Response:
    """A page of its own, so that loading it again flags nothing again."""
    knowledge, told = served.live.current, access.desk_of(served).notices.has_recipient
    if entry not in knowledge.answers:
        raise NotFound
    question = knowledge.answers[entry].question
    return page("flagged.html", served, person=person, question=question, told=told, active="")


def search(served: Services, text: str) -> Shown:
    """What is dangerous above everything, then results, best first."""
    knowledge, day = served.live.current, served.answering.clock().date()
    if not text:
        return NOTHING
    urgency = served.answering.check(knowledge, Message(text, "staff"))
    found = looking.look_up(knowledge, text[:LONGEST], day)
    results = [
        _entry(knowledge, each.answer, looking.explain(knowledge, text[:LONGEST], each))
        if each.answer
        else _topic(served, each)
        for each in found.found
    ]
    alert = knowledge.scripts[f"{urgency.tier}-staff"] if urgency.tier else None
    if urgency.failed:
        alert = knowledge.scripts["safety-notice"]
    anything_else = hand_over(access.desk_of(served).handoffs, "")
    return Shown(alert, results, found.sure, found.opens and alert is None, anything_else)


def _entry(knowledge: Knowledge, answer: Answer, why: Why | None) -> Result:
    text = for_sending("\n".join(compose.under_banner(knowledge, [answer.sms])))
    return Result(
        id=answer.id,
        title=answer.question,
        answer=answer,
        why=why,
        handoff=None,
        chat="\n\n".join(compose.under_banner(knowledge, compose.answer_parts(knowledge, answer))),
        text=text,
        size=segments(text),
        review=knowledge.content.entries[answer.id].review,
    )


def _topic(served: Services, found: looking.Found) -> Result:
    handoff = hand_over(access.desk_of(served).handoffs, found.id)
    return Result(found.id, found.title, None, None, handoff, "", "", None, None, found.taken_back)


def _page(served: Services, person: Person, shown: Shown, text: str = "") -> Response:
    knowledge, day = served.live.current, served.answering.clock().date()
    by_theme = {
        title: [
            answer for answer in knowledge.answers.values() if answer.theme == id_ and knowledge.serves(answer.id, day)
        ]
        for id_, title in knowledge.content.themes.items()
    }
    return page(
        "lookup.html", served, person=person, shown=shown, text=text, themes=by_theme, reasons=REASONS, active="lookup"
    )


async def _record(served: Services, text: str) -> None:
    """A look-up counts as a message of the staff's channel, and an unanswered one is as valuable as a patient's."""
    if text:
        await served.answering.answer(Message(text[:MOST], "staff"), None, None)


def _keep_flag(served: Services, id_: str, reason: Reason, person: Person, now: datetime) -> None:
    version = served.live.current.version
    message_id = served.answering.tokens.sign(now, "staff", (id_,), version)
    served.feedback.give(Opinion(message_id, now, "staff", id_, version, "down", reason))
    access.desk_of(served).note(now, person.who, "flag", f"{id_} {reason}")
