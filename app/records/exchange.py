"""An exchange is one message and what came of it."""

from dataclasses import dataclass
from datetime import datetime

from app.dialogue.messages import Channel, Kind


@dataclass(frozen=True, slots=True)
class Exchange:
    """The ledger, the counts and the review queue derive their rows from it, in the writer's thread."""

    message_id: str
    at: datetime
    channel: Channel
    text: str
    """As it was typed."""
    folded: str
    """The text as `text.fold` makes it."""
    kind: Kind
    outcome: str
    """answer, clarify, not-covered, fallback, smalltalk, language, scripted or urgent."""
    subject: tuple[str, ...]
    """Entries answered, else entries offered, else the intent."""
    entries: tuple[str, ...]
    """Entries answered."""
    topic: str | None
    """The not-covered topic that the message was taken for; None where it has no title, for then nothing fitted."""
    taken: tuple[str, ...]
    """Entries that the message picked from those offered before it."""
    missed: str | None
    """The entry or topic that a message without an answer came closest to, or the first of what it did not want."""
    withheld: str | None
    """The entry that the message was taken for, and that was not served."""
    unclear: bool
    """The reply said that it could not tell what was meant."""
    confidence: float
    urgent_score: float
    raised: bool
    """The danger check raised this very message; a script that is only repeated is not counted."""
    netted: bool
    """Danger was possible and not sure: the reply opened with the sentence of the safety net."""
    check_failed: bool
    """The urgent check broke."""
    content_version: str
    model_version: str
    seconds: float
    """From the message to its reply."""
