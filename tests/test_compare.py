"""The comparison of `bench.compare`: what its columns count, and that a peer is asked a message at a time."""

import json
import sys
from pathlib import Path

import pytest

from bench.compare import Guess, ask, score
from bench.peers.catalogue import Peer

IN_SCOPE = {"text": "how big is it", "accept": ["size"], "tags": ["in"]}
NEAR_MISS = {"text": "what does it weigh", "accept": [], "tags": ["near"]}
FAR = {"text": "who won the game", "accept": [], "tags": ["far"]}


def test_an_accepted_answer_is_right_and_another_wrong() -> None:
    guesses = [Guess("size", 0.9, True, 1.0), Guess("place", 0.9, True, 1.0), Guess("size", 0.1, False, 1.0)]
    shares = score(guesses, [IN_SCOPE, IN_SCOPE, NEAR_MISS], frozenset())
    assert (shares.right, shares.wrong, shares.near) == (0.5, 0.5, 0.0)


def test_a_topic_that_nothing_covers_is_no_answer() -> None:
    guesses = [Guess("size", 0.9, True, 1.0), Guess("weight", 0.9, True, 1.0)]
    assert score(guesses, [IN_SCOPE, NEAR_MISS], frozenset({"weight"})).near == 0.0


def test_messages_about_something_else_are_no_near_misses_but_move_the_threshold() -> None:
    guesses = [Guess("size", 0.5, True, 1.0), Guess("size", 0.1, False, 1.0), Guess("size", 0.7, True, 1.0)]
    shares = score(guesses, [IN_SCOPE, NEAR_MISS, FAR], frozenset())
    assert (shares.near, shares.right_at_bar) == (0.0, 0.0)


@pytest.fixture
def wratio(tmp_path: Path) -> Peer:
    phrasings = tmp_path / "phrasings.json"
    phrasings.write_text(json.dumps([["size", "how big is the pump"], ["place", "where is it"]]), encoding="utf-8")
    return Peer("WRatio", (sys.executable, "-m", "bench.peers.wratio", str(phrasings)), 0)


def test_a_peer_gives_one_guess_for_each_message(wratio: Peer) -> None:
    guesses, peak_bytes = ask(wratio, ["where is the pump?", "how big is it"])
    assert [guess.id for guess in guesses] == ["place", "size"]
    assert peak_bytes > 1_000_000 or not Path("/proc/self/status").exists()


def test_a_peer_that_ends_early_is_named() -> None:
    with pytest.raises(SystemExit, match="silent ended"):
        ask(Peer("silent", (sys.executable, "-c", "input()"), 0), ["hello"])
