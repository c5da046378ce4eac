"""One suite for every store; what is shared in Redis, as two replicas see it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

from app.records.database import connect, migrate
from app.records.redis_client import RedisClient
from tests.redis import RedisServer


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = connect(url)
    migrate(engine)
    yield engine
    engine.dispose()


PATIENT = 60.0
"""Seconds: a Redis that works is never given up by a slow test machine."""


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def successor(redis_server: RedisServer) -> Iterator[RedisServer]:
    """Another Redis, to which a name may lead from some moment on."""
    server = redis_server.another()
    server.start()
    yield server
    server.kill()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def shared(redis_server: RedisServer, clock: Clock) -> AsyncIterator[tuple[RedisClient, RedisClient]]:
    """One Redis as two replicas reach it."""
    both = RedisClient(redis_server.url, PATIENT, clock), RedisClient(redis_server.url, PATIENT, clock)
    yield both
    for replica in both:
        await replica.close()
