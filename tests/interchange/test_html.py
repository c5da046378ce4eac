import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.content import markup
from app.interchange import html

WORDS = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plain & simple, 2 * 3 < 7.", "Plain & simple, 2 * 3 < 7."),
        ("<p>One<br>two &amp; three&nbsp;x</p>", "One\n\ntwo & three x"),
        ("<h2>What</h2>text", "**What**\n\ntext"),
        ("# What\n\ntext", "**What**\n\ntext"),
        ("Bring:\n- card\n- form\nThen go.", "Bring:\n\n- card\n- form\n\nThen go."),
        ("• one\n• two", "- one\n- two"),
        ("<ul><li>a<ul><li>b</li></ul></li><li><p>c</p></li></ul>", "- a\n- b\n- c"),
        ("<ol><li><div>one</div><li>two</ol>after", "1. one\n2. two\n\nafter"),
        ("1) a\n2) b", "1. a\n2. b"),
        ("a <b>bold</b> word and *another*", "a **bold** word and another"),
        ("<a href='https://h.example/a?b=1'>our page</a>.", "[our page](https://h.example/a?b=1)."),
        ("10<sup>5</sup> <em>times</em>", "10^5 times"),
        ("2. Floor, left", "2. Floor, left"),
        ("&lt;script&gt;", "\\<script>"),
        ("a <!-- <b>never</b> --> b", "a b"),
        ("ends in <b", "ends in <b"),
        ("<div itemscope data-open><details open>a</details></div>", "a"),
    ],
)
def test_an_answer_comes_in_the_forms_that_an_answer_may_have(text: str, expected: str) -> None:
    answer = html.read(text)
    assert answer == html.Answer(expected)
    assert list(markup.problems(answer.text)) == []


@pytest.mark.parametrize(
    ("text", "kept", "not_taken"),
    [
        ("a <table><tr><td>b</td></tr></table> c", "a c", "a table"),
        ("<p>a<img src=x onerror=y></p>", "a", "an image"),
        ("<p>a<script>alert(1)</script></p>", "a", "a script"),
        ("<p>a <del>old</del> new</p>", "a new", "struck-out words"),
        ("<p>a</p><p style='display: none'>b</p>", "a", "hidden words"),
        ("<p hidden>a<p>b</p>c", "b\n\nc", "hidden words"),
        ("<p>a <blink>b</blink></p>", "a b", "the tag <blink>"),
        ("[here](http://h.example)", "here", "a link to http://h.example"),
        ("<a href='javascript:alert(1)'>x</a>", "x", "a link to javascript:alert(1)"),
        ("if a <b and c> d", "if a **d**", "words in the tag <b>"),
        ("a | b\n--|--\n1 | 2", "", "a table"),
    ],
)
def test_what_has_no_form_is_named(text: str, kept: str, not_taken: str) -> None:
    assert html.read(text) == html.Answer(kept, (not_taken,))


@given(words=WORDS)
def test_words_in_html_come_out_as_they_are(words: str) -> None:
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")
    assert markup.plain(html.from_html(f"<p>x {escaped}</p>").text) == " ".join(f"x {words}".split())


@given(
    text=st.text(max_size=200)
    | st.lists(st.sampled_from(["<b>", "</b>", "<li>", "<p>", "*", "[", "](", "a", "\n", "- "])).map("".join)
)
def test_nothing_but_the_forms_of_an_answer_comes_out(text: str) -> None:
    assert list(markup.problems(html.read(text).text)) == []


@pytest.mark.parametrize("tag", ["<div>", "<b>", "<ul><li>", "<a href=x ", "<!--", "</", "<table>", "[", "> "])
def test_ten_thousand_tags_in_each_other_end_no_process(tag: str) -> None:
    assert isinstance(html.read((tag * 10_000)[:10_000]).text, str)
