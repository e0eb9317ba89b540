"""Pictures of result tables as SVG: volcano, bars of the key genes (a panel a cluster), and the genome's peaks."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from assistant.genome.records import KeyGene, Plot
from assistant.genome.tables.figures import Figures

UP, DOWN, NEITHER = "#b2182b", "#2166ac", "#b5b5b5"
_LABELS = 18
_PIXELS = 260
_BARS = 30
_PANELS = 12
_STYLE: Any = {"svg.fonttype": "none", "font.size": 9, "font.family": "sans-serif", "text.parse_math": False}


def _svg(figure: Any, name: str) -> str:
    """A figure as SVG text: no scripts, no date, nothing from elsewhere."""
    import matplotlib as mpl  # noqa: PLC0415 - slow to load
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415

    out = io.StringIO()
    with mpl.rc_context({**_STYLE, "svg.hashsalt": name}):
        cast("Any", FigureCanvasSVG)(figure).print_svg(
            out, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    text = out.getvalue()
    return re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)


def _figure(width: float, height: float, rows: int = 1, columns: int = 1) -> tuple[Any, Any]:
    import matplotlib as mpl  # noqa: PLC0415 - slow to load
    from matplotlib.figure import Figure  # noqa: PLC0415

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False)
    for axis in axes.flat:
        axis.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _thinned(x: Figures, y: Figures) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Of points that a picture can't tell apart, one each."""
    spans = [max(float(np.ptp(v)), 1e-9) for v in (x, y)]
    cells = [np.floor((v - v.min()) / span * _PIXELS).astype(np.int64) for v, span in zip((x, y), spans, strict=True)]
    return np.unique(cells[0] * (_PIXELS + 2) + cells[1], return_index=True)[1]


def volcano(
    effect: Figures,
    significance: Figures,
    passing: np.ndarray[tuple[int], np.dtype[np.bool_]],
    labels: Sequence[tuple[int, str]],
    *,
    effect_name: str,
    probability: str,
    limit: float,
) -> Plot | None:
    """Effect against -log10 p, (n,) each; ``labels`` are (row, symbol), best first. None where nothing is to draw."""
    shown = np.isfinite(effect) & np.isfinite(significance)
    if not np.any(shown):
        return None
    figure, axes = _figure(7.0, 5.2)
    axis = axes[0, 0]
    counts = []
    for name, colour, chosen in (
        ("not significant", NEITHER, shown & ~passing),
        ("down", DOWN, shown & passing & (effect < 0)),
        ("up", UP, shown & passing & (effect >= 0)),
    ):
        rows = np.flatnonzero(chosen)
        counts.append(len(rows))
        if len(rows):
            rows = rows[_thinned(effect[rows], significance[rows])]
            style = {"markersize": 3.2, "markeredgewidth": 0, "alpha": 0.75}
            axis.plot(effect[rows], significance[rows], "o", color=colour, label=f"{name} ({counts[-1]:,})", **style)
    axis.axhline(-np.log10(limit), color="#777777", linewidth=0.7, linestyle="--")
    axis.set_xlabel(effect_name)
    axis.set_ylabel(f"-log10 {probability}")
    _label(axis, [(effect[row], significance[row], name) for row, name in labels[:_LABELS] if shown[row]])
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, 1.09), ncols=3, frameon=False, handletextpad=0.2)
    top = ", ".join(name for _, name in labels[:8])
    alt = (
        f"Volcano plot: {effect_name} against -log10 {probability}; {counts[2]:,} genes up, {counts[1]:,} down, "
        f"{counts[0]:,} not significant." + (f" First are {top}." if top else "")
    )
    return Plot("volcano", "Volcano plot", _svg(figure, "volcano"), alt)


def _label(axis: Any, points: Sequence[tuple[float, float, str]]) -> None:
    """Names beside points, pushed apart where they would cover each other."""
    if not points:
        return
    low, high = axis.get_ylim()
    axis.set_ylim(low, high + 0.04 * (high - low))
    left, right = axis.get_xlim()
    axis.set_xlim(left - 0.08 * (right - left), right + 0.08 * (right - left))
    gap = 0.034 * (high - low)
    for side in (-1, 1):
        placed: list[tuple[float, float]] = []
        mine = sorted((p for p in points if (p[0] >= 0) == (side > 0)), key=lambda p: -p[1])
        for x, y, name in mine:
            at = y
            while any(abs(at - other) < gap and abs(x - beside) < 0.22 * (right - left) for beside, other in placed):
                at -= gap / 2
            placed.append((x, at))
            axis.annotate(
                name, (x, y), xytext=(x + side * 0.015 * (right - left), at), fontsize=8,
                ha="left" if side > 0 else "right", va="center",
                arrowprops={"arrowstyle": "-", "linewidth": 0.4, "color": "#999999", "shrinkA": 0, "shrinkB": 0},
            )  # fmt: skip


