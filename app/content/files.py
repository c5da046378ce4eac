"""Reads faq.yaml and intents/. Whatever is wrong is a `ContentError` that names file, line and key."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from app.content import approval, consistency, schema
from app.content.file_io import is_there, read_bytes, read_text
from app.content.folder import find_named_like, find_yaml
from app.content.nearest import did_you_mean, known_keys
from app.content.schema import Content, Intents
from app.content.yaml_file import Located, read_yaml
from app.errors import ContentError, gathered, raise_together

FAQ, LOCK, INTENTS, DOCUMENTS = "faq.yaml", "faq.lock", "intents", "documents"
"""What a folder of content holds; `documents/hai-pump.txt` is the text of the document `hai-pump`."""
LEXICON, SMALLTALK = "lexicon", "smalltalk"
"""Each is one file, any number of files in a folder of that name (`smalltalk/general.yaml`), or both."""
LANGUAGES, FOLLOW_UPS, CONVERSATIONS = "languages.yaml", "follow-ups.yaml", "conversations.yaml"
IMPORTED = "imported.yaml"
URGENT, RULES = "urgent", "rules.yaml"
"""Folder of what is danger, a folder for each layer in it, and the rules of a layer beside its phrasings."""
_OTHER_FILES = (f"{LEXICON}.yaml", f"{SMALLTALK}.yaml", LANGUAGES, FOLLOW_UPS, CONVERSATIONS)
_OTHER_FOLDERS = (LEXICON, SMALLTALK, URGENT)
_LAYER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PROBLEMS = {
    "extra_forbidden": "is not a known key",
    "missing": "is missing",
    "model_type": "must be a map of keys and what they hold",
    "dict_type": "must be a map of keys and what they hold",
    "tuple_type": "must be a list",
    "string_type": "is not a text (quote numbers and words such as yes)",
    "string_too_short": "is empty",
    "too_short": "is empty",
    "string_pattern_mismatch": "is not a valid id (lower case, digits, hyphens)",
}
"""Our words in place of pydantic's, by its type of error."""

Phrasings = dict[str, tuple[str, ...]]
"""Lines by id."""
Shape = TypeVar("Shape")


def load_content(folder: Path) -> Content:
    return parse_content(read_yaml(folder / FAQ))


def parse_content(located: Located) -> Content:
    content = _validated(located, Content)
    raise_together(located.error(keys, problem) for keys, problem in consistency.problems(content))
    return content


def load_intents(folder: Path, content: Content) -> Intents:
    """Return all that people say. Raises `ContentError` for an id that `content` lacks or that nobody asks for."""
    english = load_phrasings(folder, content)
    lacking = (id_ for id_ in content.ids() if id_ not in english)
    raise_together(ContentError(folder / FAQ, 1, id_, "has no phrasings in intents/") for id_ in lacking)
    return Intents(
        phrasings=english,
        translated=load_translated(folder, content),
        smalltalk=load_smalltalk(folder),
        urgent=load_urgent(folder),
        lexicon=load_lexicon(folder),
        languages=load_languages(folder, content),
        follow_ups=load_follow_ups(folder, content),
        imported=_imported(folder),
    )


def _imported(folder: Path) -> frozenset[str]:
    path = folder / INTENTS / IMPORTED
    ids: Mapping[str, Sequence[str]] = read_yaml(path).data if is_there(path) else {}
    return frozenset(line for lines in ids.values() for line in lines)


def load_phrasings(folder: Path, content: Content) -> Phrasings:
    """Return the English phrasings by entry or topic; those of one id may stand in several files."""
    phrasings: Phrasings = {}
    errors: list[ContentError] = []
    for path in english_phrasing_files(folder, content):
        with gathered(errors):
            phrasings |= _phrasings(read_yaml(path), content.ids(), phrasings)
    raise_together(errors)
    return phrasings


def english_phrasing_files(folder: Path, content: Content) -> list[Path]:
    return [path for language, path in _phrasing_files(folder, content) if language is None]


def load_translated(folder: Path, content: Content) -> tuple[tuple[str, str, str], ...]:
    """Return language, id and phrasing from the folders named after a language (`intents/es/`)."""
    return tuple(_translated(folder, content))


def _translated(folder: Path, content: Content) -> Iterator[tuple[str, str, str]]:
    for language, path in _phrasing_files(folder, content):
        if language:
            for id_, lines in _phrasings(read_yaml(path), content.ids(), {}).items():
                yield from ((language, id_, line) for line in lines)


def _phrasing_files(folder: Path, content: Content) -> Iterator[tuple[str | None, Path]]:
    """Yield the files of phrasings for entries and topics, each with its language; None is English."""
    for path in intent_files(folder):
        name = path.parent.name
        if name in content.languages():
            yield name, path
        elif path.name not in _OTHER_FILES and path.relative_to(folder / INTENTS).parts[0] not in _OTHER_FOLDERS:
            yield None, path


