"""Ways to ask that came from files: what may be taken of them, and the file that holds them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from app.content import additions, files, schema
from app.content.file_io import is_there
from app.content.schema import Content
from app.content.yaml_file import read_yaml
from app.interchange.questions import Question
from app.redaction.redact import redact
from app.text import words

IMPORTED: Final = Path(files.INTENTS, files.IMPORTED)


class Phrasings:
    """Who owns each way of asking, and what `imported.yaml` shall hold."""

    def __init__(
        self, owners: dict[str, str], imported: dict[str, list[str]], elsewhere: Mapping[str, set[str]]
    ) -> None:
        self._owners, self._before, self._elsewhere = owners, imported, elsewhere
        self.imported = dict(imported)

    @classmethod
    def read(cls, folder: Path, content: Content) -> "Phrasings":
        intents = files.load_intents(folder, content)
        path = folder / IMPORTED
        imported: dict[str, list[str]] = read_yaml(path).data if is_there(path) else {}
        danger = [(line.tier, line.text) for line in intents.urgent.lines if line.tier != schema.CALM]
        listed = {**intents.phrasings, **intents.smalltalk}
        owned = [*danger, *((id_, line) for id_, lines in listed.items() for line in lines)]
        elsewhere = {
            id_: {_words(line) for line in lines if line not in imported.get(id_, ())}
            for id_, lines in intents.phrasings.items()
        }
        return cls({_words(line): id_ for id_, line in owned}, imported, elsewhere)

    def sift(self, id_: str, question: Question) -> tuple[list[str], list[str]]:
        """Return the phrasings that can be taken, the question first, and why others cannot."""
        kept: dict[str, str] = {}
        remarks = []
        for line in (question.question, *question.phrasings):
            key = _words(line)
            owner = self._owners.get(key, id_)
            if problem := _problem(line, key, owner if owner != id_ else "", key in kept):
                remarks.append(f"phrasing not taken: {line}: {problem}")
            elif key not in self._elsewhere.get(id_, ()):
                kept[key] = line
        return list(kept.values()), remarks

    def take(self, id_: str, lines: list[str]) -> None:
        """Put the lines into `imported.yaml` in place of those that the id has there; no other id may have them now."""
        self.imported[id_] = lines
        self._owners |= {_words(line): id_ for line in lines}

    def have_changed(self) -> bool:
        return self._held() != self._before

    def _held(self) -> dict[str, list[str]]:
        return {id_: lines for id_, lines in self.imported.items() if lines}

    def text(self) -> str:
        return additions.written_by("import", self._held())


def _words(line: str) -> str:
    """Return the words of a phrasing in order of the alphabet: two that have the same would stand there twice."""
    return " ".join(sorted(words(line)))


def _problem(line: str, key: str, other: str, twice: bool) -> str:
    if not key:
        return "has no words"
    if other:
        return f"stands under {other}"
    if twice:
        return "stands there twice"
    return "may say who a person is" if redact(line) != line else ""
