"""People without the widget get pages: `/`, the plain form `/ask`, every entry at `/faq`; web teams get `/embed`."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Request, Response

from app.answering import LONGEST
from app.channels import assets
from app.channels.http.admission import Admitted
from app.channels.http.bodies import form_of
from app.channels.http.clients import client_of
from app.channels.http.origins import is_foreign
from app.channels.http.routes import READ, without_slash
from app.channels.http.services import Served, Services
from app.channels.page_words import WORDS
from app.channels.reader import Reader, reader_of
from app.channels.rendering import PERSON, by_theme, page
from app.content import schema
from app.content.approval import Seal
from app.dialogue import compose, translations
from app.dialogue.messages import Answer, AnswerPart, ChoicePart, Message, NetPart, NoticePart, Option, Reply
from app.errors import RequestError

router = APIRouter(include_in_schema=False)

LONGEST_ID = 100
"""Most characters of a conversation's id that are given back in a form."""
SENDING = schema.FEELINGS | {"human", "fallback"}
"""Scripts that tell a person whom to call: `/ask` shows their numbers as buttons, as those of a refusal."""
PATIENTS = ("/", "/ask", "/faq")
"""Pages that other websites may show in a frame, where a setting names them."""


class Theme(NamedTuple):
    title: str
    language: str | None
    answers: Sequence[Answer]


async def _reader(request: Request, served: Served) -> Reader:
    return reader_of(request, served.knowledge.content.languages())


Reads = Annotated[Reader, Depends(_reader)]


async def asset(request: Request) -> Response:
    return assets.asset(request.scope["path"].removeprefix("/")).response(request)


for name in assets.NAMES:
    router.add_api_route(f"/{name}", asset, methods=READ, dependencies=[Admitted])
for address in ("/ask/", "/faq/", "/embed/"):
    router.add_api_route(address, without_slash, methods=READ, dependencies=[Admitted])


@router.api_route("/", methods=READ, dependencies=[Admitted])
async def home(served: Served, reader: Reads) -> Response:
    """Let patients ask, call or choose an answer; the widget is there too."""
    return served.constant(f"home {reader}", lambda: _home(served, reader))


def _home(served: Services, reader: Reader) -> Response:
    return page(
        "home.html",
        served,
        reader=reader,
        suggestions=_suggestions(served, reader),
        themes=_themes(served, reader.language),
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
        url=url,
        line=assets.embed_line(url),
        pinned=assets.pinned_line(url),
    )


@router.api_route("/ask", methods=READ, dependencies=[Admitted])
async def form(served: Served, reader: Reads) -> Response:
    return served.constant(f"ask {reader}", lambda: _form(served, reader))


def _form(served: Services, reader: Reader) -> Response:
    return page("ask.html", served, reader=reader, conversation="", suggestions=_suggestions(served, reader))


def _suggestions(served: Services, reader: Reader) -> Sequence[Option]:
    first = compose.first_suggestions(served.knowledge, served.day)
    return translations.options(served.knowledge, first, reader.language)


@router.post("/ask")
async def ask(request: Request, served: Served, reader: Reads) -> Response:
    """Show the question, the reply and the form for what comes next, without JavaScript.

    A conversation that another website's page posts is not gone on with: that website could ask what came of it.
    """
    form = await form_of(request)
    typed, chosen = form.get("text", ""), form.get("choice", "")
    conversation = "" if is_foreign(request, served.public_url) else form.get("conversation_id", "")[:LONGEST_ID]
    answers, client = served.knowledge.approved.answers, client_of(request, served.trusted_proxies)
    message = Message(chosen or typed, "web", reader.language)
    try:
        if chosen and typed:  # `i cant breathe` in the box, and then `Talk to a person`
            beside = Message(typed, "web", reader.language)
            message = beside if await served.answering.may_be_danger(beside, conversation, client) else message
        answered = await served.answering.answer(message, conversation or None, client)
    except RequestError as refused:
        title = WORDS[reader.tag].get(refused.code, refused.title)
        kept = (typed or chosen)[:LONGEST]
        again = page("ask.html", served, refused.status, reader, conversation=conversation, refused=title, typed=kept)
        again.headers.update(refused.headers)
        return again
    return page(
        "ask.html",
        served,
        reader=reader,
        conversation=answered.conversation_id,
        asked=_shown(message.text, answers, reader),
        typed="" if message.text == typed else typed,
        reply=answered.reply,
        pieces=_pieces(answered.reply),
        sends=_sends(answered.reply),
        options=_options(answered.reply),
        suggestions=answered.reply.suggestions,
    )


@router.api_route("/faq", methods=READ, dependencies=[Admitted])
async def faq(served: Served, reader: Reads) -> Response:
    """Show every entry by theme; search engines are told only once a site has sealed the texts itself."""
    return served.constant(f"faq {reader}", lambda: _faq(served, reader))


def _faq(served: Services, reader: Reader) -> Response:
    knowledge = served.knowledge
    themes = _themes(served, reader.language)
    answers = [answer for theme in themes for answer in theme.answers]
    data = None if knowledge.approved.demo else _structured(answers, reader.tag)
    address = f"{served.public_url or ''}/faq"
    seals = _sealed_alike(answers)
    response = page("faq.html", served, reader=reader, themes=themes, data=data, seals=seals, address=address)
    if data:
        response.headers["x-robots-tag"] = "all"
    return response


def _sealed_alike(answers: Sequence[Answer]) -> list[Seal]:
    """Return the first and the last seal where one person sealed all in one role, so that the page says it once."""
    seals = sorted((answer.seal for answer in answers), key=lambda seal: seal.on)
    return [seals[0], seals[-1]] if len({(seal.by, seal.role) for seal in seals}) == 1 else []


def _themes(served: Services, language: str | None) -> list[Theme]:
    return [_theme(served, title, answers, language) for title, answers in by_theme(served).items()]


def _theme(served: Services, title: str, answers: Sequence[Answer], language: str | None) -> Theme:
    own = served.knowledge.approved.scripts.get(f"{schema.THEME}{answers[0].theme}-{language}")
    translated = [answer.in_language(language) for answer in answers]
    return Theme(own.text if own else title, own.language if own else None, translated)


def _shown(text: str, answers: Mapping[str, Answer], reader: Reader) -> str:
    """Return the question as the person sees it: for an entry's id its question, for the person's button its label."""
    if text in answers:
        return answers[text].in_language(reader.language).question
    return WORDS[reader.tag]["person"] if text == PERSON else text


def _sends(reply: Reply) -> bool:
    return any(id_ in SENDING or id_.startswith((schema.NOT_COVERED, "language-")) for id_ in reply.said)


def _options(reply: Reply) -> list[Option]:
    none = reply.choice.none if reply.choice else None
    return [*reply.options, *([Option(none, none, reply.language)] if none else [])]


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


def _structured(answers: Sequence[Answer], language: str) -> dict[str, Any]:
    """Return the FAQPage of schema.org."""
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "inLanguage": language,
        "mainEntity": [
            {
                "@type": "Question",
                "inLanguage": answer.language or "en",
                "name": answer.question,
                "acceptedAnswer": {"@type": "Answer", "text": " ".join(filter(None, (answer.text, answer.limits)))},
            }
            for answer in answers
        ],
    }
