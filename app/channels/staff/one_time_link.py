"""The one-time link of a single machine: whoever can read the console of the service may sign in once."""

import secrets
from collections.abc import Callable
from hmac import compare_digest


class OneTimeLink:
    def __init__(self, url: str, announce: Callable[[str], None]) -> None:
        """`announce` gets the address of `url` with a new token at once, and again whenever one was used."""
        self._url = url
        self._announce = announce
        self._renew()

    def use(self, token: str) -> bool:
        """Return whether the token is the one announced last; if so, it is used up and the next is announced."""
        if not compare_digest(token.encode("utf-8", "replace"), self._token.encode()):
            return False
        self._renew()
        return True

    def _renew(self) -> None:
        self._token = secrets.token_urlsafe(32)
        self._announce(f"{self._url}?token={self._token}")
