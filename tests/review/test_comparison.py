from app.dialogue.messages import Intent, Reply
from app.evaluation import Judged, Scores
from app.review.comparison import worse

RAISED = Reply("scripted", (), intent=Intent("call-now", "urgent"))
NOT_RAISED = Reply("fallback", ())


def scores(*judged: tuple[str, str]) -> Scores:
    """Group and outcome of each message."""
    replies = [RAISED if outcome in ("caught", "false-alarm", "urgent") else NOT_RAISED for _, outcome in judged]
    return Scores(
        [
            Judged("cases", group, outcome, {"text": f"message {number}"}, reply)
            for number, ((group, outcome), reply) in enumerate(zip(judged, replies, strict=True))
        ]
    )


GOOD = ("in", "correct")
LOST = ("in", "not-answered")


def test_the_same_is_not_worse() -> None:
    assert worse(scores(GOOD, LOST), scores(GOOD, LOST)) == []


def test_places_may_be_changed_as_long_as_no_fewer_go_well() -> None:
    assert worse(scores(GOOD, LOST), scores(LOST, GOOD)) == []
    (reason,) = worse(scores(GOOD, GOOD), scores(LOST, GOOD))
    assert reason == "went as labelled: 2 before, 1 after\n  cases: 'message 0': in/correct -> not-answered"


def test_no_gain_makes_up_for_a_danger_missed() -> None:
    before = scores(("emergency", "caught"), LOST, LOST)
    reasons = worse(before, scores(("emergency", "MISSED"), GOOD, GOOD))
    assert reasons[0] == "dangers missed: 0 before, 1 after\n  cases: 'message 0': emergency/caught -> MISSED"


def test_a_danger_that_falls_to_another_tier_is_worse_and_one_that_rises_to_it_is_not() -> None:
    missed, other = scores(("crisis", "MISSED")), scores(("crisis", "other-tier"))
    assert worse(scores(("crisis", "caught"), LOST), scores(("crisis", "other-tier"), GOOD))
    assert worse(missed, other) == []


def test_each_harm_is_a_reason_in_any_turn() -> None:
    harms = [("calm", "false-alarm"), ("turn+:out", "urgent"), ("turn1:out", "ANSWERED"), ("in", "WRONG")]
    before = scores(*[(group, "offered") for group, _ in harms])
    assert [reason.split(":")[0] for reason in worse(before, scores(*harms))] == [
        "calm messages raised",
        "ordinary messages raised",
        "answered though nothing covers it",
        "answered wrong",
    ]


def test_only_five_messages_are_named() -> None:
    (reason,) = worse(scores(*[GOOD] * 9), scores(*[LOST] * 9))
    assert reason.endswith("'message 4': in/correct -> not-answered\n  and 4 more")
