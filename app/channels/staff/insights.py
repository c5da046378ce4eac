"""`/staff/insights`: what the service was asked, and what it could not answer. Numbers and approved titles only."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from enum import IntEnum
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app import insights
from app.channels.http.services import Served, Services
from app.channels.rendering import page
from app.channels.staff import access, charts, tables
from app.channels.staff.access import Curating, Person
from app.channels.staff.panels import Panel, panels
from app.channels.staff.tables import Figures, Name
from app.errors import StoreError

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)

RETRY = 5
"""Seconds after which a store may be back."""


class Length(IntEnum):
    """Days that the insights may cover."""

    WEEK = 7
    MONTH = 30
    QUARTER = 90


Days = Annotated[Length, Query()]


@router.get("/staff/insights")
def show(served: Served, person: Curating, days: Days = Length.MONTH) -> Response:
    try:
        figures = read(served, days)
    except StoreError as error:
        log.error("insights: %s", error)
        unread = _page(served, person, days, None, status=503)
        unread.headers["retry-after"] = str(RETRY)
        return unread
    return _page(served, person, days, figures, panels(figures))


@router.get("/staff/insights.csv")
def download(served: Served, person: Curating, table: Name, days: Days = Length.MONTH) -> Response:
    """Noted in the audit before it goes out."""
    now = served.answering.clock()
    written = tables.as_csv(tables.table(table, read(served, days)))
    access.desk_of(served).note(now, person.who, "export", f"insights {table} {days} days")
    name = f"{table}-{days}-days-to-{now.date()}.csv"
    return Response(
        written.encode("utf-8-sig"),  # without the mark, Excel takes it for Windows-1252
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def read(served: Services, days: int) -> Figures:
    """Raises `StoreError`."""
    last = served.answering.clock().astimezone(UTC).date()
    first = last - timedelta(days=days - 1)
    knowledge = served.live.current
    return Figures(
        counted=insights.gather(access.desk_of(served).counts.since(first), last, days),
        tallies=served.feedback.tally(datetime.combine(first, time(), UTC)),
        titles={**knowledge.titles, **{id_: answer.question for id_, answer in knowledge.answers.items()}},
    )


def _page(
    served: Services,
    person: Person,
    days: Length,
    figures: Figures | None,
    drawn: Sequence[Panel] = (),
    status: int = 200,
) -> Response:
    return page(
        "insights.html",
        served,
        status,
        person=person,
        active="insights",
        days=days,
        lengths=list(Length),
        figures=figures,
        panels=drawn,
        fills=charts.definitions(),
        number=charts.number,
        shown=tables.shown,
    )