def load_smalltalk(folder: Path) -> Phrasings:
    smalltalk: Phrasings = {}
    for path in _joined_files(folder, SMALLTALK):
        smalltalk |= _phrasings(read_yaml(path), schema.TALK, smalltalk)
    return smalltalk


def load_lexicon(folder: Path) -> schema.LexiconData:
    """Return the words of all files as one. Raises `ContentError` for shorthand that stands in two of them."""
    lexicon = schema.LexiconData()
    for path in _joined_files(folder, LEXICON):
        located = read_yaml(path)
        own = _validated(located, schema.LexiconData)
        for word in own.shorthand.keys() & lexicon.shorthand.keys():
            raise located.error(("shorthand", word), "stands in another file too")
        lexicon = lexicon.beside(own)
    return lexicon


def _joined_files(folder: Path, name: str) -> tuple[Path, ...]:
    """Return `smalltalk.yaml` and all files of `smalltalk/`; where there are none, the first, which cannot be read."""
    single = folder / INTENTS / f"{name}.yaml"
    found = [path for path in intent_files(folder) if path == single or folder / INTENTS / name in path.parents]
    return tuple(found) or (single,)


def load_follow_ups(folder: Path, content: Content) -> tuple[schema.FollowUp, ...]:
    """Return what people say after an answer; either file may be missing."""
    return (*_follow_ups(folder, content), *_conversations(folder, content))


def _follow_ups(folder: Path, content: Content) -> Iterator[schema.FollowUp]:
    path = folder / INTENTS / FOLLOW_UPS
    if not is_there(path):
        return
    located = read_yaml(path)
    follow_ups = _validated(located, schema.FollowUps)
    raise_together(_unknown_follow_ups(located, follow_ups, content))
    yield from follow_ups


def _unknown_follow_ups(located: Located, follow_ups: schema.FollowUps, content: Content) -> Iterator[ContentError]:
    for place, follow_up in enumerate(follow_ups):
        if follow_up.means not in content.ids():
            meant = did_you_mean(follow_up.means, content.ids())
            yield located.error((place, "means"), f"there is no entry or topic {follow_up.means}{meant}")
        for id_ in follow_up.after:
            if id_ not in content.entries:
                meant = did_you_mean(id_, content.entries)
                yield located.error((place, "after"), f"there is no entry {id_}{meant}")


def _conversations(folder: Path, content: Content) -> Iterator[schema.FollowUp]:
    path = folder / INTENTS / CONVERSATIONS
    if not is_there(path):
        return
    located = read_yaml(path)
    conversations = _validated(located, schema.Conversations)
    raise_together(_unknown_turns(located, conversations, content))
    for after, turns in conversations.items():
        for means, lines in turns.items():
            yield schema.FollowUp(means=means, after=(after,), lines=lines)


def _unknown_turns(located: Located, conversations: schema.Conversations, content: Content) -> Iterator[ContentError]:
    said = content.ids() | schema.TALK
    for after, turns in conversations.items():
        if after not in content.entries:
            yield located.error((after,), f"there is no entry {after}{did_you_mean(after, content.entries)}")
        for means in turns:
            if means not in said:
                meant = did_you_mean(means, said)
                yield located.error((after, means), f"there is no entry, topic or small talk {means}{meant}")


def load_languages(folder: Path, content: Content) -> dict[str, schema.LanguageEvidence]:
    """Return the evidence of each language that has scripts in `content`; the file may be missing where none has."""
    path = folder / INTENTS / LANGUAGES
    if not is_there(path) and not content.languages():
        return {}
    located = read_yaml(path)
    if not isinstance(located.data, dict) or set(located.data) != set(content.languages()):
        wanted = ", ".join(content.languages()) or "none"
        raise located.error((), f"must hold the languages that have scripts in {FAQ}: {wanted}")
    return _validated(located, schema.Languages)


def load_urgent(folder: Path) -> schema.UrgentEvidence:
    return schema.UrgentEvidence(load_urgent_rules(folder), tuple(_urgent_lines(folder)))


def _urgent_lines(folder: Path) -> Iterator[schema.UrgentLine]:
    for layer, paths in urgent_layers(folder).items():
        for path in paths:
            if path.name != RULES:
                for tier, signs in _validated(read_yaml(path), schema.TierPhrasings).items():
                    lines = ((sign, line) for sign, own in signs.items() for line in own)
                    yield from (schema.UrgentLine(layer, path.stem, tier, sign, line) for sign, line in lines)


def load_urgent_rules(folder: Path) -> schema.UrgentRules:
    """Return the rules of all layers as one."""
    rules = schema.UrgentRules()
    for layer in urgent_layers(folder):
        path = folder / INTENTS / URGENT / layer / RULES
        if is_there(path):
            located = read_yaml(path)
            own = _validated(located, schema.UrgentRules)
            for name in own.cues.keys() & rules.cues.keys():  # it would quieten rules that another layer has sealed
                raise located.error(("cues", name), "stands in another layer too")
            if own.costs and layer != schema.GENERAL:
                raise located.error(("costs",), f"belongs into the layer {schema.GENERAL}")
            rules = rules.beside(own)
    return rules


