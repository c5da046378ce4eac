import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.content import markup
from app.content.markup import Block, Span

HOSTS = ("www.hospital.example", "*.ward.example")
PIECES = st.lists(
    st.sampled_from(
        [
            *("[", "](", ")", "]", "https://www.hospital.example/a", "https://evil.example", "https://evil.example@"),
            *("javascript:alert(1)", "**", "*", "_", "\n", "\n\n", "- ", "1. ", "2. ", "  ", "<", ">", "`", "!", "\\"),
            *("# ", "> ", "|", "---", "&lt;", "~~", "word", "911.", "é", "//ward.example", "https://ward.example"),
        ]
    ),
    max_size=30,
).map("".join)
TEXTS = st.one_of(PIECES, st.text(max_size=120))


def folded(text: str) -> str:
    """The paragraphs of a text, each on one line."""
    lines = "\n".join(line.strip(" \t") for line in re.split(r"\r\n?|\n", text.replace("\0", "\ufffd")))
    paragraphs = (part.replace("\n", " ").strip() for part in re.split(r"\n{2,}", lines.strip("\n")))
    return "\n\n".join(filter(None, paragraphs))


def test_an_answer_is_read_into_paragraphs_lists_bold_words_and_links() -> None:
    text = "Bring **both**:\n\n- the card\n- the **[form](https://www.hospital.example/form)**\n\n1. Sit\n2. Wait"
    assert markup.parse(text) == (
        Block(((Span("Bring "), Span("both", bold=True), Span(":")),)),
        Block(
            ((Span("the card"),), (Span("the "), Span("form", bold=True, href="https://www.hospital.example/form"))),
            "ul",
        ),
        Block(((Span("Sit"),), (Span("Wait"),)), "ol"),
    )


def test_plain_text_keeps_the_signs_of_lists_and_may_say_where_a_link_leads() -> None:
    blocks = markup.parse("See [the form](https://a.example/f):\n- **one**\n- [https://b.example](https://b.example)")
    assert markup.as_text(blocks) == "See the form:\n\n- one\n- https://b.example"
    told = markup.as_text(blocks, markup.with_address)
    assert told == "See the form (https://a.example/f):\n\n- one\n- https://b.example"


@pytest.mark.parametrize(
    "text",
    ["911. 988. Say where you are.", "- ", "2. b\n3. c", "> 38 C", "5 * 3 * 2", "snake_case_name", "<3", "a & b"],
)
def test_what_only_looks_like_a_form_stays_as_it_is_written(text: str) -> None:
    assert markup.plain(text) == text.strip().replace("\n", " ")
    assert not list(markup.problems(text))
    assert not list(markup.marks(text))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("# Top", "a heading"),
        ("Top\n===", "a heading"),
        ("![x](https://a.example/x.png)", "an image"),
        ("a | b\n--|--\n1 | 2", "a table"),
        ("`code`", "code"),
        ("a <b>b</b>", "HTML"),
        ("<script>x</script>", "HTML"),
        ("a&nbsp;b", "HTML"),
        ("an *em*", "italics"),
        ("an __em__", "bold by other signs than **"),
        ("~~no~~", "struck-out words"),
        ("> said", "a quotation"),
        ("a\n\n---\n\nb", "a line across"),
        ("- a\n  - b", "a list in a list"),
        ("- a\n\n  b", "an item of several paragraphs"),
        ("+ a", "a list by +"),
        ("a\\\nb", "a forced end of a line"),
        ("[x](http://a.example)", "a link to 'http://a.example', which is no address of https"),
        ("[x](https://me@a.example)", "a link to 'https://me@a.example', which is no address of https"),
        ("[x](javascript:alert%281%29)", "a link to 'javascript:alert%281%29', which is no address of https"),
        ("[x]()", "a link to '', which is no address of https"),
        ("[](https://a.example)", "a link without words"),
        ("[x](https://a.example 'y')", "a link with a title"),
        ("<https://a.example>", "an address in < >"),
        ("[x]\n\n[x]: https://a.example", "an address apart from its words"),
        ("a" * 20_001, "more than 20,000 characters"),
    ],
)
def test_what_is_outside_of_the_forms_is_named(text: str, problem: str) -> None:
    assert problem in list(markup.problems(text))


@pytest.mark.parametrize(
    "text", ["a **b**", "- a\n- b", "1. a\n2. b", "[x](https://a.example)", "<b>a</b>", "_a_", "# a"]
)
def test_a_text_that_is_no_answer_may_hold_no_form_at_all(text: str) -> None:
    assert list(markup.marks(text))


@pytest.mark.parametrize("text", ["See https://a.example/_x_/*y*", "- one item", "1. one item", "a  \nb", "    a"])
def test_what_looks_no_different_in_a_plain_text_is_left_alone(text: str) -> None:
    assert not list(markup.marks(text))


def test_a_link_leads_to_the_hosts_of_the_site_and_no_other() -> None:
    def leads(address: str) -> bool:
        return bool(markup.links(markup.linked(markup.parse(f"[x]({address})"), HOSTS)))

    assert all(
        map(leads, ["https://www.hospital.example", "https://WWW.hospital.example/a", "https://a.b.ward.example"])
    )
    names = ["hospital.example", "ward.example", "evilward.example", "ward.example.org", "www.hospital.example:8443"]
    others = [
        *(f"https://{name}" for name in [*names, "www.hospital.example@a.example"]),
        "http://www.hospital.example",
    ]
    assert not any(map(leads, others))


@given(TEXTS)
def test_no_text_leads_to_a_host_that_the_site_does_not_allow(text: str) -> None:
    blocks = markup.linked(markup.parse(text), HOSTS)
    for link in markup.links(blocks):
        assert re.fullmatch(r"https://(www\.hospital\.example|[\w.-]+\.ward\.example)(?![\w.@:-]).*", link)
    assert not markup.links(markup.linked(blocks, ()))


@given(TEXTS)
def test_plain_words_can_be_written_so_that_they_stay_themselves(text: str) -> None:
    assert markup.plain(markup.escaped(text)) == folded(text)
    assert not set(markup.problems(markup.escaped(text))) - {"a forced end of a line"}
    assert not markup.links(markup.parse(markup.escaped(text)))


@given(TEXTS)
def test_no_word_is_lost(text: str) -> None:
    said = "".join(markup.lines(text))
    assert len(re.findall("word", said)) == len(re.findall("word", text))
    assert len(re.findall("911", said)) == len(re.findall("911", text))


@pytest.mark.parametrize("read", [markup.parse, lambda text: list(markup.problems(text)), markup.escaped])
def test_no_text_takes_long(read: Callable[[str], object]) -> None:
    """The slowest took 0.6 s of a processor; what is not linear would take minutes."""
    shapes = ["[", "![[", "*", "**a ", "a**b", "[a](", "- a\n", "a\n", "a\n\n", "`a", "_", "\\", "<a ", "~~a", "> "]
    for shape in [*shapes, "| a ", "[](https://x.example)", "1. a\n", "  - a\n"]:
        began = time.process_time()
        read((shape * 20_000)[:20_000])
        assert time.process_time() - began < 5, shape
    nested = "".join(f"{'  ' * depth}- a\n" for depth in range(100))
    assert markup.plain(nested).count("a") == 100
    assert markup.plain("**[" * 5_000 + "x" + "](https://x.example)**" * 200).count("x") >= 1
