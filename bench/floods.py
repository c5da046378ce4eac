"""How long an emergency waits while others keep the service busy: `python -m bench.floods`

Each flood comes from a process of its own, over loopback, to `hai-faq serve` as it ships, beyond the limit of any
client. Meanwhile someone asks for help twenty times a second; a reply's time counts from the moment when the message
was due. `answered` is how many requests of the flood got a reply in a second.
"""

import argparse
import asyncio
import contextlib
import functools
import itertools
import json
import multiprocessing
import random
import time
from collections.abc import Callable
from multiprocessing.sharedctypes import Synchronized

import numpy as np
import uvloop

from app.loading import model_cache
from app.settings import Settings
from bench.load import Connection, post, serving

EVERY = 0.05
"""Seconds between two emergencies."""
LONG = 20_000
"""Characters: the longest message that is read."""
LARGE = 256 * 1024
"""Bytes: the largest body that is read."""
WORDS = (
    *("the", "pump", "is", "a", "small", "device", "and", "my", "mother", "was", "told", "that", "she", "may", "keep"),
)
chance = random.Random(0)


def words(length: int, end: str) -> str:
    """Return so many characters of sentences of three words, no two texts alike."""
    sentences = (" ".join(chance.choices(WORDS, k=3)) for _ in itertools.count())
    text = ""
    while len(text) < length:
        text += next(sentences) + end
    return text[:length]


def gibberish(length: int) -> str:
    return "".join(chance.choices("abcdefghijklmnopqrstuvwxyz    ", k=length))


@functools.cache
def form(path: str, head: str = "") -> bytes:
    body = "&".join(f"f{number}=x" for number in range(LARGE // 5))[: LARGE - 1]
    kind = "content-type: application/x-www-form-urlencoded"
    return f"POST {path} HTTP/1.1\r\nhost: x\r\n{kind}\r\n{head}content-length: {len(body)}\r\n\r\n{body}".encode()


def message(text: str, path: str = "/v1/messages") -> bytes:
    return post(path, {"text": text})


FLOODS: dict[str, tuple[int, Callable[[], bytes]]] = {
    "questions": (300, lambda: message(words(40, "? "))),
    "long texts of short sentences": (8, lambda: message(words(LONG, ". "))),
    "long texts without sentences": (8, lambda: message(words(LONG, " "))),
    "long gibberish": (8, lambda: message(gibberish(LONG))),
    "searches": (50, lambda: message(words(40, " "), "/v1/search")),
    "long searches": (8, lambda: message(words(LONG, ". "), "/v1/search")),
    "unsigned webhooks": (4, lambda: form("/sms/twilio", "x-twilio-signature: x\r\n")),
    "forms of many fields": (8, lambda: form("/ask")),
    "refused bodies": (300, lambda: post("/v1/messages", {"text": 1})),
    "large refused bodies": (50, lambda: post("/v1/messages", {"text": [{}] * 60_000})),
    "pages": (50, lambda: b"GET /faq HTTP/1.1\r\nhost: x\r\n\r\n"),
}
"""Connections, each of which asks again as soon as it is answered, and what it asks."""
UNREAD = (300, 40)
"""Connections that read nothing, and the pages that each asks for at once."""
SETTINGS = {"HAI_FAQ_TWILIO_AUTH_TOKENS": json.dumps(["t" * 32])}


async def ask_on(port: int, connections: int, request: Callable[[], bytes], answered: "Synchronized[int]") -> None:
    async def one() -> None:
        while True:
            with contextlib.suppress(OSError):
                _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
                while True:
                    await connection.ask(request())
                    answered.value += 1
            await asyncio.sleep(0.01)

    await asyncio.gather(*(one() for _ in range(connections)))


async def never_read(port: int) -> None:
    """Ask for pages, read none of them, and begin again where the service has closed the connection."""
    connections, pages = UNREAD

    async def one() -> None:
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
                writer.write(b"GET /faq HTTP/1.1\r\nhost: x\r\n\r\n" * pages)
                while not reader.at_eof():
                    await asyncio.sleep(0.5)
            await asyncio.sleep(0.01)

    await asyncio.gather(*(one() for _ in range(connections)))


def flood(port: int, name: str, answered: "Synchronized[int]") -> None:
    if name in FLOODS:
        connections, request = FLOODS[name]
        kept = [request() for _ in range(200)]
        uvloop.run(ask_on(port, connections, lambda: chance.choice(kept), answered))
    elif name:
        uvloop.run(never_read(port))


async def waits(port: int, seconds: float) -> list[float]:
    """Return the milliseconds of each emergency, and infinity for what was not answered as one."""
    times: list[float] = []

    async def ask(due: float, number: int) -> None:
        _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
        cry = message("i can't breathe" + " " * number)  # no two alike: a reply from the cache costs nothing
        status, body = await connection.ask(cry)
        is_urgent = status == 200 and json.loads(body)["urgent"] is True
        times.append((time.perf_counter() - due) * 1000 if is_urgent else float("inf"))
        connection.close()

    tasks, began = [], time.perf_counter()
    for number in range(int(seconds / EVERY)):
        due = began + number * EVERY
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(ask(due, number)))
    await asyncio.gather(*tasks)
    return times


def measure(port: int, name: str, seconds: float) -> str:
    answered = multiprocessing.Value("i", 0)
    flooding = multiprocessing.Process(target=flood, args=(port, name, answered), daemon=True)
    flooding.start()
    time.sleep(2.0 if name else 0.5)
    before, began = answered.value, time.perf_counter()
    times = uvloop.run(waits(port, seconds))
    rate = (answered.value - before) / (time.perf_counter() - began)
    flooding.kill()
    flooding.join()
    figures = " ".join(f"{figure:8.1f}" for figure in (*np.quantile(times, (0.5, 0.99)), max(times)))
    return f"{name or 'nothing':32s} {figures} {rate:10.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10, help="of each flood")
    parser.add_argument("--only", default="", help="floods whose name has this in it")
    given = parser.parse_args()
    model_cache.build(Settings().content_config)
    print(f"{'flood':32s}   median      p99   most ms  answered/s")
    for name in ("", *FLOODS, "pages never read"):
        if given.only in name:
            with serving(1, SETTINGS) as (replica,):
                print(measure(replica.port, name, given.seconds), flush=True)


if __name__ == "__main__":
    main()
