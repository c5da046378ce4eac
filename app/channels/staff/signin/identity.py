"""Whom an identity provider vouches for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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

    @property
    def kept(self) -> dict[str, Any]:
        """What a session keeps, so that the provider can end it later."""
        return {"sub": self.person, "sid": self.session, "issued": self.issued}
