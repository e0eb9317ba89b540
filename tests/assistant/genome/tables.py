"""Small tables as tools write them, made here."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index import genes

HUMAN = "TP53 BRCA1 MYC EGFR PTEN KRAS VEGFA TNF IL6 SOX9 PAX6 GATA3 CDH1 NOTCH1 CTNNB1 KIT".split()
MOUSE = "Trp53 Brca1 Myc Egfr Pten Kras Vegfa Tnf Il6 Sox9 Pax6 Gata3 Cdh1 Notch1 Ctnnb1 Kit".split()
DESEQ2 = "baseMean,log2FoldChange,lfcSE,stat,pvalue,padj"


def figures(count: int) -> list[tuple[float, float, float]]:
    """(log2 fold change, p, adjusted p) of ``count`` rows: the first are the surest, signs by turns."""
    return [
        (
            (-1) ** n * max(4.0 - 0.2 * n, 0.1),
            min(1e-20 * 10.0 ** min(2 * n, 60), 0.9),
            min(1e-18 * 10.0 ** min(2 * n, 60), 0.95),
        )
        for n in range(count)
    ]


def deseq2(path: Path, names: list[str], head: str = "", separator: str = ",") -> Path:
    """A table as DESeq2's `write.csv(as.data.frame(results(dds)))` writes it."""
    lines = [f"{head},{DESEQ2}".replace(",", separator)]
    for name, (fold, p, adjusted) in zip(names, figures(len(names)), strict=True):
        lines.append(separator.join(map(str, (name, 100.5, fold, 0.2, fold / 0.2, p, adjusted))))
    path.write_text("\n".join(lines) + "\n")
    return path


def ensembl(symbol: str) -> str:
    """The Ensembl id of a human symbol."""
    gene = genes.table().by_symbol(symbol, "human")
    assert gene is not None
    return gene.ensembl


def many(path: Path, rows: int, seed: int = 1) -> Path:
    """A CSV table of ``rows`` rows: genes of the gene table, p of chance but for one in twenty."""
    known = [gene.ensembl for gene in genes.table() if gene.ensembl and gene.species == "human"][:rows]
    random = np.random.default_rng(seed)
    p = np.where(np.arange(rows) % 20 == 0, random.random(rows) * 1e-6, random.random(rows))
    fold = random.normal(0, 1, rows)
    with path.open("w") as out:
        out.write(f"gene,{DESEQ2}\n")
        for n in range(rows):
            name = known[n] if n < len(known) else f"ENSG{n + 90_000_000_000:011d}"
            out.write(f"{name},{n + 1}.5,{fold[n]:.6f},0.2,{fold[n] / 0.2:.5f},{p[n]:.6g},{min(1, p[n] * 2):.6g}\n")
    return path
