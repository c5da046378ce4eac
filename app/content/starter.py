"""A new department: the folder `starter/` in the words and languages that were chosen, sealed as a demonstration."""

import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from app.content import approval, citations, edits, files
from app.content.approval import DEMO, Lock
from app.content.file_io import read_text, write
from app.content.schema import Content
from app.content.yaml_file import Keys, parse_yaml
from app.errors import ContentError

STARTER = Path(__file__).parents[2] / "starter"
"""Beside `app/` in a copy of the repository; where the program alone is installed there is none."""
SERVICE, HOSPITAL = "Example Service", "Example Hospital"
"""What `starter/` says where a department has its name and its site's."""
SEALED_BY = "hai-faq new"
FIRST_REVIEW, BETWEEN_REVIEWS = timedelta(days=330), timedelta(days=14)
"""When the samples are due: not at once, and in weeks of their own, as lint asks."""
_NAME = re.compile(r"[^\W_][\w &'’.,()/-]{0,59}")
"""Nothing that YAML, Markdown, a `.env` or the placeholders of a text would take for a sign of their own."""


@dataclass(frozen=True)
class Choices:
    name: str = SERVICE
    site: str = HOSPITAL
    languages: frozenset[str] = frozenset()
    """Beside English."""

    def in_text(self, text: str) -> str:
        return text.replace(SERVICE, self.name).replace(HOSPITAL, self.site)

    def in_data(self, data: Any) -> Any:
        if isinstance(data, dict):
            return {key: self.in_data(value) for key, value in data.items()}
        if isinstance(data, list):
            return [self.in_data(item) for item in data]
        return self.in_text(data) if isinstance(data, str) else data


def check_name(name: str) -> str:
    """Return a name as it will stand in texts. Raises `ValueError`."""
    folded = " ".join(name.split())
    if not _NAME.fullmatch(folded):
        raise ValueError(
            "a name has 60 letters, digits, spaces and &'.,()/- at most, and begins with a letter or digit"
        )
    return folded


def languages(starter: Path = STARTER) -> tuple[str, ...]:
    """Return the languages that a department may begin with. Raises `ContentError` where there is no starter."""
    if not starter.is_dir():
        problem = "is not there: `hai-faq new` runs from a copy of the repository, where this folder lies beside app/"
        raise ContentError(starter, 1, "", problem)
    return files.load_content(starter).languages()


def check_target(target: Path) -> None:
    """Raise `ContentError` for a folder that cannot become a department, since something is there."""
    if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        raise ContentError(target, 1, "", "is there and not empty: name a folder that is new")
    if not target.parent.is_dir():
        raise ContentError(target.parent, 1, "", "is not there: make this folder first")


def create(
    target: Path, choices: Choices, today: date, verify: Callable[[Path], None], starter: Path = STARTER
) -> Content:
    """Write a whole department into a folder, or nothing: it is made beside the folder, checked, and moved there.

    Raises `ContentError`; `verify` may raise one of its own, given the folder as it will be.
    """
    target = target.absolute()
    check_target(target)
    try:
        work = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    except OSError as error:
        raise ContentError(target, 1, "", f"cannot be written: {error.strerror}") from error
    try:
        content = _made(work / target.name, choices, today, verify, starter)
        (work / target.name).rename(target)
    except OSError as error:
        raise ContentError(target, 1, "", f"cannot be written: {error}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return content


def _made(folder: Path, choices: Choices, today: date, verify: Callable[[Path], None], starter: Path) -> Content:
    shutil.copytree(starter, folder, ignore=shutil.ignore_patterns(".*", "~*"))  # follows links
    _choose_languages(folder, choices)
    _name(folder, choices)
    _stagger_reviews(folder, today)
    content = files.load_content(folder)
    files.load_intents(folder, content)
    approval.write_lock(folder / files.LOCK, _sealed(folder, content, today))
    verify(folder)
    return content


def _choose_languages(folder: Path, choices: Choices) -> None:
    """Take out what is said in other languages, and how they are told from English.

    What is danger in them stays: whoever writes it is then told whom to call in English, rather than nothing.
    """
    content = files.load_content(folder)
    gone = set(content.languages()) - choices.languages
    scripts = [("scripts", id_) for id_ in content.scripts if content.language_of(id_) in gone]
    _edit(folder / files.FAQ, lambda path, text: _without(path, text, [*scripts, *_spoken(content, gone)]))
    evidence = folder / files.INTENTS / files.LANGUAGES
    if choices.languages:
        _edit(evidence, lambda path, text: _without(path, text, [(language,) for language in gone]))
    else:
        evidence.unlink()


def _without(path: Path, text: str, places: Collection[Keys]) -> str:
    return edits.with_values(path, text, dict.fromkeys(places, edits.GONE))


def _spoken(content: Content, gone: set[str]) -> list[Keys]:
    """Return the places of the translations of entries; of all of an entry where it keeps none."""
    places: list[Keys] = []
    for id_, entry in content.entries.items():
        if entry.translations and entry.translations.keys() <= gone:
            places.append(("entries", id_, "translations"))
        else:
            places += [("entries", id_, "translations", language) for language in entry.translations.keys() & gone]
    return places


def _name(folder: Path, choices: Choices) -> None:
    """Put the names into all that people read. Raises `ContentError` where YAML would read them as anything else."""
    path = folder / files.FAQ
    before = read_text(path)
    named = choices.in_text(before)
    if parse_yaml(path, named).data != choices.in_data(parse_yaml(path, before).data):
        raise ContentError(path, 1, "", f"cannot hold the names {choices.name} and {choices.site}")
    write(path, named.encode())
    for other in (folder / "README.md", *(folder / files.DOCUMENTS).iterdir()):
        write(other, choices.in_text(read_text(other)).encode())


def _stagger_reviews(folder: Path, today: date) -> None:
    days: Mapping[Keys, date] = {
        ("entries", id_, "review"): today + FIRST_REVIEW + place * BETWEEN_REVIEWS
        for place, id_ in enumerate(files.load_content(folder).entries)
    }
    _edit(folder / files.FAQ, lambda path, text: edits.with_values(path, text, days))


def _edit(path: Path, change: Callable[[Path, str], str]) -> None:
    write(path, change(path, read_text(path)).encode())


def _sealed(folder: Path, content: Content, today: date) -> Lock:
    """Return the seals of all texts and of the paragraphs that the samples cite."""
    lock = Lock().sealing(files.sealed_texts(folder, content), today, DEMO, SEALED_BY)
    for id_, document in content.documents.items():
        now = citations.paragraphs(document, read_text(folder / files.DOCUMENTS / f"{id_}.txt"))
        cited = {f"{id_}/{place}": now[place] for place in citations.cited(content, id_)}
        lock = lock.sealing_paragraphs(cited, today, DEMO, SEALED_BY)
    return lock
