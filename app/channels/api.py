"""The JSON API, version 1, and the probes of the service."""

from datetime import date
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Path, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.answering import LONGEST, Answered
from app.channels import checked_search
from app.channels.checked_search import CheckedSearch
from app.channels.http.clients import client_of, is_inside
from app.channels.http.problems import problems
from app.channels.http.routes import JsonRoute
from app.channels.http.services import Served
from app.channels.staff import access
from app.content import schema
from app.dialogue import compose, lookup
from app.dialogue.messages import Answer, Category, Kind, Message, Option
from app.errors import NotFound
from app.records.feedback import Opinion, Reason, Verdict

router = APIRouter(responses=problems(500))


class Body(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class MessageIn(BaseModel):
    text: str = Field(description=f"What the person typed; over {LONGEST} characters is refused.")
    conversation_id: str | None = Field(default=None, description="From the reply before; unknown starts anew.")
    channel: Literal["api", "web"] = Field(default="api", description="`web` is the widget; for the records only.")

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


class AnswerOut(Body):
    id: str
    question: str
    text: str
    limits: str | None
    confidence: float
    seal: SealOut
    sources: list[SourceOut]


class OptionOut(Body):
    id: str
    question: str


class IntentOut(Body):
    id: str
    category: Category


class ReplyOut(BaseModel):
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
    language: str | None = Field(description="Of the text or the answers, where it is not English.")

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
                    "language": None,
                }
            ]
        }
    )


class SearchIn(BaseModel):
    text: str = Field(max_length=LONGEST, examples=["hockey"])
    limit: int = Field(default=5, ge=1, le=28)


class WhyOut(Body):
    words: list[str] = Field(description="Words of the text that the nearest phrasing also has.")
    phrasing: str
    runner_up: str | None


class ResultOut(BaseModel):
    id: str
    question: str
    text: str
    confidence: float
    why: WhyOut | None = Field(description="Why it matched; for signed-in staff only.")


class UrgentOut(Body):
    tier: str = Field(description="`safety-notice` where the text could not be checked for danger.")
    text: str


class SearchOut(BaseModel):
    content_version: str
    urgent: UrgentOut | None = Field(description="Stands above all results when the text sounds dangerous.")
    results: list[ResultOut]


class EntryOut(Body):
    id: str
    theme: str
    question: str
    text: str
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
    lines: dict[str, str | None]
    suggestions: list[OptionOut]


class FeedbackIn(BaseModel):
    message_id: str = Field(max_length=300, description="Of the reply, as `/v1/messages` gave it.")
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
    """What is now kept."""


class Health(BaseModel):
    status: Literal["ok"]


class Details(BaseModel):
    served: int
    withheld: dict[str, str] = Field(description="What its seal or a hold keeps back, and why.")
    taken_back: list[str]
    review_overdue: list[str]
    failed_reload: str = Field(description="Why the content on disk is not what is served; empty when it is.")


class Readiness(BaseModel):
    status: Literal["ready"]
    content_version: str
    demo: bool
    details: Details | None = Field(description="From this machine, or with the metrics token.")


async def messages(body: MessageIn, request: Request, served: Served) -> Response:
    """The approved answer to a message, a choice, or an honest refusal; an emergency first of all."""
    client = client_of(request, served.trusted_proxies)
    answered = await served.answering.answer(Message(body.text, body.channel), body.conversation_id, client)
    return Response(reply_json(answered), media_type="application/json")


router.add_api_route(
    "/v1/messages",
    messages,
    methods=["POST"],
    response_model=ReplyOut,
    responses=problems(400, 413, 422, 429, 503),
    route_class_override=JsonRoute,
)


@router.post("/v1/search", responses=problems(400, 413, 422, 503))
async def search(body: SearchIn, request: Request, served: Served) -> SearchOut:
    """Entries for the first letters, a shorthand or a question, best first."""
    checked = checked_search.search(served.answering, body.text, body.limit + lookup.MOST_TOPICS)
    return SearchOut(
        content_version=checked.knowledge.version,
        urgent=UrgentOut.model_validate(checked.alert) if checked.alert else None,
        results=_results(checked, explained=access.is_signed_in(request))[: body.limit],
    )


@router.get("/v1/entries", responses=problems(503))
async def entries(served: Served) -> EntriesOut:
    """Every entry that is served now."""
    knowledge, day = served.reloader.current, served.answering.clock().date()
    return EntriesOut(
        content_version=knowledge.version,
        demo=knowledge.demo,
        themes=dict(knowledge.content.themes),
        entries=[_entry(answer) for id_, answer in knowledge.answers.items() if knowledge.serves(id_, day)],
    )


