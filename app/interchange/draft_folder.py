"""The folder into which a file is imported: a copy of the content, or one that is there, and never what is served.

All is tried in a copy first. Then everything is written, or nothing.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.content import approval, files, sealed_copies
from app.content.file_io import alone, is_there, read_bytes, read_text, write, write_all
from app.errors import ContentError
from app.interchange import documents
from app.interchange.merging import Merge, Options
from app.interchange.questions import Question
from app.interchange.report import Outcome
from app.loading.loader import version_of

_SERVED = (
    "is what the settings serve, or a part of it: import writes drafts that nobody has read yet. Name another folder, "
    "which becomes a copy of it; seal there what you have read, and then serve that"
)
_BEGUN_OTHERWISE = (
    "did not begin with what is served now: somebody changed or sealed something meanwhile, or the draft is not one of "
    "import's. Nothing is published; compare the two folders, and say --over to have the draft all the same"
)
BEGUN = Path(".begun")
"""The file of a draft that names the version of what it began with."""
Texts = Mapping[Path, bytes]
"""Files by their paths relative to the folder."""


@dataclass(frozen=True)
class Served:
    """What the settings serve, or a draft, as content with its documents."""

    content: Path
    documents: Path | None
    """Where the texts of its documents lie, unless beside it."""


@dataclass(frozen=True)
class Draft:
    """What would come of a folder, read as the service reads it; nothing is written yet."""

    folder: Path
    copied: Texts
    """What a new folder begins with, as it stands in what is served; nothing where the folder is there."""
    changes: Texts
    before: str
    """Fingerprint of the content that it begins with."""
    source: Path


@dataclass(frozen=True)
class Import(Draft):
    outcomes: Sequence[Outcome]


def tried(folder: Path, served: Served, questions: Sequence[Question], options: Options, today: date) -> Import:
    """Merge questions into a draft, as by `drafted`."""
    outcomes: list[Outcome] = []

    def merge(bench: Path) -> Texts:
        merge = Merge(bench, options, today)
        outcomes.extend(merge.outcomes(questions))
        return merge.changes()

    draft = drafted(folder, served, merge)
    return Import(draft.folder, draft.copied, draft.changes, draft.before, draft.source, outcomes)


def drafted(folder: Path, served: Served, change: Callable[[Path], Texts]) -> Draft:
    """Change a copy of a folder, which is one of what is served where nothing is there yet. Raises `ContentError` where
    the folder is served, or the result cannot be read.
    """
    _check_apart(folder, served)
    is_new = not is_there(folder / files.FAQ)
    if is_new:
        _check_empty(folder)
    source = served if is_new else Served(folder, None)
    before = files.fingerprint(source.content)
    held = _held(source)
    with tempfile.TemporaryDirectory() as bench, _told_of(Path(bench), folder):
        _write_copy(Path(bench), held)
        if is_new:
            held |= {**dict(_sealed(Path(bench))), BEGUN: version_of(source.content).encode()}
        changes = change(Path(bench))
        _check_unlisted(folder, changes.keys() - held.keys())
        _write_copy(Path(bench), changes)
        _read(Path(bench))
    return Draft(folder, held if is_new else {}, changes, before, source.content)


def _check_unlisted(folder: Path, names: Iterable[Path]) -> None:
    """Refuse to write over what a person may have put there and has not listed in faq.yaml yet."""
    for name in names:
        if is_there(folder / name):
            raise ContentError(folder / name, 1, "", f"lies there and is none of {files.FAQ}: move it away")


def _sealed(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield the sealed texts, so that the next `approve` in the new folder shows what has changed since."""
    lock, texts = approval.read_lock(folder / files.LOCK), files.sealed_texts(folder, files.load_content(folder))
    for key in texts.keys() - lock.broken(texts).keys():
        yield Path(sealed_copies.FOLDER, lock.texts[key].sha256), texts[key].encode()


