"""The figures at the top of the dashboard, each beside that of the period before."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.analytics import ANSWER, URGENT, Usage, change
from app.channels.staff.insights.items import OUTCOMES, TIERS, Figures
from app.channels.staff.insights.tables import LEAST_SHARE, milliseconds, share

UP, DOWN, SAME = "↑", "↓", "→"


@dataclass(frozen=True, slots=True)
class Trend:
    """How a figure has changed against the period before; the words say all that the arrow says."""

    arrow: str
    words: str
    period: str

    @property
    def sentence(self) -> str:
        return f"{self.words} {'as' if self.arrow == SAME else 'than'} in {self.period}"


@dataclass(frozen=True, slots=True)
class Tile:
    title: str
    value: str
    of: str = ""
    trend: Trend | None = None


def trend(by: int | None, unit: str, before: str) -> Trend | None:
    """Return in words by how much a figure has changed; None where it was not compared.

    >>> trend(-5, "%", "the 7 days before").sentence
    '5% less than in the 7 days before'
    """
    if not by:
        return None if by is None else Trend(SAME, "the same", before)
    return Trend(UP if by > 0 else DOWN, f"{abs(by)}{unit} {'more' if by > 0 else 'less'}", before)


def points(now: Usage, before: Usage) -> int | None:
    """Return by how many points of a hundred the answered share has changed; None where too few asked."""
    shares = [
        100 * usage.answer_rate if usage.answer_rate is not None and sum(usage.asked) >= LEAST_SHARE else None
        for usage in (now, before)
    ]
    return None if shares[0] is None or shares[1] is None else round(shares[0]) - round(shares[1])


def tiles(figures: Figures, before: Figures | None, period: str) -> Sequence[Tile]:
    """Return the tiles; `before` are the figures of the period before, which `period` names, where it was counted."""
    usage, asked = figures.usage, sum(figures.usage.asked)
    old = before.usage if before else None
    times = usage.response_time
    messages = trend(change(usage.messages, old.messages), "%", period) if old else None
    answered = trend(points(usage, old), " points", period) if old else None
    return [
        Tile("Messages", f"{usage.messages:,}", trend=messages),
        Tile(
            "Answered",
            share(sum(usage.outcomes[ANSWER]), asked) or "–",
            f"of {asked:,} that asked" if asked >= LEAST_SHARE else "that asked",
            answered,
        ),
        *(_outcome(figures, old, name, period) for name in ("not-covered", "fallback")),
        _outcome(figures, old, URGENT, period, ", ".join(_tiers(usage))),
        Tile("Helped patients", f"{figures.opinions('up'):,}", f"{figures.opinions('down'):,} did not"),
        Tile("Flags of staff", f"{figures.flagged:,}"),
        Tile("Time to reply", "–" if times is None else f"{milliseconds(times)} ms", "95% within"),
    ]


def _outcome(figures: Figures, old: Usage | None, name: str, period: str, of: str = "") -> Tile:
    times = sum(figures.usage.outcomes[name])
    by = change(times, sum(old.outcomes[name])) if old else None
    return Tile(OUTCOMES[name], f"{times:,}", of, trend(by, "%", period))


def _tiers(usage: Usage) -> list[str]:
    return [f"{times:,} {TIERS[tier].lower()}" for tier, times in usage.tiers.items() if times and tier in TIERS]
