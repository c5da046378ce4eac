"""Groups of unanswered questions that ask for the same: the largest is worth a phrasing or a topic first."""

import json
import logging
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.dialogue.knowledge import Knowledge
from app.records.review_queue import KeptQuestion
from app.redaction.redact import without_marks
from app.review.clusters import Job, clusters

INHERITED = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "TMPDIR")
"""Variables that the child process gets."""

log = logging.getLogger(__name__)

LITTLE = 30_000
"""Characters that are grouped where they are asked for, in a tenth of a second: 500 questions of patients."""
PATIENCE = 300
"""Seconds for a child process to group all that is kept: four of the processor, more where others want it too."""

COMMAND = (sys.executable, "-m", "app.review.clusters")

Centres = Mapping[str, str]
"""Message id -> the message id at the centre of its group."""


@dataclass(frozen=True, slots=True)
class Group:
    questions: tuple[KeptQuestion, ...]
    """The newest first."""
    representative: KeptQuestion
    """The one that most of the others are like."""

    @property
    def count(self) -> int:
        return len(self.questions)

    @property
    def near_urgent(self) -> bool:
        return any(question.near_urgent for question in self.questions)


@dataclass(frozen=True, slots=True)
class Groups:
    groups: Sequence[Group]
    ungrouped: int
    """Questions that have no place yet; until then each is a group of its own."""


def groups(questions: Sequence[KeptQuestion], knowledge: Knowledge) -> list[Group]:
    """Return the questions in groups, each in one."""
    newest_first = _newest_first(questions)
    return _grouped(newest_first, _centres(newest_first, clusters(_job(newest_first, knowledge))))


class Grouping:
    """The groups of a long queue are found by a child process, once at a time, while the groups before are shown."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        """`command` runs `clusters` on a pickled job."""
        self._command = command
        self._centres: Centres = {}
        self._version = ""
        self._busy = threading.Lock()

    def groups(self, questions: Sequence[KeptQuestion], knowledge: Knowledge) -> Groups:
        """Return the questions in groups, now, and see to it that those without a place get one."""
        if sum(len(question.text) for question in questions) <= LITTLE:
            return Groups(groups(questions, knowledge), 0)
        newest_first = _newest_first(questions)
        ungrouped = sum(question.message_id not in self._centres for question in questions)
        if (ungrouped or self._version != knowledge.version) and self._busy.acquire(blocking=False):
            threading.Thread(target=self._find, args=(newest_first, knowledge), name="groups", daemon=True).start()
        return Groups(_grouped(newest_first, self._centres), ungrouped)

    def _find(self, newest_first: Sequence[KeptQuestion], knowledge: Knowledge) -> None:
        try:
            self._centres = _centres(newest_first, _clusters_aside(_job(newest_first, knowledge), self._command))
            self._version = knowledge.version
        except Exception as error:  # noqa: BLE001 whatever broke, the page shows them one by one
            log.error("questions are not grouped: %s", type(error).__name__)  # what it says may hold words of them
        finally:
            self._busy.release()


def _clusters_aside(job: Job, command: Sequence[str] = COMMAND) -> list[list[int]]:
    """Return what `clusters` does, worked out by a child process on one core."""
    job = job._replace(vocabulary=replace(job.vocabulary, _terms={}), features=replace(job.features))  # without caches
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}  # and no secret
    written, environment = pickle.dumps(job), {**inherited, "OPENBLAS_NUM_THREADS": "1"}
    child = subprocess.run(command, input=written, capture_output=True, timeout=PATIENCE, check=True, env=environment)
    found: list[list[int]] = json.loads(child.stdout)
    return found


def _job(questions: Sequence[KeptQuestion], knowledge: Knowledge) -> Job:
    model = knowledge.matcher.model
    return Job([without_marks(question.text) for question in questions], model.vocabulary, model.features)


def _centres(questions: Sequence[KeptQuestion], found: Sequence[Sequence[int]]) -> Centres:
    return {
        questions[place].message_id: questions[centre].message_id
        for centre, *others in found
        for place in (centre, *others)
    }


def _grouped(newest_first: Sequence[KeptQuestion], centres: Centres) -> list[Group]:
    """Return the groups in the order in which they are worth reading.

    Those with a message in doubt of danger come first, those of a single message before all: a danger that no rule
    knows is told once. Then what is asked most, and last.
    """
    members: dict[str, list[KeptQuestion]] = {}
    for question in newest_first:
        members.setdefault(centres.get(question.message_id, question.message_id), []).append(question)
    found = [Group(tuple(questions), _at_centre(questions, centre)) for centre, questions in members.items()]
    return sorted(found, key=_rank)


def _at_centre(questions: Sequence[KeptQuestion], centre: str) -> KeptQuestion:
    """Return the question at the centre, or the newest where somebody has decided on that one."""
    return next((question for question in questions if question.message_id == centre), questions[0])


def _newest_first(questions: Sequence[KeptQuestion]) -> list[KeptQuestion]:
    return sorted(questions, key=_age, reverse=True)


def _age(question: KeptQuestion) -> tuple[datetime, str]:
    return question.at, question.message_id


def _rank(group: Group) -> tuple[bool, bool, int]:
    near_urgent = group.near_urgent
    return not near_urgent, near_urgent and group.count > 1, -group.count
