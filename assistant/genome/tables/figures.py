"""Cells to figures: decimal commas, "<2e-16", infinities, blanks."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

Figures = np.ndarray[tuple[int], np.dtype[np.float64]]

_COMMA = re.compile(r"[-+]?\d+,\d+(?:[eE][-+]?\d+)?")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_POWER = re.compile(r"([-+]?[\d.]+)\s*(?:[x×*·]\s*10\^?|[eE])\s*([-+−–]?\d+)")
_BLANK = frozenset(
    ("", "na", "n/a", "nan", "null", "none", "-", ".", "nd", "#n/a", "#num!", "#div/0!", "#value!", "ns")
)


def figures(cells: Sequence[str]) -> Figures:
    """Float64 (n,) of cells; NaN where there is none. Decimal commas where no cell of the column has a point.

    "<2e-16" is read as 2e-16, "Inf" as infinite, "3.2 × 10-5" as 3.2e-5.
    """
    try:  # the common case, all in one
        return np.array([cell or "nan" for cell in cells], dtype=np.float64)
    except ValueError:
        pass
    commas = points = 0
    for cell in cells:
        if "," in cell and _COMMA.fullmatch(cell.strip()):
            commas += 1
        elif "." in cell and cell.strip(" -.0123456789eE") == "":
            points += 1
    return np.array([_figure(cell, decimal=commas > points) for cell in cells], dtype=np.float64)


def _figure(cell: str, *, decimal: bool) -> float:
    text = cell.strip()
    if text.lower() in _BLANK:
        return np.nan
    if decimal and "," in text:
        text = text.replace(".", "").replace(",", ".")
    try:
        return float(text)
    except ValueError:
        pass
    text = text.lstrip("<>≤≥=~ ").replace("−", "-").replace("–", "-").strip()
    if match := _POWER.fullmatch(text):
        text = f"{match.group(1)}e{match.group(2).replace('−', '-').replace('–', '-')}"
    elif _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if "_" in text:
        return np.nan
    try:
        return float(text.rstrip("%"))
    except ValueError:
        return np.nan


def share(cells: Sequence[str]) -> float:
    """Share of the cells that aren't blank which are figures, 0 to 1; 0 where all are blank."""
    filled = [cell for cell in cells if cell.strip().lower() not in _BLANK]
    if not filled:
        return 0.0
    return float(np.count_nonzero(~np.isnan(figures(filled)))) / len(filled)


def said(value: float) -> str:
    """A figure in words of an answer: three digits, powers where it is very small."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}" if abs(value) < 1e7 else f"{value:.2e}"
    if abs(value) < 0.001:
        return f"{value:.2g}"
    return f"{value:.3g}"
