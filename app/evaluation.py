"""Scores a knowledge on labelled messages, and reports the scores; outcomes are named as the HTTP scorer names them."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from jinja2 import Environment

from app.content import schema
from app.dialogue import engine
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message, Reply, State
from app.labelled import Case, Labelled

_REPORT = Path(__file__).with_suffix(".html")
STEPS = 50
"""Steps of the threshold in the report's curve."""
BANDS = 10
"""Bands of confidence in the report's chart of reliability."""
MOST_CONFUSED = 20
GOOD = frozenset({"correct", "caught", "left-calm", "right", "all", "declined"})


@dataclass(frozen=True)
class Judged:
    file: str
    group: str
    outcome: str
    case: Case
    reply: Reply
    best: tuple[tuple[str, float], ...] = ()
    """Best entries with their confidence, whatever was decided."""
    danger: float = 0.0
    """Urgent score, 0 to 1."""
    seconds: float = 0.0
    """Time that the reply took."""


@dataclass
class Scores:
    judged: list[Judged] = field(default_factory=list)

    def table(self) -> str:
        """Return a line for each file and group: how many messages, and the share of each outcome."""
        return "\n".join(
            f"{file:20s} {group:12s} n={counts.total():4d}  {shares_of(counts)}"
            for (file, group), counts in self.outcomes().items()
        )

    def outcomes(self) -> dict[tuple[str, str], Counter[str]]:
        """Return how many messages had which outcome, by file and group."""
        groups = defaultdict[tuple[str, str], Counter[str]](Counter)
        for judged in self.judged:
            groups[judged.file, judged.group][judged.outcome] += 1
        return dict(sorted(groups.items()))

    def signs(self) -> str:
        """Return for each tag of the urgent tiers and of calm how many were raised or netted, raised, and raised in a
        right tier.
        """
        groups = defaultdict[tuple[str, str], list[Judged]](list)
        for judged in self.judged:
            if judged.group in (*schema.TIERS, schema.CALM):
                groups[judged.group, str(next(iter(judged.case.get("tags", [])), ""))].append(judged)
        lines = []
        for (tier, tag), members in sorted(groups.items()):
            raised = _share("raised", sum(judged.reply.urgent for judged in members), len(members))
            netted = sum(judged.reply.urgent or judged.reply.safety_net for judged in members)
            seen = f"{_share('raised or netted', netted, len(members))}  {raised}"
            right = _share("right", sum(judged.outcome == "caught" for judged in members), len(members))
            shares = seen if tier == schema.CALM else f"{seen}  {right}"
            lines.append(f"{tier:10s} {tag:20s} n={len(members):4d}  {shares}")
        return "\n".join(lines)

    def slowest(self) -> str:
        judged = max(self.judged, key=lambda judged: judged.seconds)
        text = judged.case["text"]
        return f"slowest: {1000 * judged.seconds:.1f} ms for {len(text)} characters: {text[:80]!r}"


def shares_of(counts: Counter[str]) -> str:
    return "  ".join(_share(name, count, counts.total()) for name, count in counts.most_common())


def _share(name: str, count: int, total: int) -> str:
    low, high = interval(count, total)
    return f"{name} {count / total:.1%} [{low:.0f}-{high:.0f}]"


def interval(hits: int, total: int) -> tuple[float, float]:
    """Return Wilson's 95% interval of a share (1927), in per cent."""
    z, share = 1.96, hits / total
    centre = share + z * z / 2 / total
    half = z * ((share * (1 - share) + z * z / 4 / total) / total) ** 0.5
    scale = 100 / (1 + z * z / total)
    return max(0.0, (centre - half) * scale), min(100.0, (centre + half) * scale)


def evaluate(
    messages: Iterable[Labelled],
    knowledge: Knowledge,
    now: datetime,
    progress: Callable[[int], None] = lambda _: None,
) -> Scores:
    """Put every message through the same `respond` that the service uses."""
    scores = Scores()
    for file, case in messages:
        scores.judged.extend(_run(file, case, knowledge, now))
        progress(len(scores.judged))
    return scores


def _run(file: str, case: Case, knowledge: Knowledge, now: datetime) -> Iterator[Judged]:
    state = State()
    turns = case.get("turns")
    for place, turn in enumerate(turns or [case]):
        began = time.perf_counter()
        message = Message(turn["text"])
        urgency = knowledge.assess(message, state.flags)
        reply, state = engine.respond(message, state, knowledge, now, urgency)
        seconds = time.perf_counter() - began
        group, outcome = judge(turn, reply).split("/")
        prefix = "" if turns is None else "turn1:" if place == 0 else "turn+:"
        ranked = knowledge.matcher.rank(turn["text"], encoder=knowledge.encoder) if "accept" in turn else []
        best = tuple((candidate.id, candidate.confidence) for candidate in ranked if candidate.kind == "entry")
        yield Judged(file, prefix + group, outcome, turn, reply, best, urgency.score, seconds)


