"""Files that browsers load are read once, sent compressed, and named by a hash so that they may be kept for ever; the
modules that a script imports are too.
"""

import base64
import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path, PurePosixPath

from fastapi import Request, Response

FOLDER = Path(__file__).parent / "widget"
STAFF = Path(__file__).parent / "staff"
FOLDERS = (FOLDER, STAFF)
MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
NAMES = (
    *("widget.js", "pages.css", "pages.js", "embed.js", "icon.svg"),
    *("staff.css", "staff.js", "review.css", "review.js", "insights.css"),
    *sorted(path.relative_to(STAFF).as_posix() for path in STAFF.glob("desk/*.js")),
)
_IMPORT = re.compile(rb'^(import (?:[^"\n]* from )?)"\./([\w/-]+\.js)"', re.MULTILINE)
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
    file = next(folder / name for folder in FOLDERS if (folder / name).is_file())
    body = _IMPORT.sub(partial(_versioned, PurePosixPath(name).parent), file.read_bytes())
    return Asset(
        name=name,
        body=body,
        squeezed=gzip.compress(body, mtime=0),
        version=hashlib.sha256(body).hexdigest()[:12],
        integrity="sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode(),
    )


def _versioned(folder: PurePosixPath, line: re.Match[bytes]) -> bytes:
    """Return an import by the address with its version: after an upgrade no page has new modules beside old ones.

    `folder` is that of the importing file, for the address is relative to it.
    """
    return b'%b"./%b?v=%b"' % (line[1], line[2], asset(str(folder / line[2].decode())).version.encode())


def embed_line(url: str) -> str:
    """Return the line that puts the widget on a page, which then always gets the current one."""
    return f'<script async src="{url.rstrip("/")}/widget.js"></script>'


def origin_of(url: str) -> str:
    """Return scheme and host of an address: in a browser's policy a path would allow that one file only."""
    return "/".join(url.split("/")[:3])


def pinned_line(url: str) -> str:
    """Return the line that holds a page to these very bytes; after an upgrade it must be copied anew."""
    widget = asset("widget.js")
    source = f"{url.rstrip('/')}{widget.address}"
    return f'<script async src="{source}" integrity="{widget.integrity}" crossorigin="anonymous"></script>'
