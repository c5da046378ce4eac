"""A request that carries no message is counted for its client, and waits for its turn behind those that carry one."""

from fastapi import Depends, Request

from app import metrics
from app.channels.http.clients import client_of
from app.channels.http.services import Served, Services
from app.errors import TooManyRequests
from app.turns import Rank


async def admit(served: Services, client: str | None) -> None:
    """Return at the client's turn; raises `TooManyRequests` for one over its limit. None is exempt from it."""
    if client is not None and not await served.requests.allows(client):
        metrics.limited.inc()
        raise TooManyRequests
    await served.answering.turns.take(Rank.REST)


async def _admitted(request: Request, served: Served) -> None:
    await admit(served, client_of(request, served.trusted_proxies))


Admitted = Depends(_admitted)
"""A dependency of every route that carries no message."""
