"""Problems of faq.yaml that its schema cannot see: loose ids, missing scripts, braces that mean nothing."""

import re
from collections.abc import Iterator, Set

from app.content import schema
from app.content.nearest import did_you_mean
from app.content.schema import Content
from app.content.yaml_file import Keys

_BRACES = re.compile(r"\{([^{}]*)\}")

Problem = tuple[Keys, str]


def problems(content: Content) -> Iterator[Problem]:
    """Yield where in faq.yaml something is wrong, and what."""
    yield from _of_scripts(content)
    yield from _of_entries(content)
    yield from _of_topics(content)
    yield from _of_placeholders(content)


def _of_scripts(content: Content) -> Iterator[Problem]:
    safety, translatable = content.safety(), content.translatable()
    required = _required_scripts(content)
    known = {*required, *translatable, *schema.SMS, schema.STOP_MESSAGES}
    yield from missing_scripts(content)
    for id_, script in content.scripts.items():
        if id_ not in known:
            yield ("scripts", id_), f"is not a script that the service knows{did_you_mean(id_, known)}"
        elif script.safety != (id_ in safety):
            yield ("scripts", id_, "safety"), f"must be {str(id_ in safety).lower()}"
        elif id_ in (safety - schema.SAFETY) | translatable and script.translated_by is None:
            yield ("scripts", id_, "translated_by"), "must say who translated it, or `pending`"


def missing_scripts(content: Content) -> Iterator[Problem]:
    """Yield what is missing of each language in one problem: a new department may lack them all."""
    missing: dict[str | None, list[str]] = {}
    for id_ in sorted(_required_scripts(content) - content.scripts.keys()):
        missing.setdefault(content.language_of(id_), []).append(id_)
    for ids in missing.values():
        yield ("scripts",), f"script {ids[0]} is missing" if len(ids) == 1 else f"scripts {', '.join(ids)} are missing"


def _required_scripts(content: Content) -> Set[str]:
    return {*schema.SCRIPTS, *schema.SMALLTALK, schema.UNCLEAR, *content.safety()}


def _of_entries(content: Content) -> Iterator[Problem]:
    sections = {f"{id_}/{section}" for id_, document in content.documents.items() for section in document.sections}
    for id_, entry in content.entries.items():
        keys = ("entries", id_)
        if id_.startswith(schema.NOT_COVERED):
            yield keys, f"an entry's id must not start with {schema.NOT_COVERED}"
        if entry.theme not in content.themes:
            yield (*keys, "theme"), f"there is no theme {entry.theme}{did_you_mean(entry.theme, content.themes)}"
        for other in entry.related:
            if other not in content.entries or other == id_:
                meant = did_you_mean(other, content.entries.keys() - {other, id_})
                yield (*keys, "related"), f"there is no other entry {other}{meant}"
        for place, source in enumerate(entry.sources):
            cited = f"{source.document}/{source.section}"
            if cited not in sections:
                yield (*keys, "sources", place), f"there is no section {cited}{did_you_mean(cited, sections)}"


def _of_topics(content: Content) -> Iterator[Problem]:
    for id_, topic in content.topics.items():
        if not id_.startswith(schema.NOT_COVERED):
            yield ("topics", id_), f"a not-covered topic's id must start with {schema.NOT_COVERED}"
        if topic.title and "{" in topic.title:
            yield ("topics", id_, "title"), "a title holds no placeholder"


def _of_placeholders(content: Content) -> Iterator[Problem]:
    placeholders = (*schema.PLACEHOLDERS, "title")
    entries = ((("entries", id_, name), text) for id_, entry in content.entries.items() for name, text in entry.texts())
    scripts = ((("scripts", id_), text) for id_, script in content.scripts.items() for _, text in script.texts())
    for keys, text in (*entries, *scripts):
        for name in braces(text):
            if name not in placeholders:
                yield keys, f"{{{name}}} is not a placeholder{did_you_mean(name, placeholders)}"


def braces(text: str) -> list[str]:
    """Return what stands in braces, where only names of placeholders may."""
    return _BRACES.findall(text)
