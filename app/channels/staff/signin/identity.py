"""Whom an identity provider vouches for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from app.errors import printable

LONGEST = 255
"""Characters of a name of the provider's, which is what OpenID Connect grants `sub`: a cookie has room for no more."""
OURS = frozenset({"this machine", "identity provider", "unknown"})
"""Names by which the audit tells of nobody in particular."""


@dataclass(frozen=True, slots=True)
class Identity:
    who: str
    person: str
    """The provider's name for her, which never changes."""
    session: str
    """The provider's name of the session; empty where it has none."""
    issued: float
    """In seconds since 1970, by the provider's clock."""
    claims: Mapping[str, Any]

    @classmethod
    def of(cls, claims: Mapping[str, Any]) -> Self:
        """Return whom an ID token vouches for. Raises `KeyError`, `TypeError` or `ValueError` where it tells nobody."""
        email = claims.get("email") if claims.get("email_verified") is not False else None
        who = printable(str(email or claims.get("preferred_username") or claims["sub"]))
        person, session = str(claims["sub"]), str(claims.get("sid") or "")
        if max(len(person), len(session)) > LONGEST or who.strip().casefold() in OURS:
            raise ValueError("a name that is too long, or ours")
        return cls(who, person, session, float(claims["iat"]), claims)

    @property
    def kept(self) -> dict[str, Any]:
        """What a session keeps, so that the provider can end it later."""
        return {"sub": self.person, "sid": self.session, "issued": self.issued}
