"""`/staff/insights`: what the service was asked, and what it could not answer. Numbers and approved titles only."""

import csv
import io
import logging
from datetime import UTC, datetime, time, timedelta
from enum import IntEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app import analytics
from app.channels.http.routes import READ
from app.channels.http.services import Served, Services
from app.channels.rendering import page
from app.channels.staff.access import Curating
from app.channels.staff.dashboard_items import ITEMS, Cell, Figures, Name, Table
from app.channels.staff.services import Staff, StaffServices
from app.errors import RecordsDown, StoreError

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # wide signs are read alike where a keyboard is set to Japanese or Chinese


class Length(IntEnum):
    """Days that the page may cover."""

    WEEK = 7
    MONTH = 30
    QUARTER = 90


Days = Annotated[Length, Query()]


@router.api_route("/staff/insights", methods=READ)
def show(served: Served, staff: Staff, person: Curating, days: Days = Length.MONTH) -> Response:
    common: dict[str, Any] = {"person": person, "active": "insights", "days": days, "lengths": list(Length)}
    try:
        figures = read(served, staff, days)
    except StoreError as error:
        log.error("insights: %s", error)
        unread = page("dashboard.html", served, RecordsDown.status, figures=None, **common)
        unread.headers["retry-after"] = str(RecordsDown.retry_after)
        return unread
    items = [(name, item, item.table(figures)) for name, item in ITEMS.items()]
    return page("dashboard.html", served, figures=figures, items=items, **common)


@router.api_route("/staff/insights.csv", methods=READ)
def download(served: Served, staff: Staff, person: Curating, table: Name, days: Days = Length.MONTH) -> Response:
    """Return a table as a file; the audit has the download before it goes out."""
    now = served.now
    written = as_csv(ITEMS[table].table(read(served, staff, days)))
    staff.add_audit_event(now, person.who, "export", f"insights {table} {days} days")
    return Response(
        written.encode("utf-8-sig"),  # without the mark, Excel takes it for Windows-1252
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{table}-{days}-days-to-{now.date()}.csv"'},
    )


def read(served: Services, staff: StaffServices, days: int) -> Figures:
    """Read the figures of the last `days` days. Raises `StoreError`."""
    last = served.now.astimezone(UTC).date()
    first = last - timedelta(days=days - 1)
    knowledge = served.knowledge
    return Figures(
        usage=analytics.usage(staff.counts.since(first), last, days),
        tallies=served.feedback.tally(datetime.combine(first, time(), UTC)),
        titles={
            **knowledge.approved.titles,
            **{id_: answer.question for id_, answer in knowledge.approved.answers.items()},
        },
    )


def as_csv(table: Table) -> str:
    """Write a table for spreadsheets; a text that they would take for a formula gets an apostrophe."""
    written = io.StringIO()
    writer = csv.writer(written)
    titles = [column.title for column in table.columns]
    writer.writerows([_without_formula(cell) for cell in row] for row in (titles, *table.rows))
    return written.getvalue()


def _without_formula(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
