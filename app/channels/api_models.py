"""The bodies that the JSON API takes and gives."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from app.answering import LONGEST
from app.channels.http.bodies import Typed
from app.content import markup
from app.dialogue.messages import Category, Kind
from app.records.feedback import Reason, Verdict

Confidence = Annotated[float, AfterValidator(lambda value: round(value, 4))]
InLanguage = Annotated[str | None, Field(description="Null is English.")]


class Body(BaseModel):
    """A body is written from the attributes of what is answered with, or from a mapping of them."""

    model_config = ConfigDict(from_attributes=True)


class MessageIn(BaseModel):
    text: Typed = Field(description=f"What the person typed; over {LONGEST} characters is refused.")
    conversation_id: Typed | None = Field(default=None, description="From the reply before; unknown starts anew.")
    channel: Literal["api", "web"] = Field(default="api", description="`web` is the widget; for the records only.")
    language: Typed | None = Field(
        default=None,
        max_length=35,
        description="What the person reads, `es` say: the reply is in it as far as texts are approved in it. "
        "What the text is written in is found out.",
        examples=["es"],
    )

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "how big is this thing", "conversation_id": None}]}
    )


class SealOut(Body):
    by: str
    role: str = Field(description="`demo` is no approval for patients.")
    on: date
    sha256: str


class SourceOut(Body):
    document: str
    title: str
    publisher: str
    section: str
    paragraph: int
    url: str | None
    passage: str | None = Field(description="The cited paragraph word for word, where the site gave its documents.")


class SpanOut(Body):
    text: str
    bold: bool
    href: str | None = Field(description="Makes the text a link: https, to a host that the site allows.")


class BlockOut(Body):
    items: list[list[SpanOut]] = Field(description="The items of a list; a paragraph is one.")
    list: markup.List | None = Field(description="With a dot (`ul`) or a number before each item; null: a paragraph.")


PlainText = Annotated[str, Field(description="Plain text; the address of a link follows its words in brackets.")]
InBlocks = Annotated[list[BlockOut], Field(description="The same text in its form, for clients that can show it.")]


class AnswerOut(Body):
    id: str
    question: str
    text: PlainText
    blocks: InBlocks
    limits: str | None
    language: InLanguage
    confidence: Confidence
    seal: SealOut
    sources: list[SourceOut]


class OptionOut(Body):
    id: str
    question: str
    language: InLanguage


class IntentOut(Body):
    id: str
    category: Category


class ContactOut(Body):
    """Whom a person can reach; a line or an address is there."""

    label: str | None = Field(description="Who answers; null where it is the site's own line.")
    line: str | None
    hours: str | None
    url: str | None = Field(description="The site's contact form or live chat, https.")


class ReplyOut(Body):
    conversation_id: str
    message_id: str
    content_version: str
    kind: Kind
    text: str = Field(description="The whole reply as plain text.")
    answers: list[AnswerOut]
    options: list[OptionOut]
    suggestions: list[OptionOut]
    intent: IntentOut | None
    urgent: bool
    safety_net: bool = Field(
        description="Danger is possible and not sure: the text opens with one sentence on whom to call."
    )
    language: str | None = Field(
        description="Of what in the text is no answer, else of the first answer, where it is not English."
    )
    contact: ContactOut | None = Field(
        description="Where the reply does not help: not covered, fallback, unclear, feelings, a wish for a person."
    )
    feelings: bool = Field(description="The reply is to a feeling: a card of its own, calm, with its numbers to call.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "conversation_id": "api-8rbqTNBLp1jkQF9K0TzRfg",
                    "message_id": "WzE3OTU0.c2ln",
                    "content_version": "8d0a3f7c5f1e2b44",
                    "kind": "fallback",
                    "text": "I don't have approved information on that. Please ask your care team.",
                    "answers": [],
                    "options": [],
                    "suggestions": [],
                    "intent": None,
                    "urgent": False,
                    "safety_net": False,
                    "language": None,
                    "contact": {
                        "label": "HAI nurse line",
                        "line": "215-555-0100",
                        "hours": "Mon-Fri 8-5",
                        "url": "https://www.hospital.example/contact",
                    },
                    "feelings": False,
                }
            ]
        }
    )


class SearchIn(BaseModel):
    text: Typed = Field(max_length=LONGEST, examples=["hockey"])
    limit: int = Field(default=5, ge=1, le=28)


class WhyOut(Body):
    words: list[str] = Field(description="Words of the text that the nearest phrasing also has.")
    phrasing: str
    runner_up: str | None


class ResultOut(BaseModel):
    id: str
    question: str
    text: str
    confidence: Confidence
    why: WhyOut | None = Field(description="Why it matched; for signed-in staff only.")


class UrgentOut(Body):
    tier: str = Field(description="`safety-notice` where the text could not be checked for danger.")
    doubt: bool = Field(description="Danger is possible and not sure.")
    text: str


class SearchOut(BaseModel):
    content_version: str
    urgent: UrgentOut | None = Field(description="Stands above all results when the text sounds dangerous.")
    results: list[ResultOut]


class EntryOut(Body):
    id: str
    theme: str
    question: str
    text: PlainText
    blocks: InBlocks
    limits: str | None
    seal: SealOut
    sources: list[SourceOut]
    related: list[str]


class EntriesOut(BaseModel):
    content_version: str
    demo: bool
    themes: dict[str, str]
    entries: list[EntryOut]


class WelcomeOut(BaseModel):
    text: str
    offline: str
    banner: str | None
    notice: str = Field(description="Whom to call in an emergency, for where nothing can be answered.")
    languages: dict[str, InLanguage] = Field(description="The language of each text above; null is English.")
    lines: dict[str, str | None]
    contact: ContactOut | None = Field(description="Whom to reach whatever was asked.")
    suggestions: list[OptionOut]


class FeedbackIn(BaseModel):
    message_id: Typed = Field(max_length=300, description="Of the reply, as `/v1/messages` gave it.")
    verdict: Verdict
    reason: Reason | None = Field(default=None, description="Why it did not help; with `down` only.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"message_id": "WzE3OTU0.c2ln", "verdict": "down", "reason": "not-my-question"}],
            "anyOf": [{"properties": {"verdict": {"const": "down"}}}, {"properties": {"reason": {"type": "null"}}}],
        }
    )

    @model_validator(mode="after")
    def reason_goes_with_down(self) -> Self:
        if self.reason and self.verdict == "up":
            raise ValueError("a reason goes with the verdict `down` only")
        return self


class FeedbackOut(FeedbackIn):
    """The opinion that is now kept."""


class Health(BaseModel):
    status: Literal["ok"]


class Details(BaseModel):
    served: int
    withheld: dict[str, str] = Field(description="What its seal or a hold keeps back, and why.")
    taken_back: list[str]
    review_overdue: list[str]
    failed_reload: str = Field(description="Why the content on disk is not what is served; empty when it is.")
    failing_stores: dict[str, str] = Field(description="Records whose last reading or writing failed, and why.")
    reads_meaning: bool = Field(
        description="What words leave in doubt is read by its meaning; false without the encoder."
    )


class Readiness(BaseModel):
    status: Literal["ready"]
    content_version: str
    demo: bool
    details: Details | None = Field(description="From this machine, or with the metrics token.")
