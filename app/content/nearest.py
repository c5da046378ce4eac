"""The known word that an unknown one was probably meant to be."""

from collections.abc import Iterable, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from rapidfuzz import fuzz, process

LEAST_LIKE = 65.0
"""Likeness, 0 to 100, from which a word is taken for a slip of a known one: `read-aloud` and `read_aloud` have 90,
`grating` and `greeting` 80, `lmap` and `lamp` 75, `lamp-size` and `lamp-place` 63, `title` and `theme` 40.
"""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `: did you mean ...?` to end a problem with, or nothing where no known word is like it.

    >>> did_you_mean("read-aloud", ("answer", "read_aloud"))
    ': did you mean read_aloud?'
    """
    nearest = process.extractOne(word, sorted(known), scorer=fuzz.ratio, score_cutoff=LEAST_LIKE)
    return f": did you mean {nearest[0]}?" if nearest else ""


def known_keys(shape: Any, path: Sequence[str | int]) -> Iterable[str]:
    """Return the keys that data of this shape may have where the path leads, none where any key is taken."""
    for key in path:
        inside = get_args(shape)
        shape = shape.model_fields[key].annotation if _is_model(shape) else inside[get_origin(shape) is dict]
        if type(None) in get_args(shape):
            shape = get_args(shape)[0]
    return shape.model_fields if _is_model(shape) else ()


def _is_model(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, BaseModel)
