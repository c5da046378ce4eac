"""Routes of the JSON API, version 1, and the probes of the service."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from app.answering import Answered
from app.channels import checked_search
from app.channels.api_models import (
    ContactOut,
    Details,
    EntriesOut,
    EntryOut,
    FeedbackIn,
    FeedbackOut,
    Health,
    MessageIn,
    OptionOut,
    Readiness,
    ReplyOut,
    ResultOut,
    SearchIn,
    SearchOut,
    UrgentOut,
    WelcomeOut,
    WhyOut,
)
from app.channels.checked_search import CheckedSearch
from app.channels.http.admission import Admitted
from app.channels.http.clients import client_of, is_inside
from app.channels.http.problems import problems
from app.channels.http.routes import READ, JsonRoute
from app.channels.http.services import Served, Services
from app.channels.staff import access
from app.content import schema
from app.dialogue import compose, translations
from app.dialogue.messages import Message
from app.dialogue.search import MOST_TOPICS
from app.errors import NotFound
from app.records.feedback import Opinion

router = APIRouter(responses=problems(500))


async def messages(body: MessageIn, request: Request, served: Served) -> Response:
    """The approved answer to a message, a choice, or an honest refusal; an emergency first of all."""
    client = client_of(request, served.trusted_proxies)
    message = Message(body.text, body.channel, served.knowledge.content.read_in(body.language))
    answered = await served.answering.answer(message, body.conversation_id, client)
    return Response(reply_json(answered), media_type="application/json")


router.add_api_route(
    "/v1/messages",
    messages,
    methods=["POST"],
    response_model=ReplyOut,
    responses=problems(400, 413, 422, 429, 503),
    route_class_override=JsonRoute,
)


@router.post("/v1/search", responses=problems(400, 413, 422, 429, 503))
async def search(body: SearchIn, request: Request, served: Served) -> SearchOut:
    """Entries for the first letters, a shorthand or a question, best first."""
    client = client_of(request, served.trusted_proxies)
    explained = await access.is_signed_in(request)
    checked = await checked_search.search(served.answering, body.text, client, body.limit + MOST_TOPICS, explained)
    return SearchOut(
        content_version=checked.knowledge.version,
        urgent=UrgentOut.model_validate(checked.alert) if checked.alert else None,
        results=_results(checked)[: body.limit],
    )


@router.get("/v1/entries", response_model=EntriesOut, responses=problems(429, 503), dependencies=[Admitted])
async def entries(served: Served) -> Response:
    """Every entry that is served now."""
    return served.constant("entries", lambda: _json(_entries(served)))


def _json(body: BaseModel) -> Response:
    return Response(body.model_dump_json(), media_type="application/json")


def _entries(served: Services) -> EntriesOut:
    knowledge, day = served.knowledge, served.day
    return EntriesOut(
        content_version=knowledge.version,
        demo=knowledge.approved.demo,
        themes=dict(knowledge.content.themes),
        entries=list(map(EntryOut.model_validate, knowledge.served(day))),
    )


@router.get("/v1/entries/{id}", responses=problems(404, 422, 429, 503), dependencies=[Admitted])
async def entry(id: Annotated[str, Path(max_length=100)], served: Served) -> EntryOut:
    knowledge = served.knowledge
    if not knowledge.serves(id, served.day):
        raise NotFound("There is no such entry, or it is not served now.")
    return EntryOut.model_validate(knowledge.approved.answers[id])


@router.get("/v1/welcome", response_model=WelcomeOut, responses=problems(422, 429, 503), dependencies=[Admitted])
async def welcome(
    served: Served, lang: Annotated[str | None, Query(description="What the person reads.", examples=["es"])] = None
) -> Response:
    """What to show before anything is typed, in the language asked for as far as texts are approved in it."""
    language = served.knowledge.content.read_in(lang)
    return served.constant(f"welcome {language}", lambda: _json(_welcome(served, language)))


def _welcome(served: Services, language: str | None) -> WelcomeOut:
    knowledge, approved = served.knowledge, served.knowledge.approved
    first = compose.first_suggestions(knowledge, served.day)
    scripts = {
        "text": approved.first("welcome", "safety-notice", language=language),
        "offline": approved.first("offline", "safety-notice", language=language),
        "banner": approved.banner_in(language),
        "notice": approved.first("safety-notice", language=language),
    }
    return WelcomeOut(
        **{name: script and script.text for name, script in scripts.items()},
        languages={name: script and script.language for name, script in scripts.items()},
        lines={name: approved.site.get(name) for name in schema.PLACEHOLDERS},
        contact=ContactOut.model_validate(contact) if (contact := knowledge.contacts.of()) else None,
        suggestions=list(map(OptionOut.model_validate, translations.options(knowledge, first, language))),
    )


async def _limited(request: Request, served: Served) -> None:
    """Count a request of this client like a message. Raises `TooManyRequests`."""
    await served.answering.charge(client_of(request, served.trusted_proxies))


@router.post("/v1/feedback", responses=problems(400, 404, 413, 422, 429, 503), dependencies=[Depends(_limited)])
def feedback(body: FeedbackIn, served: Served) -> FeedbackOut:
    """Whether a reply helped, kept before this answers. Saying it again changes it: one word counts for a message."""
    token = served.answering.tokens.read(body.message_id)
    if token is None:
        raise NotFound("This service has given no reply with this message_id.")
    served.feedback.give(
        Opinion(
            message_id=body.message_id,
            at=served.now,
            channel=token.channel,
            subject=" ".join(token.subject),
            content_version=token.version,
            verdict=body.verdict,
            reason=body.reason,
        )
    )
    return FeedbackOut(**body.model_dump())


@router.get("/healthz")  # of GET and HEAD, which the decorator below serves, OpenAPI describes only GET
@router.api_route("/healthz", methods=READ, include_in_schema=False)
async def healthz() -> Health:
    """The process lives."""
    return Health(status="ok")


@router.get("/readyz", responses=problems(503))
@router.api_route("/readyz", methods=READ, include_in_schema=False)
async def readyz(request: Request, served: Served) -> Readiness:
    """The service can answer; to operators also what of its content it holds back."""
    knowledge, day = served.knowledge, served.day
    readiness = Readiness(status="ready", content_version=knowledge.version, demo=knowledge.approved.demo, details=None)
    if not is_inside(request, served):
        return readiness
    readiness.details = Details(
        served=len(knowledge.served(day)),
        withheld=dict(knowledge.approved.withheld),
        taken_back=sorted(knowledge.taken_back),
        review_overdue=knowledge.expired(day),
        failed_reload=served.answering.reloader.failed_reload,
        failing_stores=dict(served.failing_stores),
        reads_meaning=knowledge.encoder is not None,
    )
    return readiness


@router.get("/openapi.json", include_in_schema=False, dependencies=[Admitted])
async def description(request: Request, served: Served) -> Response:
    return served.constant("description", lambda: JSONResponse(request.app.openapi()))


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request, served: Served) -> Response:
    if not is_inside(request, served):
        raise NotFound
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def reply_json(answered: Answered) -> bytes:
    """Return the `ReplyOut` of an answered message as pydantic writes it.

    All but the ids is kept with a reply that is asked again.
    Both ids are made of characters that JSON has no need to escape.
    """
    rest = answered.rendered.get("api")
    if rest is None:
        rest = _reply(answered).model_dump_json(exclude={"conversation_id", "message_id"})[1:].encode()
        answered.rendered["api"] = rest
    ids = f'{{"conversation_id":"{answered.conversation_id}","message_id":"{answered.message_id}",'
    return ids.encode() + rest


def _reply(answered: Answered) -> ReplyOut:
    reply = answered.reply
    ids = {name: getattr(answered, name) for name in ("conversation_id", "message_id", "content_version")}
    return ReplyOut.model_validate(ids | {name: getattr(reply, name) for name in ReplyOut.model_fields.keys() - ids})


def _results(checked: CheckedSearch) -> list[ResultOut]:
    return [
        ResultOut(
            id=result.id,
            question=result.title,
            text=result.answer.text,
            confidence=result.confidence,
            why=WhyOut.model_validate(why) if (why := checked.explanations.get(result.id)) else None,
        )
        for result in checked.found.results
        if result.answer
    ]
