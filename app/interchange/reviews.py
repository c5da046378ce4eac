"""Days on which what was imported is to be read again, some a week, so that nobody has to read it all at once."""

from collections import Counter
from datetime import date, timedelta
from math import ceil
from typing import Final

from app.content.schema import Content
from app.lint.reviews import MOST_DUE

FIRST_REVIEW: Final = timedelta(days=182)
REVIEWS_A_WEEK: Final = 3


def review_days(content: Content, number: int, today: date) -> list[date]:
    """Return so many days of review, some a week from half a year on, beside those that are due already."""
    due = Counter(_monday_of(entry.review) for entry in content.entries.values())
    total = due.total() + number
    a_week = max(1, min(int(MOST_DUE * total), max(REVIEWS_A_WEEK, ceil(total / 52))))
    monday, days = _monday_of(today + FIRST_REVIEW), list[date]()
    while len(days) < number:
        monday += timedelta(days=7)
        days += [monday] * min(number - len(days), max(0, a_week - due[monday]))
    return days


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
