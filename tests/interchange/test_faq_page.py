import json
import time
from pathlib import Path
from typing import Any

import pytest

from app.errors import FileError
from app.interchange.formats import read
from app.interchange.questions import Question
from tests.interchange.files import text


def item(question: str, answer: str) -> dict[str, Any]:
    return {"@type": "Question", "name": question, "acceptedAnswer": {"@type": "Answer", "text": answer}}


def script(*data: Any) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(own)}</script>' for own in data)


def page(path: Path, *data: Any, before: str = "") -> tuple[Question, ...]:
    head = '<link rel="canonical" href="https://h.example/faq">'
    return read(
        text(path, f"<!DOCTYPE html><html><head>{head}{script(*data)}</head><body>{before}x</body></html>")
    ).questions


FAQ = {
    "@context": "https://schema.org",
    "@type": "FAQPage",
    "mainEntity": [item("Q&amp;A <i>one</i>?", "<p>Yes.</p>"), item("Two?", "No.")],
}


def test_the_questions_of_a_page_come_with_its_address(tmp_path: Path) -> None:
    first, second = page(tmp_path / "p.html", FAQ)
    assert first == Question("p.html: question 1", "Q&A one?", "Yes.", source="https://h.example/faq")
    assert second.place == "p.html: question 2"


@pytest.mark.parametrize(
    "data",
    [
        [{"@type": "WebSite"}, FAQ],
        {"@graph": [{"@type": "Organization", "name": "H"}, {**FAQ, "@type": ["WebPage", "FAQPage"]}]},
        {"@type": "WebPage", "mainEntity": {**FAQ, "@type": "https://schema.org/FAQPage"}},
        {**FAQ, "mainEntity": FAQ["mainEntity"][0]},
    ],
)
def test_a_page_is_found_in_lists_and_graphs(tmp_path: Path, data: Any) -> None:
    assert page(tmp_path / "p.html", data)[0].question == "Q&A one?"


def test_several_scripts_are_read_and_a_broken_one_is_named(tmp_path: Path) -> None:
    path = text(tmp_path / "p.html", script(FAQ) + '<script type="application/ld+json">{oops</script>' + script(FAQ))
    reading = read(path)
    assert [question.place for question in reading.questions] == [f"p.html: question {n}" for n in (1, 2, 3, 4)]
    assert reading.passed_over == ("p.html: script 2 is no good JSON",)


def test_the_publisher_of_a_page_is_its_owner(tmp_path: Path) -> None:
    assert page(tmp_path / "p.html", {**FAQ, "publisher": {"@type": "Organization", "name": "H"}})[0].owner == "H"


@pytest.mark.parametrize("entity", [None, [], "x", [5, None], [{"@type": "Thing"}]])
def test_a_page_of_something_else_holds_no_questions(tmp_path: Path, entity: Any) -> None:
    with pytest.raises(FileError, match="holds no FAQPage"):
        page(tmp_path / "p.html", {**FAQ, "mainEntity": entity})


@pytest.mark.parametrize("answer", [None, "Yes.", [], {"text": 5}, {"@type": "Answer"}])
def test_an_odd_answer_is_none(tmp_path: Path, answer: Any) -> None:
    odd = {"@type": "Question", "name": "Why?", "acceptedAnswer": answer}
    [question] = page(tmp_path / "p.html", {**FAQ, "mainEntity": odd})
    assert question.problems == ("has no answer",)


@pytest.mark.parametrize("deep", ["<div>" * 10_000, "<script>" * 1_000, "<p>" * 200_000, "<!--" * 10_000], ids=len)
def test_a_deep_page_is_read_in_a_row(tmp_path: Path, deep: str) -> None:
    assert len(page(tmp_path / "p.html", FAQ, before=deep)) == 2


def test_deep_json_is_passed_over(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="script 1 is no good JSON"):
        read(text(tmp_path / "p.html", f'<script type="application/ld+json">{"[" * 100_000}</script>'))


def test_a_page_without_questions_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"p.html: holds no FAQPage of schema.org"):
        read(text(tmp_path / "p.html", "<html><body>Our FAQ</body></html>"))


@pytest.mark.parametrize(
    "sign", ["<a ", "<!--", "<x ", "<a/", "</script ", "</a\n", "<![", "<link ", "<link '", "<!-- -->"]
)
def test_a_page_of_signs_alone_takes_no_time(tmp_path: Path, sign: str) -> None:
    """Python's own parser took minutes for 250 kB of some, and could not read others at all."""
    path = text(tmp_path / "p.html", "<html>" + sign * ((2 << 20) // len(sign)))
    began = time.process_time()
    with pytest.raises(FileError, match="holds no FAQPage"):
        read(path)
    assert time.process_time() - began < 10


def test_what_stands_in_a_comment_or_another_script_is_not_said(tmp_path: Path) -> None:
    said = f'<script type="application/ld+json">{json.dumps(FAQ)}</script>'
    hidden = f"<!-- {said} --><script>var x = '<!--'</script><style>a{{}}</STYLE>"
    own = f"<SCRIPT data-x='>' TYPE='Application/LD+JSON'>{json.dumps(FAQ)}</SCRIPT>"
    link = '<link href="https://www.hospital.example/a?b=1&amp;c" rel="alternate canonical">'
    questions = read(text(tmp_path / "p.html", hidden + link + own)).questions
    assert [question.source for question in questions] == ["https://www.hospital.example/a?b=1&c"] * 2
