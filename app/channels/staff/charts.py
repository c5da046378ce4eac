"""Pictures of figures, as inline SVG.

Across a picture positions are in per cent, so that it is as wide as its place and its words keep their size. Colours
are classes of staff.css, for the policy of the pages allows no inline styles. No two parts of a picture differ by
colour alone: each has a texture of its own, a legend, and on hover the figures of its day in words.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from markupsafe import Markup

TOP, FOOT, HEIGHT = 8.0, 188.0, 216
"""Pixels from above: of the highest value, of zero, and of the end of the picture, below the days."""
DENSE = 31
"""Days from which points would hide their line."""

TEXTURES = {
    "solid": "",
    "rising": "M-1 1l2-2M0 6l6-6M5 7l2-2",
    "falling": "M-1 5l2 2M0 0l6 6M5-1l2 2",
    "dotted": "M1.5 1.5h1.6M4.5 4.5h1.6",
    "level": "M0 1.5h6",
    "upright": "M1.5 0v6",
    "crossed": "M0 0l6 6M0 6l6-6",
    "barred": "M.8 0v6M2.2 0v6M3.6 0v6",
    "checked": "M0 1.5h3M3 4.5h3",
}
FILLS = {
    "answer": ("good", "solid"),
    "clarify": ("good", "rising"),
    "not-covered": ("short", "falling"),
    "fallback": ("short", "crossed"),
    "smalltalk": ("calm", "level"),
    "language": ("calm", "upright"),
    "scripted": ("calm", "dotted"),
    "urgent": ("grave", "barred"),
    "web": ("way", "solid"),
    "sms": ("way", "rising"),
    "staff": ("way", "dotted"),
    "api": ("way", "crossed"),
    "rasa": ("way", "level"),
    "up": ("good", "solid"),
    "down": ("short", "falling"),
    "one": ("good", "solid"),
    "other": ("calm", "checked"),
}
"""Hue and texture of each part that a picture may have; `other` is for parts of another version."""


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    label: str
    values: Sequence[int]

    @property
    def fill(self) -> str:
        return _fill(self.name)


@dataclass(frozen=True, slots=True)
class Row:
    """A lying bar."""

    label: str
    said: str
    """Its figures in words."""
    pieces: Sequence[tuple[str, int]]
    """Names of fills, and how long each is."""


@dataclass(frozen=True, slots=True)
class Caption:
    """What a picture is and what it shows, for whoever cannot see it."""

    id: str
    title: str
    said: str


def definitions() -> Markup:
    """The textures, once on a page, before its pictures."""
    pattern = Markup(
        '<pattern id="fill-{}" width="6" height="6" patternUnits="userSpaceOnUse" class="hue-{}">'
        '<rect width="6" height="6" class="{}"/><path d="{}"/></pattern>'
    )
    drawn = (pattern.format(name, hue, texture, TEXTURES[texture]) for name, (hue, texture) in FILLS.items())
    return Markup('<svg class="fills" aria-hidden="true" width="0" height="0"><defs>{}</defs></svg>').format(
        _all(drawn)
    )


def legend(parts: Iterable[Part]) -> Markup:
    """Names and totals of the parts, in the order in which they stand on each other."""
    item = Markup(
        '<li><svg class="swatch" aria-hidden="true" width="18" height="18">'
        '<rect width="18" height="18" fill="{}"/></svg> {} <b>{:,}</b></li>'
    )
    items = (item.format(part.fill, part.label, sum(part.values)) for part in parts)
    return Markup('<ul class="legend">{}</ul>').format(_all(items))


def stacked(caption: Caption, days: Sequence[date], parts: Sequence[Part]) -> Markup:
    """A bar a day, its parts on each other; the first part stands on the ground."""
    totals = [sum(of_day) for of_day in zip(*(part.values for part in parts), strict=True)]
    scale = ticks(max(totals))
    drawn = [_bar(place, len(days), parts, scale[-1]) for place in range(len(days))]
    said = [_of_day(parts, place, total) for place, total in enumerate(totals)]
    return _picture(caption, days, scale, "", _columns(days, drawn, said))


def line(
    caption: Caption, days: Sequence[date], values: Sequence[float | None], scale: Sequence[float], unit: str
) -> Markup:
    """Through the days; broken where a day has no value."""
    points = [
        None if value is None else (_across(place, days), _y(value, scale[-1])) for place, value in enumerate(values)
    ]
    segment = Markup('<line class="trend" x1="{}%" y1="{}" x2="{}%" y2="{}"/>')
    trend = _all(segment.format(*here, *there) for here, there in pairwise(points) if here and there)
    drawn = [_point(points, place) for place in range(len(days))]
    said = ["none" if value is None else f"{number(value)}{unit}" for value in values]
    return _picture(caption, days, scale, unit, trend + _columns(days, drawn, said))


def bars(rows: Sequence[Row]) -> Markup:
    """Lying bars, each below its name. A list with pictures, not a picture with words: those could not wrap."""
    if not rows:
        return Markup("<p>None in these days.</p>")
    most = max(sum(value for _, value in row.pieces) for row in rows)
    item = Markup(
        '<li><span>{}</span> <b>{}</b><svg class="bar" aria-hidden="true" width="100%" height="14">{}</svg></li>'
    )
    return Markup('<ol class="bars">{}</ol>').format(
        _all(item.format(row.label, row.said, _lying(row, most)) for row in rows)
    )


def ticks(most: float, whole: bool = True) -> list[float]:
    """Round steps from zero to at least `most`, about four; whole numbers where something is counted.

    >>> ticks(37)
    [0.0, 10.0, 20.0, 30.0, 40.0]
    """
    if most <= 0:
        return [0.0, 1.0]
    least = most / 4
    power = 10.0 ** math.floor(math.log10(least))
    step = next(times * power for times in (1, 2, 5, 10) if times * power >= least)
    if whole:
        step = max(step, 1.0)
    return [number * step for number in range(math.ceil(most / step) + 1)]


def number(value: float) -> str:
    """As it is written beside a picture: two decimals at most, thousands apart."""
    return f"{round(value, 2):,.10g}"


def _picture(caption: Caption, days: Sequence[date], scale: Sequence[float], unit: str, drawn: Markup) -> Markup:
    return Markup(
        '<svg class="chart{}" role="img" aria-labelledby="{id}-title" aria-describedby="{id}-said" height="{}">'
        '<title id="{id}-title">{}</title><desc id="{id}-said">{}</desc>{}{}{}</svg>'
    ).format(
        " dense" if len(days) > DENSE else "",
        HEIGHT,
        caption.title,
        caption.said,
        _grid(scale, unit),
        drawn,
        _dates(days),
        id=caption.id,
    )


def _grid(scale: Sequence[float], unit: str) -> Markup:
    """Lines from side to side, their values to the left of the picture."""
    drawn = Markup(
        '<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/>'
        '<text class="tick" x="-8" y="{y}" dy=".32em">{}{}</text>'
    )
    return _all(drawn.format(number(tick), unit, y=_y(tick, scale[-1])) for tick in scale)


def _dates(days: Sequence[date]) -> Markup:
    """The last day and some before it, whole weeks apart where there are weeks; every other one only where it fits."""
    apart = -(-len(days) // 4)
    apart -= apart % 7 if apart > 7 else 0
    label = Markup('<text class="day-name{}" x="{}%" y="{}">{}</text>')
    shown = enumerate(range(len(days) - 1, -1, -apart))
    return _all(
        label.format(" between" if nth % 2 else "", _across(place, days), HEIGHT - 8, _day(days[place]))
        for nth, place in shown
    )


def _columns(days: Sequence[date], drawn: Sequence[Markup], said: Sequence[str]) -> Markup:
    """What is drawn of each day, and what is said when one points at it or above it."""
    column = Markup('<g class="column"><title>{}: {}</title><rect x="{}%" width="{}%" y="0" height="{}"/>{}</g>')
    width = 100 / len(days)
    return _all(
        column.format(_day(day), said[place], _round(place * width), _round(width), FOOT, drawn[place])
        for place, day in enumerate(days)
    )


def _bar(place: int, days: int, parts: Sequence[Part], most: float) -> Markup:
    drawn, below = [], 0
    piece = Markup('<rect x="{}%" width="{}%" y="{}" height="{}" fill="{}"/>')
    for part in parts:
        value = part.values[place]
        if value:
            lower, upper = _y(below, most), _y(below + value, most)
            height = max(_round(lower - upper - 1), 1.0)  # a gap tells two parts apart where colours do not
            drawn.append(piece.format(_round(100 * (place + 0.1) / days), _round(80 / days), upper, height, part.fill))
            below += value
    return _all(drawn)


def _of_day(parts: Sequence[Part], place: int, total: int) -> str:
    some = [f"{part.label} {part.values[place]:,}" for part in parts if part.values[place]]
    return "\n".join([f"{total:,}", *some])


def _point(points: Sequence[tuple[float, float] | None], place: int) -> Markup:
    here = points[place]
    if here is None:
        return Markup("")
    beside = [points[other] for other in (place - 1, place + 1) if 0 <= other < len(points)]
    alone = "" if any(beside) else " alone"
    return Markup('<circle class="point{}" cx="{}%" cy="{}" r="3.5"/>').format(alone, *here)


def _lying(row: Row, most: int) -> Markup:
    drawn, before = [], 0.0
    for name, value in row.pieces:
        width = _round(100 * value / most) if most else 0.0
        drawn.append(
            Markup('<rect x="{}%" width="{}%" height="14" fill="{}"/>').format(_round(before), width, _fill(name))
        )
        before += width
    return _all(drawn)


def _fill(name: str) -> str:
    return f"url(#fill-{name if name in FILLS else 'other'})"


def _across(place: int, days: Sequence[date]) -> float:
    """The middle of a day."""
    return _round(100 * (place + 0.5) / len(days))


def _y(value: float, most: float) -> float:
    return _round(FOOT - (FOOT - TOP) * value / most)


def _round(value: float) -> float:
    return round(value, 2)


def _day(day: date) -> str:
    return f"{day:%b} {day.day}"


def _all(pieces: Iterable[Markup]) -> Markup:
    return Markup("").join(pieces)
