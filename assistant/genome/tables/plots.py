"""Pictures of result tables: volcano, bars of the key genes (a panel a cluster), and the genome's peaks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.genome.records import KeyGene, Plot
from assistant.genome.tables.drawing import LETTER, Axes, Drawing
from assistant.genome.tables.figures import Figures

UP, DOWN, NEITHER = "#b2182b", "#2166ac", "#b5b5b5"
_LABELS = 20
_BARS = 30
_PANELS = 12
_LONGEST = 24


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
    kinds = (
        ("not significant", NEITHER, shown & ~passing),
        ("down", DOWN, shown & passing & (effect < 0)),
        ("up", UP, shown & passing & (effect >= 0)),
    )
    counts = {name: int(chosen.sum()) for name, _, chosen in kinds}
    top = ", ".join(name for _, name in labels[:8])
    alt = (
        f"Volcano plot: {effect_name} against -log10 {probability}; {counts['up']:,} rows up, {counts['down']:,} down, "
        f"{counts['not significant']:,} not significant." + (f" First are {top}." if top else "")
    )
    wide = float(np.abs(effect[shown]).max()) * 1.08
    high = max(float(significance[shown].max()), -float(np.log10(limit))) * 1.05
    drawing = Drawing(720, 520, alt)
    axes = Axes(drawing, (62, 34, 700, 478), (-wide, wide), (0.0, high))
    axes.frame(effect_name, f"-log10 {probability}")
    at = 62.0
    for name, colour, chosen in kinds:
        if counts[name]:
            drawing.points(axes.px(effect[chosen]), axes.py(significance[chosen]), colour)
        text = f"{name} ({counts[name]:,})"
        drawing.points(np.array([at]), np.array([16.0]), colour, 7)
        drawing.text(at + 9, 16, text)
        at += 36 + LETTER * len(text)
    line = float(axes.py(np.array([-np.log10(limit)]))[0])
    drawing.line(axes.left, line, axes.right, line, colour="#777777", dashed=True)
    axes.label([(effect[row], significance[row], _short(name)) for row, name in labels[:_LABELS] if shown[row]])
    return Plot("volcano", "Volcano plot", drawing.svg(), alt)


def bars(genes: Sequence[KeyGene], value: str) -> Plot | None:
    """The key genes' figure ``value`` as bars, best above. None where none has it."""
    shown = [gene for gene in genes if np.isfinite(gene.values.get(value, np.nan))][:_BARS]
    if not shown:
        return None
    alt = f"Bars of {value}: " + ", ".join(f"{g.symbol} {g.values[value]:.3g}" for g in shown[:10]) + "."
    rows = [(gene.symbol, gene.values[value]) for gene in shown]
    drawing = Drawing(600, 17 * len(rows) + 58, alt)
    _barred(drawing, (0, 10, 590, 17 * len(rows) + 12), rows, value)
    return Plot("bars", f"{value[0].upper()}{value[1:]} of the first {len(shown)} key genes", drawing.svg(), alt)


def panels(groups: dict[str, list[tuple[str, float]]], value: str) -> Plot | None:
    """Bars of the best genes of every cluster, a panel each; ``groups`` is cluster -> (symbol, figure), best first."""
    shown = [(name, rows) for name, rows in groups.items() if rows][:_PANELS]
    if not shown:
        return None
    alt = f"Bars of {value} by cluster. " + " ".join(
        f"{name}: {', '.join(symbol for symbol, _ in rows[:4])}." for name, rows in shown
    )
    columns = min(3, len(shown))
    tall = 17 * max(len(rows) for _, rows in shown) + 72
    drawing = Drawing(270 * columns + 10, tall * -(-len(shown) // columns), alt)
    for number, (name, rows) in enumerate(shown):
        left, top = 270 * (number % columns), tall * (number // columns)
        drawing.text(left + 140, top + 12, _short(name, 36), anchor="middle", bold=True)
        _barred(drawing, (left, top + 24, left + 262, top + 24 + 17 * len(rows)), rows, value)
    more = f" (first {len(shown)} of {len(groups)})" if len(groups) > len(shown) else ""
    return Plot("clusters", f"Best genes of every cluster{more}", drawing.svg(), alt)


def _barred(
    drawing: Drawing, box: tuple[float, float, float, float], rows: Sequence[tuple[str, float]], value: str
) -> None:
    left, top, right, bottom = box
    margin = LETTER * max(len(_short(symbol)) for symbol, _ in rows) + 14
    values = np.array([figure for _, figure in rows])
    axes = Axes(drawing, (left + margin, top, right, bottom), (min(0.0, values.min()), max(0.0, values.max())), (0, 1))
    axes.frame(value, y_ticks=False)
    places = axes.px(values)
    zero = float(axes.px(np.array([0.0]))[0])
    for number, (symbol, figure) in enumerate(rows):
        middle = top + 17 * number + 8.5
        start, end = sorted((zero, float(places[number])))
        drawing.bar(start, middle - 6, end - start, 12, UP if figure >= 0 else DOWN)
        drawing.text(left + margin - 8, middle, _short(symbol), anchor="end")
    drawing.line(zero, top, zero, bottom)


def peaks(points: dict[str, list[tuple[int, float]]], limit: float, labels: dict[tuple[str, int], str]) -> Plot | None:
    """Association results along the genome (a Manhattan plot); private, for it shows positions.

    ``points`` is chromosome -> (position, -log10 p), ``labels`` (chromosome, position) -> symbol.
    """
    if not points:
        return None
    order = sorted(points, key=lambda c: (0, int(c), "") if c.isdigit() else (1, 0, c))[:60]
    ends = {chromosome: max(position for position, _ in points[chromosome]) + 1 for chromosome in order}
    top = max(height for chromosome in order for _, height in points[chromosome])
    alt = f"Association along {len(order)} chromosomes, -log10 p up to {top:.3g}."
    whole = float(sum(ends.values()))
    drawing = Drawing(860, 360, alt)
    axes = Axes(drawing, (60, 14, 846, 324), (0.0, whole), (0.0, max(top, -float(np.log10(limit))) * 1.08))
    axes.frame("chromosome", "-log10 p", x_ticks=False)
    start = 0.0
    named: list[tuple[float, float, str]] = []
    for number, chromosome in enumerate(order):
        place = np.array([start + position for position, _ in points[chromosome]])
        height = np.array([height for _, height in points[chromosome]])
        drawing.points(axes.px(place), axes.py(height), ("#3b5b92", "#8aa4cf")[number % 2], 3.4)
        for position, value in points[chromosome]:
            if (chromosome, position) in labels:
                named.append((start + position, value, _short(labels[chromosome, position])))
        middle = float(axes.px(np.array([start + ends[chromosome] / 2]))[0])
        if ends[chromosome] / whole > 0.012:
            drawing.text(middle, 336, chromosome, anchor="middle")
        start += ends[chromosome]
    line = float(axes.py(np.array([-np.log10(limit)]))[0])
    drawing.line(axes.left, line, axes.right, line, colour="#777777", dashed=True)
    axes.label(sorted(named, key=lambda p: -p[1])[:_LABELS])
    return Plot("manhattan", "Association along the genome", drawing.svg(), alt, private=True)


def _short(name: str, most: int = _LONGEST) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"
