"""Sign-in by OpenID Connect, by Authlib, whose errors and those of the network become a `ProviderError`."""

from collections.abc import Mapping
from typing import Any

from authlib.integrations.starlette_client import OAuth, OAuthError
from fastapi import Request, Response
from httpx2 import HTTPError
from joserfc.errors import JoseError

from app.errors import ProviderError

_FAILURES = (HTTPError, OAuthError, JoseError, ValueError, TypeError, KeyError)


class OpenId:
    """A client of the hospital's identity provider."""

    def __init__(self, issuer: str, client_id: str, client_secret: str | None, redirect_uri: str) -> None:
        self._issuer = issuer
        self._redirect_uri = redirect_uri
        self._client = OAuth().register(
            "site",
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "timeout": 5.0},
        )

    async def redirect(self, request: Request) -> Response:
        """Return the way to the provider, with state, nonce and the challenge of a code verifier (PKCE)."""
        try:
            response: Response = await self._client.authorize_redirect(request, self._redirect_uri)
        except _FAILURES as error:
            raise ProviderError(type(error).__name__) from error
        return response

    async def identify(self, request: Request) -> tuple[str, Mapping[str, Any]]:
        """Return who came back with a code, and her claims; state, nonce, signature, audience and issuer are right."""
        options = {"iss": {"essential": True, "value": self._issuer}}
        try:
            token = await self._client.authorize_access_token(request, claims_options=options)
            claims: Mapping[str, Any] = token["userinfo"]
            return str(claims.get("email") or claims.get("preferred_username") or claims["sub"]), claims
        except _FAILURES as error:
            raise ProviderError(type(error).__name__) from error
