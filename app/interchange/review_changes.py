"""What a sheet that came back changes in a folder of content. Nothing is sealed, so changed texts wait for `approve`.

What cannot be taken is told and left as it is: safety texts, unknown keys, texts that have changed meanwhile.
"""

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.content import edits, files
from app.content.approval import URGENT
from app.content.changes import Change, visible
from app.content.edits import GONE
from app.content.file_io import read_bytes
from app.content.schema import Content
from app.content.yaml_file import Keys, read_yaml
from app.errors import FileError
from app.interchange import drafting
from app.interchange.report import in_one_line
from app.interchange.review_sheet import Returned, is_safety, mark, place_of, seen
from app.redaction.redact import redact

Values = dict[Keys, Any]


@dataclass
class Outcome:
    changed: list[str] = field(default_factory=list)
    """Each difference, as a person reads it."""
    left: list[str] = field(default_factory=list)
    """What was not taken, with the place in the sheet and the reason."""
    comments: list[str] = field(default_factory=list)
    files: dict[Path, bytes] = field(default_factory=dict)
    """What each changed file of the folder is to hold, by its path in the folder."""

    def leave(self, row: Returned, reason: str) -> None:
        self.left.append(in_one_line(f"{row.place}: {row.key or 'no key'}: {reason}"))


def changes(folder: Path, rows: Sequence[Returned]) -> Outcome:
    """Return what the rows change in a folder.

    Raises `ContentError` where that cannot be done in place, `FileError` where a spreadsheet has garbled the letters.
    """
    outcome, content = Outcome(), files.load_content(folder)
    _check_letters(content.texts(), rows)
    outcome.comments += [in_one_line(f"{row.place}: {row.key}: {row.comment}") for row in rows if row.comment]
    sound = [row for row in rows if not row.problem]
    for row in rows:
        if row.problem:
            outcome.leave(row, row.problem)
    by_file = {Path(files.FAQ): _texts(content, [row for row in sound if row.kind == "text"], outcome)}
    by_file |= _phrasings(folder, content, [row for row in sound if row.kind == "phrasing"], outcome)
    for path, values in by_file.items():
        if values:
            text = edits.with_values(folder / path, read_bytes(folder / path).decode(), values)
            outcome.files[path] = text.encode()
    return outcome


def _check_letters(texts: Mapping[str, str], rows: Iterable[Returned]) -> None:
    """LibreOffice, asked to convert our CSV, took UTF-8 for Windows-1252: `lÃ¡mpara` would have been a correction."""
    for row in rows:
        with contextlib.suppress(UnicodeError):
            if row.text.encode("cp1252").decode() == seen(texts.get(row.key, "")) != row.text:
                raise FileError(row.place, "letters are garbled: open the file as UTF-8, or take the workbook (.xlsx)")


def _texts(content: Content, rows: Sequence[Returned], outcome: Outcome) -> Values:
    texts, values = content.texts(), Values()
    for row in _once(rows, texts, outcome):
        reason = _refused(content, texts, row)
        if reason:
            outcome.leave(row, reason)
        elif _is_changed(texts, row):
            values[place_of(row.key)] = row.text
            outcome.changed.append(f"== {row.key}\n{Change(row.text, None, texts[row.key], None).text()}")
    anew = _drafted_anew(content, values)
    for (_, id_, name), text in anew.items():
        drafted = "is taken out: none can be drafted" if text is GONE else f"is drafted anew: {visible(text)}"
        outcome.changed.append(f"== {id_}.{name} {drafted}")
    return values | anew | _written_by_a_person(content, values, anew)


def _once(rows: Sequence[Returned], texts: Mapping[str, str], outcome: Outcome) -> Iterator[Returned]:
    """Yield a row for each key; none where two rows change the same text in two ways."""
    by_key = defaultdict[str, list[Returned]](list)
    for row in rows:
        by_key[row.key].append(row)
    for key, own in by_key.items():
        changed = [row for row in own if key not in texts or _is_changed(texts, row)]
        if len({row.text for row in changed}) > 1:
            outcome.leave(changed[-1], "stands in the sheet twice, with two texts")
        else:
            yield (changed or own)[0]


def _is_changed(texts: Mapping[str, str], row: Returned) -> bool:
    """Tell whether the text is neither what stands there nor what was exported."""
    return row.text != seen(texts[row.key]) and mark(row.text) != row.exported


def _refused(content: Content, texts: Mapping[str, str], row: Returned) -> str:
    """Return why a row is not taken; empty where it may be, or changes nothing."""
    if row.key.startswith(URGENT):
        return "what counts as danger is changed in intents/urgent/ by hand"
    if row.key not in texts:
        return "there is no such text"
    if not row.text:
        return "is empty: the text stays"
    if not _is_changed(texts, row):
        return ""
    if is_safety(row.key, content.safety()):
        return "is a safety text: change it in faq.yaml by hand"
    if ".section." in row.key:
        return "is a heading of the document: it is taken from there word for word"
    if row.exported != mark(texts[row.key]):
        return "has changed since the sheet was written: compare them, and change it by hand"
    return ""


