"""What the figures call an entry, a topic, small talk or a script: never by its id."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.content.schema import UNCLEAR
from app.dialogue.knowledge import Knowledge
from app.records.counts import NOTHING

GONE = "A topic no longer in the content"
HELD_BACK = "An entry whose text is held back"
SOMETHING_ELSE = "Something else entirely"
"""A topic without a title gathers what fits nothing."""
TIERS: Mapping[str, str] = {"emergency": "Emergency", "crisis": "Crisis", "call-now": "Call now"}
TALK: Mapping[str, str] = {
    "greeting": "Small talk: a greeting",
    "thanks": "Small talk: thanks",
    "goodbye": "Small talk: goodbye",
    "bot-identity": "Small talk: who answers here",
    "capabilities": "Small talk: what can be asked",
    "human": "Small talk: talk to a person",
    "acknowledge": "Small talk: all right",
    "frustration": "Small talk: frustration",
    "worry": "Small talk: worry",
    "repeat": "Small talk: say it again",
    "simpler": "Small talk: say it in plainer words",
    "more": "Small talk: tell me more",
    "stop-messages": "Small talk: no more messages",
    "none-chosen": "None of the choices",
    UNCLEAR: "Words that tell nothing",
    "too-long": "A message too long to answer",
}
_LANGUAGE = "language-"


@dataclass(frozen=True, slots=True)
class Titles:
    """The approved titles, with words of our own for what has none."""

    approved: Mapping[str, str]
    others: Mapping[str, str]

    def __call__(self, id_: str) -> str:
        found = self.approved.get(id_) or self.others.get(id_)
        if found is None:
            found = "Another language" if id_.startswith(_LANGUAGE) else GONE
        return found[:1].upper() + found[1:]


def titles_of(knowledge: Knowledge) -> Titles:
    """Return what the ids of this content, and those of the service itself, are called."""
    content = knowledge.content
    return Titles(
        approved=knowledge.approved.names,
        others={
            **{id_: SOMETHING_ELSE if topic.title is None else HELD_BACK for id_, topic in content.topics.items()},
            **dict.fromkeys(content.entries, HELD_BACK),
            **TALK,
            **{tier: f"Urgent: {title.lower()}" for tier, title in TIERS.items()},
            NOTHING: "Nothing we know of",
        },
    )


def untitled_of(knowledge: Knowledge) -> frozenset[str]:
    """Return the topics that gather what fits nothing."""
    return frozenset(id_ for id_, topic in knowledge.content.topics.items() if topic.title is None)
