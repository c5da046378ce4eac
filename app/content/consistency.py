"""Problems of faq.yaml that its schema cannot see: loose ids, missing scripts, braces that mean nothing."""

import re
from collections.abc import Iterator

from app.content import schema
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
    required = {*schema.SCRIPTS, *schema.SMALLTALK, schema.UNCLEAR, *safety}
    for id_ in sorted(required - content.scripts.keys()):
        yield ("scripts",), f"script {id_} is missing"
    for id_, script in content.scripts.items():
        if id_ not in (*required, *translatable, *schema.SMS, schema.STOP_MESSAGES):
            yield ("scripts", id_), "is not a script that the service knows"
        elif script.safety != (id_ in safety):
            yield ("scripts", id_, "safety"), f"must be {str(id_ in safety).lower()}"
        elif id_ in (safety - schema.SAFETY) | translatable and script.translated_by is None:
            yield ("scripts", id_, "translated_by"), "must say who translated it, or `pending`"


def _of_entries(content: Content) -> Iterator[Problem]:
    for id_, entry in content.entries.items():
        keys = ("entries", id_)
        if id_.startswith(schema.NOT_COVERED):
            yield keys, f"an entry's id must not start with {schema.NOT_COVERED}"
        if entry.theme not in content.themes:
            yield (*keys, "theme"), f"there is no theme {entry.theme}"
        for other in entry.related:
            if other not in content.entries or other == id_:
                yield (*keys, "related"), f"there is no other entry {other}"
        for place, source in enumerate(entry.sources):
            document = content.documents.get(source.document)
            if document is None or source.section not in document.sections:
                yield (*keys, "sources", place), f"there is no section {source.document}/{source.section}"


def _of_topics(content: Content) -> Iterator[Problem]:
    for id_, topic in content.topics.items():
        if not id_.startswith(schema.NOT_COVERED):
            yield ("topics", id_), f"a not-covered topic's id must start with {schema.NOT_COVERED}"
        if topic.title and "{" in topic.title:
            yield ("topics", id_, "title"), "a title holds no placeholder"


def _of_placeholders(content: Content) -> Iterator[Problem]:
    entries = ((("entries", id_, name), text) for id_, entry in content.entries.items() for name, text in entry.texts())
    scripts = ((("scripts", id_), text) for id_, script in content.scripts.items() for _, text in script.texts())
    for keys, text in (*entries, *scripts):
        for name in _BRACES.findall(text):
            if name not in (*schema.PLACEHOLDERS, "title"):
                yield keys, f"{{{name}}} is not a placeholder"
