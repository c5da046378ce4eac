"""Findings on seals and citations: what is withheld as it stands, and what no document backs."""

from collections.abc import Iterator

from app.content import citations
from app.errors import SourceError
from app.lint.findings import Draft, Finding


def find(draft: Draft) -> Iterator[Finding]:
    broken = draft.lock.broken(draft.texts)
    for key, reason in broken.items():
        yield Finding("error", key, f"{reason}: withheld until `hai-faq approve`")
    for id_, entry in draft.content.entries.items():
        for key in (f"{id_}.{name}" for name in entry.drafted):
            if key in broken:
                yield Finding("warning", key, "was drafted by a command: read it before you approve it")
        if entry.hold:
            yield Finding("warning", id_, f"is held: {entry.hold}")


def find_unbacked(draft: Draft) -> Iterator[Finding]:
    """Yield the citations that nobody has compared with their document or that are not in it, an error where the entry
    would be served: an invented one was, with its name and number beside the answer.
    """
    problems: dict[str, str] = {}
    for id_, text in draft.documents.items():
        try:
            drifts = citations.drifted(draft.content, id_, text, draft.lock.paragraphs)
            problems |= {drift.place: drift.problem for drift in drifts}
        except SourceError as error:
            yield Finding("error", f"document {id_}", str(error))
    for id_, entry in draft.content.entries.items():
        for source in map(str, entry.sources):
            unsealed = "" if source in draft.lock.paragraphs else "has no fingerprint"
            problem = problems.get(source, unsealed)
            if problem:
                yield Finding(
                    "warning" if entry.hold else "error", id_, f"{source} {problem}{_ADVICE.get(problem, '')}"
                )


_ADVICE = {
    "has no fingerprint": ": `hai-faq sources seal` once the document says so",
    "has changed": " since its fingerprint: review the entry, then `hai-faq sources seal`",
}
