"""Makes widget.js of its parts, small: `make widget`. A page loads nothing else."""

import json

import minify

from app.channels.assets import FOLDER

CHAT = FOLDER / "chat"
PARTS = (
    *("script", "words", "nodes", "colours", "memory", "idle", "service", "limit", "options", "cards"),
    *("transcript", "feedback", "urgent", "sight", "element", "page"),
)
"""In the order in which they are put together."""
OPENING = '(() => {"use strict"; if (customElements.get("hai-faq-chat")) return;'


def widget() -> str:
    """Return the script: comments, layout and long names were a third of it."""
    style = json.dumps(minify.string("text/css", (CHAT / "chat.css").read_text("utf-8")))
    parts = "".join((CHAT / f"{part}.js").read_text("utf-8") for part in PARTS)
    small: str = minify.string("application/javascript", f"{OPENING}\nconst CSS = {style};\n{parts}}})();")
    return f"{small}\n"


if __name__ == "__main__":
    (FOLDER / "widget.js").write_text(widget(), "utf-8")
