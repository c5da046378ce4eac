"""The content of this repository, on the labelled messages of tests/labelled. Its model is built once per cache."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import evaluation, lint, live
from app.content import approval, files
from app.content.schema import Content
from app.dialogue.engine import respond
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message, State
from app.live import Place

pytestmark = pytest.mark.shipped

ROOT = Path(__file__).parent.parent
LABELLED = sorted((ROOT / "tests" / "labelled").glob("*.jsonl"))
NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def shipped() -> Knowledge:
    cache = Path(os.environ.get("HAI_FAQ_CACHE_DIR", ROOT / "var" / "cache"))
    return live.load(Place(ROOT, cache, None, {}, 0.025, 0.55, timedelta(days=90)))


@pytest.fixture(scope="module")
def scores(shipped: Knowledge) -> evaluation.Scores:
    return evaluation.evaluate(LABELLED, shipped, NOW)


def share(scores: evaluation.Scores, group: str, *outcomes: str) -> float:
    counts = Counter(each.outcome for each in scores.judged if each.group == group)
    return sum(counts[outcome] for outcome in outcomes) / sum(counts.values())


def sealed_lines(knowledge: Knowledge, content: Content) -> Iterator[str]:
    """Every line that a reply may hold, from the sealed texts alone."""
    yield from knowledge.scripts.values()
    for answer in knowledge.answers.values():
        yield from (answer.text, answer.question, answer.limits or "")
        cited = dict.fromkeys(f"{each.title}, {each.publisher}" for each in answer.sources)
        yield f"{knowledge.scripts['source-label']} {'; '.join(cited)}"
    for topic in content.topics.values():
        if topic.title:
            yield knowledge.scripts["not-covered"].replace("{title}", topic.title)


def test_all_28_entries_are_served(shipped: Knowledge) -> None:
    assert sum(shipped.serves(id_, NOW.date()) for id_ in shipped.answers) == 28
    assert not shipped.withheld


def test_every_line_of_every_reply_is_sealed_byte_for_byte(scores: evaluation.Scores, shipped: Knowledge) -> None:
    lock = approval.read_lock(ROOT / files.LOCK)
    assert not lock.broken(shipped.content.texts())
    allowed = set(sealed_lines(shipped, shipped.content))
    for each in scores.judged:
        for line in each.reply.text.replace("\n\n", "\n").split("\n"):
            assert line in allowed or re.sub(r"^\d\. ", "", line) in allowed


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("how big is this thing", "pump-size"),
        ("What is an HAI pump?", "what-is-hai-pump"),
        ("wher does it go in my body", "pump-location"),
        ("does the pump replace iv chemo", "iv-with-pump"),
    ],
)
def test_a_plain_question_is_answered(shipped: Knowledge, text: str, id_: str) -> None:
    reply, _ = respond(Message(text), State(), shipped, NOW)
    assert [answer.id for answer in reply.answers] == [id_]


def test_a_fever_after_chemo_is_call_now(shipped: Knowledge) -> None:
    reply, _ = respond(Message("temp 101.5 and shaking, chemo was tuesday"), State(), shipped, NOW)
    assert reply.intent is not None
    assert reply.intent.id == "call-now"


def test_labelled_messages_keep_their_floors(scores: evaluation.Scores) -> None:
    """Floors somewhat under what was measured, so that a change for the worse is seen."""
    assert share(scores, "in", "correct") >= 0.85
    assert share(scores, "in", "WRONG") <= 0.03
    assert share(scores, "out", "ANSWERED") <= 0.04
    assert share(scores, "emergency", "caught", "other-tier") >= 0.95
    assert share(scores, "crisis", "caught", "other-tier") >= 0.90
    assert share(scores, "call-now", "caught", "other-tier") >= 0.93
    assert share(scores, "calm", "false-alarm") <= 0.15


def test_no_labelled_message_of_more_than_three_words_teaches(shipped: Knowledge) -> None:
    intents = files.load_intents(ROOT, shipped.content)
    urgent = (line for _, _, line in intents.urgent.lines())
    topics = (line for lines in intents.phrasings.values() for line in lines)
    taught = {files.normal_form(line) for line in (*urgent, *topics)}
    judged = (files.normal_form(case["text"]) for path in LABELLED for case in evaluation.read_cases(path))
    assert not [text for text in judged if len(text.split()) > 3 and text in taught]


def test_lint_finds_no_error(shipped: Knowledge) -> None:
    intents = files.load_intents(ROOT, shipped.content)
    lock = approval.read_lock(ROOT / files.LOCK)
    findings = lint.lint(shipped.content, intents, lock, files.urgent_text(ROOT), NOW.date(), timedelta(days=90))
    assert not [str(each) for each in findings if each.level == "error"]


@pytest.mark.parametrize(
    "change", [lambda t: f"hey {t}", lambda t: f"{t}!!", str.upper, lambda t: t.replace(" ", "  ")]
)
def test_what_does_not_matter_does_not_change_the_reply(shipped: Knowledge, change: Callable[[str], str]) -> None:
    texts = [
        case["text"] for path in LABELLED if path.name.startswith("inscope") for case in evaluation.read_cases(path)
    ]

    def subject(text: str) -> tuple[str, ...]:
        reply, _ = respond(Message(text), State(), shipped, NOW)
        return tuple(answer.id for answer in reply.answers) or (reply.kind,)

    same = sum(subject(text) == subject(change(text)) for text in texts)
    assert same >= 0.99 * len(texts)
