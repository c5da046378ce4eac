import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

from fastapi.testclient import TestClient

from app.answering import Answering, Key, Known, Recall
from app.dialogue.engine import respond
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message, State
from app.records.conversations import MemoryConversations
from tests.conftest import NOW

KEY: Key = ("hash", "web", State(), NOW.date())


def known(knowledge: Knowledge, failed: bool = False) -> Known:
    urgency = replace(knowledge.assess("what color is the lamp"), failed=failed)
    return Known(urgency, *respond(Message("what color is the lamp"), State(), knowledge, NOW, urgency))


def test_what_was_worked_out_is_recalled(knowledge: Knowledge) -> None:
    recall, found = Recall(), known(knowledge)
    assert recall.find(knowledge, KEY) is None
    recall.keep(KEY, found)
    assert recall.find(knowledge, KEY) is found


def test_nothing_is_recalled_once_an_entry_was_taken_back(knowledge: Knowledge) -> None:
    recall = Recall()
    recall.find(knowledge, KEY)
    recall.keep(KEY, known(knowledge))
    assert recall.find(replace(knowledge, taken_back=frozenset({"lamp-color"})), KEY) is None


def test_a_reply_whose_check_broke_is_worked_out_again(knowledge: Knowledge) -> None:
    recall = Recall()
    recall.find(knowledge, KEY)
    recall.keep(KEY, known(knowledge, failed=True))
    assert recall.find(knowledge, KEY) is None


def test_recall_is_bounded(knowledge: Knowledge) -> None:
    recall, found = Recall(most=2), known(knowledge)
    recall.find(knowledge, KEY)
    for text_hash in "abc":
        recall.keep((text_hash, *KEY[1:]), found)
    assert recall.find(knowledge, ("a", *KEY[1:])) is None


class Watched(MemoryConversations):
    waited = -1.0

    async def save(self, id_: str, state: State, now: datetime, waited: float = 0.0) -> None:
        self.waited = waited


def test_what_danger_waited_for_its_state_is_off_the_time_to_save_it(client: TestClient) -> None:
    app: Any = client.app
    watched = Watched()
    answering: Answering = replace(app.state.services.answering, conversations=watched)
    asyncio.run(answering.answer(Message("i cant breathe"), None, None))
    assert watched.waited > 0
    asyncio.run(answering.answer(Message("what color is the lamp"), None, None))
    assert watched.waited == 0
