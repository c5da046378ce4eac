from app.dialogue.handoffs import Handoff, hand_over, unknown_topics

BILLING = Handoff("Billing", ("nc-cost", "nc-insurance*"), "4-1200")
NURSE = Handoff("Nurse")


def test_a_topic_goes_to_the_group_that_names_it_else_to_the_one_for_all() -> None:
    groups = (NURSE, BILLING)
    assert hand_over(groups, "nc-cost") == BILLING
    assert hand_over(groups, "nc-insurance-appeal") == BILLING
    assert hand_over(groups, "nc-mri") == NURSE
    assert hand_over((BILLING,), "nc-mri") is None


def test_a_pattern_that_fits_no_topic_is_a_slip() -> None:
    assert unknown_topics((NURSE, BILLING), ["nc-cost", "nc-mri"]) == ["nc-insurance*"]
