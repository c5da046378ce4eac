"""What a person is shown who approves a text: all that differs from what was sealed, or the whole of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff
from functools import cached_property
from typing import Self

from app.content.approval import Seal, digest

_HUNK = re.compile(r"@@ -\S+ \+(\d+)")
_FILE = re.compile(r"# (\S+\.yaml)")
"""The line that names a file where several are sealed as one text."""
_LONGEST_PLACE = 40
"""Characters that are shown of a line over a change: a rule may fill a screen."""


@dataclass(frozen=True)
class Change:
    now: str
    seal: Seal | None
    """The seal that is about to be replaced; None for a new text."""
    sealed: str | None
    """Exactly what that seal was given to; None where it is not known."""
    committed: str | None
    """The text of the last commit, which need not have been sealed."""

    @classmethod
    def since(cls, seal: Seal | None, now: str, kept: str | None, committed: str | None) -> Self:
        """Return the change of a text, given what may be the text that was sealed. Only what has the hash is."""
        texts = [text for text in (now, kept, committed) if text is not None]
        sealed = (text for text in texts if seal is not None and digest(text) == seal.sha256)
        return cls(now, seal, next(sealed, None), committed)

    def headline(self) -> str:
        size = _lines(len(self.now.splitlines()))
        if self.seal is None:
            return f"new, {size}"
        by = f"by {self.seal.by} ({self.seal.role})"
        if self.sealed is None:
            return f"{size}; what was sealed on {self.seal.on} {by} is not kept here"
        return f"{self._counted()} since {self.seal.on}, sealed {by}"

    def _counted(self) -> str:
        added, removed = (sum(line.startswith(sign) for line in self._difference) for sign in "+-")
        return f"{_lines(added)} added, {removed:,} removed" if self._difference else "unchanged"

    def text(self) -> str:
        """Return the difference from what was sealed; the whole text where that is unknown or the same, or is prose.

        A difference from the last commit would not do: what was committed may never have been approved.
        """
        before = self.committed if self.sealed is None else self.sealed
        if before is None or before == self.now:
            return _labelled("now", self.now)
        if self.sealed is not None and "\n" in self.sealed + self.now:
            return visible("\n".join(self._difference))
        label = "last committed" if self.sealed is None else "before"
        return f"{_labelled(label, before)}\n{_labelled('now', self.now)}"

    @cached_property
    def _difference(self) -> Sequence[str]:
        """Lines end with LF alone: `splitlines` would take other ends for the same, and hide that they changed."""
        lines = self.now.split("\n")
        difference = unified_diff((self.sealed or "").split("\n"), lines, n=2, lineterm="")
        return [_placed(line, lines) for line in list(difference)[2:]]


def _placed(line: str, lines: Sequence[str]) -> str:
    """Return a line of a difference; the head of a hunk with the place in the text, as git shows the function."""
    hunk = _HUNK.match(line)
    return f"{line} {_place(lines, int(hunk[1]) - 1)}".rstrip() if hunk else line


def _place(lines: Sequence[str], number: int) -> str:
    """Return what a line of YAML lies under, file and keys: the same phrasing is danger in one and calm in another."""
    depth, over = next(filter(None, map(_depth, lines[number:])), 0), list[str]()
    for line in reversed(lines[: number + 1]):
        if file := _FILE.fullmatch(line):
            return " > ".join([file[1], *reversed(over)])
        if 0 < _depth(line) < depth:
            depth = _depth(line)
            over.append(line.strip()[:_LONGEST_PLACE])
    return " > ".join(reversed(over))


def _depth(line: str) -> int:
    """Return the column in which a line begins, from one; zero for a comment or a line of nothing."""
    written = line.lstrip()
    return 0 if not written or written.startswith("#") else len(line) - len(written) + 1


def _labelled(label: str, text: str) -> str:
    shown = visible(text)
    return f"{label}:\n{shown}" if "\n" in text else f"{label + ':':<7} {shown}"


def visible(text: str) -> str:
    """Write out characters that a terminal obeys or does not show, so that none hides what is approved."""
    return "\n".join("".join(map(_written, line)) for line in text.split("\n"))


def _written(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def _lines(number: int) -> str:
    return f"{number:,} line" if number == 1 else f"{number:,} lines"
