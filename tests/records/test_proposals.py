from datetime import timedelta

from sqlalchemy import Engine

from app.records.proposals import Proposal, Proposals
from app.records.review_queue import ReviewQueue
from tests.conftest import NOW
from tests.records.test_review_queue import ASKED, write

PROPOSED = Proposal(NOW, "ann", "phrasing", "lamp-color", "", ("is it teal", "which hue"), ("m1",))


def test_a_proposal_takes_its_questions_out_of_review_until_it_is_refused(engine: Engine) -> None:
    questions, proposals = ReviewQueue(engine, timedelta(days=30), str), Proposals(engine)
    write(engine, questions, ASKED)
    proposals.add(PROPOSED)
    assert questions.open() == []
    proposed = proposals.open()[0]
    assert (proposed.lines, proposed.message_ids, proposed.at) == (PROPOSED.lines, ("m1",), NOW)
    proposals.settle(proposed, "refused", "one message went wrong")
    assert [question.message_id for question in questions.open()] == ["m1"]
    assert proposals.open() == []
    assert [(proposal.state, proposal.reason) for proposal in proposals.latest()] == [
        ("refused", "one message went wrong")
    ]


def test_what_was_applied_stays_settled(engine: Engine) -> None:
    questions, proposals = ReviewQueue(engine, timedelta(days=30), str), Proposals(engine)
    write(engine, questions, ASKED)
    proposals.add(PROPOSED)
    proposals.settle(proposals.open()[0], "applied")
    assert questions.open() == []
