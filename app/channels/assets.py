"""Files that browsers load are read once, sent compressed, and named by a hash so that they may be kept for ever."""

import base64
import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import Request, Response

FOLDER = Path(__file__).parent / "widget"
FOLDERS = (FOLDER, Path(__file__).parent / "staff")
MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
NAMES = ("widget.js", "pages.css", "pages.js", "embed.js", "icon.svg", "staff.css", "staff.js")
CHAT = FOLDER / "chat"
CHAT_PARTS = ("words", "nodes", "colours", "memory", "idle", "service", "limit", "cards", "element", "page")
"""The files of `widget.js` in the order in which they are put together."""
_FOR_PEOPLE = re.compile(r"^\s*(/\*.*?\*/|//[^\n]*)?\n?|^[ \t]+|(?<=[;,{}]) // [^\n]*", re.MULTILINE | re.DOTALL)
_NEEDLESS_BREAK = re.compile(r"(?<=[(\[{,;])\n|\n(?=[)\]}])")
"""A line's end where no statement can end without its semicolon."""
_TEXT_OR_SIGN = re.compile(
    r""" ("(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`) | [ ]? (=>|[=!]==|&&|\|\||\?\?|[=<>?:*{},()]) [ ]? """, re.VERBOSE
)
"""A text of a script, or a sign of it with the blanks around; `+` and `-` keep theirs, as two may meet."""
_RULE_SIGN = re.compile(r"\s*([{};,])\s*|(?<=[\w-])(:) ")
"""A sign of a style sheet with the blanks around; those within `calc()` are needed."""
FOR_EVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=300"
"""The cache-control of an address without the version: a new release reaches every page in five minutes."""


@dataclass(frozen=True, slots=True)
class Asset:
    name: str
    body: bytes
    squeezed: bytes
    version: str
    integrity: str
    """The hash as `integrity="..."` of a script takes it."""

    @property
    def address(self) -> str:
        return f"/{self.name}?v={self.version}"

    def response(self, request: Request) -> Response:
        """Return a file that is the same for everyone, so that any page may load it and check its integrity."""
        tag = f'"{self.version}"'
        headers = {
            "cache-control": FOR_EVER if request.query_params.get("v") == self.version else BRIEFLY,
            "etag": tag,
            "vary": "accept-encoding",
            "access-control-allow-origin": "*",
            "cross-origin-resource-policy": "cross-origin",
        }
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        media_type = MEDIA_TYPES[Path(self.name).suffix]
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(self.body, media_type=media_type, headers=headers)
        return Response(self.squeezed, media_type=media_type, headers={**headers, "content-encoding": "gzip"})


@cache
def asset(name: str) -> Asset:
    body = _widget() if name == "widget.js" else _file(name)
    return Asset(
        name=name,
        body=body,
        squeezed=gzip.compress(body, mtime=0),
        version=hashlib.sha256(body).hexdigest()[:12],
        integrity="sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode(),
    )


def _file(name: str) -> bytes:
    return next(folder / name for folder in FOLDERS if (folder / name).is_file()).read_bytes()


def _widget() -> bytes:
    """Return the chat as one script, so that a page loads nothing else: its style sheet and its parts in one scope.

    Comments and layout are left out, which are a fifth of it.
    """
    style = json.dumps(_small_style((CHAT / "chat.css").read_text("utf-8")))
    parts = "".join(_small_script((CHAT / f"{part}.js").read_text("utf-8")) for part in CHAT_PARTS)
    opening = '(() => {\n"use strict";\nif (customElements.get("hai-faq-chat")) return;\n'
    return f"{opening}const CSS = {style};\n{parts}}})();\n".encode()


def _without_notes(source: str) -> str:
    """Return a source without its comments, empty lines, indentation and most ends of lines; no text of ours that spans
    lines may hold any of them.
    """
    return _NEEDLESS_BREAK.sub("", _FOR_PEOPLE.sub("", source))


def _small_script(source: str) -> str:
    return _TEXT_OR_SIGN.sub(lambda found: found[1] or found[2], _without_notes(source))


def _small_style(source: str) -> str:
    return _RULE_SIGN.sub(lambda found: found[1] or found[2], _without_notes(source))


def embed_line(url: str) -> str:
    """Return the line that puts the widget on a page, which then always gets the current one."""
    return f'<script async src="{url.rstrip("/")}/widget.js"></script>'


def origin_of(url: str) -> str:
    """Return scheme and host, for a policy of browsers, which would take an address with a path for that file alone."""
    return "/".join(url.split("/")[:3])


def pinned_line(url: str) -> str:
    """Return the line that holds a page to these very bytes; after an upgrade it must be copied anew."""
    widget = asset("widget.js")
    source = f"{url.rstrip('/')}{widget.address}"
    return f'<script async src="{source}" integrity="{widget.integrity}" crossorigin="anonymous"></script>'
