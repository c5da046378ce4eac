from dataclasses import replace

from app.dialogue.engine import respond
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message, State
from app.reply_cache import CachedReply, ReplyCache
from tests.conftest import NOW

ASKED = Message("what color is the lamp", "web")


def cached(knowledge: Knowledge, failed: bool = False) -> CachedReply:
    urgency = replace(knowledge.assess(ASKED), failed=failed)
    return CachedReply(ASKED.text, urgency, *respond(ASKED, State(), knowledge, NOW, urgency))


def test_a_reply_is_found_again(knowledge: Knowledge) -> None:
    cache, reply = ReplyCache(), cached(knowledge)
    key = cache.key(ASKED, State(), NOW.date())
    assert cache.find(knowledge, key) is None
    cache.keep(knowledge, key, reply)
    assert cache.find(knowledge, cache.key(ASKED, State(), NOW.date())) is reply


def test_another_text_channel_language_or_state_has_another_key() -> None:
    cache = ReplyCache()
    others = [
        cache.key(Message("lamp", "web"), State(), NOW.date()),
        cache.key(replace(ASKED, channel="api"), State(), NOW.date()),
        cache.key(replace(ASKED, prefers="es"), State(), NOW.date()),
        cache.key(ASKED, State(about="lamp-color"), NOW.date()),
        cache.key(ASKED, State(), NOW.date()),
    ]
    assert len(set(others)) == 5


def test_nothing_is_found_once_an_entry_was_taken_back(knowledge: Knowledge) -> None:
    cache = ReplyCache()
    key = cache.key(ASKED, State(), NOW.date())
    cache.find(knowledge, key)
    cache.keep(knowledge, key, cached(knowledge))
    assert cache.find(replace(knowledge, taken_back=frozenset({"lamp-color"})), key) is None


def test_a_reply_whose_check_broke_is_worked_out_again(knowledge: Knowledge) -> None:
    cache = ReplyCache()
    key = cache.key(ASKED, State(), NOW.date())
    cache.find(knowledge, key)
    cache.keep(knowledge, key, cached(knowledge, failed=True))
    assert cache.find(knowledge, key) is None


def test_the_cache_is_bounded(knowledge: Knowledge) -> None:
    cache, reply = ReplyCache(most=2), cached(knowledge)
    keys = [cache.key(Message(text), State(), NOW.date()) for text in "abc"]
    cache.find(knowledge, keys[0])
    for key in keys:
        cache.keep(knowledge, key, reply)
    assert cache.find(knowledge, keys[0]) is None


def test_a_reply_that_was_begun_before_a_swap_is_not_kept_after_it(knowledge: Knowledge) -> None:
    cache, without = ReplyCache(), replace(knowledge, taken_back=frozenset({"lamp-color"}))
    key = cache.key(ASKED, State(), NOW.date())
    cache.find(knowledge, key)
    cache.find(without, key)
    cache.keep(knowledge, key, cached(knowledge))
    assert cache.find(without, key) is None