def urgent_layers(folder: Path) -> dict[str, list[Path]]:
    """Return the files of each layer of danger by its name, in the order in which they are sealed together. Raises
    `ContentError` for a file that stands in no layer.
    """
    layers: dict[str, list[Path]] = {}
    root = folder / INTENTS / URGENT
    for path in (path for path in intent_files(folder) if root in path.parents):  # none where it is a link: no content
        parts = path.relative_to(root).parts
        if len(parts) != 2 or not _LAYER.fullmatch(parts[0]):
            raise ContentError(path, 1, "", f"belongs into a layer of danger, such as {URGENT}/{schema.GENERAL}/")
        layers.setdefault(parts[0], []).append(path)
    return layers


def urgent_texts(folder: Path) -> dict[str, str]:
    """Return all that decides what is urgent, a text for each layer, by the key of its seal."""
    return {
        f"{approval.URGENT}{layer}": "".join(
            f"# {path.relative_to(folder).as_posix()}\n{read_text(path)}" for path in paths
        )
        for layer, paths in urgent_layers(folder).items()
    }


def sealed_texts(folder: Path, content: Content) -> dict[str, str]:
    """Return every text that needs a seal, by the key of the seal."""
    return {**content.texts(), **urgent_texts(folder)}


def document_texts(folder: Path, content: Content) -> dict[str, str]:
    """Return the texts of the documents that lie in a folder, by their id."""
    paths = {id_: folder / f"{id_}.txt" for id_ in content.documents}
    return {id_: read_text(path) for id_, path in paths.items() if is_there(path)}


def intent_files(folder: Path) -> tuple[Path, ...]:
    return find_yaml(folder / INTENTS).read


def read_all(folder: Path) -> dict[Path, bytes]:
    """Return what is content, by its path in the folder, and nothing that lies beside it, which may be a device without
    an end.
    """
    lock = folder / LOCK
    paths = (folder / FAQ, *([lock] if is_there(lock) else []), *intent_files(folder))
    return {path.relative_to(folder): read_bytes(path) for path in paths}


def passed_over(folder: Path) -> Mapping[str, str]:
    """Return the files that are named like content and are not read, with the reason."""
    names = {path.name: f"is not read: only {FAQ} and {LOCK} are" for path in find_named_like(folder, FAQ, LOCK)}
    reason = "is not read: the name must end in .yaml and begin with a letter or digit"
    return names | {path.relative_to(folder).as_posix(): reason for path in find_yaml(folder / INTENTS).passed_over}


def fingerprint(folder: Path) -> str:
    """Return the SHA-256 of the names and bytes of faq.yaml and intents/."""
    return _sum(folder, (folder / FAQ, *intent_files(folder)))


def intents_fingerprint(folder: Path) -> str:
    """Return the SHA-256 of the names and bytes of intents/."""
    return _sum(folder, intent_files(folder))


def _sum(folder: Path, paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        content = read_bytes(path)
        total.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def _validated(located: Located, shape: type[Shape]) -> Shape:
    try:
        return TypeAdapter(shape).validate_python(located.data)
    except ValidationError as error:
        raise_together(_schema_errors(located, shape, error))
        raise


def _schema_errors(located: Located, shape: object, error: ValidationError) -> Iterator[ContentError]:
    for detail in error.errors():
        keys = tuple(part for part in detail["loc"] if part != "[key]")
        problem = _PROBLEMS.get(detail["type"], detail["msg"])
        if detail["type"] == "extra_forbidden":
            problem += did_you_mean(str(keys[-1]), known_keys(shape, keys[:-1]))
        yield located.error(keys, problem)


def _phrasings(located: Located, ids: Set[str], before: Phrasings) -> Phrasings:
    """Return the phrasings of a file's ids, after those that the same ids had in files before it."""
    if not isinstance(located.data, dict):
        raise located.error((), "must map ids to lists of phrasings")
    raise_together(_phrasing_errors(located, ids, before))
    return {id_: (*before.get(id_, ()), *lines) for id_, lines in located.data.items()}


def _phrasing_errors(located: Located, ids: Set[str], before: Phrasings) -> Iterator[ContentError]:
    for id_, lines in located.data.items():
        if id_ not in ids:
            yield located.error((id_,), f"is not a known id{did_you_mean(id_, ids)}")
        elif not isinstance(lines, list) or not lines:
            yield located.error((id_,), "must be a list with at least one phrasing")
        else:
            yield from _line_errors(located, id_, lines, set(before.get(id_, ())))


def _line_errors(located: Located, id_: str, lines: list[object], present: set[str]) -> Iterator[ContentError]:
    for place, line in enumerate(lines):
        if not isinstance(line, str) or not line.strip():
            yield located.error((id_, place), "is not a text (quote numbers and words such as yes)")
        elif line in present:
            yield located.error((id_, place), "stands twice")
        else:
            present.add(line)
