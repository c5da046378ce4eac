"""A logout token, by which an identity provider says that sessions are over (OpenID Connect
Back-Channel Logout 1.0).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import ProviderError

EVENT = "http://schemas.openid.net/event/backchannel-logout"
OLDEST = 300.0
"""Seconds for which a token counts after it was issued, whatever it says itself."""
SKEW = 60.0
"""Seconds by which two clocks may differ."""
LONGEST_ID = 255
_TYPES = ("logout+jwt", "application/logout+jwt", "jwt")
"""Providers of before 2022 write the last, or none."""


@dataclass(frozen=True, slots=True)
class Logout:
    """Sessions of a person are over: the provider's session that is named, or all of them."""

    id: str
    issued: float
    person: str
    session: str


def checked(header: Mapping[str, Any], claims: Mapping[str, Any], issuer: str, client_id: str, now: float) -> Logout:
    """Return what a token ends whose signature is right; raises `ProviderError`."""
    age, since_end, events = _since(claims.get("iat"), now), _since(claims.get("exp", now), now), claims.get("events")
    wrong = {
        "typ": str(header.get("typ", "JWT")).lower() not in _TYPES,
        "iss": claims.get("iss") != issuer,
        "aud": client_id not in _audience(claims.get("aud")),
        "iat": not -SKEW <= age <= OLDEST,
        "exp": not since_end <= SKEW,
        "events": not isinstance(events, Mapping) or not isinstance(events.get(EVENT), Mapping),
        "nonce": "nonce" in claims,
        "jti": not _id(claims, "jti"),
        "sub": not (_id(claims, "sub") or _id(claims, "sid")),
    }
    if problem := next((name for name, is_wrong in wrong.items() if is_wrong), None):
        raise ProviderError(f"a logout token with a wrong {problem}")
    return Logout(_id(claims, "jti"), float(claims["iat"]), _id(claims, "sub"), _id(claims, "sid"))


def _audience(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _since(time: Any, now: float) -> float:
    """Return seconds; not a number, which no comparison is true of, where there is no time."""
    return now - time if isinstance(time, int | float) and not isinstance(time, bool) else math.nan


def _id(claims: Mapping[str, Any], name: str) -> str:
    """Return an id that is a text of bounded length, else an empty one."""
    value = claims.get(name, "")
    return value if isinstance(value, str) and len(value) <= LONGEST_ID else ""
