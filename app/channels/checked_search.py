"""A search whose text is checked for danger first: the same for the staff's pages and for `/v1/search`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from app.answering import Answering
from app.content.schema import NET
from app.dialogue.danger_reasons import Reasons
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message
from app.dialogue.search import SearchResults, explain, search_entries
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

    reasons: Reasons | None = None
    """What speaks for the tier of the alert and against it, where it was asked for."""
    explanations: Mapping[str, Explanation] = field(default_factory=dict)
    """Of each entry found, where they were asked for."""


async def search(
    answering: Answering, text: str, client: str | None, limit: int = RESULTS, explained: bool = False
) -> CheckedSearch:
    """Return the alert for a text that sounds dangerous or could not be checked, and at most `limit` results. Raises
    `TooManyRequests` as for a message.
    """
    knowledge, message = answering.reloader.current, Message(text, "staff")
    rank = Rank.REST  # nobody in danger waits for it
    urgency, _ = await answering.assess_within_limit(knowledge, message, client, rank=rank)
    day = answering.clock().date()
    return await answering.turns.work(rank, len(text), _search, knowledge, message, urgency, day, limit, explained)


def _search(
    knowledge: Knowledge, message: Message, urgency: Urgency, day: date, limit: int, explained: bool
) -> CheckedSearch:
    beginning = message if len(message.text) <= LONGEST else Message(message.text[:LONGEST], "staff")
    found, alert = search_entries(knowledge, beginning, day, limit), _alert(urgency, knowledge)
    checked = CheckedSearch(knowledge, beginning.text, alert, found, urgency)
    if not explained:
        return checked
    entries = [result for result in found.results if result.answer]
    explanations = {result.id: explain(knowledge, beginning.text, result) for result in entries}
    reasons = knowledge.reasons(beginning, urgency) if alert and not urgency.failed else None
    return replace(checked, reasons=reasons, explanations=explanations)


def _alert(urgency: Urgency, knowledge: Knowledge) -> Alert | None:
    if urgency.failed:
        return Alert(NOTICE, knowledge.approved.text(NOTICE))
    tier = urgency.tier or urgency.net
    if tier is None:
        return None
    script = f"{tier}-staff" if urgency.tier else f"{NET}{tier}-staff"
    return Alert(tier, knowledge.approved.text(script), doubt=urgency.tier is None)
