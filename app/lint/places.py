"""Where each phrasing stands, so that a finding can name file and line."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.content import files
from app.content.yaml_file import read_yaml

Places = Mapping[tuple[str, str], Sequence[str]]
"""`intents/device.yaml:12`, and wherever else it stands, by the id (or the tier) of a phrasing and its text."""


def places_of(folder: Path) -> Places:
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in files.intent_files(folder):
        if path.name != files.CONVERSATIONS:  # its first keys are the entries before, not what is meant
            located, name = read_yaml(path), path.relative_to(folder).as_posix()
            for keys, text in _texts(located.data, ()):
                places[str(keys[0]), text].append(f"{name}:{located.lines[keys]}")
    return places


def _texts(data: Any, keys: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the items of all lists that are texts, with the keys that lead to them."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _texts(value, (*keys, key))
    elif isinstance(data, list):
        yield from (((*keys, place), item) for place, item in enumerate(data) if isinstance(item, str))
