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
    assert questions.open(NOW) == []
    proposed = proposals.open()[0]
    assert (proposed.lines, proposed.message_ids, proposed.at) == (PROPOSED.lines, ("m1",), NOW)
    proposals.settle(proposed, "refused", "rita", NOW, "one message went wrong")
    assert [question.message_id for question in questions.open(NOW)] == ["m1"]
    assert proposals.open() == []
    (settled,) = proposals.latest()
    assert (settled.state, settled.reason) == ("refused", "one message went wrong")
    assert (settled.by, settled.settled_by, settled.settled_at) == ("ann", "rita", NOW)


def test_what_was_applied_stays_settled(engine: Engine) -> None:
    questions, proposals = ReviewQueue(engine, timedelta(days=30), str), Proposals(engine)
    write(engine, questions, ASKED)
    proposals.add(PROPOSED)
    proposals.settle(proposals.open()[0], "applied", "rita", NOW)
    assert questions.open(NOW) == []


def test_a_proposal_is_settled_once(engine: Engine) -> None:
    questions, proposals = ReviewQueue(engine, timedelta(days=30), str), Proposals(engine)
    write(engine, questions, ASKED)
    proposals.add(PROPOSED)
    (proposed,) = proposals.open()
    assert proposals.settle(proposed, "applied", "rita", NOW)
    assert not proposals.settle(proposed, "refused", "ann", NOW, "withdrawn by ann")
    assert (proposals.latest()[0].state, proposals.latest()[0].settled_by) == ("applied", "rita")
    assert questions.open(NOW) == []
