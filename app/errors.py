"""Every error the project raises on purpose.

HaiFaqError
├── ContentError          faq.yaml or intents/ is wrong: names file, line and key
│   └── ContentChanged    while it was read
├── ApprovalError         a safety text has no valid seal: nothing may be served
├── FileError             a file of another program cannot be taken in: names file, sheet and row
├── SourceError           a document cannot be cut into the sections that faq.yaml lists
├── ModelError            a saved model is missing, stale or damaged
├── FitError              fitting failed in its child process
├── SettingsError         a setting is wrong, or does not fit the content or the machine
├── ProviderError         the identity provider of the staff's sign-in failed
│   └── ProviderUnreachable  it did not answer
├── StoreError            a store cannot be reached or written
└── RequestError          what a client sent; carries its HTTP status and problem code
    ├── InvalidBody       400 invalid-body
    ├── SignInNeeded      401 sign-in-needed
    ├── CheckDue          401 check-due
    ├── Forged            403 forged
    ├── NotAllowed        403 not-allowed
    ├── NotFound          404 not-found
    ├── TooLarge          413 too-large
    ├── TooManyRequests   429 too-many-requests
    ├── TextNotTaken      503 text-not-taken
    ├── NotReady          503 not-ready
    └── RecordsDown       503 records-down
"""

import contextlib
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

MOST_TOGETHER = 100
"""Most errors of one file that are told at once: to find the nearest known word for each costs time."""
LONGEST_PART = 500
"""Most characters that are shown of a path, a key or a problem."""


class HaiFaqError(Exception):
    """Root of the tree; its text may be shown to an operator."""


@dataclass
class ContentError(HaiFaqError):
    """`str()` reads `faq.yaml:12: entries.pump-size.answer: is empty`."""

    path: Path
    line: int
    key: str
    problem: str
    others: "tuple[ContentError, ...]" = field(default=(), compare=False, repr=False)
    """What else is wrong, for whoever lists all of it."""

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}"
        return ": ".join(_shown(part) for part in (where, self.key, self.problem) if part)


@contextlib.contextmanager
def gathered(errors: list[ContentError]) -> Iterator[None]:
    """Add the error of what is done inside, and its others, to errors that are told together."""
    try:
        yield
    except ContentError as error:
        errors += (error, *error.others)


def raise_together(errors: Iterable[ContentError]) -> None:
    """Raise the first error, if there is one, with those after it as its others."""
    first, *others = (*itertools.islice(errors, MOST_TOGETHER), None)
    if first:
        first.others = tuple(filter(None, others))
        raise first


def _shown(part: str) -> str:
    """Return words of a file that nobody vouches for in one short line: a key may hold line ends, or fill a screen."""
    return printable(part if len(part) <= LONGEST_PART else f"{part[:LONGEST_PART]}...")


def printable(text: str) -> str:
    """Return the text in one line, with what a terminal would obey or hide written out."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


class ContentChanged(ContentError): ...


class ApprovalError(HaiFaqError): ...


@dataclass
class FileError(HaiFaqError):
    """`str()` reads `questions.xlsx: Sheet1, row 5: has no answer`."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{_shown(self.place)}: {_shown(self.problem)}"


class SourceError(HaiFaqError): ...


class ModelError(HaiFaqError): ...


class FitError(HaiFaqError): ...


class SettingsError(HaiFaqError): ...


class StoreError(HaiFaqError): ...


class ProviderError(HaiFaqError):
    """An identity provider that cannot be reached or did not vouch; the kind of failure, never its words."""


class ProviderUnreachable(ProviderError): ...


class RequestError(HaiFaqError):
    """Rendered as RFC 9457 `application/problem+json` by `channels.http.problems`."""

    status: int
    code: str
    title: str
    retry_after: int | None
    """Seconds."""

    def __init_subclass__(cls, status: int, title: str, retry_after: int | None = None) -> None:
        cls.status, cls.title, cls.retry_after = status, title, retry_after
        cls.code = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", cls.__name__).lower()

    def __init__(self, detail: str = "") -> None:
        self.detail = detail or self.title
        super().__init__(self.detail)

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"retry-after": str(self.retry_after)}


class InvalidBody(RequestError, status=400, title="The body is not what this address takes."): ...


class SignInNeeded(RequestError, status=401, title="Please sign in."): ...


class CheckDue(RequestError, status=401, title="Your sign-in must be checked again. Load the page again."): ...


class Forged(RequestError, status=403, title="The signature is missing, wrong or too old."): ...


class NotAllowed(RequestError, status=403, title="You may not do this."): ...


class NotFound(RequestError, status=404, title="There is nothing at this address."): ...


class TooLarge(RequestError, status=413, title="The message is too long."): ...


class TooManyRequests(
    RequestError, status=429, title="Too many messages at once. Please wait a moment.", retry_after=1
): ...


class TextNotTaken(
    RequestError, status=503, title="The text message cannot be answered now. Please deliver it again.", retry_after=5
): ...


class NotReady(RequestError, status=503, title="The service is starting.", retry_after=5): ...


class RecordsDown(
    RequestError,
    status=503,
    title="The records cannot be reached. Nothing was changed. Please try again.",
    retry_after=5,
): ...
