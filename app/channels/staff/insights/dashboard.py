"""`/staff/insights`: what the service was asked, and what it could not answer. Numbers and approved titles only."""

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from app import analytics
from app.channels.http.routes import READ
from app.channels.http.services import Served, Services
from app.channels.rendering import page
from app.channels.staff.access import Curating
from app.channels.staff.insights import month
from app.channels.staff.insights.exports import MEANING, HandedOn, as_csv
from app.channels.staff.insights.items import ITEMS, Figures, Name
from app.channels.staff.insights.tiles import tiles
from app.channels.staff.insights.titles import titles_of, untitled_of
from app.channels.staff.services import Staff, StaffServices
from app.dialogue.knowledge import Knowledge
from app.errors import InvalidBody, RecordsDown, StoreError
from app.records.flags import FlagTally
from app.review.narrowing import Narrowing
from app.spreadsheets import MARK

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)

EVERY: Literal["all"] = "all"
"""All tables in one file."""


class Length(IntEnum):
    """Days that the page may cover."""

    WEEK = 7
    MONTH = 30
    QUARTER = 90


Days = Annotated[Length, Query()]
MonthName = Annotated[str, Query(pattern=r"^(20\d\d-(0[1-9]|1[0-2]))?$")]


@router.api_route("/staff/insights", methods=READ)
def show(served: Served, staff: Staff, person: Curating, days: Days = Length.MONTH) -> Response:
    common: dict[str, Any] = {"person": person, "active": "insights", "days": days, "lengths": list(Length)}
    try:
        since, last = staff.counts.first_day(), _today(served)
        first = last - timedelta(days=days - 1)
        figures = read(served, staff, first, last, since)
        earlier = first - timedelta(days=days)
        before = read(served, staff, earlier, first - timedelta(days=1)) if since and since <= earlier else None
    except StoreError as error:
        log.error("insights: %s", error)
        unread = page("dashboard.html", served, RecordsDown.status, figures=None, **common)
        unread.headers["retry-after"] = str(RecordsDown.retry_after)
        return unread
    drawn = [(name, item, item.table(figures)) for name, item in ITEMS.items()]
    return page(
        "dashboard.html",
        served,
        figures=figures,
        since=since,
        tiles=tiles(figures, before, f"the {days.value} days before"),
        items=drawn,
        empty=[item for _, item, table in drawn if not item.shows(table)] if figures.usage.messages else [],
        reviews=_reviews(served),
        months={name: month.in_words(name) for name in month.names(since or last, last)},
        **common,
    )


@router.api_route("/staff/insights.csv", methods=READ)
def download(
    served: Served, staff: Staff, person: Curating, table: Name | Literal["all"], days: Days = Length.MONTH
) -> Response:
    """Return a table as a file, or all of them; the audit has the download before it goes out."""
    last = _today(served)
    figures = read(served, staff, last - timedelta(days=days - 1), last, staff.counts.first_day())
    tables = {name: item.table(figures) for name, item in ITEMS.items()}
    handed_on = HandedOn(tables.values())
    chosen = tables if table == EVERY else {table: tables[table]}
    written = as_csv({ITEMS[name].title: handed_on.table(chosen[name]) for name in chosen})
    staff.add_audit_event(served.now, person.who, "export", f"insights {table} {days} days")
    return Response(
        MARK + written,
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{table}-{days}-days-to-{last}.csv"'},
    )


@router.api_route("/staff/insights/month", methods=READ)
def show_month(
    served: Served, staff: Staff, person: Curating, named: Annotated[MonthName, Query(alias="month")] = ""
) -> Response:
    """Show a month on one page, to be printed and handed on; the audit has it first."""
    today = _today(served)
    name = named or month.name_of(today)
    if name > month.name_of(today):
        raise InvalidBody("This month has not begun.")
    (first, last), earlier = month.span(name), month.span(month.before(name))
    since = staff.counts.first_day()
    figures = read(served, staff, first, min(last, today), since)
    before = read(served, staff, *earlier) if since and since <= earlier[0] else None
    taken_back = [one for one in staff.withdrawals.all() if one.at.date() <= last]
    staff.add_audit_event(served.now, person.who, "export", f"insights month {name}")
    return page(
        "month.html",
        served,
        person=person,
        active="insights",
        month=month.month(figures, before, month.in_words(month.before(name)), taken_back),
        month_name=month.in_words(name),
        month_before=month.in_words(month.before(name)),
        days=figures.usage.days,
        is_running=last >= today,
        meaning=MEANING,
    )


def read(served: Services, staff: StaffServices, first: date, last: date, since: date | None = None) -> Figures:
    """Read the figures of a span of days, which begins `since` anything was counted. Raises `StoreError`."""
    first = max(first, since) if since and since <= last else first
    begin, end = (datetime.combine(day, time(), UTC) for day in (first, last + timedelta(days=1)))
    knowledge = served.knowledge
    rows = staff.counts.since(first, last)
    return Figures(
        usage=analytics.usage(rows, last, (last - first).days + 1, untitled_of(knowledge)),
        tallies=served.feedback.tally(begin, end),
        flags=[*staff.flags.tally(begin, end), *_older_flags(served, begin, end)],
        titles=titles_of(knowledge),
        statuses=dict(_statuses(knowledge, last)),
    )


def _older_flags(served: Services, begin: datetime, end: datetime) -> list[FlagTally]:
    """Return the flags that an earlier release kept among the opinions of patients."""
    given = served.feedback.tally(begin, end, by_staff=True)
    return [FlagTally(one.subject, one.reason or "", one.times) for one in given if one.verdict == "down"]


def _statuses(knowledge: Knowledge, day: date) -> Iterator[tuple[str, str]]:
    """Yield the entries that are not served on a day, and why."""
    for id_ in knowledge.content.entries:
        if id_ in knowledge.taken_back:
            yield id_, "taken back"
        elif id_ not in knowledge.approved.answers:
            yield id_, "held back"
        elif not knowledge.serves(id_, day):
            yield id_, "past its review"


def _reviews(served: Services) -> dict[str, str]:
    """Return where the questions nearest to an entry or a topic wait for review, by its id."""
    names = served.knowledge.approved.names
    return {id_: served.link(f"/staff/review?{Narrowing(topic=id_).query}") for id_ in names}


def _today(served: Services) -> date:
    return served.now.astimezone(UTC).date()
