"""Sign-in by OpenID Connect, by Authlib, whose errors and those of the network become a `ProviderError`."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

from authlib.integrations.starlette_client import OAuth, OAuthError
from fastapi import Request, Response
from httpx2 import AsyncClient, HTTPError, Limits, create_ssl_context
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from app.channels.staff.signin.identity import Identity
from app.channels.staff.signin.logout_token import Logout, checked
from app.errors import ProviderError, ProviderUnreachable

_FAILURES = (OAuthError, JoseError, ValueError, TypeError, KeyError, RuntimeError)
SECONDS = 5.0
"""For one request to the provider."""
PROBE_SECONDS = 2.0
"""A person at the counter waits for it."""
KEYS_AGAIN = 30.0
"""Seconds between two looks for keys that are not known: a forged token may name any."""
FAILED_AGAIN = 5.0
"""Seconds after the provider has failed in which no logout token has it asked: anybody may send one."""
_SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Never `none`, and none by which our own secret, or a public key, could sign."""
LONGEST_TOKEN = 10_000


class OpenId:
    """A client of the hospital's identity provider."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str | None,
        redirect_uri: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._redirect_uri = redirect_uri
        self._metadata_url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        tls = create_ssl_context()  # Authlib makes two clients a sign-in, and to read the certificates takes each 70 ms
        self._probe = AsyncClient(verify=tls, timeout=PROBE_SECONDS, limits=Limits(max_keepalive_connections=0))
        self._clock = clock
        self._keys_due = float("-inf")
        self._due = float("-inf")
        self._asking = asyncio.Lock()
        self._client = OAuth().register(
            "site",
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=self._metadata_url,
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "timeout": SECONDS,
                "verify": tls,
            },
        )

    async def redirect(self, request: Request, **parameters: str) -> Response:
        """Return the way to the provider, with state, nonce and the challenge of a code verifier (PKCE).

        Raises `ProviderUnreachable` for one that is down: a browser that is sent there shows no page of ours.
        """
        if not await self._answers():
            raise ProviderUnreachable("no answer")
        try:
            response: Response = await self._client.authorize_redirect(request, self._redirect_uri, **parameters)
        except (HTTPError, *_FAILURES) as error:
            raise ProviderError(type(error).__name__) from error
        return response

    async def has_asked(self, request: Request) -> bool:
        """Return whether this browser was sent to the provider with the state that it comes back with."""
        state = request.query_params.get("state", "")
        return bool(await self._client.framework.get_state_data(request.session, state))

    async def identify(self, request: Request) -> Identity:
        """Return who came back with a code; state, nonce, signature, audience and issuer are right."""
        options = {"iss": {"essential": True, "value": self._issuer}}
        try:
            token = await self._client.authorize_access_token(request, claims_options=options)
            return Identity.of(token["userinfo"])
        except HTTPError as error:
            raise ProviderUnreachable(type(error).__name__) from error
        except _FAILURES as error:
            raise ProviderError(type(error).__name__) from error

    async def _answers(self) -> bool:
        try:
            return (await self._probe.get(self._metadata_url)).status_code < 500
        except HTTPError:
            return False

    async def sign_out_url(self, back: str) -> str | None:
        """Return where the browser signs out of the provider and then goes `back`; None where it cannot."""
        try:
            metadata = await self._client.load_server_metadata()
            offered = str(metadata.get("end_session_endpoint", "")).startswith(("https://", "http://"))
            if not offered or not await self._answers():
                return None
            made = await self._client.create_logout_url(back, client_id=self._client_id)
        except (HTTPError, *_FAILURES):
            return None
        return str(made["url"])

    async def logout_of(self, token: str, now: float) -> Logout:
        """Return what a logout token ends. Raises `ProviderError`."""
        try:
            if len(token) > LONGEST_TOKEN:
                raise ValueError
            decoded = await self._decoded(token)
            return checked(decoded.header, decoded.claims, self._issuer, self._client_id, now)
        except HTTPError as error:
            raise ProviderUnreachable(type(error).__name__) from error
        except _FAILURES as error:
            raise ProviderError(type(error).__name__) from error

    async def _decoded(self, token: str) -> jwt.Token:
        metadata, keys = await self._known()
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        registry = JWSRegistry(algorithms=[name for name in _SIGNED_BY if name in offered], strict_check_header=False)
        try:
            return jwt.decode(token, KeySet.import_key_set(keys), registry=registry)
        except InvalidKeyIdError:
            async with self._asking:
                newer = await self._client.fetch_jwk_set()
                if newer is keys:  # no other token has had them fetched meanwhile
                    if self._clock() < self._keys_due:
                        raise
                    self._keys_due = self._clock() + KEYS_AGAIN
                    newer = await self._client.fetch_jwk_set(force=True)
            return jwt.decode(token, KeySet.import_key_set(newer), registry=registry)

    async def _known(self) -> tuple[Mapping[str, Any], Any]:
        """Return what the provider says of itself, and its keys: asked for once, however many tokens wait for them."""
        async with self._asking:
            if self._clock() < self._due:
                raise ProviderUnreachable("it has failed just now")
            try:
                return await self._client.load_server_metadata(), await self._client.fetch_jwk_set()
            except (HTTPError, *_FAILURES):
                self._due = self._clock() + FAILED_AGAIN
                raise
