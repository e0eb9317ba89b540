"""Genome data in words: where in the file a statement stands, and where on the web papers on a gene are found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from assistant.genome.records import GenomeData, KeyGene, Reason
from index import genes

SHOWN_ROWS = 5
"""Rows named of one statement; how many more there are is told."""
LISTED = 8
"""Gene symbols named in a list of them."""
PRIVATE_LEFT_OUT = (
    "Statements that name a sample, a genotype or a position are left out of this report, and so are pictures of them."
)
"""What a report says that was made without what is private."""

_SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,19}")
_ACCESSION = re.compile(r"ENS[A-Z]*[GTP]\d{6,}|[NX][MRP]_\d+", re.IGNORECASE)


def rows_in_words(rows: Sequence[int]) -> str:
    """Which rows: "line 2", "lines 2, 5 and 9", "lines 2, 5, 9, 11, 12 and 40 more"; empty where none is named."""
    if not rows:
        return ""
    shown = [f"{row:,}" for row in rows[:SHOWN_ROWS]]
    more = len(rows) - len(shown)
    if len(rows) == 1:
        return f"line {shown[0]}"
    last = f"{more:,} more" if more else shown.pop()
    return f"lines {', '.join(shown)} and {last}"


def statement(reason: Reason, *, private: bool) -> str:
    """A statement on the data with the rows it came from; empty where nothing of it may be said.

    ``private`` is whether samples, genotypes and positions may be named. A line number tells nothing of them.
    """
    text = (reason.text if private else reason.shareable).strip()
    if not text:
        return ""
    where = rows_in_words(reason.rows)
    return f"{text.rstrip('.')} ({where})." if where else f"{text.rstrip('.')}."


def statements(reasons: Iterable[Reason], *, private: bool) -> list[str]:
    """All statements that may be said, in their order, each once."""
    said = (statement(reason, private=private) for reason in reasons)
    return list(dict.fromkeys(filter(None, said)))


def holds_private(data: GenomeData) -> bool:
    """Whether anything in the data is private, so that a report without it has to say so."""
    reasons = (*data.notes, *(reason for gene in data.genes for reason in gene.reasons))
    return any(plot.private for plot in data.plots) or any(reason.private for reason in reasons)


def listed(names: Iterable[str], most: int = LISTED) -> str:
    """Names in a row: "A, B and C", "A, B, C and 12 more"."""
    found = list(names)
    if len(found) <= 1:
        return "".join(found)
    shown, more = found[:most], len(found) - most
    last = f"{more:,} more" if more > 0 else shown.pop()
    return f"{', '.join(shown)} and {last}"


def europe_pmc_query(gene: KeyGene) -> str:
    """A query that finds papers with a gene in title or abstract at Europe PMC; empty where its name can't be sought.

    Fields as in https://europepmc.org/searchsyntax. Only names of the gene table stand in it, or a symbol of the
    file that looks like one.
    """
    known = genes.table().concept(gene.concept) if gene.concept else ()
    names = [one.symbol for one in known] + [one.name for one in known[:1] if " " in one.name]
    if not known and _SYMBOL.fullmatch(gene.symbol) and not _ACCESSION.fullmatch(gene.symbol):
        names = [gene.symbol]
    spelt: dict[str, str] = {}
    for name in names:
        spelt.setdefault(name.casefold(), name.replace('"', " "))
    return " OR ".join(f'{field}:"{name}"' for name in spelt.values() for field in ("TITLE", "ABSTRACT"))


def europe_pmc_address(query: str) -> str:
    """The https address that shows what a query finds; empty for an empty query."""
    return f"https://europepmc.org/search?query={quote(query, safe='')}" if query else ""
