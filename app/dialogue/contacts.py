"""Tells a patient whom to reach where no approved text helps: a line and its hours, a form or live chat of the site."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.dialogue.handoffs import Handoff, hand_over


@dataclass(frozen=True, slots=True)
class Contact:
    label: str | None
    """Who answers; None where it is the site's own line."""
    line: str | None
    hours: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Contacts:
    """Hand-overs, line and form that the site has set. Hand-overs without a `line` are for staff only."""

    handoffs: Sequence[Handoff] = ()
    line: str | None = None
    url: str | None = None

    def of(self, topic: str = "") -> Contact | None:
        """Return whom to reach about a topic: the line of the hand-over that staff would take, else the site's. None
        where there is neither line nor address.
        """
        group = hand_over([group for group in self.handoffs if group.line], topic)
        if group:
            return Contact(group.label, group.line, group.hours, self.url)
        return Contact(None, self.line, None, self.url) if self.line or self.url else None
