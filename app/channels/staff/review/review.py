"""`/staff/review`: what could not be answered, in groups, and what a curator decides on them, to be undone as long as
the questions are kept.
"""

import secrets
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fastapi import APIRouter, Request, Response

from app.channels.http.bodies import number_of
from app.channels.http.routes import READ
from app.channels.http.services import Served, Services
from app.channels.rendering import page
from app.channels.staff.access import Curating, Person, Posted, say
from app.channels.staff.review.forms import (
    LISTED,
    MOST_NAMED,
    PATH,
    Line,
    Narrowed,
    anchor_of,
    back_to,
    channels_of,
    chosen_of,
    key_of,
    keys_of,
    lines_of,
)
from app.channels.staff.review.invisible import shown
from app.channels.staff.services import Staff, StaffServices
from app.channels.staff.words import CHANNELS
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message
from app.errors import NotFound
from app.records.audit import Act
from app.records.proposals import Proposal
from app.records.review_queue import Decision, KeptQuestion, read_of_each
from app.redaction.redact import without_marks
from app.review.checks import hints
from app.review.groups import Group, plainest
from app.review.narrowing import NO_TOPIC, Narrowing

router = APIRouter(include_in_schema=False)

GROUPS = 20
"""Groups on a page."""
NEAREST = 3
LONGEST_RANKED = 300
"""Characters by which the nearest topics are found."""
MOST_UNASKED = 10
"""Questions that are dismissed together without being asked whether that is meant."""
TOMORROW = timedelta(hours=16)
"""Put off at any hour of a working day, a question is back on the next morning, wherever the site is."""
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Row:
    """A group as the page shows it."""

    group: Group
    key: str
    heading: str
    lines: Sequence[Line]
    rest: Sequence[KeptQuestion]
    """Those that are not listed."""
    channels: Sequence[str]
    nearest: Sequence[str]
    """Ids of the topics that it comes closest to."""
    reasons: Sequence[str]
    """What speaks for danger, and against it, in the newest message in doubt."""

    @property
    def rest_keys(self) -> str:
        return keys_of(self.rest)

    @property
    def keys(self) -> str:
        return " ".join(filter(None, [*(line.keys for line in self.lines), self.rest_keys]))


@dataclass(frozen=True, slots=True)
class Done:
    """What the page says of the last act, and how to undo it."""

    decision: Decision | None = None
    proposal: Proposal | None = None
    hints: str = ""


@router.api_route(PATH, methods=READ)
def review(served: Served, staff: Staff, person: Curating, narrow: Narrowed, done: str = "", why: str = "") -> Response:
    """Show patients' texts, redacted; the audit has the view first, or it does not happen.

    `why` is the group of which it is shown what speaks for danger: for twenty of them that took a second.
    """
    knowledge, now = served.knowledge, served.now
    waiting = staff.questions.open(now)
    staff.add_audit_event(now, person.who, "view", f"review: {len(waiting)} questions")
    found, read = staff.grouping.groups(waiting, knowledge), read_of_each(len(waiting))
    groups = narrow.groups(found.groups, now)
    last = max(len(groups) - 1, 0) // GROUPS
    narrow = replace(narrow, at=min(narrow.at, last))
    return page(
        "review.html",
        served,
        person=person,
        active="review",
        why=why,
        rows=_rows(staff, knowledge, groups[narrow.at * GROUPS : (narrow.at + 1) * GROUPS], read, why),
        ungrouped=found.ungrouped,
        groups=len(groups),
        number=narrow.at * GROUPS + 1,
        channels=CHANNELS,
        waiting=len(waiting),
        put_off=sum(decision.count for decision in staff.questions.decisions(now) if decision.until),
        narrow=narrow,
        page_query=lambda at: replace(narrow, at=at).query,
        last=last,
        titles=knowledge.approved.names,
        topics=Counter(group.topic for group in found.groups).most_common(),
        no_topic=NO_TOPIC,
        shown=shown,
        done=_done(served, staff, done),
        kept=staff.keeps_questions,
        most_named=MOST_NAMED,
    )


@router.post(f"{PATH}/dismiss")
def dismiss(
    request: Request, served: Served, staff: Staff, person: Curating, form: Posted, narrow: Narrowed
) -> Response:
    """Dismiss questions; many, or several groups with danger in doubt, only when it is said twice."""
    waiting = staff.questions.open_ids(served.now)
    chosen = chosen_of(waiting, form)
    near = sum(waiting[message_id] for message_id in chosen)
    if form.get("sure") == "yes" or (len(chosen) <= MOST_UNASKED and not (near and "bulk" in form)):
        return _decide(request, served, staff, person, form, narrow, chosen)
    fields = {"keys": " ".join(map(key_of, chosen)), "next": form.get("next", ""), "sure": "yes"}
    return page(
        "dismissing.html",
        served,
        person=person,
        active="review",
        count=len(chosen),
        near=near,
        fields=fields,
        query=narrow.query,
        anchor=anchor_of(form.get("own", "")),
    )


