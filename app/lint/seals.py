"""Findings on seals and fingerprints: what is withheld as it stands."""

from collections.abc import Iterator

from app.lint.findings import Draft, Finding


def find(draft: Draft) -> Iterator[Finding]:
    for key, reason in draft.lock.broken(draft.texts).items():
        yield Finding("error", key, f"{reason}: withheld until `hai-faq approve`")
    for id_, entry in draft.content.entries.items():
        if entry.hold:
            yield Finding("warning", id_, f"is held: {entry.hold}")
        for source in entry.sources:
            if str(source) not in draft.lock.paragraphs:
                yield Finding("warning", id_, f"{source} has no fingerprint: `hai-faq sources seal`")
