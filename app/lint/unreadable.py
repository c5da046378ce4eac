"""All that keeps a folder from being read as content, in one run: who begins a department lacks many things at once."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.content import approval, consistency, files
from app.content.schema import Content
from app.content.yaml_file import read_yaml
from app.errors import ContentError, gathered
from app.lint import danger
from app.lint.findings import Finding

MOST_LISTED = 200
"""Most problems of a run; whoever has mended so many runs it again."""

_MISSING = {
    files.FAQ: "is missing: it maps documents, themes, entries, scripts and topics; `hai-faq new` writes a department"
    " that has all of them",
    f"{files.INTENTS}/{files.SMALLTALK}.yaml": "is missing, and there is no folder smalltalk/: either maps each kind of"
    " small talk to its lines, `greeting: [hello, good morning]`",
    f"{files.INTENTS}/{files.LEXICON}.yaml": "is missing, and there is no folder lexicon/: either maps words,"
    " `shorthand: {appt: appointment}` and `concepts: {cost: [price, fee]}`; `{}` will do",
    f"{files.INTENTS}/{files.LANGUAGES}": "is missing: it maps each language that has scripts in faq.yaml,"
    " `es: {messages: [hola, buenos días], words: [usted, pero]}` or `zh: {script: cjk}`",
}
"""What a file that is not there should hold, in the nesting that it needs."""


def find(folder: Path) -> list[Finding]:
    """Return what is missing and what is wrong, nothing where the folder can be read."""
    errors: list[ContentError] = []
    outline = _read_faq(folder, errors)
    findings = [*_read_intents(folder, outline, errors)]
    wrong = (finding(folder, error) for error in errors)
    return list(dict.fromkeys([*wrong, *findings, *_passed_over(folder)]))[:MOST_LISTED]


def _passed_over(folder: Path) -> Iterator[Finding]:
    """Yield what may be the missing file under another name."""
    with contextlib.suppress(ContentError):
        yield from (Finding("warning", name, reason) for name, reason in files.passed_over(folder).items())


def _read_faq(folder: Path, errors: list[ContentError]) -> Content | None:
    """Return content of which the ids are right, whatever else is wrong in it; None where it cannot be read."""
    with gathered(errors):
        approval.read_lock(folder / files.LOCK)
    with gathered(errors):
        located = read_yaml(folder / files.FAQ)
        with gathered(errors):
            files.parse_content(located)
        outline = _outline(located.data)
        errors += (located.error(keys, problem) for keys, problem in consistency.missing_scripts(outline))
        return outline
    return None


def _outline(data: Any) -> Content:
    parts = {name: data.get(name) if isinstance(data, dict) else None for name in ("entries", "topics", "scripts")}
    ids: dict[str, Any] = {name: dict.fromkeys(part) if isinstance(part, dict) else {} for name, part in parts.items()}
    return Content.model_construct(documents={}, themes={}, **ids)


def _read_intents(folder: Path, outline: Content | None, errors: list[ContentError]) -> Iterator[Finding]:
    """Read each kind of file by itself, so that what is wrong in one hides nothing of the others."""
    for read in (files.load_smalltalk, files.load_lexicon, files.load_urgent):
        with gathered(errors):
            read(folder)
    if outline:
        for read_for in (files.load_languages, files.load_follow_ups, files.load_translated):
            with gathered(errors):
                read_for(folder, outline)
        with gathered(errors):
            yield from _unasked(outline, files.load_phrasings(folder, outline))
    with gathered(errors):
        yield from danger.find_missing_layers(folder)


def _unasked(outline: Content, english: files.Phrasings) -> Iterator[Finding]:
    ids = [id_ for id_ in outline.ids() if id_ not in english]
    if ids:
        advice = f"write ten or more of each into a file of {files.INTENTS}/, `{ids[0]}: [first line, second line]`"
        yield Finding("error", files.INTENTS, f"no phrasings of {', '.join(ids)}: {advice}")


def finding(folder: Path, error: ContentError) -> Finding:
    name = error.path.relative_to(folder).as_posix() if error.path.is_relative_to(folder) else str(error.path)
    if isinstance(error.__cause__, FileNotFoundError):
        return Finding("error", name, _MISSING.get(name, "is missing"))
    return Finding("error", error.key, error.problem, (f"{name}:{error.line}",))
