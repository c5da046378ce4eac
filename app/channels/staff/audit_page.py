"""`/staff/audit`: who did what and when, for whoever has to know. It has ids and names of staff, no patient's text."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, islice
from typing import Annotated, Literal, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BeforeValidator
from starlette.responses import StreamingResponse

from app.channels.http.routes import READ
from app.channels.http.services import Served
from app.channels.rendering import page
from app.channels.staff.access import Auditing
from app.channels.staff.services import Staff
from app.records.audit import Act, Choice, Event
from app.spreadsheets import MARK, csv_lines

router = APIRouter(include_in_schema=False)

PATH = "/staff/audit"
ON_A_PAGE = 50
_HEADINGS = ("time (UTC)", "who", "what", "about")

Empty = BeforeValidator(lambda value: value or None)
"""A field of a form that was left empty is not chosen by."""
Day = Annotated[date | None, Empty, Query()]


async def _choice(
    first: Day = None,
    last: Day = None,
    who: Annotated[str, Query(max_length=100)] = "",
    act: Annotated[Act | None, Empty, Query()] = None,
) -> Choice:
    return Choice(first, last, who.replace("\0", "").strip(), act or "")  # PostgreSQL takes no text with a zero in it


Chosen = Annotated[Choice, Depends(_choice)]


@router.api_route(PATH, methods=READ)
def show(
    served: Served,
    staff: Staff,
    person: Auditing,
    choice: Chosen,
    before: Annotated[int | None, Query(ge=1, le=2**31)] = None,
) -> Response:
    """Show events, the newest first; that somebody looks is one of them."""
    staff.add_audit_event(served.now, person.who, "view", _subject("audit", choice))
    rows = staff.audit.newest(choice, before, ON_A_PAGE + 1)
    return page(
        "audit.html",
        served,
        person=person,
        active="audit",
        rows=[event for _, event in rows[:ON_A_PAGE]],
        choice=choice,
        acts=sorted(get_args(Act)),
        chosen=urlencode(_parameters(choice)),
        older=rows[ON_A_PAGE - 1][0] if len(rows) > ON_A_PAGE else None,
        is_first=before is None,
    )


@router.api_route(f"{PATH}.{{kind}}", methods=READ)
def export(
    served: Served, staff: Staff, person: Auditing, choice: Chosen, kind: Literal["csv", "jsonl"]
) -> StreamingResponse:
    """Return all that was chosen as a file, read and sent piece by piece; the audit has the export before."""
    now = served.now
    staff.add_audit_event(now, person.who, "export", _subject(f"audit {kind}", choice))
    events = staff.audit.chosen(choice)
    first = list(islice(events, 1))  # a store that is down is found out before the answer begins
    lines = (_as_csv if kind == "csv" else _as_json)(chain(first, events))
    media_type = "text/csv; charset=utf-8" if kind == "csv" else "application/x-ndjson"
    name = f'attachment; filename="audit-to-{now.date()}.{kind}"'
    return StreamingResponse(lines, media_type=media_type, headers={"content-disposition": name})


def _as_csv(events: Iterable[Event]) -> Iterator[str]:
    rows = ((event.at.isoformat(), event.who, event.act, event.subject) for event in events)
    return chain([MARK], csv_lines(chain([_HEADINGS], rows)))


def _as_json(events: Iterable[Event]) -> Iterator[str]:
    for event in events:
        fields = {"at": event.at.isoformat(), "who": event.who, "act": event.act, "subject": event.subject}
        yield f"{json.dumps(fields, ensure_ascii=False)}\n"


def _parameters(choice: Choice) -> dict[str, str]:
    fields = {"first": choice.first, "last": choice.last, "who": choice.who, "act": choice.act}
    return {name: str(value) for name, value in fields.items() if value}


def _subject(what: str, choice: Choice) -> str:
    """Return what is looked at, without the name that was typed: it might be anything."""
    chosen = _parameters(choice) | ({"who": "by name"} if choice.who else {})
    return " ".join((what, *chosen.values()))
