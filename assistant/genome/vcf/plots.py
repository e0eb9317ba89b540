"""Pictures of a VCF's variants as SVG."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence

from assistant.genome.records import KeyGene, Plot
from assistant.genome.vcf.consequences import ORDER, Impact, consequence, in_words

# Okabe and Ito's colours, told apart by the colour-blind as well.
_COLOURS = {Impact.HIGH: "#d55e00", Impact.MODERATE: "#e69f00", Impact.LOW: "#56b4e9", Impact.MODIFIER: "#999999"}
_MOST = 15


def pictures(consequences: Counter[str], genes: Sequence[KeyGene]) -> tuple[Plot, ...]:
    """Bars of the consequences of the variants kept, and of the scores of the first genes."""
    found = []
    told = {term: count for term, count in consequences.items() if term}
    if told:
        found.append(_consequences(told))
    if genes:
        found.append(_genes(genes[:_MOST]))
    return tuple(found)


def _consequences(counts: dict[str, int]) -> Plot:
    order = {term: place for place, term in enumerate(ORDER)}
    terms = sorted(sorted(counts, key=lambda t: -counts[t])[:_MOST], key=lambda t: order.get(t, len(ORDER)))
    title = "Variants kept, by gravest consequence"
    alt = "Bars: " + ", ".join(f"{in_words(term)} {counts[term]:,}" for term in terms) + "."
    colours = [_COLOURS.get(consequence(term).impact, "#999999") for term in terms]
    names = [in_words(term) for term in terms]
    svg = _bars(names, [counts[term] for term in terms], colours, "variants")
    return Plot("consequences", title, svg, alt)


def _genes(genes: Sequence[KeyGene]) -> Plot:
    alt = "Bars: " + ", ".join(f"{gene.symbol[:30]} {gene.score:.1f}" for gene in genes) + "."
    svg = _bars([gene.symbol[:30] for gene in genes], [g.score for g in genes], ["#0072b2"] * len(genes), "score")
    return Plot("scores", "Score of the first genes", svg, alt)


def _bars(names: list[str], values: Sequence[float], colours: list[str], axis: str) -> str:
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(7, 0.9 + 0.32 * len(names)), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    bars = axes.barh(range(len(names)), values, color=colours)
    axes.bar_label(bars, labels=[f"{v:,.3g}" if isinstance(v, float) else f"{v:,}" for v in values], padding=3)
    axes.set_yticks(range(len(names)), [_plain(name) for name in names])
    axes.invert_yaxis()
    axes.set_xlabel(axis)
    axes.spines[["top", "right"]].set_visible(False)
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    return re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)


def _plain(name: str) -> str:
    """A name of a file as text, never mathematics, in letters that the font has."""
    return "".join(letter if letter.isprintable() and ord(letter) < 0x2000 else "?" for letter in name).replace(
        "$", r"\$"
    )
