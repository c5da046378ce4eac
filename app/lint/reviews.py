"""Findings on review days: overdue, due soon, too many at once."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from app.content.schema import Content
from app.lint.findings import Finding

WARN_DAYS = 60
MOST_DUE = 0.25
"""Highest share of the entries that may be due for review in one week."""


def find(content: Content, today: date, grace: timedelta) -> Iterator[Finding]:
    for id_, entry in content.entries.items():
        if today > entry.review + grace:
            yield Finding("error", id_, f"review was due on {entry.review}, grace is over: withheld")
        elif today + timedelta(days=WARN_DAYS) >= entry.review:
            yield Finding("warning", id_, f"review is due on {entry.review}")
    weeks = Counter(entry.review.isocalendar()[:2] for entry in content.entries.values())
    for (year, week), count in weeks.items():
        if count > max(1, MOST_DUE * len(content.entries)):
            yield Finding("error", "entries", f"{count} reviews are due in week {week} of {year}: stagger them")
