from app.channels.sms.gateway import Received
from app.channels.sms.numbers import Numbers

RECEIVED = Received("m1", "+12155550123", "+12155550100", "hello")


def test_a_number_has_one_hash_under_each_key() -> None:
    old, new = Numbers(("o" * 32,)), Numbers(("n" * 32, "o" * 32))
    assert new.parties(RECEIVED.sender)[1:] == old.parties(RECEIVED.sender)


def test_an_address_can_be_read_with_an_older_key_and_by_nobody_else() -> None:
    sealed = Numbers(("o" * 32,)).seal("telnyx", RECEIVED)
    assert "2155550123" not in sealed
    assert Numbers(("n" * 32, "o" * 32)).unseal(sealed) == ("telnyx", "+12155550100", "+12155550123")
    assert Numbers(("n" * 32,)).unseal(sealed) is None
