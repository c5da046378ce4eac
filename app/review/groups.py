"""Groups of unanswered questions that ask for the same: the largest is worth a phrasing or a topic first."""

import json
import logging
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app.dialogue.knowledge import Knowledge
from app.records.review_queue import KeptQuestion
from app.redaction.redact import without_marks
from app.review.clusters import Cluster, Job, clusters
from app.text import ParsedText, parse

INHERITED = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "TMPDIR")
"""Variables that the child process gets."""

log = logging.getLogger(__name__)

LITTLE = 10_000
"""Characters that are grouped where they are asked for, in a tenth of a second: 150 questions of patients."""
PATIENCE = 300
"""Seconds for a child process to group all that is kept: nine of the processor, more where others want it too."""
PLAIN = range(3, 13)
"""Words of a question that says what it asks and no more."""
SLIP = 3
"""Words too many that weigh as much as one that nobody else uses."""

COMMAND = (sys.executable, "-m", "app.review.clusters")


class Place(NamedTuple):
    """Where a question belongs."""

    centre: str
    """The message id at the centre of its group."""
    topic: str
    """What the group comes closest to."""

    def group(self, near_urgent: bool) -> str:
        """Return the id of the group. Danger in doubt has groups of its own: among hundreds it would not be seen."""
        return f"{self.centre} near" if near_urgent else self.centre


Places = Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    """Made of the message id at its centre, which somebody may have decided on: the group keeps its name."""
    questions: tuple[KeptQuestion, ...]
    """The newest first."""
    topic: str
    """The entry or topic that it comes closest to; empty where none is found yet."""

    @property
    def count(self) -> int:
        return len(self.questions)

    @property
    def near_urgent(self) -> bool:
        return self.questions[0].near_urgent


@dataclass(frozen=True, slots=True)
class Groups:
    groups: Sequence[Group]
    ungrouped: int
    """Questions that have no place yet; until then each is a group of its own."""


def groups(questions: Sequence[KeptQuestion], knowledge: Knowledge) -> list[Group]:
    """Return the questions in groups, each in one."""
    newest_first = _newest_first(questions)
    return _grouped(newest_first, _places(newest_first, clusters(_job(newest_first, knowledge))))


class Grouping:
    """Groups are found once for the questions there are, and anew when others have come: what was decided on leaves
    the other groups as they are. Those of a long queue are found by a child process, once at a time, while the groups
    before are shown.
    """

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        """`command` runs `clusters` on a pickled job."""
        self._command = command
        self._places: Places = {}
        self._version = ""
        self._busy = threading.Lock()

    def groups(self, questions: Sequence[KeptQuestion], knowledge: Knowledge) -> Groups:
        """Return the questions in groups, now, and see to it that those without a place get one."""
        newest_first = _newest_first(questions)
        ungrouped = sum(question.message_id not in self._places for question in questions)
        if ungrouped or self._version != knowledge.version:
            if sum(len(question.text) for question in questions) <= LITTLE:
                found = clusters(_job(newest_first, knowledge))
                self._places, self._version, ungrouped = _places(newest_first, found), knowledge.version, 0
            elif self._busy.acquire(blocking=False):
                threading.Thread(target=self._find, args=(newest_first, knowledge), name="groups", daemon=True).start()
        return Groups(_grouped(newest_first, self._places), ungrouped)

    def group_of(self, message_id: str, near_urgent: bool) -> str:
        """Return the id of the group that a question belongs to."""
        return self._places.get(message_id, Place(message_id, "")).group(near_urgent)

    def _find(self, newest_first: Sequence[KeptQuestion], knowledge: Knowledge) -> None:
        try:
            self._places = _places(newest_first, _clusters_aside(_job(newest_first, knowledge), self._command))
            self._version = knowledge.version
        except Exception as error:  # noqa: BLE001 whatever broke, the page shows them one by one
            log.error("questions are not grouped: %s", type(error).__name__)  # what it says may hold words of them
        finally:
            self._busy.release()


def _clusters_aside(job: Job, command: Sequence[str] = COMMAND) -> list[Cluster]:
    """Return what `clusters` does, worked out by a child process on one core."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}  # and no secret
    environment = {**inherited, "OPENBLAS_NUM_THREADS": "1"}
    child = subprocess.run(
        command, input=job.dump(), capture_output=True, timeout=PATIENCE, check=True, env=environment
    )
    return [Cluster(*found) for found in json.loads(child.stdout)]


def _job(questions: Sequence[KeptQuestion], knowledge: Knowledge) -> Job:
    texts = [without_marks(question.text) for question in questions]
    named = {place: question.topic for place, question in enumerate(questions) if question.topic}
    return Job(texts, knowledge.matcher, frozenset(knowledge.approved.names), named)


def _places(questions: Sequence[KeptQuestion], found: Sequence[Cluster]) -> Places:
    return {
        questions[place].message_id: Place(questions[cluster.places[0]].message_id, cluster.topic)
        for cluster in found
        for place in cluster.places
    }


def _grouped(newest_first: Sequence[KeptQuestion], places: Places) -> list[Group]:
    """Return the groups, each at the place of its newest question."""
    members: dict[tuple[str, str], list[KeptQuestion]] = {}
    for question in newest_first:
        place = places.get(question.message_id, Place(question.message_id, ""))
        members.setdefault((place.group(question.near_urgent), place.topic), []).append(question)
    return [Group(group, tuple(questions), topic) for (group, topic), questions in members.items()]


def plainest(questions: Sequence[KeptQuestion], known: frozenset[str]) -> KeptQuestion:
    """Return the question that says the same as the others with the least around it: few words and no story, in words
    that phrasings or the others use.
    """
    if len(questions) == 1:
        return questions[0]
    parsed = [parse(question.text) for question in questions]
    uses = Counter(word for own in parsed for word in set(own.words))
    best = min(range(len(questions)), key=lambda place: _burden(questions[place].text, parsed[place], known, uses))
    return questions[best]


def _burden(typed: str, own: ParsedText, known: frozenset[str], uses: Mapping[str, int]) -> tuple[int, int, int]:
    """Return how much stands in the way of a reader; of two alike the one whose words more of the others use is less,
    and then the shorter.
    """
    count, words = len(own.words), set(own.words)
    slips = sum(word not in known and uses[word] == 1 for word in words)
    beside = max(count - PLAIN[-1], PLAIN[0] - count, 0)
    marks = len(typed) - len(without_marks(typed)) > 0
    return SLIP * (slips + marks + typed.isupper()) + beside, -sum(map(uses.__getitem__, words)), len(typed)


def _newest_first(questions: Sequence[KeptQuestion]) -> list[KeptQuestion]:
    return sorted(questions, key=_age, reverse=True)


def _age(question: KeptQuestion) -> tuple[datetime, str]:
    return question.at, question.message_id
