"""What staff read in place of names in code: of channels, and when a page cannot be shown, or a session is over, what
happened, and what to do. They know of no tokens, roles and providers.
"""

from collections.abc import Mapping
from datetime import timedelta

from app.channels.http.problems import Fault
from app.errors import CheckDue, RequestError, StoreError

CHANNELS: Mapping[str, str] = {
    "web": "Website",
    "sms": "Text message",
    "staff": "Staff look-up",
    "api": "API",
    "rasa": "Rasa widget",
}
"""Ways in which a message comes."""
ENDS: Mapping[str, str] = {
    "idle": "You were signed out because these pages had not been used for {idle}.",
    "long": "You were signed out because you had been signed in for {longest}.",
    "signed out": "You have signed out, in this window or in another.",
    "hospital": "You were signed out because your hospital account was signed out.",
    "roles": "Your hospital account does not open these pages any more.",
    "other person": "You were signed out because another hospital account is in use on this computer.",
    "unchecked": "You were signed out because the hospital's sign-in could not be reached for a while.",
}
"""By why a session ended."""


_UNFORESEEN = (
    "Something went wrong here",
    "You did nothing wrong, and nothing is lost that was saved before. Try again in a minute.",
)
_BY_STATUS: Mapping[int, tuple[str, str]] = {
    400: (
        "Nothing was done",
        "Something in the form does not fit. Go back, load the page again and send it once more.",
    ),
    401: ("Please sign in again", "Nothing was done yet. Sign in, and then send it again."),
    403: ("Nothing was done", "Your account does not open this."),
    404: ("There is no such page", "The address is old or mistyped. Start from the look-up."),
    405: ("There is no such page", "This address only takes a form. Start from the look-up."),
    413: ("That is too long", "Nothing was done. Send a shorter text."),
    422: ("There is no such page", "Something in the address does not fit. Start from the look-up."),
    429: (
        "One moment, please",
        "Too much was asked for at once, so this was not done. Wait ten seconds, then try again.",
    ),
    503: (
        "The records cannot be reached",
        "Nothing was changed. Try again in a minute. The look-up works all the same.",
    ),
}
"""Heading and sentences."""


def why_ended(end: str, longest_idle: timedelta, longest: timedelta) -> str:
    """Return a sentence, empty for a session that never was."""
    return ENDS.get(end, "").format(idle=_length(longest_idle), longest=_length(longest))


def _length(time: timedelta) -> str:
    minutes = round(time.total_seconds() / 60)
    number, unit = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    return f"{number} {unit}{'s' if number != 1 else ''}"


def words_of(error: Exception, fault: Fault) -> tuple[str, str]:
    """Return the heading and the sentences of a page that says that something did not work; what was said of this very
    error goes before what is said of all with its status.
    """
    if isinstance(error, CheckDue):
        return (
            "Please send it again",
            "The page had been open for long, so nothing was done yet. Go back, and send it again.",
        )
    title, detail = _BY_STATUS.get(503 if isinstance(error, StoreError) else fault.status, _UNFORESEEN)
    has_words = isinstance(error, RequestError) and error.detail != error.title
    if has_words and fault.status == 404:  # the page is there; what the form was for is gone
        title = _BY_STATUS[400][0]
    return title, fault.detail if has_words else detail
