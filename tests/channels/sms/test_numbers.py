import pytest

from app.channels.sms.numbers import Numbers
from app.errors import InvalidBody

NUMBERS = Numbers(("n" * 32,))


@pytest.mark.parametrize(
    "spelling", ["+12155550123", "2155550123", "(215) 555-0123", "1 215 555 0123", "whatsapp:+12155550123"]
)
def test_a_number_has_one_spelling(spelling: str) -> None:
    assert NUMBERS.normalised(spelling) == "+12155550123"


def test_a_number_from_abroad_may_lack_its_plus() -> None:
    assert [NUMBERS.normalised(each) for each in ("447911123456", "0012155550100")] == ["+447911123456", "+12155550100"]


def test_a_number_without_its_country_is_of_the_sites_country() -> None:
    assert Numbers(("n" * 32,), "GB").normalised("020 7183 8750") == "+442071838750"


@pytest.mark.parametrize("sender", ["72345", "HOSPITAL", "Bank-Alert", "AMAZON1", "2155550123 ext 5"])
def test_a_short_code_or_a_name_is_nobody_to_answer(sender: str) -> None:
    assert NUMBERS.normalised(sender) is None


@pytest.mark.parametrize("sender", ["", " ", "+266696687", "+7378742833", "+1", "1" * 41, "+12155550123" * 9, "😀"])
def test_a_sender_that_is_no_number_is_refused(sender: str) -> None:
    with pytest.raises(InvalidBody, match="telephone number"):
        NUMBERS.normalised(sender)


def test_a_number_has_one_hash_under_each_key() -> None:
    old, new = Numbers(("o" * 32,)), Numbers(("n" * 32, "o" * 32))
    assert new.parties("+12155550123")[1::2] == old.parties("+12155550123")


def test_an_earlier_spelling_is_known_too() -> None:
    known = NUMBERS.parties("+12155550123", "+1 (215) 555-0123")
    for spelling in ("+1 (215) 555-0123", "(215) 555-0123", "215-555-0123", "2155550123", "12155550123"):
        assert NUMBERS.parties(spelling)[0] in known


def test_an_address_can_be_read_with_an_older_key_and_by_nobody_else() -> None:
    sealed = Numbers(("o" * 32,)).seal("telnyx", "+12155550100", "+12155550123")
    assert "2155550123" not in sealed
    assert Numbers(("n" * 32, "o" * 32)).unseal(sealed) == ("telnyx", "+12155550100", "+12155550123")
    assert NUMBERS.unseal(sealed) is None
