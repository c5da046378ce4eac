"""Every error the project raises on purpose.

HaiFaqError
├── ContentError          faq.yaml or intents/ is wrong: names file, line and key
│   └── ContentChanged    while it was read
├── ApprovalError         a safety text has no valid seal: nothing may be served
├── SourceError           a document cannot be cut into the sections that faq.yaml lists
├── ModelError            a saved model is missing, stale or damaged
├── FitError              fitting failed in its child process
├── SettingsError         a setting is wrong, or does not fit the content or the machine
├── StoreError            a store cannot be reached or written
└── RequestError          what a client sent; carries its HTTP status and problem code
    ├── InvalidBody       400
    ├── SignInNeeded      401
    ├── Forged            403
    ├── NotAllowed        403
    ├── NotFound          404
    ├── TooLarge          413
    ├── TooManyRequests   429
    ├── NotReady          503
    └── RecordsDown       503
"""

from dataclasses import dataclass
from pathlib import Path


class HaiFaqError(Exception):
    """Root of the tree; its text may be shown to an operator."""


@dataclass
class ContentError(HaiFaqError):
    """`str()` reads `faq.yaml:12: entries.pump-size.answer: is empty`."""

    path: Path
    line: int
    key: str
    problem: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}"
        return f"{where}: {self.key}: {self.problem}" if self.key else f"{where}: {self.problem}"


class ContentChanged(ContentError):
    pass


class ApprovalError(HaiFaqError):
    pass


class SourceError(HaiFaqError):
    pass


class ModelError(HaiFaqError):
    pass


class FitError(HaiFaqError):
    pass


class SettingsError(HaiFaqError):
    pass


class StoreError(HaiFaqError):
    pass


class RequestError(HaiFaqError):
    """Rendered as RFC 9457 `application/problem+json` by `channels.http.problems`."""

    status = 400
    code = "bad-request"
    title = "The request is not valid."
    retry_after: int | None = None

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"retry-after": str(self.retry_after)}


class InvalidBody(RequestError):
    code = "invalid-body"
    title = "The body is not what this address takes."


class Forged(RequestError):
    status = 403
    code = "forged"
    title = "The signature is missing, wrong or too old."


class SignInNeeded(RequestError):
    status = 401
    code = "sign-in-needed"
    title = "Please sign in."


class NotAllowed(RequestError):
    status = 403
    code = "not-allowed"
    title = "You may not do this."


class NotFound(RequestError):
    status = 404
    code = "not-found"
    title = "There is nothing at this address."


class RecordsDown(RequestError):
    status = 503
    code = "records-down"
    title = "The records cannot be reached. Nothing was changed. Please try again."
    retry_after = 5


class TooLarge(RequestError):
    status = 413
    code = "too-large"
    title = "The message is too long."


class TooManyRequests(RequestError):
    status = 429
    code = "too-many-requests"
    title = "Too many messages at once. Please wait a moment."
    retry_after = 1


class NotReady(RequestError):
    status = 503
    code = "not-ready"
    title = "The service is starting."
    retry_after = 5
