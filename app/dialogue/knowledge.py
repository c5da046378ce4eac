"""Holds everything that a reply can draw on, built together, frozen, swapped together."""

from dataclasses import dataclass, field
from datetime import date

from app.content import markup
from app.content.schema import Content
from app.dialogue.approved import ApprovedTexts
from app.dialogue.contacts import Contacts
from app.dialogue.danger_reasons import Reasons, reasons
from app.dialogue.language import Languages
from app.dialogue.messages import Answer, Message, Option
from app.dialogue.openers import Openers
from app.dialogue.urgent import Urgency, UrgentCheck
from app.matching.encoder import Encoder
from app.matching.matcher import Matcher
from app.matching.utterance import Utterance
from app.text import parse


@dataclass(frozen=True)
class Knowledge:
    content: Content
    matcher: Matcher
    urgent: UrgentCheck
    openers: Openers
    languages: Languages
    approved: ApprovedTexts
    version: str
    """Changes with any change of content or seals."""
    model_version: str
    encoder: Encoder | None = None
    """Reads texts by their meaning, where the site has it."""
    contacts: Contacts = field(default_factory=Contacts)
    taken_back: frozenset[str] = field(default_factory=frozenset)
    """Entries taken back by `hai-faq withhold`."""

    def read(self, message: Message) -> Utterance:
        """Return the message as this knowledge reads it; asked again it returns the same, so that each part is scored
        once.
        """
        for utterance in message.utterances:
            if utterance.model is self.matcher.model:
                return utterance
        utterance = Utterance(parse(message.text), self.matcher.model, message.text.strip())
        message.utterances.append(utterance)
        return utterance

    def assess(self, message: Message, before: frozenset[str] = frozenset()) -> Urgency:
        """Make the urgent check, which comes before everything else.

        `before` are the context flags of the messages before it.
        """
        utterance = self._undisguised(message)
        return self.urgent.assess(utterance, before, self.languages.detect(utterance.typed, utterance))

    def _undisguised(self, message: Message) -> Utterance:
        """Return the message as danger is looked for in it: with the words that it hides written out."""
        plain = self.urgent.disguises.taken_off(message.text)
        return self.read(message if plain == message.text else Message(plain))

    def warm(self) -> None:
        """Build now what would otherwise be made for the first who searches or wants a reason: a second's work."""
        self.matcher.warm()
        for phrasings in self.urgent.matcher.phrasings.values():
            phrasings.nearest("")

    def reasons(self, message: Message, urgency: Urgency) -> Reasons:
        """Return why the urgent check found this urgency in a message."""
        return reasons(self.urgent, self._undisguised(message), urgency)

    def serves(self, id_: str, day: date) -> bool:
        """Return whether the entry is approved, not taken back, and within its review day and the grace after it."""
        return id_ in self.approved.answers and id_ not in self.taken_back and day <= self.approved.last_day[id_]

    def is_shortened(self, id_: str) -> bool:
        """Return whether an entry's text for text messages is shorter than its answer with its limits."""
        answer = self.approved.answers.get(id_)
        if answer is None:
            return False
        return len(answer.sms) < len(f"{markup.as_text(answer.blocks)} {answer.limits or ''}".strip())

    def served(self, day: date) -> list[Answer]:
        return [answer for id_, answer in self.approved.answers.items() if self.serves(id_, day)]

    def option(self, id_: str, language: str | None = None) -> Option:
        answer = self.approved.answers[id_].in_language(language)
        return Option(id_, answer.question, answer.language)

    def expired(self, day: date) -> list[str]:
        """Return the approved entries whose review is overdue beyond the grace."""
        return [id_ for id_ in self.approved.answers if day > self.approved.last_day[id_]]
