"""The knowledge that is served: watches the content, loads what has changed, swaps it whole."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from app import metrics
from app.dialogue.knowledge import Knowledge
from app.errors import ContentChanged, HaiFaqError, StoreError
from app.loading.loader import load, version_of
from app.loading.model_cache import ContentConfig
from app.records.withdrawals import Withdrawals

log = logging.getLogger(__name__)


class Reloader:
    """Reading `current` is one attribute look-up; a swap replaces the knowledge whole."""

    def __init__(self, config: ContentConfig, current: Knowledge, withdrawals: Withdrawals, every: float) -> None:
        self.current = current
        self.failed_reload = ""
        """Why the content on disk could not be loaded; empty when it is what is served."""
        self._config = config
        self._withdrawals = withdrawals
        self._every = every
        self._stopped = threading.Event()
        self._woken = threading.Condition()
        self._looks = 1
        """Looks that were asked for; the first at once, since it also makes what a search needs."""
        self._swapping = threading.Lock()

    def start(self) -> None:
        """Watch in two threads: an answer that is taken back must not wait for a fit."""
        self._refresh_withdrawals()
        self._report()
        for name, look in (("content", self._reload_if_changed), ("withdrawals", self._refresh_withdrawals)):
            threading.Thread(target=self._watch, args=(look,), name=name, daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        self.wake()

    def wake(self) -> None:
        """Make both threads look for changes now."""
        with self._woken:
            self._looks += 1
            self._woken.notify_all()

    def check(self) -> None:
        """Look for changes in this thread; a bad change keeps what is served."""
        self._safely(self._reload_if_changed)
        self._safely(self._refresh_withdrawals)

    def _watch(self, look: Callable[[], None]) -> None:
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
        if version_of(self._config.content) == self.current.version:
            self.failed_reload = ""
            self.current.warm()
            return
        loaded = load(self._config)
        loaded.warm()
        with self._swapping:
            self.current = replace(loaded, taken_back=self.current.taken_back)
        self.failed_reload = ""
        metrics.reloads.labels("loaded").inc()
        self._report()

    def _note_failure(self, problem: str) -> None:
        if problem != self.failed_reload:
            log.error("reload refused, the old content stays: %s", problem)
            metrics.reloads.labels("refused").inc()
        self.failed_reload = problem

    def _refresh_withdrawals(self) -> None:
        """A store that cannot be read leaves what is known to be taken back as it is."""
        try:
            taken_back = frozenset(withdrawal.entry_id for withdrawal in self._withdrawals.all())
        except StoreError as error:
            log.warning("%s", error)
            return
        if taken_back != self.current.taken_back:
            log.warning("entries taken back: %s", ", ".join(sorted(taken_back)) or "none")
            with self._swapping:
                self.current = replace(self.current, taken_back=taken_back)

    def _report(self) -> None:
        knowledge = self.current
        metrics.withheld.set(len(knowledge.approved.withheld))
        for key, reason in sorted(knowledge.approved.withheld.items()):
            log.warning("withheld: %s: %s", key, reason)
        log.info("content %s: %d entries served", knowledge.version, len(knowledge.approved.answers))