def judge(case: Case, reply: Reply) -> str:
    """Return `group/outcome` of one message."""
    answered = {answer.id for answer in reply.answers}
    if "expect" in case:
        return _judge_intent(case, reply)
    if "accept_all" in case:
        got = sum(bool(answered & set(group)) for group in case["accept_all"])
        return "multi/all" if got == len(case["accept_all"]) else "multi/some" if got else "multi/none"
    if reply.urgent:
        return "in/urgent" if case["accept"] else "out/urgent"
    if not case["accept"]:
        return {"answer": "out/ANSWERED", "clarify": "out/offered"}.get(reply.kind, "out/declined")
    if reply.kind == "answer":
        return "in/correct" if answered & set(case["accept"]) else "in/WRONG"
    if reply.kind == "clarify":
        offered = {option.id for option in reply.options}
        return "in/offered" if offered & set(case["accept"]) else "in/offered-wrong"
    return "in/not-answered"


def _judge_intent(case: Case, reply: Reply) -> str:
    wanted, intent = case["expect"], reply.intent.id if reply.intent else None
    if wanted == schema.CALM:
        return "calm/false-alarm" if reply.urgent else "calm/netted" if reply.net else "calm/left-calm"
    if wanted in schema.TIERS:
        if intent in (wanted, *case.get("also", ())):
            return f"{wanted}/caught"
        return f"{wanted}/other-tier" if reply.urgent else f"{wanted}/netted" if reply.net else f"{wanted}/MISSED"
    if intent == wanted:
        return "talk/right"
    return "talk/wrong-answered" if reply.kind == "answer" else "talk/other"


def failures(scores: Scores) -> list[Judged]:
    return [judged for judged in scores.judged if judged.outcome not in GOOD]


def confused(scores: Scores) -> list[tuple[str, str, int]]:
    """Return wanted and best-ranked entry where they differ, and how often, most frequent first."""
    pairs: Counter[tuple[str, str]] = Counter()
    for judged in scores.judged:
        wanted = judged.case.get("accept") or []
        if wanted and judged.best and judged.best[0][0] not in wanted:
            pairs[wanted[0], judged.best[0][0]] += 1
    return [(wanted, got, count) for (wanted, got), count in pairs.most_common(MOST_CONFUSED)]


def curve(scores: Scores) -> list[tuple[float, float, float, float]]:
    """Return (threshold, right, wrong, out of scope answered), as shares, as the threshold moves."""
    inside = [judged for judged in scores.judged if judged.case.get("accept")]
    outside = [judged for judged in scores.judged if judged.case.get("accept") == []]
    rows = []
    for threshold in (step / STEPS for step in range(STEPS + 1)):
        answered = [judged for judged in inside if judged.best and judged.best[0][1] >= threshold]
        right = sum(judged.best[0][0] in judged.case["accept"] for judged in answered) / max(1, len(inside))
        wrong = sum(judged.best[0][0] not in judged.case["accept"] for judged in answered) / max(1, len(inside))
        passed = sum(bool(judged.best) and judged.best[0][1] >= threshold for judged in outside)
        rows.append((threshold, right, wrong, passed / max(1, len(outside))))
    return rows


def reliability(scores: Scores) -> list[tuple[float, float, int]]:
    """Return (mean confidence, share right, count) of the best entry by band of confidence."""
    bands = defaultdict[int, list[tuple[float, bool]]](list)
    for judged in scores.judged:
        if "accept" in judged.case and judged.best:
            id_, confidence = judged.best[0]
            bands[min(BANDS - 1, int(confidence * BANDS))].append((confidence, id_ in judged.case["accept"]))
    return [
        (sum(confidence for confidence, _ in band) / len(band), sum(right for _, right in band) / len(band), len(band))
        for _, band in sorted(bands.items())
    ]


def calibration_error(scores: Scores) -> float:
    """Return the expected calibration error (Naeini et al. 2015): mean gap of confidence and share right, by band."""
    rows = reliability(scores)
    total = sum(count for _, _, count in rows)
    return sum(abs(confidence - right) * count for confidence, right, count in rows) / max(1, total)


def report(scores: Scores, threshold: float) -> str:
    """Return a page of its own, without scripts: the table, two charts, the confused pairs, the failures."""
    rows = curve(scores)
    names = ("right", "wrong", "out of scope answered")
    template = Environment(autoescape=True, trim_blocks=True).from_string(_REPORT.read_text(encoding="utf-8"))
    return template.render(
        table=scores.table(),
        threshold=threshold,
        curve={name: [(row[0], row[column]) for row in rows] for column, name in enumerate(names, 1)},
        reliability={"share right": [row[:2] for row in reliability(scores)], "perfect": [(0, 0), (1, 1)]},
        error=calibration_error(scores),
        confused=confused(scores),
        failures=failures(scores),
    )