def bars(genes: Sequence[KeyGene], value: str) -> Plot | None:
    """The key genes' figure ``value`` as bars, best above. None where none has it."""
    shown = [gene for gene in genes if np.isfinite(gene.values.get(value, np.nan))][:_BARS]
    if not shown:
        return None
    figure, axes = _figure(6.0, 0.9 + 0.19 * len(shown))
    _barred(axes[0, 0], [(gene.symbol, gene.values[value]) for gene in shown])
    axes[0, 0].set_xlabel(value)
    alt = f"Bars of {value}: " + ", ".join(f"{g.symbol} {g.values[value]:.3g}" for g in shown[:10]) + "."
    return Plot("bars", f"{value[0].upper()}{value[1:]} of the first {len(shown)} key genes", _svg(figure, "bars"), alt)


def panels(groups: dict[str, list[tuple[str, float]]], value: str) -> Plot | None:
    """Bars of the best genes of every cluster, a panel each; ``groups`` is cluster -> (symbol, figure), best first."""
    shown = [(name, rows) for name, rows in groups.items() if rows][:_PANELS]
    if not shown:
        return None
    columns = min(4, len(shown))
    lines = -(-len(shown) // columns)
    figure, axes = _figure(2.1 * columns + 0.4, 0.4 + 2.0 * lines, lines, columns)
    for axis, (name, rows) in zip(axes.flat, shown, strict=False):
        _barred(axis, rows)
        axis.set_title(name[:28], fontsize=9, parse_math=False)
    for axis in list(axes.flat)[len(shown) :]:
        axis.set_visible(False)
    figure.supxlabel(value, fontsize=9)
    alt = f"Bars of {value} by cluster. " + " ".join(
        f"{name}: {', '.join(symbol for symbol, _ in rows[:4])}." for name, rows in shown
    )
    more = f" (first {len(shown)} of {len(groups)})" if len(groups) > len(shown) else ""
    return Plot("clusters", f"Best genes of every cluster{more}", _svg(figure, "clusters"), alt)


def _barred(axis: Any, rows: Sequence[tuple[str, float]]) -> None:
    places = np.arange(len(rows))
    values = np.array([value for _, value in rows])
    axis.barh(places, values, color=[UP if value >= 0 else DOWN for value in values], height=0.72)
    axis.set_yticks(places, [symbol for symbol, _ in rows], fontsize=8)
    for label in axis.get_yticklabels():
        label.set_parse_math(False)
    axis.invert_yaxis()
    axis.axvline(0, color="#555555", linewidth=0.6)


def peaks(points: dict[str, list[tuple[int, float]]], limit: float, labels: dict[tuple[str, int], str]) -> Plot | None:
    """Association results along the genome (a Manhattan plot); private, for it shows positions.

    ``points`` is chromosome -> (position, -log10 p).
    """
    if not points:
        return None
    order = sorted(points, key=lambda c: (0, int(c), "") if c.isdigit() else (1, 0, c))
    figure, axes = _figure(8.0, 3.4)
    axis = axes[0, 0]
    start, ticks, named = 0.0, [], []
    for number, chromosome in enumerate(order):
        place = np.array([float(p) for p, _ in points[chromosome]])
        height = np.array([h for _, h in points[chromosome]])
        rows = _thinned(place, height)
        axis.plot(
            start + place[rows],
            height[rows],
            "o",
            markersize=2.6,
            markeredgewidth=0,
            color=("#3b5b92", "#8aa4cf")[number % 2],
        )
        named += [
            (start + p, h, labels[chromosome, int(p)])
            for p, h in zip(place, height, strict=True)
            if (chromosome, int(p)) in labels
        ]
        ticks.append(start + float(place.max()) / 2)
        start += float(place.max()) * 1.02 + 1
    axis.axhline(-np.log10(limit), color="#777777", linewidth=0.7, linestyle="--")
    axis.set_xticks(ticks, order, fontsize=7)
    axis.set_ylabel("-log10 p")
    _label(axis, sorted(named, key=lambda p: -p[1])[:_LABELS])
    top = max(height for chromosome in points.values() for _, height in chromosome)
    alt = f"Association along {len(order)} chromosomes, -log10 p up to {top:.3g}."
    return Plot("manhattan", "Association along the genome", _svg(figure, "manhattan"), alt, private=True)
