"""A plot written as SVG, directly: points of a big table are one path, so that it stays small and takes milliseconds.

Nothing in it runs or comes from elsewhere, and names from files are escaped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import numpy as np

from assistant.genome.tables.figures import Figures

_FONT = "font-family=\"system-ui, 'Segoe UI', Helvetica, Arial, sans-serif\""
LETTER = 7.0
"""Width of a letter of size 11, in pixels, about."""


class Drawing:
    """An SVG that grows; coordinates are pixels from the upper left."""

    def __init__(self, width: float, height: float, alt: str) -> None:
        self.width, self.height = width, height
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
            f'height="{height:.0f}" role="img" {_FONT} font-size="11" fill="#222222">',
            f"<title>{escape(_clean(alt))}</title>",
            f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
        ]

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *, colour: str = "#555555", dashed: bool = False
    ) -> None:
        """A thin line."""
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self._parts.append(
            f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{colour}" stroke-width="0.8" fill="none"{dash}/>'
        )

    def points(self, x: Figures, y: Figures, colour: str, size: float = 4.0) -> None:
        """Dots at (n,) places; those that would cover each other fully are drawn once."""
        places = np.unique(np.stack([np.round(x), np.round(y)], axis=1), axis=0)
        path = "".join(f"M{a:.0f} {b:.0f}h0" for a, b in places.tolist())
        self._parts.append(
            f'<path d="{path}" stroke="{colour}" stroke-width="{size}" stroke-linecap="round" stroke-opacity="0.75" '
            'fill="none"/>'
        )

    def bar(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A filled rectangle."""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{height:.1f}" fill="{colour}"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        anchor: str = "start",
        colour: str = "",
        bold: bool = False,
        up: bool = False,
    ) -> None:
        """A line of text; ``y`` is its middle. ``up``: turned to read from below."""
        turned = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if up else ""
        more = (f' fill="{colour}"' if colour else "") + (' font-weight="600"' if bold else "")
        place = f'x="{x:.1f}" y="{y:.1f}" dy="0.35em" text-anchor="{anchor}"'
        self._parts.append(f"<text {place}{more}{turned}>{escape(_clean(text))}</text>")

    def svg(self) -> str:
        """The whole as text."""
        return "".join([*self._parts, "</svg>"])


def _clean(text: str) -> str:
    """Without characters that XML does not allow."""
    return "".join(c for c in text if c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff")


class Axes:
    """A frame in a drawing with scales for x and y, (low, high) each."""

    def __init__(
        self, drawing: Drawing, box: tuple[float, float, float, float], x: tuple[float, float], y: tuple[float, float]
    ) -> None:
        """``box``: left, top, right, bottom in pixels."""
        self.drawing, self.box = drawing, box
        self.left, self.top, self.right, self.bottom = box
        self._x, self._y = _ranged(x), _ranged(y)

    def px(self, x: Figures) -> Figures:
        """Pixels of values on x, (n,)."""
        low, high = self._x
        return np.asarray(self.left + (x - low) / (high - low) * (self.right - self.left))

    def py(self, y: Figures) -> Figures:
        """Pixels of values on y, (n,)."""
        low, high = self._y
        return np.asarray(self.bottom - (y - low) / (high - low) * (self.bottom - self.top))

    def frame(self, x_name: str = "", y_name: str = "", *, x_ticks: bool = True, y_ticks: bool = True) -> None:
        """Lines at the left and below, with ticks and names."""
        draw = self.drawing
        draw.line(self.left, self.bottom, self.right, self.bottom)
        if x_ticks:
            for value in ticks(*self._x, most=max(2, int((self.right - self.left) / 55))):
                at = float(self.px(np.array([value]))[0])
                draw.line(at, self.bottom, at, self.bottom + 4)
                draw.text(at, self.bottom + 12, f"{value:g}", anchor="middle")
        if y_ticks:
            draw.line(self.left, self.top, self.left, self.bottom)
            for value in ticks(*self._y, most=max(2, int((self.bottom - self.top) / 40))):
                at = float(self.py(np.array([value]))[0])
                draw.line(self.left - 4, at, self.left, at)
                draw.text(self.left - 7, at, f"{value:g}", anchor="end")
        draw.text((self.left + self.right) / 2, self.bottom + 28, x_name, anchor="middle")
        if y_name:
            draw.text(self.left - 40, (self.top + self.bottom) / 2, y_name, anchor="middle", up=True)

    def label(self, points: Sequence[tuple[float, float, str]]) -> None:
        """Names beside points (x, y, name), the weightiest first, moved down where they would cover each other."""
        taken: list[tuple[float, float, float]] = []
        for x, y, name in points:
            px, py = float(self.px(np.array([x]))[0]), float(self.py(np.array([y]))[0])
            width = LETTER * len(name)
            right = px + 8 + width < self.drawing.width
            start = px + 8 if right else px - 8 - width
            at = py
            while any(abs(at - b) < 11 and start < c and a < start + width for a, b, c in taken):
                at += 3
            if at > self.bottom - 4:
                continue
            taken.append((start, at, start + width))
            if abs(at - py) > 4:
                self.drawing.line(px, py, start if right else start + width, at, colour="#aaaaaa")
            self.drawing.text(start if right else start + width, at, name, anchor="start" if right else "end")


def _ranged(limits: tuple[float, float]) -> tuple[float, float]:
    low, high = limits
    return (low, high) if high - low > 1e-12 else (low - 0.5, high + 0.5)


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round values between two, at most ``most`` or so: steps of 1, 2 or 5 times a power of ten."""
    raw = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(raw)) if raw > 0 else 1.0
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(n * step, 12) + 0.0 for n in range(first, math.floor(high / step + 1e-9) + 1)]
