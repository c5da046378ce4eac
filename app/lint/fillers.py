"""Findings on texts that stand where nobody has written yet: fillers, samples, a text that only repeats its id."""

import re
from collections import defaultdict
from collections.abc import Iterator

from app import text
from app.content.schema import THEME, Content
from app.lint.findings import Finding

_FILLER = re.compile(
    r"\b(?:TODO|TBD|TBC|FIXME)\b"  # in capitals: `todo` is Spanish for all
    r"|\b[xX]{3,}\b|_{3,}|\?{3,}"
    r"|\[[^\]\n]{0,200}\](?!\()"  # a blank to fill in; before a bracket it is the words of a link
    r"|(?i:\b(?:lorem ipsum|placeholder|dummy text|fill this in)\b)"
    r"|(?i:\b(?:sample|example) (?:answer|question|text|entry|title|script)\b)"
    r"|(?i:\bthis is (?:only )?an? (?:sample|example|test)\b)"
    r"|(?i:^\W{0,3}(?:sample|test)\b\W{0,3}(?:$|:))"
)
_SMALL_WORDS = frozenset(("a", "an", "the", "this", "is", "of", "for", "goes", "here"))
_NOUNS = frozenset(("text", "script", "answer", "message"))
"""What fixtures put beside an id: `The greeting text.` Without one, `Goodbye.` is all that `goodbye` need say."""


def find(content: Content) -> Iterator[Finding]:
    for key, wording in content.texts().items():
        filler = _FILLER.search(wording)
        if filler:
            yield Finding("warning", key, f"holds placeholder text, {filler[0]!r}")
        elif _repeats_id(key, wording):
            yield Finding("warning", key, f"is placeholder text, which only repeats its id: {wording!r}")
    yield from _twice(content)


def _repeats_id(key: str, wording: str) -> bool:
    """Return whether a script, or a text of an entry beside its question, says the words of its id and nothing else."""
    owner, _, rest = key.partition(".")
    id_ = rest.removesuffix(".sms") if owner == "script" else owner
    if owner in ("document", "theme", "title") or id_.startswith(THEME) or rest == "question":
        return False
    named, words = set(text.words(id_.replace("-", " "))), set(text.words(wording)) - _SMALL_WORDS
    return words - _NOUNS == named - _NOUNS and (len(named) > 1 or not words.isdisjoint(_NOUNS))


def _twice(content: Content) -> Iterator[Finding]:
    """Yield the scripts that say the same: one of them was copied and not written."""
    owners: dict[str, list[str]] = defaultdict(list)
    for id_, script in content.scripts.items():
        owners[text.fold(script.text)].append(id_)
    for first, *others in owners.values():
        if others:
            yield Finding("warning", f"script.{first}", f"has the same text as {', '.join(others)}")
