from base64 import urlsafe_b64encode
from datetime import UTC, datetime

from app.tokens import Tokens, keyed_hash, random_id

NOW = datetime(2029, 6, 1, 12, 0, tzinfo=UTC)


def test_what_was_signed_can_be_read() -> None:
    token = Tokens(b"k" * 32).sign(NOW, "web", ("pump-size", "pump-location"), "v1")
    read = Tokens(b"k" * 32).read(token)
    assert read is not None
    assert (read.at, read.channel, read.subject, read.version) == (NOW, "web", ("pump-size", "pump-location"), "v1")


def test_a_token_of_any_length_can_be_read() -> None:
    tokens = Tokens(b"k" * 32)
    for version in ("", "v", "v1", "v12", "v123"):
        read = tokens.read(tokens.sign(NOW, "web", ("pump-size",), version))
        assert read is not None
        assert read.version == version


def test_another_key_or_a_changed_token_reads_nothing() -> None:
    token = Tokens(b"k" * 32).sign(NOW, "web", (), "v1")
    assert Tokens(b"other").read(token) is None
    assert Tokens(b"k" * 32).read("A" + token[1:]) is None


def test_garbage_reads_nothing() -> None:
    for garbage in ("", ".", "a.b.c", "é.é", "e30.e30"):
        assert Tokens(b"k" * 32).read(garbage) is None


def test_what_another_version_signed_reads_nothing() -> None:
    tokens = Tokens(b"k" * 32)
    for written in (b"[]", b"7", b"w||||", b"9" * 99 + b"||||", b"1||\xff||", b"1|||||"):
        payload = urlsafe_b64encode(written).decode().rstrip("=")
        assert tokens.read(f"{payload}.{tokens._signature(payload)}") is None


def test_a_message_has_one_id_however_it_could_be_spelt() -> None:
    tokens = Tokens(b"k" * 32)
    token = tokens.sign(NOW, "web", (), "v1")
    for spelt in (f"{token}=", f"{token[:4]} {token[4:]}", f"{token}\n", f".{token}", token.replace(".", "=.")):
        assert tokens.read(spelt) is None


def test_two_messages_of_one_moment_have_different_ids() -> None:
    tokens = Tokens(b"k" * 32)
    assert tokens.sign(NOW, "web", (), "v1") != tokens.sign(NOW, "web", (), "v1")


def test_a_sender_has_an_id_in_each_channel_that_does_not_tell_who() -> None:
    tokens = Tokens(b"k" * 32)
    named = tokens.conversation("rasa", "maria")
    assert named == tokens.conversation("rasa", "maria")
    assert named.startswith("rasa-")
    assert "maria" not in named
    assert len({named, tokens.conversation("sms", "maria"), Tokens(b"l" * 32).conversation("rasa", "maria")}) == 3


def test_a_long_key_counts_whole() -> None:
    assert keyed_hash(b"k" * 65, b"message") != keyed_hash(b"k" * 66, b"message")


def test_what_stands_for_a_sender_has_128_bits() -> None:
    assert len(keyed_hash(b"k", b"message")) == 16
    assert len(Tokens(b"k" * 32).text_hash("stop")) == 32


def test_random_ids_are_never_given_twice() -> None:
    ids = {random_id() for _ in range(600)}
    assert len(ids) == 600
    assert {len(id_) for id_ in ids} == {22}
