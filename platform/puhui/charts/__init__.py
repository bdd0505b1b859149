"""Charts as SVG, drawn by the server from exact numbers: they need no script, print well, and say what they show.

A wide page replaces them with a drawing that answers the pointer (``platform/assets/src/charts.js``), from the same
numbers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from markupsafe import Markup, escape

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 8, 30, 30
TICKS = 4
SHARE_OF_A_GROUP = Decimal("0.7")
COLOURS = ("#018942", "#9db8a9", "#b06a00", "#576b95")
STEPS = (
    Decimal(1),
    Decimal("1.5"),
    Decimal(2),
    Decimal("2.5"),
    Decimal(3),
    Decimal(4),
    Decimal(5),
    Decimal(8),
    Decimal(10),
)


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers under a name, one for each label; None is drawn as a gap and never as zero."""

    name: str
    values: Sequence[Decimal | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """Groups of bars over labels. *title* says in a sentence what is shown; *unit* stands at the axis."""

    title: str
    unit: str
    labels: Sequence[str]
    series: Sequence[Series]

    @property
    def is_empty(self) -> bool:
        """Whether there is no number at all."""
        return all(value is None for one in self.series for value in one.values)

    @property
    def data(self) -> str:
        """The same numbers for the script: names, labels, values as numbers or null."""
        series = [
            {"name": one.name, "values": [None if value is None else str(value) for value in one.values]}
            for one in self.series
        ]
        return json.dumps(
            {"title": self.title, "unit": self.unit, "labels": list(self.labels), "series": series, "colours": COLOURS},
            ensure_ascii=False,
        )

    @property
    def svg(self) -> Markup:
        """The drawing."""
        top = _top([value for one in self.series for value in one.values if value is not None])
        parts = [
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" role="img" font-size="12" fill="currentColor">',
            f"<title>{escape(self.title)}</title>",
            *self._axis(top),
            *self._bars(top),
            *self._names(),
            "</svg>",
        ]
        return Markup("".join(parts))  # noqa: S704  # Every text in it is escaped.

    def _axis(self, top: Decimal) -> list[str]:
        lines = [f'<text x="0" y="12">{escape(self.unit)}</text>']
        for n in range(TICKS + 1):
            y = _height(top * n / TICKS, top)
            lines.append(
                f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="currentColor" opacity="0.15"/>'
            )
            lines.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{_short(top * n / TICKS)}</text>')
        return lines

    def _bars(self, top: Decimal) -> list[str]:
        group = Decimal(WIDTH - LEFT - RIGHT) / max(1, len(self.labels))
        width = group * SHARE_OF_A_GROUP / max(1, len(self.series))
        drawn = []
        every = max(1, len(self.labels) // 12)
        for place, label in enumerate(self.labels):
            start = LEFT + group * place + group * (1 - SHARE_OF_A_GROUP) / 2
            if place % every == 0:
                middle = _one(LEFT + group * place + group / 2)
                drawn.append(f'<text x="{middle}" y="{HEIGHT - 10}" text-anchor="middle">{escape(label)}</text>')
            for number, one in enumerate(self.series):
                drawn.append(_bar(one.values[place], start + width * number, width, top, COLOURS[number % 4]))
        return drawn

    def _names(self) -> list[str]:
        drawn, x = [], WIDTH - RIGHT - sum(40 + 13 * len(one.name) for one in self.series)
        for number, one in enumerate(self.series):
            drawn.append(f'<rect x="{x}" y="3" width="12" height="12" fill="{COLOURS[number % 4]}"/>')
            drawn.append(f'<text x="{x + 17}" y="13">{escape(one.name)}</text>')
            x += 40 + 13 * len(one.name)
        return drawn


def _bar(value: Decimal | None, x: Decimal, width: Decimal, top: Decimal, colour: str) -> str:
    """A bar, or a dashed frame where nothing is known."""
    base = HEIGHT - BOTTOM
    if value is None:
        return (
            f'<rect x="{_one(x)}" y="{base - 14}" width="{_one(width)}" height="14" fill="none"'
            f' stroke="{colour}" stroke-dasharray="2 2"/>'
        )
    y = _height(value, top)
    return f'<rect x="{_one(x)}" y="{y}" width="{_one(width)}" height="{max(1, base - y)}" fill="{colour}"/>'


def _height(value: Decimal, top: Decimal) -> int:
    return int(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top)


def _top(values: Sequence[Decimal]) -> Decimal:
    """The end of the axis: the first round number that no value passes."""
    most = max(values, default=Decimal(0))
    if most <= 0:
        return Decimal(1)
    power = Decimal(10) ** (most.adjusted())
    return next(step * power for step in STEPS if step * power >= most)


def _one(value: Decimal) -> str:
    return f"{value:.1f}"


def _short(value: Decimal) -> str:
    """A number for an axis: 12000 as 12k, 1.50 as 1.5."""
    if value >= 1000:
        thousands = (value / 1000).quantize(Decimal("0.1"), ROUND_CEILING).normalize()
        return f"{thousands:f}k"
    return f"{value.quantize(Decimal('0.01')).normalize():f}"
