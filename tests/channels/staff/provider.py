"""An OpenID Connect provider, small but real: discovery, keys, one-time codes, PKCE, signed tokens, over HTTP."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "hai-faq", "the-client-secret-of-the-tests"


class Provider:
    """`claims` go into the next tokens; `wrong` replaces claims of the provider's own (nonce, aud, iss, exp).

    It may be `down`, and the person may not be `signed_in` there, so that a check without a word to her fails.
    """

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
        self.other_key = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
        self.sign_with = self.key
        self.write: Callable[[dict[str, Any]], str] = self.signed
        self.claims: dict[str, Any] = {}
        self.wrong: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.refused: list[str] = []
        self.asked = 0
        self.asked_for_keys = 0
        self.keys_take = 0.0
        self.key_id = "one"
        self.is_down = False
        self.signed_in = True
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(*provider.get(self.path))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                self._answer(*provider.token(dict(parse_qsl(body)), self.headers.get("authorization", "")))

            def _answer(self, status: int, body: dict[str, Any]) -> None:
                self.send_response(status)
                if "location" in body:
                    self.send_header("location", body["location"])
                self.send_header("content-type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        parts = urlsplit(path)
        asked = dict(parse_qsl(parts.query))
        self.asked += 1
        if self.is_down:
            return 503, {}
        if parts.path == "/authorize":
            return 302, {"location": self.approve(asked) if asked.get("prompt") != "none" else self.check(asked)}
        if parts.path == "/sign-out":
            self.signed_in = False
            return 302, {"location": asked["post_logout_redirect_uri"]}
        if parts.path == "/keys":
            self.asked_for_keys += 1
            time.sleep(self.keys_take)
            return 200, {"keys": [{**self.key.as_dict(private=False), "kid": self.key_id}]}
        return 200, {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "end_session_endpoint": f"{self.url}/sign-out",
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def approve(self, asked: dict[str, str]) -> str:
        """The person has typed her password: where her browser goes next."""
        self.signed_in = True
        return self.check(asked)

    def check(self, asked: dict[str, str], error: str = "") -> str:
        """Without a word to the person: where her browser goes next."""
        error = error or ("" if self.signed_in else "login_required")
        if error:
            return f"{asked['redirect_uri']}?{urlencode({'error': error, 'state': asked['state']})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def logout_token(self, **changes: Any) -> str:
        """What the provider sends when a session is over there; a claim changed to None is left out."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_urlsafe(8),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
            "sub": "s-1",
            "sid": "session-1",
        } | changes
        header = {"alg": "RS256", "kid": "one", "typ": "logout+jwt"}
        return jwt.encode(header, {name: value for name, value in claims.items() if value is not None}, self.sign_with)

    def token(self, asked: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """A code is good once, for the client it was given to, with the verifier of its challenge."""
        if self.is_down:
            return 503, {}
        granted = self.codes.pop(asked.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        problem = (
            "code"
            if granted is None
            else "client"
            if authorization != f"Basic {basic}"
            else "verifier"
            if granted.get("code_challenge") != base64.urlsafe_b64encode(challenge).decode().rstrip("=")
            else ""
        )
        if problem or granted is None:
            self.refused.append(problem)
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        of_session = {"sub": "s-1", "sid": "session-1"}
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": granted["nonce"], **of_session}
        id_token = self.write(claims | self.claims | self.wrong)
        return 200, {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": id_token}

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.sign_with)