@router.get("/v1/entries/{id}", responses=problems(404, 422, 503))
async def entry(id: Annotated[str, Path(max_length=100)], served: Served) -> EntryOut:
    knowledge = served.reloader.current
    if not knowledge.serves(id, served.answering.clock().date()):
        raise NotFound("There is no such entry, or it is not served now.")
    return _entry(knowledge.answers[id])


@router.get("/v1/welcome", responses=problems(503))
async def welcome(served: Served) -> WelcomeOut:
    """What to show before anything is typed."""
    knowledge, day = served.reloader.current, served.answering.clock().date()
    return WelcomeOut(
        text=knowledge.scripts.get("welcome", knowledge.scripts["safety-notice"]),
        offline=knowledge.scripts.get("offline", knowledge.scripts["safety-notice"]),
        banner=knowledge.scripts.get("demo-banner") if knowledge.demo else None,
        lines={name: knowledge.site.get(name) for name in schema.PLACEHOLDERS},
        suggestions=[_option(option) for option in compose.first_suggestions(knowledge, day)],
    )


@router.post("/v1/feedback", responses=problems(400, 404, 413, 422, 503))
def feedback(body: FeedbackIn, served: Served) -> FeedbackOut:
    """Whether a reply helped, kept before this answers. Saying it again changes it: one word counts for a message."""
    token = served.answering.tokens.read(body.message_id)
    if token is None:
        raise NotFound("This service has given no reply with this message_id.")
    served.feedback.give(
        Opinion(
            message_id=body.message_id,
            at=served.answering.clock(),
            channel=token.channel,
            subject=" ".join(token.subject),
            content_version=token.version,
            verdict=body.verdict,
            reason=body.reason,
        )
    )
    return FeedbackOut(**body.model_dump())


@router.get("/healthz")
async def healthz() -> Health:
    """The process lives."""
    return Health(status="ok")


@router.get("/readyz", responses=problems(503))
async def readyz(request: Request, served: Served) -> Readiness:
    """The service can answer; to operators also what of its content it holds back."""
    knowledge, day = served.reloader.current, served.answering.clock().date()
    known = Readiness(status="ready", content_version=knowledge.version, demo=knowledge.demo, details=None)
    if not is_inside(request, served):
        return known
    known.details = Details(
        served=sum(knowledge.serves(id_, day) for id_ in knowledge.answers),
        withheld=dict(knowledge.withheld),
        taken_back=sorted(knowledge.taken_back),
        review_overdue=knowledge.expired(day),
        failed_reload=served.reloader.failed_reload,
    )
    return known


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request, served: Served) -> Response:
    if not is_inside(request, served):
        raise NotFound
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def reply_json(answered: Answered) -> bytes:
    """The `ReplyOut` of an answered message, as pydantic would write it: all but its ids is written once a reply.

    Both ids are made of characters that JSON has no need to escape.
    """
    rest = answered.rendered.get("api")
    if rest is None:
        rest = _reply(answered).model_dump_json(exclude={"conversation_id", "message_id"})[1:].encode()
        answered.rendered["api"] = rest
    return b'{"conversation_id":"%b","message_id":"%b",%b' % (
        answered.conversation_id.encode(),
        answered.message_id.encode(),
        rest,
    )


def _reply(answered: Answered) -> ReplyOut:
    reply = answered.reply
    return ReplyOut(
        conversation_id=answered.conversation_id,
        message_id=answered.message_id,
        content_version=answered.content_version,
        kind=reply.kind,
        text=reply.text,
        answers=[_answer(answer) for answer in reply.answers],
        options=[_option(option) for option in reply.options],
        suggestions=[_option(option) for option in reply.suggestions],
        intent=IntentOut(id=reply.intent.id, category=reply.intent.category) if reply.intent else None,
        urgent=reply.urgent,
        language=reply.language,
    )


def _option(option: Option) -> OptionOut:
    return OptionOut(id=option.id, question=option.question)


def _answer(answer: Answer) -> AnswerOut:
    return AnswerOut.model_validate(answer).model_copy(update={"confidence": round(answer.confidence, 4)})


def _entry(answer: Answer) -> EntryOut:
    return EntryOut.model_validate(answer)


def _results(checked: CheckedSearch, explained: bool) -> list[ResultOut]:
    return [
        ResultOut(
            id=found.id,
            question=found.title,
            text=found.answer.text,
            confidence=round(found.confidence, 4),
            why=WhyOut.model_validate(checked.explain(found)) if explained else None,
        )
        for found in checked.lookup.found
        if found.answer
    ]
