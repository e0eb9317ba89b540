"""A report on a file of genome data and its key genes: the whole of it, and as CSV and JSON.

What is private (samples, genotypes, positions, and the name of a VCF, which is often a person's) is left out unless
the caller asks for it, and the report says so. Markdown and HTML are in `assistant.genome.pages`.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import Any

from assistant import export
from assistant.answers import Answer
from assistant.genome.explaining import NOTHING_EXPLAINED, Explained, Explanation
from assistant.genome.records import FileKind, GenomeData, KeyGene, Plot
from assistant.genome.wording import (
    PRIVATE_LEFT_OUT,
    europe_pmc_address,
    europe_pmc_query,
    holds_private,
    statement,
    statements,
)

_WHOLE = 1e15
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class GeneSet:
    """A set of genes that stands among the key genes more often than by chance.

    ``origin`` says where the set is from, ``hits`` are the key genes in it, ``size`` its genes in the background,
    ``p`` the hypergeometric probability, ``adjusted`` that after Benjamini and Hochberg.
    """

    name: str
    origin: str
    hits: tuple[str, ...]
    size: int
    p: float
    adjusted: float


@dataclass(frozen=True, slots=True)
class Sets:
    """Over-represented gene sets, the least probable first; ``background`` says in words what was drawn from."""

    found: tuple[GeneSet, ...] = ()
    background: str = ""
    tested: int = 0


NO_SETS = Sets()


@dataclass(frozen=True, slots=True)
class Report:
    """A file's data with its explanations and gene sets; ``private`` is whether what is private may be told."""

    data: GenomeData
    explained: Explained = NOTHING_EXPLAINED
    sets: Sets = NO_SETS
    private: bool = False

    @property
    def title(self) -> str:
        """What the report is of; the name of a VCF is told only where what is private may be."""
        if self.data.kind is FileKind.VCF and not self.private:
            return "Key genes of a VCF"
        return f"Key genes of {self.data.source}"

    @property
    def plots(self) -> tuple[Plot, ...]:
        """The pictures that may be shown."""
        return tuple(plot for plot in self.data.plots if self.private or not plot.private)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the report must know of it."""
        return (PRIVATE_LEFT_OUT,) if holds_private(self.data) and not self.private else ()

    @property
    def seen(self) -> list[str]:
        """What was recognised, and the statements on the file as a whole that may be told."""
        return [*self.data.seen, *statements(self.data.notes, private=self.private)]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the figures that the genes have, in the order in which they come."""
        return tuple(dict.fromkeys(name for gene in self.data.genes for name in gene.values))

    def said(self, gene: KeyGene) -> list[str]:
        """What may be said of why a gene stands where it does, each with its rows."""
        return statements(gene.reasons, private=self.private)

    def passages(self, gene: KeyGene) -> int:
        """Passages of the library that name a gene."""
        return self.explained.census.passages.get(gene.concept, 0)


def as_csv(report: Report) -> str:
    """The ranked genes with the reasons of their ranks (RFC 4180, UTF-8); no text in it is a formula to a spreadsheet.

    Numbers stay numbers; text that would begin a formula gets an apostrophe before it.
    """
    made = io.StringIO()
    writer = csv.writer(made)
    columns = report.columns
    counted = bool(report.explained.census.total)
    head = ["rank", "symbol", "named in the file", "NCBI Gene or concept", "score", *columns, "reasons", "rows"]
    writer.writerow([cell(name) for name in (*head, *(["passages of the library"] if counted else []))])
    for gene in report.data.genes:
        rows = sorted({row for reason in gene.reasons for row in reason.rows})
        figures = [_number(gene.values.get(name)) for name in columns]
        line = [gene.rank, gene.symbol, gene.named, gene.concept, _number(gene.score), *figures]
        line += [" ".join(report.said(gene)), " ".join(map(str, rows))]
        writer.writerow([cell(value) for value in (*line, *([report.passages(gene)] if counted else []))])
    return made.getvalue()


def cell(value: Any) -> Any:
    """A value as it may stand in a spreadsheet: numbers as they are, text never the beginning of a formula.

    See OWASP, "CSV Injection": a cell is a formula where it begins with = + - @, a tab or a line end.
    """
    if not isinstance(value, str):
        return "" if value is None else value
    text = value.replace("\x00", "")
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def _number(value: float | None) -> float | int | str:
    """A figure as a number, whole ones without a fraction; empty for none and for what is no number."""
    if value is None or not math.isfinite(value):
        return ""
    return int(value) if float(value).is_integer() and abs(value) < _WHOLE else float(f"{value:.10g}")


def as_data(report: Report) -> dict[str, Any]:
    """The report as plain data for programs (JSON)."""
    data = report.data
    census = report.explained.census
    return {
        "title": report.title,
        "kind": data.kind.value,
        "species": data.species,
        "seen": report.seen,
        "warnings": list(data.warnings),
        "notes": list(report.notes),
        "asks": dict(data.asks),
        "rules": list(data.rules),
        "private": report.private,
        "genes": [_gene(report, gene) for gene in data.genes],
        "library": {
            "text": census.text if census.total else "",
            "named": len(census.named),
            "unnamed": [
                {"symbol": g.symbol, "europe_pmc": europe_pmc_address(census.queries.get(g.symbol, ""))}
                for g in census.unnamed
            ],
        },
        "explanations": [_explanation(one) for one in report.explained.explanations],
        "overview": _answer(report.explained.overview),
        "gene_sets": {
            "background": report.sets.background,
            "tested": report.sets.tested,
            "found": [
                {
                    "name": s.name,
                    "origin": s.origin,
                    "genes": list(s.hits),
                    "size": s.size,
                    "p": s.p,
                    "adjusted_p": s.adjusted,
                }
                for s in report.sets.found
            ],
        },
        "plots": [{"name": p.name, "title": p.title, "alt": p.alt, "svg": p.svg} for p in report.plots],
    }


def _gene(report: Report, gene: KeyGene) -> dict[str, Any]:
    reasons = [
        {"text": r.text if report.private else r.shareable, "rows": list(r.rows)}
        for r in gene.reasons
        if statement(r, private=report.private)
    ]
    return {
        "rank": gene.rank,
        "symbol": gene.symbol,
        "named": gene.named,
        "concept": gene.concept,
        "score": _finite(gene.score),
        "values": {name: _finite(value) for name, value in gene.values.items()},
        "reasons": reasons,
        "passages": report.passages(gene),
        "europe_pmc": europe_pmc_query(gene),
    }


def _finite(value: float) -> float | None:
    """A number that JSON can hold, else null."""
    return value if math.isfinite(value) else None


def _explanation(one: Explanation) -> dict[str, Any]:
    return {"rank": one.gene.rank, "symbol": one.gene.symbol, "passages": one.passages, **(_answer(one.answer) or {})}


def _answer(answer: Answer | None) -> dict[str, Any] | None:
    """An answer's sentences under their parts, with its citations."""
    if answer is None:
        return None
    made = export.as_data(answer)
    parts = {
        part: [{"text": s.text, "markers": list(s.markers)} for s in said if s.supported]
        for part, said in answer.in_parts
    }
    return {
        "refused": answer.refused,
        "generator": answer.generator,
        "seconds": made["seconds"],
        "parts": parts,
        "citations": made["citations"],
    }
