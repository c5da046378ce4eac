"""Builds a knowledge, holds it, watches for changes, swaps it whole.

Fitting runs in child processes, one build at a time per cache folder, under a temporary name until it
is complete; what is in the cache is never trusted before its sums are checked.
"""

import contextlib
import fcntl
import hashlib
import itertools
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import metadata
from pathlib import Path

from app import metrics, text
from app.content import approval, files, schema, sources
from app.content.schema import Content, Intents
from app.dialogue import knowledge
from app.dialogue.knowledge import Knowledge, Site
from app.dialogue.language import LABEL, Languages
from app.dialogue.smalltalk import QUESTION, SmallTalk
from app.dialogue.urgent import UrgentCheck
from app.errors import ContentChanged, HaiFaqError, ModelError, StoreError
from app.matching import matcher, model
from app.matching.matcher import Example, TrainingSet
from app.matching.vocabulary import Lexicon
from app.records.withdrawals import Withdrawals

log = logging.getLogger(__name__)

TOPICS, URGENT, SMALLTALK = "topics", "urgent", "smalltalk"
AFTER = 3
"""Entries after which each follow-up line is shown to the matcher."""
_FITTING = "fitting-"
_LIBRARIES = ("numpy", "scikit-learn", "scipy", "rapidfuzz")


@dataclass(frozen=True)
class Place:
    """Where content, cache and documents are, and what of the site goes into the texts."""

    content: Path
    cache: Path
    documents: Path | None
    site: Site
    risk: float
    urgent_bar: float
    grace: timedelta


def build_key(folder: Path, risk: float) -> str:
    """What a fit depends on: content, code version, libraries, risk."""
    libraries = ",".join(f"{name}={metadata.version(name)}" for name in _LIBRARIES)
    source = f"{files.fingerprint(folder)} {model.FORMAT} {libraries} {risk}"
    return hashlib.sha256(source.encode()).hexdigest()[:32]


def build(folder: Path, cache: Path, risk: float) -> Path:
    """The folder of the fitted models for this content, fitted now unless the cache has them whole."""
    target = cache / build_key(folder, risk)
    if _is_whole(target):
        return target
    with _alone(cache):
        if not _is_whole(target):
            _fit(folder, target, risk)
            _forget_others(cache, target)
    return target


def _is_whole(target: Path) -> bool:
    try:
        model.load(target)
    except ModelError:
        return False
    return True


@contextlib.contextmanager
def _alone(cache: Path) -> Iterator[None]:
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fit(folder: Path, target: Path, risk: float) -> None:
    content = files.load_content(folder)
    intents = files.load_intents(folder, content)
    if build_key(folder, risk) != target.name:  # another fit was waited for: this would be a model under a wrong name
        raise ContentChanged(folder, 1, "", "changed while it was read")
    lessons = {TOPICS: _topics(content, intents, risk), URGENT: _urgent(intents), SMALLTALK: _smalltalk(intents)}
    _put(target, lambda done: matcher.fit_together(lessons, lexicon_of(intents), done))


