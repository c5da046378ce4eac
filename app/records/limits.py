"""How many messages a client may send: a token bucket each, in memory."""

from collections import OrderedDict
from dataclasses import dataclass

MOST = 50_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Limits:
    """`rate` messages a second, with `burst` (as many, when left out) at once after a pause."""

    def __init__(self, rate: float, most: int = MOST, burst: float | None = None) -> None:
        self._rate = rate
        self._burst = burst or rate
        self._most = most
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def allows(self, client: str, now: float) -> bool:
        """Takes a token; `now` is in seconds of any steady clock."""
        bucket = self._buckets.get(client)
        if bucket is None:
            bucket = self._buckets[client] = _Bucket(self._burst, now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(client)
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._rate)
        bucket.at = now
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True
