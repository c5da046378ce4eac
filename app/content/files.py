"""Reads faq.yaml and intents/. Whatever is wrong is a `ContentError` that names file, line and key."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from app.content import schema
from app.content.schema import Content, Intents
from app.errors import ContentError

FAQ, LOCK, INTENTS = "faq.yaml", "faq.lock", "intents"
URGENT, LEXICON, SMALLTALK, LANGUAGES = "urgent.yaml", "lexicon.yaml", "smalltalk.yaml", "languages.yaml"
FOLLOW_UPS = "follow-ups.yaml"
_OTHER_FILES = (URGENT, LEXICON, SMALLTALK, LANGUAGES, FOLLOW_UPS)
URGENT_PHRASINGS = "urgent"
"""Folder of the phrasings per tier, beside the rules in urgent.yaml."""

_WORDS = ("yes", "no", "on", "off", "y", "n")
"""Words to whoever writes content, though YAML 1.1 reads them as true and false."""

Keys = tuple[str | int, ...]
Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True)
class Located:
    """The data of a YAML file, and the line on which each key stands."""

    path: Path
    data: Any
    lines: Mapping[Keys, int]

    def error(self, keys: Keys, problem: str) -> ContentError:
        known = keys
        while known and known not in self.lines:
            known = known[:-1]
        return ContentError(self.path, self.lines.get(known, 1), ".".join(map(str, keys)), problem)


def read_yaml(path: Path) -> Located:
    try:
        return parse_yaml(path, path.read_bytes())
    except OSError as error:
        raise ContentError(path, 1, "", f"cannot be read: {error.strerror}") from error


def parse_yaml(path: Path, content: bytes) -> Located:
    """Plain data only; a key that stands twice, an alias or an odd tag is an error."""
    lines: dict[Keys, int] = {}
    return Located(path, _plain(path, compose(path, content), (), lines), lines)


def compose(path: Path, content: bytes) -> yaml.Node | None:
    """The nodes of a YAML text, which know where they stand and how they are quoted."""
    try:
        node: yaml.Node | None = yaml.compose(content.decode("utf-8"), Loader=yaml.CSafeLoader)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ContentError(path, line, "", "is not UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ContentError(path, mark.line + 1 if mark else 1, "", f"bad YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ContentError(path, 1, "", f"bad YAML: {error}") from error
    return node


def _plain(path: Path, node: yaml.Node | None, keys: Keys, lines: dict[Keys, int]) -> Any:
    if node is None:
        raise ContentError(path, 1, "", "is empty")
    lines.setdefault(keys, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(path, node, keys, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(path, item, (*keys, place), lines) for place, item in enumerate(node.value)]
    if node.tag == "tag:yaml.org,2002:str" or node.value.lower() in _WORDS:
        return node.value
    return yaml.constructor.SafeConstructor().construct_object(node)


def _mapping(path: Path, node: yaml.MappingNode, keys: Keys, lines: dict[Keys, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value in node.value:
        key = str(key_node.value)
        if key in found:
            dotted = ".".join(map(str, (*keys, key)))
            raise ContentError(path, key_node.start_mark.line + 1, dotted, "stands twice")
        lines[(*keys, key)] = key_node.start_mark.line + 1
        found[key] = _plain(path, value, (*keys, key), lines)
    return found


def load_content(folder: Path) -> Content:
    return parse_content(read_yaml(folder / FAQ))


def parse_content(located: Located) -> Content:
    content = _validated(located, Content)
    for keys, problem in _loose_ends(content):
        raise located.error(keys, problem)
    return content


def load_intents(folder: Path, content: Content) -> Intents:
    """Return all that people say. Raises `ContentError` for an id that `content` lacks or that nobody asks for."""
    english = load_phrasings(folder, content)
    for id_ in (*content.entries, *content.topics):
        if id_ not in english:
            raise ContentError(folder / FAQ, 1, id_, "has no phrasings in intents/")
    return Intents(
        phrasings=english,
        translated=tuple(_translated(folder, content)),
        smalltalk=load_smalltalk(folder),
        urgent=load_urgent(folder),
        lexicon=_validated(read_yaml(folder / INTENTS / LEXICON), schema.LexiconData),
        languages=load_languages(folder, content),
        follow_ups=load_follow_ups(folder, content),
    )


def load_phrasings(folder: Path, content: Content) -> dict[str, tuple[str, ...]]:
    """Return the English phrasings by entry or topic; those of one id may stand in several files."""
    phrasings: dict[str, tuple[str, ...]] = {}
    for language, path in _phrasing_files(folder, content):
        if language is None:
            located = read_yaml(path)
            for id_, lines in _phrasings(located, {*content.entries, *content.topics}).items():
                present = phrasings.get(id_, ())
                for place, line in enumerate(lines):
                    if line in present:
                        raise located.error((id_, place), "stands in another file too")
                phrasings[id_] = present + lines
    return phrasings


def _translated(folder: Path, content: Content) -> Iterator[tuple[str, str, str]]:
    """Yield language, id and phrasing from the folders named after a language (`intents/es/`)."""
    for language, path in _phrasing_files(folder, content):
        if language:
            for id_, lines in _phrasings(read_yaml(path), {*content.entries, *content.topics}).items():
                yield from ((language, id_, line) for line in lines)


def _phrasing_files(folder: Path, content: Content) -> Iterator[tuple[str | None, Path]]:
    """Yield the files of phrasings for entries and topics, each with its language; None is English."""
    for path in intent_files(folder):
        name = path.parent.name
        if name in content.languages():
            yield name, path
        elif path.name not in _OTHER_FILES and name != URGENT_PHRASINGS:
            yield None, path


def load_smalltalk(folder: Path) -> dict[str, tuple[str, ...]]:
    return _phrasings(read_yaml(folder / INTENTS / SMALLTALK), set(schema.SMALLTALK))


def load_follow_ups(folder: Path, content: Content) -> tuple[schema.FollowUp, ...]:
    path = folder / INTENTS / FOLLOW_UPS
    if not path.exists():
        return ()
    located = read_yaml(path)
    found = _validated(located, schema.FollowUps).root
    for place, each in enumerate(found):
        if each.means not in content.entries and each.means not in content.topics:
            raise located.error((place, "means"), f"there is no entry or topic {each.means}")
        for id_ in each.after:
            if id_ not in content.entries:
                raise located.error((place, "after"), f"there is no entry {id_}")
    return found


def load_languages(folder: Path, content: Content) -> dict[str, schema.LanguageEvidence]:
    """What tells each language that has scripts in `content`; none is needed where it has none."""
    path = folder / INTENTS / LANGUAGES
    if not path.exists() and not content.languages():
        return {}
    located = read_yaml(path)
    if not isinstance(located.data, dict) or set(located.data) != set(content.languages()):
        wanted = ", ".join(content.languages()) or "none"
        raise located.error((), f"must hold the languages that have scripts in {FAQ}: {wanted}")
    return _validated(located, schema.Languages).root


def load_urgent(folder: Path) -> schema.UrgentEvidence:
    _, *paths = urgent_files(folder)
    phrasings = {path.stem: _validated(read_yaml(path), schema.TierPhrasings).root for path in paths}
    return schema.UrgentEvidence(load_urgent_rules(folder), phrasings)


def load_urgent_rules(folder: Path) -> schema.UrgentRules:
    return _validated(read_yaml(folder / INTENTS / URGENT), schema.UrgentRules)


def urgent_files(folder: Path) -> list[Path]:
    """The rules, then the phrasings: one block, sealed together."""
    return [folder / INTENTS / URGENT, *sorted((folder / INTENTS / URGENT_PHRASINGS).glob("*.yaml"))]


def urgent_text(folder: Path) -> str:
    """All that decides what is urgent, as one text for its seal."""
    parts = []
    for path in urgent_files(folder):
        try:
            parts.append(f"# {path.relative_to(folder).as_posix()}\n{path.read_text(encoding='utf-8')}")
        except (OSError, UnicodeDecodeError) as error:
            raise ContentError(path, 1, "", f"cannot be read: {error}") from error
    return "".join(parts)


def intent_files(folder: Path) -> list[Path]:
    return sorted((folder / INTENTS).rglob("*.yaml"))


def fingerprint(folder: Path) -> str:
    """SHA-256 over names and bytes of faq.yaml and intents/: the same content has the same fingerprint."""
    total = hashlib.sha256()
    for path in (folder / FAQ, *intent_files(folder)):
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ContentError(path, 1, "", f"cannot be read: {error.strerror}") from error
        total.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def _validated(located: Located, shape: type[Shape]) -> Shape:
    try:
        return shape.model_validate(located.data)
    except ValidationError as error:
        first = error.errors()[0]
        keys = tuple(part for part in first["loc"] if part != "[key]")
        raise located.error(keys, _said(first["type"], first["msg"])) from error


def _said(kind: str, message: str) -> str:
    known = {
        "extra_forbidden": "is not a known key",
        "missing": "is missing",
        "string_too_short": "is empty",
        "too_short": "is empty",
        "string_pattern_mismatch": "is not a valid id (lower case, digits, hyphens)",
    }
    return known.get(kind, message)


def _phrasings(located: Located, allowed: set[str]) -> dict[str, tuple[str, ...]]:
    if not isinstance(located.data, dict):
        raise located.error((), "must map ids to lists of phrasings")
    for id_, lines in located.data.items():
        if id_ not in allowed:
            raise located.error((id_,), "is not a known id")
        _check_lines(located, id_, lines)
    return {id_: tuple(lines) for id_, lines in located.data.items()}


def _check_lines(located: Located, id_: str, lines: object) -> None:
    if not isinstance(lines, list) or not lines:
        raise located.error((id_,), "must be a list with at least one phrasing")
    seen: set[str] = set()
    for place, line in enumerate(lines):
        if not isinstance(line, str) or not line.strip():
            raise located.error((id_, place), "is not a text (quote numbers and words such as yes)")
        if line in seen:
            raise located.error((id_, place), "stands twice")
        seen.add(line)


def _loose_ends(content: Content) -> Iterator[tuple[Keys, str]]:
    """What a schema cannot see: ids that point nowhere, scripts that are missing, braces that mean nothing."""
    yield from _missing_scripts(content)
    yield from _lost_entries(content)
    yield from _odd_topics(content)
    yield from _odd_braces(content)


def _lost_entries(content: Content) -> Iterator[tuple[Keys, str]]:
    for id_, entry in content.entries.items():
        if id_.startswith(schema.NOT_COVERED):
            yield ("entries", id_), f"an entry's id must not start with {schema.NOT_COVERED}"
        if entry.theme not in content.themes:
            yield ("entries", id_, "theme"), f"there is no theme {entry.theme}"
        for other in entry.related:
            if other not in content.entries or other == id_:
                yield ("entries", id_, "related"), f"there is no other entry {other}"
        for place, source in enumerate(entry.sources):
            document = content.documents.get(source.document)
            if document is None or source.section not in document.sections:
                yield (
                    ("entries", id_, "sources", place),
                    f"there is no section {source.document}/{source.section}",
                )


def _odd_topics(content: Content) -> Iterator[tuple[Keys, str]]:
    for id_, topic in content.topics.items():
        if not id_.startswith(schema.NOT_COVERED):
            yield ("topics", id_), f"a not-covered topic's id must start with {schema.NOT_COVERED}"
        if topic.title and "{" in topic.title:
            yield ("topics", id_, "title"), "a title holds no placeholder"


def _missing_scripts(content: Content) -> Iterator[tuple[Keys, str]]:
    safety = content.safety()
    known = {*schema.SCRIPTS, *schema.SMALLTALK, *safety}
    for id_ in sorted(known - content.scripts.keys()):
        yield ("scripts",), f"script {id_} is missing"
    for id_, script in content.scripts.items():
        if id_ not in known and id_ not in schema.SMS:
            yield ("scripts", id_), "is not a script that the service knows"
        elif script.safety != (id_ in safety):
            yield ("scripts", id_, "safety"), f"must be {str(id_ in safety).lower()}"
        elif id_ in safety - schema.SAFETY and script.translated_by is None:
            yield ("scripts", id_, "translated_by"), "must say who translated it, or `pending`"


def _odd_braces(content: Content) -> Iterator[tuple[Keys, str]]:
    for id_, entry in content.entries.items():
        for name, said in entry.texts():
            for odd in schema.unknown_placeholders(said):
                yield ("entries", id_, name), f"{{{odd}}} is not a placeholder"
    for id_, script in content.scripts.items():
        for _, said in script.texts():
            for odd in schema.unknown_placeholders(said):
                yield ("scripts", id_), f"{{{odd}}} is not a placeholder"
