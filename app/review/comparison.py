"""Comparison of two contents by messages whose right reply is known: what a change made worse.

Every fit moves every score a little, so that messages at the border of a bar cross it to and fro whatever was added.
Over the labelled messages of the shipped content, five unrelated proposals moved no urgent score by more than 0.036, no
confidence by more than 0.060, and took up to two across. Three phrasings that called a swollen leg ordinary moved one
danger by 0.25, while others happened to cross for the better: totals alone refuse the harmless and hide the harm.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from app.content import schema
from app.evaluation import GOOD, Judged, Scores, shares_of

Test = Callable[[Judged], bool]
Pair = tuple[Judged, Judged]
"""One message before and after the change."""

_DANGER = (*schema.TIERS, schema.CALM)

HARMS: Mapping[str, Test] = {
    "dangers missed": lambda judged: judged.outcome == "MISSED",
    "dangers missed, netted or taken for less urgent": lambda judged: _is_missed(judged) or _is_lowered(judged),
    "calm messages raised": lambda judged: judged.outcome == "false-alarm",
    "ordinary messages raised": lambda judged: judged.reply.urgent and _label(judged) not in _DANGER,
    "answered though nothing covers it": lambda judged: judged.outcome == "ANSWERED",
    "answered wrong": lambda judged: judged.outcome in ("WRONG", "wrong-answered"),
}
"""Outcomes that may hurt someone: no gain elsewhere makes up for one."""
MEANINGS = ("harmful", "worse", "otherwise", "better")
"""What a changed outcome means, the worst first; harmful is what is among `HARMS` now and was not."""
MOVED = 0.07
"""Change of a score or confidence from which it is no accident of the fit."""
SPARE = 0.001
"""Share of the messages by which a total may be worse by accident: 2 of the shipped 2,427, none of fewer than 1,000."""
MOST_NAMED = 5
"""Messages that are named for each reason."""
LONGEST = 80


def regressions(before: Scores, after: Scores) -> list[str]:
    """Return each way in which the content got worse, with the messages.

    One harmed message that moved far is enough; else a total must be worse by more than `SPARE`, be it of those harmed
    in one way or of those that do not go as labelled.
    """
    pairs = list(zip(before.judged, after.judged, strict=True))
    reasons = [_harm(name, is_harmed, pairs) for name, is_harmed in HARMS.items()]
    reasons.append(_rise("not as labelled", lambda judged: judged.outcome not in GOOD, pairs))
    return [reason for reason in reasons if reason]


def side_by_side(before: Scores, after: Scores) -> str:
    """Return both tables of the same messages, the lines of a group under each other."""
    lines = list[str]()
    for (file, group), was in before.outcomes().items():
        lines.append(f"{file:20s} {group:12s} n={was.total():4d}  before  {shares_of(was)}")
        lines.append(f"{'after':>46s}   {shares_of(after.outcomes()[file, group])}")
    return "\n".join(lines)


def changes(before: Scores, after: Scores) -> Iterator[tuple[str, list[str]]]:
    """Yield the messages whose outcome changed, by what the change means, the harmful first."""
    pairs = [pair for pair in zip(before.judged, after.judged, strict=True) if pair[0].outcome != pair[1].outcome]
    for meaning in MEANINGS:
        lines = [_line(old, new) for old, new in pairs if _meaning(old, new) == meaning]
        if lines:
            yield meaning, lines


def _meaning(old: Judged, new: Judged) -> str:
    if _is_harmed(old, new):
        return "harmful"
    if old.outcome in GOOD:
        return "worse"
    return "better" if _is_harmed(new, old) or new.outcome in GOOD else "otherwise"


def _is_harmed(old: Judged, new: Judged) -> bool:
    """Tell whether the message is harmed in a way in which it was not."""
    return any(is_harmed(new) and not is_harmed(old) for is_harmed in HARMS.values())


def _harm(name: str, is_harmed: Test, pairs: Sequence[Pair]) -> str:
    moved = [(old, new) for old, new in pairs if is_harmed(new) and _moved_for_worse(old, new)]
    return f"{name}: {len(moved)} moved, not by chance\n{_list(moved)}" if moved else _rise(name, is_harmed, pairs)


def _moved_for_worse(old: Judged, new: Judged) -> bool:
    """Tell whether what decides went far, be it without a new outcome.

    A danger that was missed by little and is now missed by much may have crossed the bar by chance the last time.
    """
    if _label(new) in schema.TIERS:
        return old.danger - new.danger >= MOVED
    if new.reply.urgent:
        return new.danger - old.danger >= MOVED
    return old.outcome != new.outcome and _moved(old, new)


def _moved(old: Judged, new: Judged) -> bool:
    """Tell whether some confidence went far; an answer in place of another always means that."""
    was, now = dict(old.best), dict(new.best)
    changes = [was.get(id_, 0.0) - now.get(id_, 0.0) for id_ in was | now]
    ids = [{answer.id for answer in judged.reply.answers} for judged in (old, new)]
    if max(map(len, ids)) < 2:  # with two answers the reply's confidence is that of the less sure
        changes.append(old.reply.confidence - new.reply.confidence)
    return any(abs(change) >= MOVED for change in changes) or (all(ids) and ids[0].isdisjoint(ids[1]))


def _rise(name: str, counts: Test, pairs: Sequence[Pair]) -> str:
    was, now = (sum(counts(pair[side]) for pair in pairs) for side in (0, 1))
    fresh = [(old, new) for old, new in pairs if counts(new) and not counts(old)]
    return f"{name}: {was} before, {now} after\n{_list(fresh)}" if now - was > SPARE * len(pairs) else ""


def _list(pairs: Sequence[Pair]) -> str:
    lines = [_line(old, new) for old, new in pairs]
    more = [f"  and {len(pairs) - MOST_NAMED} more"] if len(pairs) > MOST_NAMED else []
    return "\n".join(lines[:MOST_NAMED] + more)


def _line(old: Judged, new: Judged) -> str:
    return f"  {old.file}: {str(old.case['text'])[:LONGEST]!r}: {_change(old, new)}"


def _change(old: Judged, new: Judged) -> str:
    ids = " ".join(answer.id for answer in new.reply.answers)
    return f"{old.group}/{old.outcome} -> {new.outcome} {ids}".rstrip()


def _is_missed(judged: Judged) -> bool:
    return judged.outcome == "MISSED" or (judged.outcome == "netted" and _label(judged) in schema.TIERS)


def _is_lowered(judged: Judged) -> bool:
    """Tell whether it was raised in a tier below its own; in one above it is called too soon, which is no harm."""
    if judged.outcome != "other-tier" or judged.reply.intent is None:
        return False
    tiers: Sequence[str] = schema.TIERS
    return tiers.index(judged.reply.intent.id) > tiers.index(_label(judged))


def _label(judged: Judged) -> str:
    return judged.group.rpartition(":")[2]
