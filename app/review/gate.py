"""Proposals tried on a copy of the content: what makes anything worse never reaches the content that is served."""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from app import evaluation, labelled, lint
from app.content import files
from app.content.additions import write_additions
from app.content.file_io import is_there, read_bytes, write, write_all
from app.dialogue.knowledge import Knowledge
from app.errors import ContentError
from app.evaluation import Scores
from app.labelled import KnownIds
from app.lint import Draft, Finding
from app.loading.loader import load
from app.loading.model_cache import ContentConfig, hand_on, lend_vectors
from app.records.proposals import Proposal
from app.review.checks import Verdict, addition, check_all, stands
from app.review.comparison import regressions

CACHE = "cache"


@dataclass(frozen=True, slots=True)
class Trial:
    """A copy of the content with some proposals in it."""

    folder: Path
    harm: str
    """Reason why the copy must not be served; empty when it may be."""


class Gate:
    """The content as it is when the gate is made, and a bench for copies of it as it would be."""

    def __init__(
        self,
        config: ContentConfig,
        bench: Path,
        paths: Sequence[Path],
        now: datetime,
        progress: Callable[[str], None],
    ) -> None:
        """`paths` are files of labelled messages that must not get worse. Raises `ContentError` when there are none."""
        if not paths:
            raise ContentError(config.content, 1, "", "no labelled messages are given: nothing could be found worse")
        self._config, self._bench, self._now, self._progress = config, bench, now, progress
        self._labelled = labelled.read(paths, KnownIds.of(files.load_content(config.content)))
        self._fingerprint = files.fingerprint(config.content)
        self._knowledge = load(config)
        self._scores = self._evaluate(self._knowledge)
        self._errors = self._lint(config.content)

    @property
    def version(self) -> str:
        """The content on which proposals are tried."""
        return self._knowledge.version

    def decide(self, proposals: Sequence[Proposal], questions: Iterable[str]) -> tuple[Sequence[Verdict], Trial | None]:
        """Return the verdicts, and the copy with all that is to be written, if anything is.

        `questions` are the texts that patients wrote: none of them is taken word for word.
        """
        present = [proposal for proposal in proposals if stands(proposal, self._knowledge)]
        standing = [Verdict(proposal, "applied", "", stands=True) for proposal in present]
        absent = [proposal for proposal in proposals if proposal not in present]
        checked = check_all(absent, self._knowledge, questions)
        fit = [verdict for verdict in checked if verdict.state == "applied"]
        unfit = [verdict for verdict in checked if verdict.state == "refused"]
        tried, trial = self._try(fit)
        return [*standing, *unfit, *tried], trial

    def _try(self, verdicts: Sequence[Verdict]) -> tuple[list[Verdict], Trial | None]:
        """Try all at once; where that does harm, one after another, each beside those before it that did none."""
        trial = cache(self._trial)  # a fit takes a minute, and the last of one after another may be all at once
        proposals = tuple(verdict.proposal for verdict in verdicts)
        if proposals and not (whole := trial(proposals)).harm:
            return list(verdicts), whole
        tried: list[Verdict] = []
        harmless: tuple[Proposal, ...] = ()
        for verdict in verdicts:
            harm = trial((*harmless, verdict.proposal)).harm
            if harm:
                tried.append(replace(verdict, state="refused", remark=harm))
            else:
                tried.append(verdict)
                harmless += (verdict.proposal,)
        return tried, trial(harmless) if harmless else None

    def _trial(self, proposals: tuple[Proposal, ...]) -> Trial:
        self._progress(f"trying {', '.join(str(proposal.id) for proposal in proposals)}")
        folder = Path(tempfile.mkdtemp(dir=self._bench))
        return Trial(folder, self._harm(proposals, replace(self._config, content=folder, cache=folder / CACHE)))

    def _harm(self, proposals: Sequence[Proposal], config: ContentConfig) -> str:
        try:
            for name, text in files.read_all(self._config.content).items():
                write(config.content / name, text)
            write_additions(config.content, map(addition, proposals))
            new = self._lint(config.content) - self._errors
            unsealed = {f"title.{proposal.target}" for proposal in proposals if proposal.kind == "topic"}
            problems = sorted(str(finding) for finding in new if finding.where not in unsealed)
            if problems:
                return "\n".join(problems)
            lend_vectors(self._config, config)
            after = self._evaluate(load(config))
        except ContentError as error:
            if isinstance(error.__cause__, OSError):  # a full disk is no fault of the proposals
                raise
            return f"{error.path.name}: {error.key}: {error.problem}"
        return "\n".join(regressions(self._scores, after))

    def _evaluate(self, knowledge: Knowledge) -> Scores:
        return evaluation.evaluate(self._labelled, knowledge, self._now)

    def _lint(self, folder: Path) -> frozenset[Finding]:
        return frozenset(lint.errors(Draft.read(folder), self._now.date(), self._config.grace))

    def write(self, trial: Trial) -> None:
        """Make the content what was tried, byte for byte, all of it or nothing, and hand on the fitted model.

        Raises `ContentError` where the content has changed since the gate was opened, or cannot be written.
        """
        content = self._config.content
        if files.fingerprint(content) != self._fingerprint:
            raise ContentError(content / files.FAQ, 1, "", "has changed meanwhile: nothing is written, begin again")
        wanted = files.fingerprint(trial.folder)

        def verify() -> None:
            if files.fingerprint(content) != wanted:
                raise ContentError(content / files.FAQ, 1, "", "someone else wrote at the same time: taken back")

        hand_on(replace(self._config, content=trial.folder, cache=trial.folder / CACHE), self._config)
        write_all(_changes(trial.folder, content), verify)


def _changes(folder: Path, content: Path) -> dict[Path, bytes]:
    """Return the files that `content` lacks or holds otherwise, with the bytes that they have in `folder`."""
    names = [path.relative_to(folder) for path in (folder / files.FAQ, *files.intent_files(folder))]
    new = {content / name: read_bytes(folder / name) for name in names}
    return {path: written for path, written in new.items() if not is_there(path) or read_bytes(path) != written}
