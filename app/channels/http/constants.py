"""Responses that are the same for everyone are made once for each knowledge and day: drawing `/faq` took 6 ms."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from fastapi import Response

from app.dialogue.knowledge import Knowledge

MOST = 50
"""Most responses that are kept: their names may hold the host by which a client asked."""


@dataclass
class Constants:
    _knowledge: Knowledge | None = None
    _day: date | None = None
    _responses: dict[str, Response] = field(default_factory=dict)

    def response(self, name: str, knowledge: Knowledge, day: date, make: Callable[[], Response]) -> Response:
        """Return the response of this name, made now or before."""
        if self._knowledge is not knowledge or self._day != day or len(self._responses) >= MOST:
            self._knowledge, self._day = knowledge, day
            self._responses.clear()
        response = self._responses.get(name)
        if response is None:
            response = self._responses[name] = make()
        return response
