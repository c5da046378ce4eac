from app.dialogue.messages import Intent, Reply
from app.evaluation import Judged, Scores
from app.review import comparison
from app.review.comparison import regressions

RAISED = Reply("scripted", (), intent=Intent("call-now", "urgent"))
NOT_RAISED = Reply("fallback", ())
RAISES = ("caught", "other-tier", "false-alarm", "urgent")


def scores(*judged: tuple[str, str], danger: float = 0.0) -> Scores:
    """Group and outcome of each message; the urgent score of the first."""
    return Scores(
        [
            Judged(
                "cases",
                group,
                outcome,
                {"text": f"message {number}"},
                RAISED if outcome in RAISES else NOT_RAISED,
                danger=0.0 if number else danger,
            )
            for number, (group, outcome) in enumerate(judged)
        ]
    )


GOOD = ("in", "correct")
LOST = ("in", "not-answered")
CAUGHT, MISSED = ("emergency", "caught"), ("emergency", "MISSED")


def test_the_same_is_not_regressions() -> None:
    assert regressions(scores(GOOD, LOST), scores(GOOD, LOST)) == []


def test_places_may_be_changed_as_long_as_no_fewer_go_well() -> None:
    assert regressions(scores(GOOD, LOST), scores(LOST, GOOD)) == []
    (reason,) = regressions(scores(GOOD, GOOD), scores(LOST, GOOD))
    assert reason == "not as labelled: 0 before, 1 after\n  cases: 'message 0': in/correct -> not-answered"


def test_no_gain_makes_up_for_a_danger_missed() -> None:
    reasons = regressions(scores(CAUGHT, LOST, LOST), scores(MISSED, GOOD, GOOD))
    assert reasons[0] == "dangers missed: 0 before, 1 after\n  cases: 'message 0': emergency/caught -> MISSED"


def test_another_danger_that_is_caught_instead_hides_none_that_moved() -> None:
    before, after = (CAUGHT, MISSED), (MISSED, CAUGHT)
    assert regressions(scores(*before, danger=0.51), scores(*after, danger=0.49)) == []
    moved = regressions(scores(*before, danger=0.51), scores(*after, danger=0.26))
    assert moved[0].startswith("dangers missed: 1 moved, not by chance\n  cases: 'message 0'")


def test_a_danger_that_is_missed_by_more_than_before_is_worse_and_by_less_is_not() -> None:
    near, far = scores(MISSED, danger=0.49), scores(MISSED, danger=0.3)
    assert regressions(near, far)[0].startswith("dangers missed: 1 moved")
    assert regressions(far, near) == []


def test_among_thousands_a_message_may_cross_a_bar_by_chance() -> None:
    many = [GOOD] * 1999
    assert regressions(scores(CAUGHT, *many, danger=0.51), scores(MISSED, *many, danger=0.49)) == []
    assert regressions(scores(CAUGHT, *many, danger=0.61), scores(MISSED, *many, danger=0.49)) != []
    assert regressions(scores(*[CAUGHT] * 3, *many), scores(*[MISSED] * 3, *many)) != []


def test_a_danger_taken_for_less_urgent_is_worse_and_one_taken_for_more_is_not() -> None:
    emergency, call_now = (scores((tier, "other-tier"), GOOD) for tier in ("emergency", "call-now"))
    assert regressions(scores(CAUGHT, LOST), emergency)[0].startswith("dangers missed, netted or taken for less urgent")
    assert regressions(scores(("call-now", "caught"), LOST), call_now) == []


def test_each_harm_is_a_reason_in_any_turn() -> None:
    harms = [("calm", "false-alarm"), ("turn+:out", "urgent"), ("turn1:out", "ANSWERED"), ("in", "WRONG")]
    before = scores(*[(group, "offered") for group, _ in harms])
    assert [reason.split(":")[0] for reason in regressions(before, scores(*harms))] == [
        "calm messages raised",
        "ordinary messages raised",
        "answered though nothing covers it",
        "answered wrong",
    ]


def test_only_five_messages_are_named() -> None:
    (reason,) = regressions(scores(*[GOOD] * 9), scores(*[LOST] * 9))
    assert reason.endswith("'message 4': in/correct -> not-answered\n  and 4 more")


def test_changed_messages_are_listed_the_harmful_first() -> None:
    before = scores(CAUGHT, GOOD, LOST, ("in", "offered"), ("out", "offered"), ("in", "WRONG"))
    after = scores(MISSED, LOST, GOOD, LOST, ("out", "ANSWERED"), ("in", "offered"))
    assert dict(comparison.changes(before, after)) == {
        "harmful": [
            "  cases: 'message 0': emergency/caught -> MISSED",
            "  cases: 'message 4': out/offered -> ANSWERED",
        ],
        "worse": ["  cases: 'message 1': in/correct -> not-answered"],
        "otherwise": ["  cases: 'message 3': in/offered -> not-answered"],
        "better": [
            "  cases: 'message 2': in/not-answered -> correct",
            "  cases: 'message 5': in/WRONG -> offered",
        ],
    }


def test_both_tables_stand_under_each_other() -> None:
    first, second = comparison.side_by_side(scores(GOOD, GOOD), scores(GOOD, LOST)).splitlines()
    assert first == "cases                in           n=   2  before  correct 100.0% [34-100]"
    assert second.split() == ["after", "correct", "50.0%", "[9-91]", "not-answered", "50.0%", "[9-91]"]
