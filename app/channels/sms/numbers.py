"""Telephone numbers: in one spelling, known by a keyed hash, kept only encrypted and only until a reply is sent."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator

import phonenumbers
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.errors import InvalidBody, SettingsError

_NO_NUMBER = re.compile(r"\d{3,8}|(?=.*[^\W\d_]).+", re.DOTALL)
"""A short code, or a sender that goes by a name."""
_CHANNEL = re.compile(r"(?:sms|mms|rcs|tel|whatsapp):", re.I)
"""What some gateways write in front of a number."""
LONGEST = 40
"""Characters of a number, however it is written."""


class Numbers:
    """Keys may be several while one is being replaced, the newest first."""

    def __init__(self, keys: tuple[str, ...], country: str = "US") -> None:
        """`country` is where a number without its country's code is from (ISO 3166). Raises `SettingsError`."""
        if country not in phonenumbers.SUPPORTED_REGIONS:
            raise SettingsError(f"HAI_FAQ_SMS_COUNTRY: there is no country {country}")
        self._country = country
        self._keys = [key.encode() for key in keys]
        derived = (hashlib.sha256(b"outbox" + key).digest() for key in self._keys)
        self._sealing = MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])

    def normalised(self, number: str) -> str | None:
        """Return a number in E.164, so that one person has one consent and one conversation, or None for a sender that
        nobody can answer: a short code, a name. Raises `InvalidBody` for what is no number at all.
        """
        plain = _CHANNEL.sub("", number.strip(), count=1)
        if len(plain) > LONGEST:
            raise InvalidBody("The sender is not a telephone number.")
        international = "+" + plain.lstrip("0")  # some gateways leave the plus out
        for spelling in (plain, international) if plain.isdecimal() else (plain,):
            if parsed := self._parsed(spelling):
                return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        if _NO_NUMBER.fullmatch(plain):
            return None
        raise InvalidBody("The sender is missing or not a telephone number.")

    def _parsed(self, number: str) -> phonenumbers.PhoneNumber | None:
        """Return a number that has the digits which its country's plan asks for, area code included; an extension is
        no number of a phone that texts.
        """
        try:
            parsed = phonenumbers.parse(number, self._country)
        except phonenumbers.NumberParseException:
            return None
        possible = phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE
        return parsed if possible and not parsed.extension else None

    def parties(self, number: str, written: str = "") -> list[str]:
        """Return the hashes of a number under each key, those of E.164 first. Before numbers had one spelling an
        opt-out was known by the gateway's: as it is `written`, or as people of its country write it.
        """
        return [
            hmac.digest(key, b"party" + spelling.encode("utf-8", "replace"), "sha256").hex()
            for spelling in dict.fromkeys((number, *filter(None, (written,)), *self._spellings(number)))
            for key in self._keys
        ]

    def _spellings(self, number: str) -> Iterator[str]:
        """Yield how else a number in E.164 is written."""
        if parsed := self._parsed(number):
            national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
            yield from (national, number.removeprefix("+"), re.sub(r"\D", "", national))
            yield re.sub(r"[^\d-]", "", national.replace(") ", "-"))

    def text_hash(self, said: str) -> str:
        """Return a keyed hash of a text, the same in every process that has the key."""
        return hmac.digest(self._keys[0], b"text" + said.encode("utf-8", "replace"), "sha256").hex()

    def seal(self, gateway: str, sender: str, recipient: str) -> str:
        """Return where a text goes (gateway, from, to), encrypted."""
        return self._sealing.encrypt(json.dumps([gateway, sender, recipient]).encode()).decode()

    def unseal(self, address: str) -> tuple[str, str, str] | None:
        """Return (gateway, from, to), or None when the key is no longer known."""
        try:
            gateway, sender, recipient = json.loads(self._sealing.decrypt(address.encode()))
        except (InvalidToken, ValueError):
            return None
        return gateway, sender, recipient