def carry_out(done: Draft) -> None:
    """Write what was tried, all of it or nothing. Raises `ContentError`."""
    if files.fingerprint(done.source) != done.before:
        raise ContentError(done.source / files.FAQ, 1, "", "has changed meanwhile: nothing is written, begin again")
    try:
        write_all({done.folder / name: text for name, text in {**done.copied, **done.changes}.items()})
    except BaseException:
        if done.copied:  # of a folder that was there nothing else is ours: git keeps empty folders in `.git`
            _remove_empty(done.folder)
        raise


def publish(folder: Path, served: Served, over: bool = False) -> None:
    """Put a draft in place of what is served, all of it or nothing; a file of intents/ or a document that it lacks is
    removed. Raises `ContentError`, also where what is served is not what the draft began with, unless `over` says so.
    """
    _check_apart(folder, served)
    with alone(served.content):
        if not over and _begun(folder) != version_of(served.content):
            raise ContentError(folder, 1, "", _BEGUN_OTHERWISE)
        _publish(folder, served)


def _publish(folder: Path, served: Served) -> None:
    wanted = files.fingerprint(folder)
    own = Served(folder, None)
    gone = files.load_content(served.content).documents.keys() - files.load_content(folder).documents.keys()
    documents_ = served.documents or served.content / files.DOCUMENTS
    changes: dict[Path, bytes | None] = dict.fromkeys(files.intent_files(served.content))
    changes |= dict.fromkeys(documents_ / f"{id_}.txt" for id_ in gone)
    for name, text in {**_held(own), **dict(_sealed(folder))}.items():
        elsewhere = served.documents if name.parent == Path(files.DOCUMENTS) else None
        changes[elsewhere / name.name if elsewhere else served.content / name] = text

    def verify() -> None:
        if files.fingerprint(served.content) != wanted:
            raise ContentError(served.content / files.FAQ, 1, "", "someone else wrote at the same time: taken back")

    write_all(changes, verify)
    write(folder / BEGUN, version_of(served.content).encode())


def _begun(folder: Path) -> str:
    """Return the version of what a draft began with; nothing where it was not begun by a command."""
    return read_text(folder / BEGUN).strip() if is_there(folder / BEGUN) else ""


def _check_apart(folder: Path, served: Served) -> None:
    """Refuse what is served, by whatever path or link, and what would write where it is read."""
    own, other = folder.resolve(), served.content.resolve()
    if own == other or (own.exists() and other.exists() and own.samefile(other)):
        raise ContentError(folder, 1, "", _SERVED)
    names = (files.FAQ, files.INTENTS, files.DOCUMENTS)
    kept = [path.resolve() for path in (*(other / name for name in names), *filter(None, [served.documents]))]
    for path in (own, *(own / name for name in names)):
        if any(place in kept for place in (path.resolve(), *path.resolve().parents)):
            raise ContentError(folder, 1, "", _SERVED)


def _check_empty(folder: Path) -> None:
    if is_there(folder) and not folder.is_dir():
        raise ContentError(folder, 1, "", "is not a folder")
    if folder.is_dir() and any(folder.iterdir()):
        raise ContentError(
            folder, 1, "", f"holds no {files.FAQ} and is not empty: name a new folder, or one of content"
        )


def _held(source: Served) -> dict[Path, bytes]:
    """Return the content with the texts of its documents, by path in a folder of its own."""
    held = files.read_all(source.content)
    for id_ in files.load_content(source.content).documents:
        path = (source.documents or source.content / files.DOCUMENTS) / f"{id_}.txt"
        if is_there(path):
            held[documents.path_of(Path(), id_)] = read_bytes(path)
    return held


def _write_copy(bench: Path, texts: Texts) -> None:
    for name, text in texts.items():
        write(bench / name, text)


def _read(folder: Path) -> None:
    content = files.load_content(folder)
    files.load_intents(folder, content)
    documents.read(folder, content.documents)


@contextlib.contextmanager
def _told_of(bench: Path, folder: Path) -> Iterator[None]:
    """Name the folder in errors, not the copy in which they came up."""
    try:
        yield
    except ContentError as error:
        if error.path.is_relative_to(bench):
            error.path = folder / error.path.relative_to(bench)
        raise


def _remove_empty(folder: Path) -> None:
    for path, _, _ in os.walk(folder, topdown=False):
        with contextlib.suppress(OSError):
            Path(path).rmdir()
