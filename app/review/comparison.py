"""Whether a change of the content made anything worse, on messages whose right reply is known.

Every fit moves every score a little, so that messages at the border of a bar cross it to and fro whatever was added.
Over the labelled messages of the shipped content, five unrelated proposals moved no urgent score by more than 0.036, no
confidence by more than 0.060, and took up to two across. Three phrasings that called a swollen leg ordinary moved one
danger by 0.25, while others happened to cross for the better: totals alone refuse the harmless and hide the harm.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from app.content import schema
from app.evaluation import GOOD, Judged, Scores

HARMS: Mapping[str, Callable[[Judged], bool]] = {
    "dangers missed": lambda each: each.outcome == "MISSED",
    "dangers missed or taken for less urgent": lambda each: each.outcome == "MISSED" or _lowered(each),
    "calm messages raised": lambda each: each.outcome == "false-alarm",
    "ordinary messages raised": lambda each: each.reply.urgent and _of(each) not in (*schema.TIERS, schema.CALM),
    "answered though nothing covers it": lambda each: each.outcome == "ANSWERED",
    "answered wrong": lambda each: each.outcome in ("WRONG", "wrong-answered"),
}
"""What may hurt someone: no gain elsewhere makes up for it."""
MOVED = 0.07
"""Change of a score or confidence from which it is no accident of the fit."""
SPARE = 0.001
"""Share of the messages by which a total may be worse by accident: 2 of the shipped 2,427, none of fewer than 1,000."""
TOLD = 5
"""Messages that are named for each reason."""
LONGEST = 80
_URGENCY: Mapping[str, int] = {tier: place for place, tier in enumerate(schema.TIERS)}

Pair = tuple[Judged, Judged]


def worse(before: Scores, after: Scores) -> list[str]:
    """Each way in which it is worse, with the messages: one harmed that moved far, or a total that is worse by more
    than `SPARE`, be it of those harmed or of those that do not go as labelled.
    """
    pairs = list(zip(before.judged, after.judged, strict=True))
    reasons = [_harm(name, harms, pairs) for name, harms in HARMS.items()]
    reasons.append(_rise("not as labelled", lambda each: each.outcome not in GOOD, pairs))
    return [reason for reason in reasons if reason]


def _harm(name: str, harms: Callable[[Judged], bool], pairs: Sequence[Pair]) -> str:
    moved = [(old, new) for old, new in pairs if harms(new) and _worsened(old, new)]
    return f"{name}: {len(moved)} moved, not by chance\n{_told(moved)}" if moved else _rise(name, harms, pairs)


def _worsened(old: Judged, new: Judged) -> bool:
    """What decides went far. A danger that was missed by little and is now missed by much counts too: it may have
    crossed the bar by chance the last time.
    """
    if _of(new) in schema.TIERS:
        return old.danger - new.danger >= MOVED
    if new.reply.urgent:
        return new.danger - old.danger >= MOVED
    return old.outcome != new.outcome and _moved(old, new)


def _moved(old: Judged, new: Judged) -> bool:
    """Some confidence went far; an answer in place of another always means that."""
    was, now = dict(old.best), dict(new.best)
    changes = [was.get(id_, 0.0) - now.get(id_, 0.0) for id_ in was | now]
    ids = [{answer.id for answer in each.reply.answers} for each in (old, new)]
    if max(map(len, ids)) < 2:  # with two answers the reply's confidence is that of the less sure
        changes.append(old.reply.confidence - new.reply.confidence)
    return any(abs(change) >= MOVED for change in changes) or (all(ids) and ids[0].isdisjoint(ids[1]))


def _rise(name: str, counts: Callable[[Judged], bool], pairs: Sequence[Pair]) -> str:
    was, now = (sum(counts(pair[side]) for pair in pairs) for side in (0, 1))
    fresh = [(old, new) for old, new in pairs if counts(new) and not counts(old)]
    return f"{name}: {was} before, {now} after\n{_told(fresh)}" if now - was > SPARE * len(pairs) else ""


def _told(pairs: Sequence[Pair]) -> str:
    return "\n".join(_lines(pairs))


def _lines(pairs: Sequence[Pair]) -> Iterator[str]:
    for old, new in pairs[:TOLD]:
        got = " ".join(answer.id for answer in new.reply.answers)
        change = f"{old.group}/{old.outcome} -> {new.outcome} {got}".rstrip()
        yield f"  {old.file}: {str(old.case['text'])[:LONGEST]!r}: {change}"
    if len(pairs) > TOLD:
        yield f"  and {len(pairs) - TOLD} more"


def _lowered(each: Judged) -> bool:
    """Raised in a tier below its own; in one above it is called too soon, which is no harm."""
    got = each.reply.intent.id if each.reply.intent else ""
    return each.outcome == "other-tier" and _URGENCY[got] > _URGENCY[_of(each)]


def _of(each: Judged) -> str:
    return each.group.rpartition(":")[2]
