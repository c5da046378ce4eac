"""Pages are drawn on the server, from templates, under one policy for browsers."""

import re
from functools import cache
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from app.channels import assets
from app.channels.http.services import Services
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Answer

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
_NUMBERS = ("911", "988")
_PHONE = re.compile(r"\+?[\d\s().-]{3,24}")


def page(name: str, served: Services, status: int = 200, **values: Any) -> HTMLResponse:
    """Return the page of a template, under the banner of a demonstration where the content is one."""
    knowledge = served.knowledge
    common = {
        "banner": knowledge.approved.banner.text if knowledge.approved.banner else None,
        "welcome": knowledge.approved.text("welcome", "safety-notice"),
        "notice": knowledge.approved.text("safety-notice"),
        "demo": knowledge.approved.demo,
        "site": knowledge.approved.site,
        "heading": next(iter(knowledge.content.documents.values())).title,
        "dial": lambda text: dialled(text, knowledge),
        "asset": lambda name: served.link(assets.asset(name).address),
        "link": served.link,
    }
    html = _templates().get_template(name).render({**common, **values})
    return HTMLResponse(html, status, {"content-security-policy": POLICY})


@cache
def _templates() -> Environment:
    loader = FileSystemLoader([folder / "templates" for folder in assets.FOLDERS])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def by_theme(served: Services) -> dict[str, list[Answer]]:
    """Return the entries that are served now under the titles of their themes; a theme without any is left out."""
    knowledge = served.knowledge
    entries: dict[str, list[Answer]] = {id_: [] for id_ in knowledge.content.themes}
    for answer in knowledge.served(served.day):
        entries[answer.theme].append(answer)
    return {title: entries[id_] for id_, title in knowledge.content.themes.items() if entries[id_]}


def dialled(text: str, knowledge: Knowledge) -> Markup:
    """Return the text word for word, its telephone numbers as links."""
    lines = [line for line in knowledge.approved.site.values() if line and _PHONE.fullmatch(line)]
    numbers = "|".join(map(re.escape, (*lines, *_NUMBERS)))  # 988 may be the area code of a line
    pieces = re.split(rf"(?<![\d-])({numbers})(?![\d-])", text)
    link = Markup('<a href="tel:{}">{}</a>')
    return Markup("").join(
        link.format(re.sub(r"[^\d+]", "", piece), piece) if place % 2 else escape(piece)
        for place, piece in enumerate(pieces)
    )
