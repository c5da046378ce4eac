"""Findings on the form of texts: Markdown and HTML where there must be none, and links that nobody can follow."""

from collections.abc import Collection, Iterator

from app.content import markup
from app.content.schema import Content, is_link
from app.lint.findings import Finding


def find(content: Content) -> Iterator[Finding]:
    answers = dict(_answers(content))
    for key, text in answers.items():
        for problem in markup.problems(text):
            yield Finding("error", key, f"holds {problem}: only paragraphs, lists, **bold** and [words](https://...)")
        if any("://" in span.text for span in _spans(text) if not span.href):
            yield Finding("warning", key, "writes out an address: only [words](https://...) is a link")
    for key, text in content.texts().items():
        if key not in answers and not is_link(text):
            yield from (Finding("error", key, f"holds {mark}: only an answer may") for mark in markup.marks(text))


def find_unlisted_links(content: Content, hosts: Collection[str]) -> Iterator[Finding]:
    """Yield the links in answers of which patients get the words only, as their host is not among these."""
    for key, text in _answers(content):
        for address in markup.links(markup.parse(text)):
            if not markup.is_of(address, hosts):
                problem = """is no link: its host is not in HAI_FAQ_LINK_HOSTS, such as '["www.hospital.example"]'"""
                yield Finding("warning", key, f"{address} {problem}")


def _answers(content: Content) -> Iterator[tuple[str, str]]:
    """Yield the texts that may have a form, by the keys of their seals."""
    for id_, entry in content.entries.items():
        yield f"{id_}.answer", entry.answer
        for language, own in entry.translations.items():
            yield f"{id_}.translations.{language}.answer", own.answer


def _spans(text: str) -> Iterator[markup.Span]:
    yield from (span for block in markup.parse(text) for item in block.items for span in item)
