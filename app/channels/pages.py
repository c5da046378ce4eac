"""People without the widget get pages: `/`, the plain form `/ask`, every entry at `/faq`; web teams get `/embed`."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from app.channels import assets
from app.channels.http.admission import Admitted
from app.channels.http.bodies import form_of
from app.channels.http.clients import client_of
from app.channels.http.origins import is_foreign
from app.channels.http.routes import READ, without_slash
from app.channels.http.services import Served, Services
from app.channels.rendering import by_theme, page
from app.content import schema
from app.content.approval import Seal
from app.dialogue import compose
from app.dialogue.messages import Answer, AnswerPart, ChoicePart, Message, NetPart, NoticePart, Option, Reply
from app.errors import RequestError

router = APIRouter(include_in_schema=False)

SENDING = schema.FEELINGS | {"human", "fallback"}
"""Scripts that send a person to somebody: their numbers are buttons, as those of a refusal are."""
PATIENTS = ("/", "/ask", "/faq")
"""Pages that other websites may show in a frame, where a setting names them."""


async def asset(request: Request) -> Response:
    return assets.asset(request.scope["path"].removeprefix("/")).response(request)


for name in assets.NAMES:
    router.add_api_route(f"/{name}", asset, methods=READ, dependencies=[Admitted])
for address in ("/ask/", "/faq/", "/embed/"):
    router.add_api_route(address, without_slash, methods=READ, dependencies=[Admitted])


@router.api_route("/", methods=READ, dependencies=[Admitted])
async def home(served: Served) -> Response:
    """Let patients ask, call or choose an answer; the widget is there too."""
    return served.constant("home", lambda: _home(served))


def _home(served: Services) -> Response:
    scripts = served.knowledge.approved.scripts
    return page(
        "home.html",
        served,
        welcome_short=scripts["welcome" if "welcome" in scripts else "safety-notice"].short,
        suggestions=compose.first_suggestions(served.knowledge, served.day),
        themes=by_theme(served),
        integrity=assets.asset("widget.js").integrity,
    )


@router.api_route("/embed", methods=READ, dependencies=[Admitted])
async def embed(request: Request, served: Served) -> Response:
    """Show a web team the line that puts the widget on a page, and build it from what they choose."""
    url = served.public_url or f"{request.url.scheme}://{request.url.netloc}"
    return served.constant(f"embed {url}", lambda: _embed(served, url))


def _embed(served: Services, url: str) -> Response:
    return page(
        "embed.html",
        served,
        origin=assets.origin_of(url),
        integrity=assets.asset("widget.js").integrity,
        line=assets.embed_line(url),
        pinned=assets.pinned_line(url),
    )


@router.api_route("/ask", methods=READ, dependencies=[Admitted])
async def form(served: Served) -> Response:
    suggestions = compose.first_suggestions(served.knowledge, served.day)
    return served.constant("ask", lambda: page("ask.html", served, conversation="", suggestions=suggestions))


@router.post("/ask")
async def ask(request: Request, served: Served) -> Response:
    """Show the question, the reply and the form for what comes next, without JavaScript.

    A conversation that another website's page posts is not gone on with: that website could ask what came of it.
    """
    form = await form_of(request)
    text = form.get("choice") or form.get("text", "")
    conversation = "" if is_foreign(request, served.public_url) else form.get("conversation_id", "")
    answers, client = served.knowledge.approved.answers, client_of(request, served.trusted_proxies)
    try:
        answered = await served.answering.answer(Message(text, "web"), conversation or None, client)
    except RequestError as refused:
        again = page("ask.html", served, refused.status, conversation=conversation, refused=refused.title, typed=text)
        again.headers.update(refused.headers)
        return again
    return page(
        "ask.html",
        served,
        conversation=answered.conversation_id,
        asked=answers[text].question if text in answers else text,  # a choice arrives as an id
        reply=answered.reply,
        pieces=_pieces(answered.reply),
        sends=_sends(answered.reply),
        options=_options(answered.reply),
        suggestions=answered.reply.suggestions,
    )


@router.api_route("/faq", methods=READ, dependencies=[Admitted])
async def faq(served: Served) -> Response:
    """Show every entry by theme; search engines are told only once a site has sealed the texts itself."""
    return served.constant("faq", lambda: _faq(served))


def _faq(served: Services) -> Response:
    knowledge = served.knowledge
    answers = knowledge.served(served.day)
    data = None if knowledge.approved.demo else _structured(answers)
    response = page("faq.html", served, themes=by_theme(served), data=data, seals=_sealed_alike(answers))
    if data:
        response.headers["x-robots-tag"] = "all"
    return response


def _sealed_alike(answers: Sequence[Answer]) -> list[Seal]:
    """Return the first and the last seal where one person sealed all in one role, so that the page says it once."""
    seals = sorted((answer.seal for answer in answers), key=lambda seal: seal.on)
    return [seals[0], seals[-1]] if len({(seal.by, seal.role) for seal in seals}) == 1 else []


def _sends(reply: Reply) -> bool:
    return any(id_ in SENDING or id_.startswith(schema.NOT_COVERED) for id_ in reply.said)


def _options(reply: Reply) -> list[Option]:
    none = reply.choice.none if reply.choice else None
    return [*reply.options, *([Option(none, none)] if none else [])]


def _pieces(reply: Reply) -> list[Answer | str]:
    """Return the answers, drawn with source and seal, and the texts between them; without the banner, which the page
    has, the sentence of the safety net, which stands before them, and the list of a choice, for which it has buttons.
    """
    pieces: list[Answer | str] = []
    for part in reply.parts:
        if isinstance(part, AnswerPart):
            pieces.append(part.answer)
        elif isinstance(part, ChoicePart) and part.prompt:
            pieces.append(part.prompt.text)
        elif not isinstance(part, NetPart) and (not isinstance(part, NoticePart) or part.id != "demo-banner"):
            pieces += part.paragraphs
    return pieces


def _structured(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return the FAQPage of schema.org."""
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": answer.question,
                "acceptedAnswer": {"@type": "Answer", "text": " ".join(filter(None, (answer.text, answer.limits)))},
            }
            for answer in answers
        ],
    }
