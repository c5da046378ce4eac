"""Tells a message that wants no more messages, wants them again, or wants help.

The words are those that carriers and US rules (47 CFR 64.1200(a)(10)) ask for, when they are the whole message.
"""

import re
from typing import Literal

from app import text

Wish = Literal["stop", "start", "help"]

STOP = frozenset(
    {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out", "parar"}
)
START = frozenset({"start", "unstop"})
HELP = frozenset({"help", "info"})
YES = "yes"
"""Turns messages on again for a number that has turned them off; from any other it is an answer."""
_PLAIN = re.compile(
    r"(?:(?:please|pls|no|ok|just)\s+)*"
    r"(?:(?:stop|quit|dont|do not|no more)\s+(?:texting|messaging|sending|text|message|texts|messages)"
    r"(?:\s+(?:me|to me))?(?:\s+(?:messages|texts|stuff|anything))?"
    r"|leave me alone|(?:remove|take) me(?: off| from)?(?: (?:the|this|your) list)?"
    r"|(?:i want to |let me )?(?:unsubscribe|opt out)(?: me)?|lose my number)"
    r"(?:\s+(?:please|pls|now|anymore|any more|ever again|already))*"
)


def word(message: str, opted_out: bool) -> Wish | None:
    """Return the wish of a message that is nothing but one of the words, case and punctuation aside."""
    key = text.key(message)
    if key in STOP:
        return "stop"
    if key in START or (key == YES and opted_out):
        return "start"
    return "help" if key in HELP else None


def asks_to_stop(message: str) -> bool:
    """Return whether it is a plain wish in other words, and nothing else: `leave me alone`."""
    return _PLAIN.fullmatch(text.key(message)) is not None
