"""A search whose text is checked for danger first: the same for the staff's pages and for `/v1/search`."""

from dataclasses import dataclass

from app.answering import Answering
from app.content.schema import NET
from app.dialogue.danger_reasons import Reasons
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message
from app.dialogue.search import SearchResult, SearchResults, explain, search_entries
from app.dialogue.urgent import Urgency
from app.matching.matcher import Explanation
from app.turns import Rank

LONGEST = 4_000
"""Characters that are looked up; the danger check reads all of a text."""
RESULTS = 6
NOTICE = "safety-notice"


@dataclass(frozen=True, slots=True)
class Alert:
    tier: str
    """The urgent tier, or `safety-notice` where the danger check failed."""
    text: str
    doubt: bool = False
    """The tier is possible and not sure."""


@dataclass(frozen=True, slots=True)
class CheckedSearch:
    knowledge: Knowledge
    text: str
    """The beginning of what was typed, as far as it was looked up."""
    alert: Alert | None
    """It stands above the results."""
    found: SearchResults
    urgency: Urgency

    def reasons(self) -> Reasons | None:
        """Return what speaks for the tier of the alert and against it; None without one, or where the check failed."""
        if self.alert is None or self.urgency.failed:
            return None
        return self.knowledge.reasons(Message(self.text, "staff"), self.urgency)

    def explain(self, result: SearchResult) -> Explanation:
        return explain(self.knowledge, self.text, result)


async def search(answering: Answering, text: str, client: str | None, limit: int = RESULTS) -> CheckedSearch:
    """Return the alert for a text that sounds dangerous or could not be checked, and at most `limit` results. Raises
    `TooManyRequests` as for a message.
    """
    knowledge, message = answering.reloader.current, Message(text, "staff")
    beginning = message if len(text) <= LONGEST else Message(text[:LONGEST], "staff")
    urgency = await answering.admit(knowledge, message, client, rank=Rank.REST)  # nobody in danger waits for it
    day = answering.clock().date()
    results = await answering.turns.work(Rank.REST, len(text), search_entries, knowledge, beginning, day, limit)
    return CheckedSearch(knowledge, beginning.text, _alert(urgency, knowledge), results, urgency)


def _alert(urgency: Urgency, knowledge: Knowledge) -> Alert | None:
    if urgency.failed:
        return Alert(NOTICE, knowledge.approved.text(NOTICE))
    tier = urgency.tier or urgency.net
    if tier is None:
        return None
    script = f"{tier}-staff" if urgency.tier else f"{NET}{tier}-staff"
    return Alert(tier, knowledge.approved.text(script), doubt=urgency.tier is None)
