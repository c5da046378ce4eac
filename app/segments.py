"""The parts that an SMS takes, in GSM-7 or UCS-2 as its characters decide (3GPP TS 23.038, 23.040)."""

import unicodedata
from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Characters that take two places of a GSM-7 text."""
_GSM = (160, 153)
_UCS = (70, 67)
"""Places in a single message, and in each part of a longer one."""


@dataclass(frozen=True, slots=True)
class Segments:
    encoding: str
    places: int
    parts: int


def segments(text: str) -> Segments:
    """
    >>> segments("a" * 161)
    Segments(encoding='GSM-7', places=161, parts=2)
    """
    gsm = _is_gsm(text)
    sizes = [1 + (char in _EXTENDED) if gsm else len(char.encode("utf-16-le")) // 2 for char in text]
    single, multiple = _GSM if gsm else _UCS
    places = sum(sizes)
    return Segments("GSM-7" if gsm else "UCS-2", places, 1 if places <= single else _parts(sizes, multiple))


def _is_gsm(text: str) -> bool:
    return all(char in _BASIC or char in _EXTENDED for char in text)


def _parts(sizes: list[int], room: int) -> int:
    """Return the number of parts of so many places; a character of two is never split over two parts."""
    parts, used = 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return parts


_TYPOGRAPHIC = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′´`", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u202f", " "),
        "…": "...",
        "•": "-",
    }
)


def for_sending(text: str) -> str:
    """Return the text with plain for typographic characters where that makes all of it GSM-7; letters stay.

    >>> for_sending("It’s here – now…")
    "It's here - now..."
    """
    plain = text.translate(_TYPOGRAPHIC)
    return plain if _is_gsm(plain) else text


def without_accents(line: str) -> str:
    """Return a line of the site with plain letters where that makes it GSM-7: one `í` in a hospital's name would halve
    the room of the whole text.

    >>> without_accents("Clínica San José")
    'Clinica San José'
    """
    if _is_gsm(line):
        return line
    letters = (char if _is_gsm(char) else unicodedata.normalize("NFKD", char)[0] for char in line)
    plain = for_sending("".join(letters))
    return plain if _is_gsm(plain) else line
