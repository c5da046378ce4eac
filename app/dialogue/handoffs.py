"""Names to whom staff hand a caller over when there is no approved text, and which of them patients may call."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

PHONE = re.compile(r"\+?[\d\s().-]{3,24}")
"""Matches a line that can be dialled: digits, spaces and `( ) . -`, with or without `+`."""


def _check_line(line: str) -> str:
    if not PHONE.fullmatch(line) or sum(map(str.isdecimal, line)) < 3:
        raise ValueError("must be a number that a telephone dials, such as 215-555-0100")
    return line


@dataclass(frozen=True)
class Handoff:
    """A group of topics and who answers for them. A group without topics takes all that no other names."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    """A misspelt key stops the start."""

    label: Annotated[str, Field(min_length=1)]
    topics: tuple[str, ...] = ()
    """Ids, or their beginnings: `nc-refill-*`."""
    extension: str | None = None
    """Internal: for staff, never shown to patients."""
    line: Annotated[str, AfterValidator(_check_line)] | None = None
    """The number that patients may call."""
    hours: str | None = None
    after_hours: str | None = None


def hand_over(handoffs: Sequence[Handoff], topic: str) -> Handoff | None:
    """Return the first group that names the topic, else the first that names none."""
    naming = (group for group in handoffs if any(fnmatchcase(topic, pattern) for pattern in group.topics))
    return next(naming, next((group for group in handoffs if not group.topics), None))


def unknown_topics(handoffs: Sequence[Handoff], topics: Sequence[str]) -> list[str]:
    """Return the patterns that fit no topic: a slip that would send callers to the wrong line."""
    patterns = (pattern for group in handoffs for pattern in group.topics)
    return [pattern for pattern in patterns if not any(fnmatchcase(topic, pattern) for topic in topics)]