@router.post(f"{PATH}/put-off")
def put_off(
    request: Request, served: Served, staff: Staff, person: Curating, form: Posted, narrow: Narrowed
) -> Response:
    """Show questions again later; a danger in doubt that nobody decides on is an alert all the same."""
    chosen = chosen_of(staff.questions.open_ids(served.now), form)
    until = served.now + (WEEK if form.get("until") == "week" else TOMORROW)
    return _decide(request, served, staff, person, form, narrow, chosen, until)


@router.post(f"{PATH}/undo")
def undo(request: Request, served: Served, staff: Staff, person: Curating, form: Posted, narrow: Narrowed) -> Response:
    """Let what was dismissed or put off wait again, whoever did it."""
    now, batch = served.now, form.get("batch", "")
    decisions = staff.questions.decisions(now, batch) if batch else []
    if not decisions:
        raise NotFound("This is undone already, or its questions are not kept any more.")
    staff.add_audit_event(now, person.who, "undo", f"{batch}: {decisions[0].count} questions")
    undone = staff.questions.undo(batch)
    say(request, f"{len(undone)} {'question waits' if len(undone) == 1 else 'questions wait'} for review again.")
    groups = [key_of(staff.grouping.group_of(*question)) for question in undone.items()]
    return back_to(served, narrow, {"next": next(iter(groups), "")})


@router.api_route(f"{PATH}/decided", methods=READ)
def decided(served: Served, staff: Staff, person: Curating) -> Response:
    """Show what was dismissed and put off, and by whom; no patient's text is among it."""
    decisions = staff.questions.decisions(served.now)
    return page("decided.html", served, person=person, active="review", decisions=decisions)


def _decide(
    request: Request,
    served: Services,
    staff: StaffServices,
    person: Person,
    form: Mapping[str, str],
    narrow: Narrowing,
    chosen: Collection[str],
    until: datetime | None = None,
) -> Response:
    if not chosen:
        say(request, "Nothing was done: no question was chosen, or somebody has decided on it meanwhile.")
        return back_to(served, narrow, form)
    decision = Decision(secrets.token_hex(8), served.now, person.who, until)
    act: Act = "put off" if until else "dismiss"
    staff.add_audit_event(decision.at, person.who, act, f"{decision.batch}: {len(chosen)} questions")
    staff.questions.decide(chosen, decision)
    return back_to(served, narrow, form, decision.batch)


def _done(served: Services, staff: StaffServices, done: str) -> Done | None:
    """Return what an address says was done, as far as it still holds."""
    if done.startswith("p"):
        proposal = staff.proposals.get(number_of(done[1:]))
        if proposal is None or proposal.state != "open":
            return None
        return Done(proposal=proposal, hints=" ".join(hints(proposal, served.knowledge)))
    decisions = staff.questions.decisions(served.now, done) if done else []
    return Done(decision=decisions[0]) if decisions else None


def _rows(staff: StaffServices, knowledge: Knowledge, groups: Sequence[Group], read: int, why: str) -> list[Row]:
    """Return the groups as they are shown; of each text so many characters are read already."""
    questions = {question.message_id: question for group in groups for question in _shown_of(group)}.values()
    texts = {question.message_id: question.text for question in questions if len(question.text) < read}
    cut = [question.message_id for question in questions if len(question.text) >= read]
    whole = texts | (staff.questions.texts_of(cut) if cut else {})
    return [_row(knowledge, group, whole, why) for group in groups]


def _shown_of(group: Group) -> list[KeptQuestion]:
    """Return the questions that may be listed, of which one may stand for many."""
    return list(group.questions[: 2 * LISTED])


def _row(knowledge: Knowledge, group: Group, texts: Mapping[str, str], why: str) -> Row:
    own, named = key_of(group.id), group.questions[:MOST_NAMED]
    plain = plainest(group.questions[: 2 * LISTED], knowledge.matcher.model.vocabulary.known)
    heading = texts.get(plain.message_id, plain.text)
    lines = lines_of(named, texts)[:LISTED]
    listed = {question.message_id for line in lines for question in line.questions}
    return Row(
        group=group,
        key=own,
        heading=heading,
        lines=lines,
        rest=[question for question in named if question.message_id not in listed],
        channels=channels_of(group.questions),
        nearest=_nearest(knowledge, group, heading),
        reasons=_reasons(knowledge, group, texts) if own == why else [],
    )


def _nearest(knowledge: Knowledge, group: Group, heading: str) -> list[str]:
    """Return the topics that the group comes closest to, and that its heading does; one without a title is none."""
    asked = without_marks(heading)[:LONGEST_RANKED]
    ranked = knowledge.matcher.rank(asked, 2 * NEAREST, encoder=knowledge.encoder)
    names, topics = knowledge.approved.names, [group.topic, *(candidate.id for candidate in ranked)]
    return [id_ for id_ in dict.fromkeys(topics) if id_ in names][:NEAREST]


def _reasons(knowledge: Knowledge, group: Group, texts: Mapping[str, str]) -> list[str]:
    """Return what speaks for danger now, and against it, in the newest message in doubt, without those before it."""
    newest = group.questions[0]
    if not newest.near_urgent:
        return []
    message = Message(without_marks(texts.get(newest.message_id, newest.text)))
    return list(knowledge.reasons(message, knowledge.assess(message)).lines())
