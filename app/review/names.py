"""Names of who proposes, from an identity provider, and of who applies, as typed: one person's or two's?"""

import re

from app import text

LOCAL = "this machine"
"""Who is signed in by the one-time link: whoever reads the console, so nobody in particular."""

_APART = re.compile(r"[\W_]+")
_DOMAIN = re.compile("[+@＠]")


def same_person(one: str, other: str) -> bool:
    """Tell whether two names may be one person's: `Ann Lee`, `LEE, Ann` and `ann.lee+desk@example.org` are.

    Two of one name at two hospitals are taken for one: then a third must apply. A name that says something else, such
    as `alee`, is not seen through.
    """
    return _words(one) == _words(other)


def _words(name: str) -> frozenset[str]:
    """Return the words of a name; of an address those before its @ and any tag."""
    local = _DOMAIN.split(name.strip(), maxsplit=1)[0]
    return frozenset(_APART.split(text.fold(local or name))) - {""}