def _put(target: Path, fill: Callable[[Path], object]) -> None:
    """The folder appears when it is complete."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=_FITTING) as temporary:
        done = Path(temporary) / "done"
        fill(done)
        shutil.rmtree(target, ignore_errors=True)
        done.rename(target)


def hand_on(folder: Path, cache: Path, place: Place) -> None:
    """Puts the model that is in `cache` for the content of `folder` into the service's own, so that its next look at
    this content need not wait for a fit. Where that cannot be written, the service fits anew.
    """
    name = build_key(folder, place.risk)
    with contextlib.suppress(OSError), _alone(place.cache):
        _put(place.cache / name, lambda done: shutil.copytree(cache / name, done))


def _topics(content: Content, intents: Intents, risk: float) -> TrainingSet:
    examples: list[Example] = [(id_, line, None) for id_, lines in intents.phrasings.items() for line in lines]
    examples += [(id_, line, None) for _, id_, line in intents.translated]
    examples += _follow_ups(content, intents)
    examples += [(id_, said, None) for id_, entry in content.entries.items() for said in (entry.question, entry.answer)]
    return TrainingSet(tuple(examples), frozenset(content.topics), calibrated=True, risk=risk)


def _follow_ups(content: Content, intents: Intents) -> Iterator[Example]:
    """Each line after a few of the entries that it may follow, taken in turn so that all come up."""
    for each in intents.follow_ups:
        turns = itertools.cycle(each.after or content.entries)
        few = min(AFTER, len(each.after) or len(content.entries))
        for line in each.lines:
            yield from ((each.means, line, next(turns)) for _ in range(few))


def _urgent(intents: Intents) -> TrainingSet:
    examples = [(tier, line) for _, tier, line in intents.urgent.lines()]
    ordinary = (*intents.phrasings.values(), *intents.smalltalk.values())
    examples += [(schema.CALM, line) for _, _, line in intents.translated]
    examples += [(schema.CALM, said) for lines in ordinary for line in lines for said in _with_sentences(line)]
    return TrainingSet(tuple((tier, line, None) for tier, line in examples))


def _smalltalk(intents: Intents) -> TrainingSet:
    examples = [(id_, line) for id_, lines in intents.smalltalk.items() for line in lines]
    examples += [(QUESTION, line) for lines in intents.phrasings.values() for line in lines]
    examples += [(QUESTION, line) for file, _, line in intents.urgent.lines() if file not in intents.languages]
    examples += [(LABEL + language, line) for language, line in _in_languages(intents)]
    return TrainingSet(tuple((label, line, None) for label, line in examples))


def _in_languages(intents: Intents) -> Iterator[tuple[str, str]]:
    """Lines of the languages that their script does not tell already."""
    told = {language for language, each in intents.languages.items() if not each.script}
    for language in sorted(told):
        known = intents.languages[language]
        yield from ((language, line) for line in (*known.messages, *known.words))
    yield from ((file, line) for file, _, line in intents.urgent.lines() if file in told)
    yield from ((language, line) for language, _, line in intents.translated if language in told)


def _with_sentences(line: str) -> list[str]:
    """An ordinary message is calm as a whole and in each of its sentences, which is how the check reads it."""
    sentences = [sentence.folded for sentence in text.parse(line).sentences]
    return [line, *sentences] if len(sentences) > 1 else [line]


def lexicon_of(intents: Intents) -> Lexicon:
    shorthand = {word: tuple(full.split()) for word, full in intents.lexicon.shorthand.items()}
    concepts = {word: f"={idea}" for idea, words in intents.lexicon.ideas.items() for word in words}
    return Lexicon(shorthand, concepts)


def _forget_others(cache: Path, target: Path) -> None:
    """Keeps the two newest models, so that a rollback starts at once; and nothing of fits that were killed."""
    for left in cache.glob(f"{_FITTING}*"):
        shutil.rmtree(left, ignore_errors=True)
    built = [path for path in cache.iterdir() if path.is_dir() and (path / model.MANIFEST).is_file() and path != target]
    for old in sorted(built, key=lambda path: path.stat().st_mtime)[:-1]:
        shutil.rmtree(old, ignore_errors=True)


def load(place: Place) -> Knowledge:
    """A whole knowledge, or an error that says why there is none; nothing half-loaded."""
    version = _version(place.content)
    content = files.load_content(place.content)
    lock = approval.read_lock(place.content / files.LOCK)
    approved = knowledge.approve(
        content, lock, files.urgent_text(place.content), _passages(place, content, lock), place.site, place.grace
    )
    phrasings, rules = files.load_smalltalk(place.content), files.load_urgent_rules(place.content)
    languages = files.load_languages(place.content, content)
    if _version(place.content) != version:  # all is read by now: what changes during the fit is the next reload's
        raise ContentChanged(place.content, 1, "", "changed while it was read")
    folder = _built(place)
    matchers = matcher.load_together(folder)
    talk = matchers[SMALLTALK]
    smalltalk = SmallTalk.build(phrasings, talk)
    urgent = UrgentCheck.build(matchers[URGENT], rules, place.urgent_bar, smalltalk.intents)
    loaded = Knowledge(
        content=content,
        matcher=matchers[TOPICS],
        urgent=urgent,
        smalltalk=smalltalk,
        languages=Languages.build(languages, talk),
        version=version,
        model_version=folder.name[:16],
        **{name: getattr(approved, name) for name in approved.__dataclass_fields__},
    )
    if _version(place.content) != version:  # a fit takes half a minute: parts of two contents would be one
        raise ContentChanged(place.content, 1, "", "changed while it was read")
    return loaded


def _built(place: Place) -> Path:
    try:
        return build(place.content, place.cache, place.risk)
    except OSError as error:
        temporary = Path(tempfile.gettempdir()) / f"hai-faq-cache-{os.getuid()}"
        log.warning("cache %s cannot be written (%s): using %s", place.cache, error.strerror, temporary)
        temporary.mkdir(mode=0o700, exist_ok=True)
        if temporary.stat().st_uid != os.getuid():
            raise ModelError(f"{temporary} belongs to someone else") from error
        return build(place.content, temporary, place.risk)


def _passages(place: Place, content: Content, lock: approval.Lock) -> Mapping[str, str]:
    if place.documents is None:
        return {}
    texts = {}
    for id_ in content.documents:
        path = place.documents / f"{id_}.txt"
        try:
            texts[id_] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            log.warning("document %s cannot be quoted: %s", id_, error)
    return sources.passages(content, texts, lock.paragraphs)


def _version(folder: Path) -> str:
    lock = folder / files.LOCK
    sealed = lock.read_bytes() if lock.exists() else b""
    return hashlib.sha256(files.fingerprint(folder).encode() + sealed).hexdigest()[:16]


class Live:
    """The knowledge in use. Reading `current` is one attribute look-up; a swap replaces it whole."""

    def __init__(self, place: Place, withdrawals: Withdrawals | None, every: float) -> None:
        self._place = place
        self._withdrawals = withdrawals
        self._every = every
        self._stopped = threading.Event()
        self._woken = threading.Condition()
        self._looks = 1
        """Looks that were asked for; the first at once, since it also makes what a search needs."""
        self._swapping = threading.Lock()
        self._threads = [
            threading.Thread(target=self._watch, args=(self._reload_if_changed,), name="content", daemon=True),
            threading.Thread(target=self._watch, args=(self._refresh_withdrawals,), name="withdrawals", daemon=True),
        ]
        self._failed = ""
        self._current: Knowledge | None = None

    def start(self, loaded: Knowledge | None = None) -> None:
        """Loads unless that was just done; raises `HaiFaqError` when nothing may be served. Then watches."""
        self._current = loaded or load(self._place)
        self._refresh_withdrawals()
        self._report(self._current)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self.wake()

    def wake(self) -> None:
        """Looks for changes now."""
        with self._woken:
            self._looks += 1
            self._woken.notify_all()

    @property
    def current(self) -> Knowledge:
        if self._current is None:
            raise ModelError("nothing is loaded")
        return self._current

    @property
    def failed_reload(self) -> str:
        """Why the content on disk could not be loaded; empty when it is what is served."""
        return self._failed

    def check(self) -> None:
        """Loads the content anew if it changed; a bad change keeps what is served."""
        self._safely(self._reload_if_changed)
        self._safely(self._refresh_withdrawals)

    def _watch(self, look: Callable[[], None]) -> None:
        """One thread for content, one for withdrawals: an answer that is taken back must not wait for a fit."""
        seen = 0
        while not self._stopped.is_set():
            with self._woken:
                self._woken.wait_for(lambda: self._looks != seen, self._every)  # noqa: B023 it is asked at once
                seen = self._looks
            if not self._stopped.is_set():
                self._safely(look)

    def _safely(self, step: Callable[[], None]) -> None:
        try:
            step()
        except ContentChanged as error:  # someone is at work: the next look finds all of it
            log.info("%s: it is read again", error)
        except HaiFaqError as error:
            self._note_failure(str(error))
        except Exception as error:  # the watcher must outlive what nobody foresaw
            log.exception("watching failed")
            self._note_failure(type(error).__name__)

    def _reload_if_changed(self) -> None:
        if _version(self._place.content) == self.current.version:
            self._failed = ""
            self.current.matcher.warm()
            return
        loaded = load(self._place)
        loaded.matcher.warm()
        with self._swapping:
            self._current = replace(loaded, taken_back=self.current.taken_back)
        self._failed = ""
        metrics.reloads.labels("loaded").inc()
        self._report(loaded)

    def _note_failure(self, problem: str) -> None:
        if problem != self._failed:
            log.error("reload refused, the old content stays: %s", problem)
            metrics.reloads.labels("refused").inc()
        self._failed = problem

    def _refresh_withdrawals(self) -> None:
        """A store that cannot be read leaves what is known to be taken back as it is."""
        if self._withdrawals is None:
            return
        try:
            taken = frozenset(each.entry_id for each in self._withdrawals.all())
        except StoreError as error:
            log.warning("%s", error)
            return
        if taken != self.current.taken_back:
            log.warning("entries taken back: %s", ", ".join(sorted(taken)) or "none")
            with self._swapping:
                self._current = replace(self.current, taken_back=taken)

    def _report(self, loaded: Knowledge) -> None:
        metrics.withheld.set(len(loaded.withheld))
        for key, reason in sorted(loaded.withheld.items()):
            log.warning("withheld: %s: %s", key, reason)
        log.info("content %s: %d entries served", loaded.version, len(loaded.answers))
