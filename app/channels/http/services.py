"""What all surfaces use, built once in the lifespan. What one surface alone uses is on `app.state` under its name."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from app.answering import Answering
from app.channels.sms.exchange import Exchange
from app.live import Live
from app.records.feedback import Feedback


@dataclass(frozen=True, slots=True)
class Services:
    live: Live
    answering: Answering
    feedback: Feedback
    exchange: Exchange | None
    """Of text messages, where a gateway is configured."""
    trusted_proxies: frozenset[str]
    metrics_token: str | None
    """Opens metrics and details of readiness to others than this machine."""
    public_url: str | None
    """Where the world reaches the service, where that was set."""


def services(request: Request) -> Services:
    built: Services = request.app.state.services
    return built


async def _served(request: Request) -> Services:
    """Async, though nothing waits: FastAPI takes a plain function to a thread, which cost more than the answer."""
    return services(request)


Served = Annotated[Services, Depends(_served)]
