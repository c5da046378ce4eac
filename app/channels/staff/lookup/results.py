"""What the look-up shows: an alert, and rows of entries and topics with all that a counter needs of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from app.channels.checked_search import Alert, CheckedSearch
from app.channels.staff.lookup.highlights import marked, preview
from app.dialogue import compose, text_messages, translations
from app.dialogue.handoffs import Handoff, hand_over
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Answer, Reply
from app.dialogue.search import SearchResult
from app.matching.matcher import Explanation
from app.segments import Segments, segments
from app.text import words


@dataclass(frozen=True, slots=True)
class Version:
    """An answer in one language, with the texts of it that staff copy and send on."""

    answer: Answer
    chat: str
    text_message: str
    size: Segments


@dataclass(frozen=True, slots=True)
class Result:
    """An entry with its answer; or a topic, or an entry taken back, with whom to hand the caller over to."""

    id: str
    title: str
    asked: Sequence[str] = ()
    """Words that are marked in its row."""
    versions: Sequence[Version] = ()
    """The answer in English and in each language in which it is approved; none where there is no answer."""
    next_review: date | None = None
    why: Explanation | None = None
    """It is None where the entry was browsed to."""
    handoff: Handoff | None = None
    taken_back: bool = False

    @property
    def answer(self) -> Answer | None:
        return self.versions[0].answer if self.versions else None

    @property
    def heading(self) -> Markup:
        return marked(self.title, self.asked)

    @property
    def preview(self) -> Markup:
        """The beginning of what is said; nothing where there is no answer."""
        answer = self.answer
        return marked(preview(answer.read_aloud or answer.text), self.asked) if answer else Markup("")


@dataclass(frozen=True, slots=True)
class Results:
    rows: Sequence[Result] = ()
    alert: Alert | None = None
    reasons: Sequence[str] = ()
    """What speaks for the alert and against it."""
    sure: bool = False
    fallback: Handoff | None = None
    """Callers go there whose question is none of the rows."""

    @property
    def urgent(self) -> bool:
        return self.alert is not None and not self.alert.doubt

    @property
    def opens(self) -> bool:
        """Whether the first row is shown open: nothing is that is not sure, or stands under an urgent alert."""
        return self.sure and not self.urgent


def results_of(checked: CheckedSearch, handoffs: Sequence[Handoff]) -> Results:
    return Results(
        rows=[_result(checked, handoffs, result) for result in checked.found.results],
        alert=checked.alert,
        reasons=list(checked.reasons.lines()) if checked.reasons else [],
        sure=checked.found.sure,
        fallback=hand_over(handoffs, ""),
    )


def entry_of(knowledge: Knowledge, id_: str) -> Results:
    """Return an entry that was chosen by its id."""
    return Results([_entry(knowledge, knowledge.approved.answers[id_])], sure=True)


def _result(checked: CheckedSearch, handoffs: Sequence[Handoff], result: SearchResult) -> Result:
    asked = words(checked.text)
    if result.answer:
        return _entry(checked.knowledge, result.answer, asked, checked.explanations[result.id])
    handoff = hand_over(handoffs, result.id)
    return Result(result.id, result.title, asked, handoff=handoff, taken_back=result.taken_back)


def _entry(knowledge: Knowledge, answer: Answer, asked: Sequence[str] = (), why: Explanation | None = None) -> Result:
    return Result(
        answer.id,
        answer.question,
        (*asked, *why.words) if why else asked,
        [_version(knowledge, answer, language) for language in (None, *answer.translations)],
        knowledge.content.entries[answer.id].review,
        why,
    )


def _version(knowledge: Knowledge, answer: Answer, language: str | None) -> Version:
    """Return what is shown and copied of an answer as a patient who prefers this language would get it."""
    reply = Reply("answer", (*compose.banner(knowledge), compose.answer_part(knowledge, answer)))
    parts = translations.for_reader(knowledge, reply, language).parts
    text_message = text_messages.text_of(parts)
    chat = "\n\n".join(paragraph for part in parts for paragraph in part.paragraphs)
    return Version(answer.in_language(language), chat, text_message, segments(text_message))
