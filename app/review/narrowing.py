"""Which of the groups a curator looks at, and in which order."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

from app.dialogue.messages import Channel
from app.records.review_queue import KeptQuestion
from app.review.groups import Group

Since = Literal["", "24h", "7d"]
Order = Literal["", "newest"]
"""What is asked most comes first, unless the newest shall."""
SPANS: dict[str, timedelta] = {"24h": timedelta(days=1), "7d": timedelta(days=7)}
NO_TOPIC = "none"
"""Stands for what no topic is near to."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    channel: Channel | Literal[""] = ""
    since: Since = ""
    day: date | Literal[""] = ""
    """In UTC; it counts instead of `since`."""
    topic: str = ""
    near: bool = False
    """Only groups with a message in doubt of danger."""
    order: Order = ""
    at: int = 0
    """The page of them."""

    @property
    def query(self) -> str:
        """What of an address says the same, which holds nothing that a patient typed."""
        return urlencode(
            {name: int(value) if value is True else value for name, value in asdict(self).items() if value}
        )

    @property
    def is_narrow(self) -> bool:
        return self != Narrowing(order=self.order, at=self.at)

    def groups(self, groups: Iterable[Group], now: datetime) -> list[Group]:
        """Return what is left of the groups in the order in which they are worth reading.

        Those with a message in doubt of danger come first, those of a single message before all: a danger that no rule
        knows is told once. Then what is asked most, and last; or what was asked last.
        """
        left = (own for group in groups if (own := self._left_of(group, now)))
        newest_first = sorted(left, key=lambda group: group.questions[0].at, reverse=True)
        return sorted(newest_first, key=_newest_rank if self.order == "newest" else _rank)

    def _left_of(self, group: Group, now: datetime) -> Group | None:
        left = tuple(question for question in group.questions if self._keeps(question, now))
        if (
            not left
            or (self.topic and self.topic != (group.topic or NO_TOPIC))
            or (self.near and not group.near_urgent)
        ):
            return None
        return group if len(left) == group.count else replace(group, questions=left)

    def _keeps(self, question: KeptQuestion, now: datetime) -> bool:
        if self.channel and question.channel != self.channel:
            return False
        if self.day:
            return question.at.date() == self.day
        return not self.since or question.at >= now - SPANS[self.since]


def _rank(group: Group) -> tuple[bool, bool, int]:
    near_urgent = group.near_urgent
    return not near_urgent, near_urgent and group.count > 1, -group.count


def _newest_rank(group: Group) -> tuple[bool, bool]:
    return _rank(group)[:2]
