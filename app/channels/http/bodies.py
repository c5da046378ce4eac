"""The body of a request is limited, read whole, given again and parsed as a form; what is typed in it is made whole."""

import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import Request
from pydantic import BeforeValidator
from starlette.types import Message, Receive

from app import text
from app.errors import InvalidBody, TooLarge

MOST_BYTES = 256 * 1024
"""Most bytes of a body: 20,000 characters, each at worst a 12-byte JSON escape, and room to spare."""
MOST_FIELDS = 100
"""Most fields of a form: Twilio sends up to 40. Of 40,000 it took 0.3 s to find that they were not signed."""
FORM = "application/x-www-form-urlencoded"
_WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")
_NUMBER = re.compile("[0-9]{1,9}")


async def limited(method: str, headers: Mapping[bytes, bytes], receive: Receive) -> Receive:
    """Return a `receive` that gives at most `MOST_BYTES`; raises `TooLarge`.

    The parser takes no byte more than a declared length, so that only a body without one is read here.
    """
    if method in _WITHOUT_BODY:
        return receive
    declared = headers.get(b"content-length", b"")
    if not declared.isdigit():
        return again(await read(receive), receive)
    _check(int(declared))
    return receive


async def read(receive: Receive) -> bytes:
    """Return what has come of a body when it ends or the client is gone; raises `TooLarge`."""
    body, is_more = b"", True
    while is_more:
        message = await receive()
        body += message.get("body", b"")
        _check(len(body))
        is_more = message.get("more_body", False)
    return body


def again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives a body which was read, and then all that is still to come."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return waiting.pop() if waiting else await receive()

    return receive_again


async def form_of(request: Request) -> dict[str, str]:
    """Return the first value of each field of a posted form, stripped; odd bytes are no error. Raises `InvalidBody`
    for a form sent in another way, whose words would be passed over.
    """
    if not request.headers.get("content-type", FORM).startswith(FORM):
        raise InvalidBody(f"A form must be sent as {FORM}.")
    return {name: values[0].strip() for name, values in fields_of(await request.body()).items()}


def fields_of(body: bytes) -> dict[str, list[str]]:
    """Return the values of each field of a form; raises `InvalidBody` for more than `MOST_FIELDS`."""
    try:
        return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise InvalidBody(f"A form may have at most {MOST_FIELDS} fields.") from error


def _whole(value: Any) -> Any:
    return text.whole(value) if isinstance(value, str) else value


Typed = Annotated[str, BeforeValidator(_whole)]
"""A text of a JSON body that a person typed, or a name that a client made up."""


def _check(length: int) -> None:
    if length > MOST_BYTES:
        raise TooLarge(f"A body may have at most {MOST_BYTES} bytes.")


def number_of(typed: str) -> int:
    """Return a whole number of at most nine digits, and 0 for anything else: of 5,000 digits Python makes none."""
    return int(typed) if _NUMBER.fullmatch(typed) else 0
