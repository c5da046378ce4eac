"""What a site must still do before patients use its content."""

from collections.abc import Mapping

from app.content import approval
from app.content.approval import Lock
from app.content.schema import PENDING, Content


def going_live(content: Content, lock: Lock, settings: Mapping[str, bool]) -> list[str]:
    """Return what a site must still do. `settings` are named facts that must be true."""
    todo = [fact for fact, is_true in settings.items() if not is_true]
    demo = sum(seal.role == approval.DEMO for seal in lock.texts.values())
    if demo:
        todo.append(f"{demo} texts are sealed for demonstration only: approve them in a role of your own")
    unlinked = (id_ for id_, document in content.documents.items() if document.url is None)
    todo += [f"document {id_} has no `url`: its answers cannot link to their source" for id_ in unlinked]
    for id_, entry in content.entries.items():
        if entry.hold:
            todo.append(f"entry {id_} is held: {entry.hold}")
        for language, translation in entry.translations.items():
            key = f"{id_}.translations.{language}"
            seal = lock.texts.get(f"{key}.answer")
            if translation.translated_by == PENDING or seal is None or seal.role != "translator":
                todo.append(f"{key}: not reviewed by a qualified translator")
            if bool(translation.limits) != bool(entry.limits):
                todo.append(f"{key}: is not served without the limits that the entry has")
    pending = (id_ for id_, script in content.scripts.items() if script.translated_by == PENDING)
    return todo + [f"script {id_}: its translation has no qualified reviewer" for id_ in pending]
