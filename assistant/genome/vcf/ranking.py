"""Gathered genes ranked: the score of each, its concept in the gene table, its reasons and figures."""

from __future__ import annotations

import re

from assistant.genome.records import KeyGene, Reason
from assistant.genome.vcf import scoring, wording
from assistant.genome.vcf.consequences import in_words
from assistant.genome.vcf.gathered import GeneHits
from assistant.genome.vcf.reading import Collected
from index.genes import Gene, GeneTable, Species, table

_ENSEMBL = re.compile(r"ENS(MUS)?G\d{11}(\.\d+)?")
_REASONS = 3


def ranked(found: Collected, species: Species | None, sample: str) -> tuple[KeyGene, ...]:
    """Key genes, the first first; ``sample`` is the proband's name."""
    genes = table()
    scored = [(_score(gene), gene) for gene in found.genes if gene.best]
    scored.sort(key=lambda pair: (-pair[0], pair[1].frequency if pair[1].frequency is not None else 0, pair[1].symbol))
    return tuple(
        _key_gene(rank, score, gene, found, genes, species, sample) for rank, (score, gene) in enumerate(scored, 1)
    )


def _score(gene: GeneHits) -> float:
    both = scoring.COMPOUND if len(gene.inherited) == 2 else 0.0
    return round(gene.best[0].score + both, 3)


def _key_gene(
    rank: int, score: float, gene: GeneHits, found: Collected, genes: GeneTable, species: Species | None, sample: str
) -> KeyGene:
    known = known_gene(gene, genes, species)
    header, total = found.header.lines, len(found.header.samples)
    reasons: list[Reason | None] = [
        wording.reason(one, one.record + header, found.listed, sample, total) for one in gene.best[:_REASONS]
    ]
    reasons.insert(1, wording.compound(gene, header))
    reasons.append(wording.summary(gene, header))
    return KeyGene(
        rank=rank,
        symbol=known.symbol if known else gene.symbol,
        named=gene.symbol,
        concept=known.concept if known else "",
        score=score,
        reasons=tuple(one for one in reasons if one is not None),
        values=_values(gene),
    )


def known_gene(gene: GeneHits, genes: GeneTable, species: Species | None) -> Gene | None:
    """The gene that a name of the file means: by its identifier, else by its symbol."""
    for name in (gene.gene_id, gene.symbol):
        if name and (_ENSEMBL.fullmatch(name) or name.startswith("NCBI:") or name.isdecimal()):
            found = genes.by_id(f"NCBI:{name}" if name.isdecimal() else name)
            if found is not None and (name != gene.gene_id or not name.isdecimal() or found.symbol == gene.symbol):
                return found
    resolution = genes.resolve(gene.symbol, species)
    best = resolution.best
    if best is None:
        return None
    names = {name.casefold() for name in (best.symbol, *best.previous, *best.aliases)}
    return best if gene.symbol.casefold() in names else None


def _values(gene: GeneHits) -> dict[str, float]:
    values: dict[str, float] = {"variants": gene.records}
    for impact, name in wording.IMPACTS.items():
        if count := gene.impacts.get(str(impact), 0):
            values[f"{name} impact"] = count
    for term, count in wording.gravest(gene.consequences, 8):
        values[in_words(term)] = count
    return values
