"""Fitted models on disk, each under a key of all that it was fitted from.

One fit at a time per folder, under a temporary name until it is complete; what is in the cache is never trusted before
its sums are checked.
"""

import contextlib
import fcntl
import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from app.content import files
from app.dialogue.approved import Site
from app.dialogue.handoffs import Handoff
from app.errors import ContentChanged, ModelError
from app.loading.training_sets import Taught, lexicon_of, training_sets
from app.matching import encoder, matcher, model
from app.matching.matcher import Matcher

log = logging.getLogger(__name__)

_FITTING = "fitting-"
STEM = 16
"""Characters of a key that all models share which differ only in the wording of answers and titles."""
VECTORS = "vectors.npz"
"""The file of the cache that keeps vectors of phrasings."""
_LIBRARIES = ("numpy", "scikit-learn", "scipy", "rapidfuzz")


@dataclass(frozen=True)
class ContentConfig:
    """Where content, cache and documents are, and what a site has set that decides what is served."""

    content: Path
    cache: Path
    documents: Path | None
    site: Site
    risk: float
    caution: float
    """How much dearer a missed danger is here than in the sealed costs; at least 1."""
    grace: timedelta
    encoder: bool = False
    """Phrasings are also learnt by their meaning, and messages read so; it needs the wheel of `encoder`."""
    scripts: Sequence[str] = ()
    """Scripts that the content must have beside those of every department."""
    handoffs: Sequence[Handoff] = ()
    """Each topic that they name must be one of the content's."""
    contact_url: str | None = None
    """The site's form or live chat for patients."""
    link_hosts: Sequence[str] = ()
    """Hosts to which links in answers may lead; of another link the words stay."""


def key(config: ContentConfig) -> str:
    """Return a hash of what a fit depends on: what it learns of the content, code version, libraries, risk, encoder.
    An edit of what models do not learn, as of an answer whose entry has phrasings enough, leaves it.
    """
    return _key(config, _taught(config))


def _taught(config: ContentConfig) -> Taught:
    """Read what models learn of the content, in about 0.3 s for what is shipped."""
    content = files.load_content(config.content)
    return Taught.of(content, files.load_phrasings(config.content, content))


def _key(config: ContentConfig, taught: Taught) -> str:
    libraries = ",".join(f"{name}={metadata.version(name)}" for name in _LIBRARIES)
    encoded = "".join(encoder.SUMS.values()) if config.encoder else ""
    learnt = f"{files.intents_fingerprint(config.content)} {json.dumps(taught._replace(wordings={}))}"
    source = f"{learnt} {model.FORMAT} {libraries} {config.risk} {encoded}"
    return _digest(source) + _digest(json.dumps(taught.wordings))


def _digest(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[:STEM]


class Fitted(NamedTuple):
    folder: Path
    matchers: Mapping[str, Matcher]


def build(config: ContentConfig) -> Fitted:
    """Return the matchers fitted for this content, which are fitted now unless the cache has them whole."""
    found = cached(config)
    if found:
        return found
    target = config.cache / key(config)
    with _alone(config.cache):
        with contextlib.suppress(ModelError):  # another process may have fitted the same meanwhile
            return _read(target)
        _fit(config, target)
        _forget_others(target)
        return _read(target)


def cached(config: ContentConfig) -> Fitted | None:
    """Return the matchers that the cache has for this content as it stands; None where they were to be fitted."""
    return _cached(config, _taught(config))


def _cached(config: ContentConfig, taught: Taught) -> Fitted | None:
    names = (_key(one, taught) for one in (config, replace(config, encoder=True)))
    for name in dict.fromkeys(names):  # what was fitted with the encoder ranks by words as well
        with contextlib.suppress(ModelError):
            return _read(config.cache / name)
    return None


def cached_near(config: ContentConfig) -> Fitted | None:
    """Return the matchers that the cache has for this content, or else the newest for other wordings of its answers and
    titles: near enough to look at a draft by, where each edit would need a fit.
    """
    taught = _taught(config)
    if exact := _cached(config, taught):
        return exact
    stem = _key(config, taught)[:STEM]
    with contextlib.suppress(OSError):  # another fit may remove a folder meanwhile
        for folder in sorted(config.cache.glob(f"{stem}*"), key=lambda path: path.stat().st_mtime, reverse=True):
            with contextlib.suppress(ModelError):
                return _read(folder)
    return None


def hand_on(source: ContentConfig, target: ContentConfig) -> None:
    """Copy the model of `source` into the cache of `target`, so that a service which is about to read the same content
    there need not wait for a fit. Where that cache cannot be written, the service fits anew.
    """
    name = key(source)
    with contextlib.suppress(OSError), _alone(target.cache):
        _put(target.cache / name, lambda folder: shutil.copytree(source.cache / name, folder))


def lend_vectors(source: ContentConfig, target: ContentConfig) -> None:
    """Copy the vectors that `source` keeps, so that a fit of nearly the same content encodes only what differs."""
    with contextlib.suppress(OSError):
        target.cache.mkdir(parents=True, exist_ok=True)
        if (source.cache / VECTORS).is_file():  # and no device, whose copy would fill the disk
            shutil.copy(source.cache / VECTORS, target.cache / VECTORS)


def _read(target: Path) -> Fitted:
    return Fitted(target, matcher.load_together(target))


@contextlib.contextmanager
def _alone(cache: Path) -> Iterator[None]:
    cache.mkdir(parents=True, exist_ok=True)
    lock = os.open(cache / "lock", os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)  # a pipe would block
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.info("waiting for another fit to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _fit(config: ContentConfig, target: Path) -> None:
    content = files.load_content(config.content)
    intents = files.load_intents(config.content, content)
    taught = Taught.of(content, intents.phrasings)
    if _key(config, taught) != target.name:  # another fit was waited for: this would be a model under a wrong name
        raise ContentChanged(config.content, 1, "", "changed while it was read")
    sets = training_sets(taught, intents, config.risk, config.encoder)
    _put(target, lambda folder: matcher.fit_together(sets, lexicon_of(intents), folder, config.cache / VECTORS))


def _put(target: Path, fill: Callable[[Path], object]) -> None:
    """Make the folder appear when `fill` has completed it under another name."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=_FITTING) as temporary:
        complete = Path(temporary) / "complete"
        fill(complete)
        shutil.rmtree(target, ignore_errors=True)
        complete.rename(target)


def _forget_others(target: Path) -> None:
    """Keep the two newest models, so that a roll-back starts at once, and nothing of fits that were killed."""
    for unfinished in target.parent.glob(f"{_FITTING}*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    others = [path.parent for path in target.parent.glob(f"*/{model.MANIFEST}") if path.parent != target]
    for old in sorted(others, key=lambda path: path.stat().st_mtime)[:-1]:
        shutil.rmtree(old, ignore_errors=True)
