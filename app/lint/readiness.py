"""What a site must still do before patients use its content."""

from collections.abc import Iterator, Mapping

from app.content import approval
from app.content.schema import PENDING, Entry
from app.lint import danger, fillers, phrasings, seals
from app.lint.findings import Draft, Finding


def going_live(draft: Draft, settings: Mapping[str, bool]) -> list[str]:
    """Return what a site must still do. `settings` are named facts that must be true."""
    return [
        *(f"{key} {reason}" for key, reason in draft.lock.broken(draft.texts).items()),
        *(fact for fact, is_true in settings.items() if not is_true),
        *_of_seals(draft),
        *(finding.told for finding in _of_content(draft)),
    ]


def _of_content(draft: Draft) -> Iterator[Finding]:
    """Yield what lint finds that patients would notice."""
    yield from (finding for finding in seals.find_unbacked(draft) if finding.level == "error")
    yield from fillers.find(draft.content)
    yield from phrasings.find_few(draft)
    yield from danger.find_missing_layers(draft.folder)
    yield from danger.find_thin_general(draft.intents.urgent)


def _of_seals(draft: Draft) -> Iterator[str]:
    content = draft.content
    demo = sum(seal.role == approval.DEMO for seal in draft.lock.texts.values())
    if demo:
        yield f"{demo} texts are sealed for demonstration only: approve them in a role of your own"
    for id_, document in content.documents.items():
        if document.url is None:
            yield f"document {id_} has no `url`: its answers cannot link to their source"
    for id_, entry in content.entries.items():
        if entry.hold:
            yield f"entry {id_} is held: {entry.hold}"
        yield from _of_translations(draft, id_, entry)
    for id_, script in content.scripts.items():
        if script.translated_by == PENDING:
            yield f"script {id_}: its translation has no qualified reviewer"


def _of_translations(draft: Draft, id_: str, entry: Entry) -> Iterator[str]:
    for language, translation in entry.translations.items():
        key = f"{id_}.translations.{language}"
        seal = draft.lock.texts.get(f"{key}.answer")
        if translation.translated_by == PENDING or seal is None or seal.role != "translator":
            yield f"{key}: not reviewed by a qualified translator"
        if bool(translation.limits) != bool(entry.limits):
            yield f"{key}: is not served without the limits that the entry has"
