from collections import Counter

from app.content import files
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message
from app.dialogue.urgent import Urgency
from app.lint.danger_checks import Trial, Trials, messages
from app.matching import likeness
from tests.lint.test_lint import ROOT


def test_the_list_has_twenty_messages_of_each_kind() -> None:
    assert Counter({tier: len(set(texts)) for tier, texts in messages().items()}) == {
        "emergency": 20,
        "crisis": 20,
        "calm": 20,
    }


def test_no_message_of_the_list_has_been_learnt_by_heart() -> None:
    intents = files.load_intents(ROOT, files.load_content(ROOT))
    learnt = {likeness.sort_key(line.text) for line in intents.urgent.lines}
    learnt |= {likeness.sort_key(line) for lines in intents.phrasings.values() for line in lines}
    assert [text for texts in messages().values() for text in texts if likeness.sort_key(text) in learnt] == []


def test_a_thin_layer_of_danger_fails_loudly(knowledge: Knowledge) -> None:
    trials = Trials.of(lambda text: knowledge.assess(Message(text)))
    missed = [finding for finding in trials.findings if finding.level == "error"]
    assert len(missed) > 10
    assert all("does not raise" in finding.problem for finding in missed)


def told(tier: str, urgency: Urgency) -> str:
    return str(Trial(tier, "help", urgency).finding)


def test_what_is_missed_or_raised_for_nothing_is_named() -> None:
    assert told("emergency", Urgency()) == "error: danger check: does not raise emergency: 'help'"
    assert "only nets it" in told("crisis", Urgency(net="crisis"))
    assert "takes for call-now what is emergency" in told("emergency", Urgency("call-now"))
    assert "raises a calm message as crisis" in told("calm", Urgency("crisis"))


def test_what_goes_well_is_not_named() -> None:
    for tier, urgency in (("crisis", Urgency("emergency")), ("calm", Urgency(net="crisis")), ("calm", Urgency())):
        assert Trial(tier, "help", urgency).finding is None


def test_the_summary_counts_what_was_raised_and_netted() -> None:
    trials = Trials.of(lambda text: Urgency(net="emergency") if text in messages()["calm"] else Urgency("emergency"))
    assert trials.summary.startswith("danger check: 20 emergency: 20 raised, 0 netted, 0 left; 20 crisis: ")
    assert trials.summary.endswith("; 20 calm: 0 raised, 20 netted, 0 left")
