"""How a draft would reply on each surface, and which of the texts that it would say are not sealed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.content.approval import Lock
from app.dialogue import engine
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import AnswerPart, Channel, ChoicePart, Message, NotCoveredPart, Part, Reply, State
from app.dialogue.text_messages import texts_of


@dataclass(frozen=True)
class Preview:
    website: Reply
    text_messages: tuple[str, ...]
    front_desk: Reply
    unsealed: Mapping[str, str]
    """Key of the seal -> text, of what the replies say that is not sealed as it stands."""

    @property
    def read_aloud(self) -> str:
        """What staff say: the sentences of the answers, or else their own wording of the reply."""
        spoken = " ".join(answer.read_aloud or answer.text for answer in self.front_desk.answers)
        return spoken or self.front_desk.text


def preview(text: str, draft: Knowledge, texts: Mapping[str, str], lock: Lock, now: datetime) -> Preview:
    """Return the replies to a message. `texts` are all that need a seal, by its key; `lock` holds the real seals."""
    channels: tuple[Channel, ...] = ("web", "sms", "staff")
    website, texted, spoken = (engine.respond(Message(text, channel), State(), draft, now)[0] for channel in channels)
    messages = texts_of(draft, texted)
    parts = (*website.parts, *texted.parts, *spoken.parts, *_added(draft, messages))
    said = set(_keys(parts, texts))
    unsealed = {key: texts[key] for key in lock.broken(texts) if key in said}
    return Preview(website, messages, spoken, unsealed)


def _added(draft: Knowledge, messages: Sequence[str]) -> Iterator[Part]:
    """Yield the scripts that text messages hold beside their reply, such as how to get the rest of it."""
    scripts = draft.approved.scripts.values()
    yield from (script for script in scripts if any(script.short in message for message in messages))


def _keys(parts: Iterable[Part], texts: Iterable[str]) -> Iterator[str]:
    """Yield the keys of the seals of what the parts say, their sources among them."""
    owners = {owner for part in parts for owner in _owners(part)}
    yield from (key for key in texts if any(key == owner or key.startswith(f"{owner}.") for owner in owners))


def _owners(part: Part) -> Iterator[str]:
    """Yield what the keys of a part's texts begin with."""
    match part:
        case AnswerPart(answer=answer):
            yield from (answer.id, f"theme.{answer.theme}")
            yield from (f"document.{cited.document}" for cited in answer.sources)
        case NotCoveredPart(topic=topic, care=care):
            yield from (f"title.{topic}", _in_language("script.not-covered", part.language))
            yield from (f"script.{own.id}" for own in filter(None, [care]))
        case ChoicePart(options=options, prompt=prompt, how=how):
            yield from (f"{option.id}.question" for option in options)
            yield from (f"script.{own.id}" for own in filter(None, [prompt, how]))
            yield _in_language("script.clarify-none", part.language)
        case _:
            yield f"script.{part.id}"


def _in_language(key: str, language: str | None) -> str:
    return f"{key}-{language}" if language else key
