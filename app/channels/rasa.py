"""Rasa's REST channel, so that chat widgets written for Rasa work unchanged.

A sender names one conversation within this channel and no other. Without a sender there is a new one each time, never
one that strangers share.
"""

import re
import secrets
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.channels.http.admission import Admitted
from app.channels.http.bodies import Typed
from app.channels.http.clients import client_of
from app.channels.http.problems import problems
from app.channels.http.services import Served
from app.dialogue import compose
from app.dialogue.messages import AnswerPart, ChoicePart, Message, Option, Reply

router = APIRouter(prefix="/webhooks/rest", responses=problems(500))

OPENERS = frozenset({"restart", "session_start", "get_started", "greet"})
"""Commands that Rasa's widgets send by themselves when they open or start over."""
_COMMAND = re.compile(r"/([^\s{@]{1,80})(?:@[0-9.]{1,10})?\s*(?:\{.*\})?", re.DOTALL)
"""An intent as Rasa reads it, with confidence and entities (`rasa/nlu/classifiers/regex_message_handler.py`)."""


def _as_text(value: Any) -> Any:
    """Return a number as Rasa does, as text, and nothing as an empty text."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


_AS_TEXT = BeforeValidator(_as_text, json_schema_input_type=str | float | None)


class SentIn(BaseModel):
    message: Annotated[Typed, _AS_TEXT] = ""
    sender: Annotated[Typed, _AS_TEXT] = Field(
        default="", max_length=1000, description="Any name that the widget keeps; a number is one too."
    )

    model_config = ConfigDict(json_schema_extra={"examples": [{"sender": "7f3a", "message": "how big is this thing"}]})


class ButtonOut(BaseModel):
    title: str
    payload: str = Field(description="Posted back as a message, it picks this.")


class SaidOut(BaseModel):
    recipient_id: str
    text: str
    buttons: list[ButtonOut] | None = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "recipient_id": "7f3a",
                    "text": "Do you mean one of these?",
                    "buttons": [{"title": "How big is the pump?", "payload": "pump-size"}],
                }
            ]
        }
    )


class Status(BaseModel):
    status: str = "ok"


@router.get("/", dependencies=[Admitted], responses=problems(429))
async def health() -> Status:
    """The channel lives."""
    return Status()


@router.post("/webhook", responses=problems(400, 413, 422, 429, 503), response_model_exclude_none=True)
async def webhook(body: SentIn, request: Request, served: Served) -> list[SaidOut]:
    """Each answer is a message of its own; options and suggestions are buttons on the last. Never empty."""
    sender = body.sender or secrets.token_urlsafe(16)
    command = _COMMAND.fullmatch(body.message.strip())
    client = client_of(request, served.trusted_proxies)
    if command and command[1] in OPENERS:
        await served.answering.charge(client)
        await served.answering.forget("rasa", sender)
        texts = [served.knowledge.approved.text("welcome", "safety-notice")]
        buttons = [_button(option) for option in compose.first_suggestions(served.knowledge, served.day)]
    else:
        said = command[1] if command and served.knowledge.serves(command[1], served.day) else body.message
        reply = (await served.answering.answer(Message(said, "rasa"), None, client, sender)).reply
        texts, buttons = list(_texts(reply)), _buttons(reply)
    messages = [SaidOut(recipient_id=sender, text=text) for text in texts]
    messages[-1].buttons = buttons or None
    return messages


def _texts(reply: Reply) -> Iterator[str]:
    """Yield a text for each answer with its limits and source, and for each other paragraph; a choice without its list,
    for which there are buttons.
    """
    for part in reply.parts:
        if isinstance(part, AnswerPart):
            yield "\n\n".join(part.paragraphs)
        elif isinstance(part, ChoicePart) and part.prompt:
            yield part.prompt.text
        else:
            yield from part.paragraphs


def _buttons(reply: Reply) -> list[ButtonOut]:
    buttons = [_button(option) for option in (*reply.options, *reply.suggestions)]
    none = reply.choice.none if reply.choice else None
    return [*buttons, ButtonOut(title=none, payload=none)] if none else buttons


def _button(option: Option) -> ButtonOut:
    return ButtonOut(title=option.question, payload=option.id)
