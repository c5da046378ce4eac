"""What the forms of the review send: which questions, of which group, for which topic, and where they lead back to."""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import Depends, Query
from starlette.responses import RedirectResponse

from app.channels.http.services import Services
from app.channels.staff.words import CHANNELS
from app.dialogue.messages import Channel
from app.records.review_queue import KeptQuestion
from app.review.narrowing import Narrowing, Order, Since
from app.text import key

PATH = "/staff/review"
LISTED = 50
"""Wordings of a group that are listed, each with a box to take it out."""
MOST_NAMED = 1_000
"""Most questions of a group that a form names: of 20,000 the names would be longer than a body may be."""
LONGEST_NUMBER = 9
_KEY = re.compile(r"[\w-]{8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """What several patients typed, in the words of the newest; only case and punctuation differ."""

    text: str
    questions: Sequence[KeptQuestion]
    """The newest first."""
    ticked: bool = True

    @property
    def keys(self) -> str:
        return keys_of(self.questions)

    @property
    def channels(self) -> list[str]:
        return channels_of(self.questions)


def channels_of(questions: Iterable[KeptQuestion]) -> list[str]:
    """Return what the channels by which the questions came are called, each once."""
    return list(dict.fromkeys(CHANNELS.get(question.channel, question.channel) for question in questions))


def narrowed(
    channel: Channel | Literal[""] = "",
    since: Since = "",
    day: date | Literal[""] = "",
    topic: Annotated[str, Query(max_length=100)] = "",
    near: bool = False,
    order: Order = "",
    at: str = "",
) -> Narrowing:
    """Return what of the queue an address asks for; a page that is no number is the first."""
    number = int(at[:LONGEST_NUMBER]) if at.isascii() and at.isdigit() else 0
    return Narrowing(channel, since, day, topic, near, order, number)


Narrowed = Annotated[Narrowing, Depends(narrowed)]


def back_to(served: Services, narrow: Narrowing, form: Mapping[str, str], done: str = "") -> RedirectResponse:
    """Return the way to the page that a form stood on, and there to the group that comes next."""
    query = "&".join(part for part in (narrow.query, f"done={done}" if done else "") if part)
    return RedirectResponse(f"{served.link(PATH)}?{query}{anchor_of(form.get('next', ''))}", 303)


def anchor_of(group: str) -> str:
    return f"#group-{group}" if _KEY.fullmatch(group) else ""


def key_of(message_id: str) -> str:
    """Return a hash that is short enough for a form to name thousands, 48 bits."""
    return urlsafe_b64encode(hashlib.sha256(message_id.encode()).digest()[:6]).decode()


def lines_of(questions: Sequence[KeptQuestion], texts: Mapping[str, str]) -> list[Line]:
    """Return the wordings of questions, the newest first. Only those are one whose whole `texts` are known."""
    wordings: dict[str, list[KeptQuestion]] = {}
    for question in questions:
        whole = texts.get(question.message_id)
        wordings.setdefault(question.message_id if whole is None else f"={key(whole)}", []).append(question)
    return [Line(texts.get(same[0].message_id, same[0].text), same) for same in wordings.values()]


def keys_of(questions: Iterable[KeptQuestion]) -> str:
    return " ".join(key_of(question.message_id) for question in questions)


def chosen_of(waiting: Iterable[str], form: Mapping[str, str]) -> tuple[str, ...]:
    """Return the message ids that a form names, of the questions still open: `keys`, and each box that is ticked."""
    keys = {own for name, value in form.items() if name == "keys" or name[:1] == "q" for own in value.split()}
    return tuple(message_id for message_id in waiting if key_of(message_id) in keys)


def topic_called(typed: str, titles: Mapping[str, str]) -> str | None:
    """Return the id of the topic whose id or title this is, or the only one whose title has it within."""
    if typed in titles:
        return typed
    words = key(typed)
    same = [id_ for id_, title in titles.items() if key(title) == words]
    within = [id_ for id_, title in titles.items() if words and f" {words}" in f" {key(title)}"]
    return next((own[0] for own in (same, within) if len(own) == 1), None)
