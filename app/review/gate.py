"""Proposals tried on a copy of the content: what makes anything worse never reaches the content that is served."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from app import evaluation, lint
from app.content import additions, approval, files
from app.content.writing import write_all
from app.dialogue.knowledge import Knowledge
from app.errors import ContentError, InvalidBody
from app.evaluation import Scores
from app.lint import Finding
from app.loading.loader import load
from app.loading.model_cache import ContentConfig, hand_on
from app.records.proposals import Proposal, State
from app.review.checks import check, stands
from app.review.comparison import worse

CACHE = "cache"


@dataclass(frozen=True, slots=True)
class Verdict:
    proposal: Proposal
    state: State
    said: str
    """Why it is refused; of what is applied, what to think of once more."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A copy of the content with some proposals in it."""

    folder: Path
    harm: str
    """Why the copy must not be served; empty when it may."""


@dataclass(frozen=True, slots=True)
class Sifted:
    verdicts: tuple[Verdict, ...]
    trial: Trial | None
    """The copy that holds what is applied; None where nothing is to be written."""


@dataclass(frozen=True)
class Gate:
    """What the content is like now, and a workbench for what it would be like."""

    place: ContentConfig
    bench: Path
    """An empty folder."""
    labelled: Sequence[Path]
    now: datetime
    say: Callable[[str], None]
    knowledge: Knowledge
    scores: Scores
    errors: frozenset[Finding]
    fingerprint: str
    _tried: dict[tuple[int, ...], Trial] = field(default_factory=dict, repr=False)

    @classmethod
    def open(
        cls, place: ContentConfig, bench: Path, labelled: Sequence[Path], now: datetime, say: Callable[[str], None]
    ) -> "Gate":
        fingerprint = files.fingerprint(place.content)
        knowledge = load(place)
        scores = evaluation.evaluate(labelled, knowledge, now)
        if not scores.judged:
            raise ContentError(place.content, 1, "", "no labelled messages are given: nothing could be found worse")
        errors = _errors(place.content, place, now)
        return cls(place, bench, labelled, now, say, knowledge, scores, errors, fingerprint)

    def sift(self, waiting: Sequence[Proposal], known: Iterable[str]) -> Sifted:
        """What may be written of the open proposals, and why the rest may not; `known` are patients' texts."""
        patients = tuple(known)
        there = [Verdict(each, "applied", "") for each in waiting if stands(each, self.knowledge)]
        checked = self._check_all([each for each in waiting if not stands(each, self.knowledge)], patients)
        unfit = [each for each in checked if each.state == "refused"]
        tried = self._halve(tuple(each for each in checked if each.state == "applied"), ())
        taken = tuple(each.proposal for each in tried if each.state == "applied")
        return Sifted((*there, *unfit, *tried), self.trial(taken) if taken else None)

    def _check_all(self, proposals: Sequence[Proposal], patients: Sequence[str]) -> list[Verdict]:
        """Each beside the fit ones before it: of two topics of one id the first is tried."""
        checked: list[Verdict] = []
        for proposal in proposals:
            beside = [each.proposal for each in checked if each.state == "applied"]
            checked.append(self._check(proposal, patients, beside))
        return checked

    def _check(self, proposal: Proposal, patients: Sequence[str], beside: Sequence[Proposal]) -> Verdict:
        try:
            return Verdict(proposal, "applied", check(proposal, self.knowledge, patients, beside))
        except InvalidBody as error:
            return Verdict(proposal, "refused", error.detail)

    def _halve(self, verdicts: tuple[Verdict, ...], beside: tuple[Proposal, ...]) -> tuple[Verdict, ...]:
        """Those that do harm beside the others are refused; what is left at the end was tried as a whole.

        One harmful proposal among n is found with about two fits for each halving, rather than one for each of the n.
        """
        if not verdicts:
            return ()
        harm = self.trial((*beside, *(each.proposal for each in verdicts))).harm
        if not harm:
            return verdicts
        if len(verdicts) == 1:
            return (replace(verdicts[0], state="refused", said=harm),)
        half = len(verdicts) // 2
        first = self._halve(verdicts[:half], beside)
        taken = (each.proposal for each in first if each.state == "applied")
        return (*first, *self._halve(verdicts[half:], (*beside, *taken)))

    def trial(self, proposals: tuple[Proposal, ...]) -> Trial:
        """The same proposals are tried once: a fit takes half a minute."""
        ids = tuple(each.id for each in proposals)
        if ids not in self._tried:
            self.say(f"trying {', '.join(map(str, ids))}")
            folder = self.bench / str(len(self._tried))
            tried = replace(self.place, content=folder, cache=folder / CACHE)
            self._tried[ids] = Trial(folder, self._harm(proposals, tried))
        return self._tried[ids]

    def _harm(self, proposals: Sequence[Proposal], place: ContentConfig) -> str:
        try:
            _copy(self.place.content, place.content)
            for each in proposals:
                _add(each, place.content)
            new = _errors(place.content, place, self.now) - self.errors
            unsealed = {f"title.{each.target}" for each in proposals if each.kind == "topic"}
            problems = sorted(str(finding) for finding in new if finding.where not in unsealed)
            if problems:
                return "\n".join(problems)
            after = evaluation.evaluate(self.labelled, load(place), self.now)
        except ContentError as error:
            return f"{error.path.name}: {error.key}: {error.problem}"
        return "\n".join(worse(self.scores, after))

    def write(self, trial: Trial) -> None:
        """Makes the content what was tried, byte for byte, all of it or nothing, and hands on the fitted model.

        Raises `ContentError` where the content has changed since the gate was opened, or cannot be written.
        """
        content = self.place.content
        if files.fingerprint(content) != self.fingerprint:
            raise ContentError(content / files.FAQ, 1, "", "has changed meanwhile: nothing is written, begin again")
        wanted = files.fingerprint(trial.folder)

        def verify() -> None:
            if files.fingerprint(content) != wanted:
                raise ContentError(content / files.FAQ, 1, "", "someone else wrote at the same time: taken back")

        hand_on(replace(self.place, content=trial.folder, cache=trial.folder / CACHE), self.place)
        try:
            write_all(_changes(trial.folder, content), verify)
        except OSError as error:
            raise ContentError(content, 1, "", f"cannot be written, nothing is changed: {error.strerror}") from error


def _copy(content: Path, folder: Path) -> None:
    folder.mkdir()
    for name in (files.FAQ, files.LOCK):
        shutil.copy(content / name, folder)
    shutil.copytree(content / files.INTENTS, folder / files.INTENTS)


def _add(proposal: Proposal, folder: Path) -> None:
    if proposal.kind == "topic":
        additions.add_topic(folder, proposal.target, proposal.title, proposal.lines)
    else:
        additions.add_phrasings(folder, files.load_content(folder), proposal.target, proposal.lines)


def _errors(folder: Path, place: ContentConfig, now: datetime) -> frozenset[Finding]:
    content = files.load_content(folder)
    intents, lock = files.load_intents(folder, content), approval.read_lock(folder / files.LOCK)
    found = lint.errors(content, intents, lock, files.urgent_text(folder), now.date(), place.grace)
    return frozenset(found)


def _changes(folder: Path, content: Path) -> dict[Path, bytes]:
    """The files of a folder that `content` lacks or holds otherwise, with the bytes that it should hold."""
    names = [path.relative_to(folder) for path in (folder / files.FAQ, *files.intent_files(folder))]
    new = {content / name: (folder / name).read_bytes() for name in names}
    return {path: held for path, held in new.items() if not path.exists() or path.read_bytes() != held}
