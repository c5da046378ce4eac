"""Whether a change of the content made anything worse, on messages whose right reply is known."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from app.content import schema
from app.evaluation import GOOD, Judged, Scores

HARMS: Mapping[str, Callable[[Judged], bool]] = {
    "dangers missed": lambda each: each.outcome == "MISSED",
    "dangers missed or in another tier": lambda each: each.outcome in ("MISSED", "other-tier"),
    "calm messages raised": lambda each: each.outcome == "false-alarm",
    "ordinary messages raised": lambda each: each.reply.urgent and _of(each) not in (*schema.TIERS, schema.CALM),
    "answered though nothing covers it": lambda each: each.outcome == "ANSWERED",
    "answered wrong": lambda each: each.outcome in ("WRONG", "wrong-answered"),
}
"""What may hurt someone: not by one message may any of them rise, whatever else is won."""
TOLD = 5
"""Messages that are named for each reason."""
LONGEST = 80

Pair = tuple[Judged, Judged]


def worse(before: Scores, after: Scores) -> list[str]:
    """Each way in which it is worse, with the messages; the rest may change places as long as no fewer go well.

    A message counts by what became of it in total, not one by one: a new fit moves a few at the borders to and fro.
    """
    pairs = list(zip(before.judged, after.judged, strict=True))
    reasons = [_rise(name, harms, pairs) for name, harms in HARMS.items()]
    return [reason for reason in (*reasons, _fewer(pairs)) if reason]


def _rise(name: str, harms: Callable[[Judged], bool], pairs: Sequence[Pair]) -> str:
    was, now = (sum(harms(pair[side]) for pair in pairs) for side in (0, 1))
    fresh = [(old, new) for old, new in pairs if harms(new) and not harms(old)]
    return f"{name}: {was} before, {now} after\n{_told(fresh)}" if now > was else ""


def _fewer(pairs: Sequence[Pair]) -> str:
    was, now = (sum(pair[side].outcome in GOOD for pair in pairs) for side in (0, 1))
    lost = [(old, new) for old, new in pairs if old.outcome in GOOD and new.outcome not in GOOD]
    return f"went as labelled: {was} before, {now} after\n{_told(lost)}" if now < was else ""


def _told(pairs: Sequence[Pair]) -> str:
    return "\n".join(_lines(pairs))


def _lines(pairs: Sequence[Pair]) -> Iterator[str]:
    for old, new in pairs[:TOLD]:
        got = " ".join(answer.id for answer in new.reply.answers)
        change = f"{old.group}/{old.outcome} -> {new.outcome} {got}".rstrip()
        yield f"  {old.file}: {str(old.case['text'])[:LONGEST]!r}: {change}"
    if len(pairs) > TOLD:
        yield f"  and {len(pairs) - TOLD} more"


def _of(each: Judged) -> str:
    return each.group.rpartition(":")[2]
