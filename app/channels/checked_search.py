"""A search whose text is checked for danger first: the same for the staff's pages and for `/v1/search`."""

from dataclasses import dataclass

from app.answering import Answering
from app.dialogue import lookup
from app.dialogue.knowledge import Knowledge
from app.dialogue.lookup import Found, Lookup
from app.dialogue.messages import Message
from app.dialogue.urgent import Urgency
from app.matching.matcher import Explanation

LONGEST = 4_000
"""Characters that are looked up; the danger check reads all of a text."""
RESULTS = 6
NOTICE = "safety-notice"


@dataclass(frozen=True, slots=True)
class Alert:
    tier: str
    """The urgent tier, or `safety-notice` where the danger check failed."""
    text: str


@dataclass(frozen=True, slots=True)
class CheckedSearch:
    knowledge: Knowledge
    text: str
    """The beginning of what was typed, as far as it was looked up."""
    alert: Alert | None
    """It stands above the results."""
    lookup: Lookup

    def explain(self, result: Found) -> Explanation:
        return lookup.explain(self.knowledge, self.text, result)


def search(answering: Answering, text: str, limit: int = RESULTS) -> CheckedSearch:
    """Return the alert for a text that sounds dangerous or could not be checked, and at most `limit` results."""
    knowledge, beginning = answering.reloader.current, text[:LONGEST]
    urgency = answering.check(knowledge, Message(text, "staff"))
    results = lookup.look_up(knowledge, beginning, answering.clock().date(), limit)
    return CheckedSearch(knowledge, beginning, _alert(urgency, knowledge), results)


def _alert(urgency: Urgency, knowledge: Knowledge) -> Alert | None:
    if urgency.failed:
        return Alert(NOTICE, knowledge.scripts[NOTICE])
    return Alert(urgency.tier, knowledge.scripts[f"{urgency.tier}-staff"]) if urgency.tier else None
