"""Services that every surface uses are built once in the lifespan; those of one surface are on `app.state`, by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Request, Response

from app.answering import Answering
from app.channels.http.constants import Constants
from app.channels.http.prefix import prefix_of
from app.dialogue.knowledge import Knowledge
from app.errors import NotReady
from app.records.feedback import Feedback
from app.records.limits import Limits


@dataclass(frozen=True, slots=True)
class Services:
    answering: Answering
    feedback: Feedback
    requests: Limits
    """Of a client, for what carries no message."""
    failing_stores: Mapping[str, str]
    """Records whose last transaction failed, and why."""
    trusted_proxies: frozenset[str]
    metrics_token: str | None
    """The bearer that opens metrics and details of readiness to others than this machine."""
    public_url: str | None
    """The address at which the world reaches the service, where it was set."""
    constants: Constants = field(default_factory=Constants)

    @property
    def knowledge(self) -> Knowledge:
        return self.answering.reloader.current

    @property
    def now(self) -> datetime:
        return self.answering.clock()

    @property
    def day(self) -> date:
        return self.now.date()

    def link(self, path: str) -> str:
        """Return the path with the prefix of the public address before it, as browsers must ask for it."""
        return f"{prefix_of(self.public_url)}{path}"

    def constant(self, name: str, make: Callable[[], Response]) -> Response:
        """Return a response that is the same for everyone today."""
        return self.constants.response(name, self.knowledge, self.day, make)


def services(request: Request) -> Services:
    """Return what was built in the lifespan. Raises `NotReady` before."""
    try:
        built: Services = request.app.state.services
    except AttributeError as error:
        raise NotReady from error
    return built


async def _served(request: Request) -> Services:
    """Async, though nothing waits: FastAPI takes a plain function to a thread, which cost more than the answer."""
    return services(request)


Served = Annotated[Services, Depends(_served)]
