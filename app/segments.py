"""How many parts an SMS takes: GSM-7 or UCS-2, decided by its characters (3GPP TS 23.038, 23.040)."""

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Each takes two places of a GSM-7 text."""
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
    gsm = all(char in _BASIC or char in _EXTENDED for char in text)
    sizes = [_size(char, gsm) for char in text]
    single, each = _GSM if gsm else _UCS
    places = sum(sizes)
    return Segments("GSM-7" if gsm else "UCS-2", places, 1 if places <= single else _parts(sizes, each))


def _size(char: str, gsm: bool) -> int:
    if gsm:
        return 2 if char in _EXTENDED else 1
    return len(char.encode("utf-16-le")) // 2


def _parts(sizes: list[int], each: int) -> int:
    """A character of two places is never split over two parts."""
    parts, used = 1, 0
    for size in sizes:
        if used + size > each:
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
    """Typographic characters as plain ones where that makes the whole text GSM-7; letters are never touched.

    >>> for_sending("It’s here – now…")
    "It's here - now..."
    """
    plain = text.translate(_TYPOGRAPHIC)
    return plain if all(char in _BASIC or char in _EXTENDED for char in plain) else text
