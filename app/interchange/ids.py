"""Ids of what comes from a file: made of its own ids or of its questions, the same at every import."""

import re
import unicodedata
from typing import Final

from app.content import schema
from app.content.approval import digest

LONGEST: Final = 60
_OTHER: Final = re.compile(r"[^a-z0-9]+")
_RESERVED: Final = frozenset({*schema.TALK, *schema.TIERS, "document", "script", "theme", "title", "urgent"})
"""Words that stand for something else where ids of entries do: in the ranking, and before the dot in keys of seals."""


def slug(text: str) -> str:
    """Return an id that says what the text says; two texts have one only where they differ in signs alone.

    >>> slug("¿How long do the batteries last?")
    'how-long-do-the-batteries-last'
    """
    plain = unicodedata.normalize("NFKD", text.casefold().replace("'", "").replace("’", ""))
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    own = _OTHER.sub("-", letters).strip("-")
    is_lost = any(letter.isalnum() and not letter.isascii() for letter in letters)
    if len(own) > LONGEST or not own or is_lost:
        kept = own[: LONGEST - 9].rpartition("-")[0] if len(own) > LONGEST else own
        return "-".join(filter(None, [kept or "q", digest(text.casefold())[:8]]))
    return own


def of_entry(text: str) -> str:
    """Return an id that neither a not-covered topic nor anything else may have."""
    own = slug(text)
    clashes = own in _RESERVED or own.startswith(schema.NOT_COVERED) or own.isdigit()
    return f"q-{own}" if clashes else own