def _drafted_anew(content: Content, values: Values) -> Values:
    """Return the texts that a command had drafted from an answer which is corrected now, unless the reviewer corrected
    them too; `GONE` where none can be drafted.
    """
    anew: Values = {}
    for id_, entry in content.entries.items():
        was = (entry.answer, entry.limits or "")
        answer, limits = (
            values.get(("entries", id_, name), own) for name, own in zip(("answer", "limits"), was, strict=True)
        )
        if (answer, limits) != was:
            for name in set(entry.drafted) - {place[2] for place in values if place[:2] == ("entries", id_)}:
                anew["entries", id_, name] = drafting.DRAFTS[name](answer, limits) or GONE
    return anew


def _written_by_a_person(content: Content, values: Values, anew: Values) -> Values:
    """Return the lists of texts that a command drafted, without those which are corrected now or cannot be drafted."""
    drafted = {id_: list(entry.drafted) for id_, entry in content.entries.items()}
    for place in (*values, *(place for place, text in anew.items() if text is GONE)):
        match place:
            case "entries", str(id_), str(name) if name in drafted[id_]:  # and no text of a translation
                drafted[id_].remove(name)
    return {
        ("entries", id_, "drafted"): own for id_, own in drafted.items() if own != list(content.entries[id_].drafted)
    }


@dataclass
class _Lines:
    """The phrasings of an id in one file, as they are and as they will be."""

    path: Path
    before: Sequence[str]
    after: list[str | None] = field(default_factory=list)
    """None for one that is taken out."""

    def values(self, id_: str) -> Values:
        after = [line for line in self.after if line is not None]
        return {(id_,): after} if after != list(self.before) else {}


def _phrasings(folder: Path, content: Content, rows: Sequence[Returned], outcome: Outcome) -> dict[Path, Values]:
    if not rows:
        return {}
    lists = defaultdict[str, list[_Lines]](list)
    for path in files.english_phrasing_files(folder, content):
        for id_, lines in read_yaml(path).data.items():
            lists[id_].append(_Lines(path.relative_to(folder), lines, list(lines)))
    by_id = defaultdict[str, list[Returned]](list)
    for row in rows:
        by_id[row.key].append(row)
    by_file = defaultdict[Path, Values](dict)
    for id_, own in by_id.items():
        if id_ not in lists:
            outcome.leave(own[0], "there is no entry or topic of this id")
            continue
        _Phrasings(id_, lists[id_], outcome).take(own)
        for lines in lists[id_]:
            by_file[lines.path] |= lines.values(id_)
    return by_file


class _Phrasings:
    """The phrasings of one id, whatever files they stand in, while the rows of a sheet are taken one by one."""

    def __init__(self, id_: str, lists: Sequence[_Lines], outcome: Outcome) -> None:
        self._id, self._lists, self._outcome = id_, lists, outcome
        self._present = {seen(line) for lines in lists for line in lines.before}
        self._at = {mark(line): (lines, at) for lines in lists for at, line in enumerate(lines.before)}

    def take(self, rows: Iterable[Returned]) -> None:
        """Take new rows, and changed ones; those of one phrasing together: a row may be a copy that adds one."""
        by_mark = defaultdict[str, list[Returned]](list)
        for row in rows:
            by_mark[row.exported].append(row)
        for exported, same in by_mark.items():
            changed = [row for row in same if self._is_changed(row)]
            if exported and len(changed) == len(same):
                self._replace(changed.pop(0))
            for row in changed:
                if row.text:
                    self._add(row)

    def _is_changed(self, row: Returned) -> bool:
        """Tell whether the phrasing is neither what was exported nor one that stands there."""
        if row.text in self._present:
            lines, at = self._at.get(row.exported, (None, 0))
            if lines and row.text != seen(lines.before[at]):
                self._outcome.leave(row, "the phrasing stands there already")
            return False
        return mark(row.text) != row.exported

    def _replace(self, row: Returned) -> None:
        if row.exported not in self._at:
            if row.text:  # an emptied one is gone, as was wanted
                self._outcome.leave(row, "the phrasing has changed since the sheet was written")
            return
        lines, at = self._at[row.exported]
        if row.text:
            self._put(row, lines, at)
        elif sum(line is not None for line in lines.after) == 1:
            self._outcome.leave(row, f"is the last of its list in {lines.path}: take it out by hand")
        else:
            lines.after[at] = None
            self._tell(f"taken out: {visible(lines.before[at])}")

    def _put(self, row: Returned, lines: _Lines, at: int) -> None:
        if self._may_stand(row):
            lines.after[at] = row.text
            self._tell(f"before: {visible(lines.before[at])}\nnow:    {visible(row.text)}")

    def _add(self, row: Returned) -> None:
        if self._may_stand(row):
            self._lists[-1].after.append(row.text)
            self._tell(f"new:    {visible(row.text)}")

    def _may_stand(self, row: Returned) -> bool:
        """Tell whether a phrasing may be kept: it is told by its place only where it may name a person."""
        if redact(row.text) != row.text:
            self._outcome.leave(row, "the phrasing may say who someone is: name nobody, no number, no date")
            return False
        self._present.add(row.text)
        return True

    def _tell(self, what: str) -> None:
        self._outcome.changed.append(f"== phrasing of {self._id}\n{what}")
