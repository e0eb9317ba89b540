"""Tables as further tools and people write them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from assistant.genome.records import FileKind
from assistant.genome.tables import read_table
from index.errors import LocusError
from tests.assistant.genome.tables import HUMAN, figures

ROWS = [(n, g, *f) for n, (g, f) in enumerate(zip(HUMAN, figures(len(HUMAN)), strict=True))]
LAYOUTS = {
    "GEO2R with probes and several genes a row": [
        "ID\tadj.P.Val\tP.Value\tt\tB\tlogFC\tGene.symbol\tGene.title",
        *[f"100{n}_s_at\t{q}\t{p}\t3\t2\t{f}\t{g}///MIR4640\tsome protein" for n, g, f, p, q in ROWS],
    ],
    "Cuffdiff": [
        "test_id\tgene_id\tgene\tlocus\tsample_1\tsample_2\tstatus\tvalue_1\tvalue_2\tlog2(fold_change)\ttest_stat\tp_value\tq_value",
        *[f"XLOC_00{n}\tXLOC_00{n}\t{g}\tchr1:1-9\ta\tb\tOK\t1\t2\t{f}\t2\t{p}\t{q}" for n, g, f, p, q in ROWS],
    ],
    "a supplement's own names": [
        "Gene name,Log2 Fold Change (KO/WT),FDR-adjusted p-value",
        *[f"{g},{f},{q}" for _, g, f, _, q in ROWS],
    ],
    "logarithms of p": [
        "gene_name,log2FC,-log10(padj)",
        *[f"{g},{f},{-math.log10(q)}" for _, g, f, _, q in ROWS],
    ],
    "symbols beside NCBI ids": [
        "GeneID\tlog2FoldChange\tpvalue\tpadj\tSymbol\tDescription",
        *[f"{7157 + n}\t{f}\t{p}\t{q}\t{g}\tthe {g} protein" for n, g, f, p, q in ROWS],
    ],
    "row names made unique by R": [
        '"","p_val","avg_log2FC","pct.1","pct.2","p_val_adj","cluster","gene"',
        *[f'"{g}.1",{p},{f},0.9,0.1,{q},"3","{g}"' for _, g, f, p, q in ROWS],
    ],
    "no header": [f"{g},{f},{p},{q}" for _, g, f, p, q in ROWS],
    "a ranked list": [f"{g}\t{f}" for _, g, f, _, _ in ROWS],
    "decimal commas between tabs": [
        "gene\tlog2FoldChange\tpvalue\tpadj",
        *[f"{g}\t{f}\t{p}\t{q}".replace(".", ",") for _, g, f, p, q in ROWS],
    ],
    "symbols in small letters": ["gene,logFC,FDR", *[f"{g.lower()},{f},{q}" for _, g, f, _, q in ROWS]],
    "ids and symbols in one cell": [
        "id,logFC,FDR",
        *[f"{g}|{n},{f},{q}" for n, g, f, _, q in ROWS],
    ],
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_of_other_tools_are_read_without_settings(tmp_path: Path, layout: str) -> None:
    path = tmp_path / "table.txt"
    path.write_text("\n".join(LAYOUTS[layout]) + "\n")
    data = read_table(path)
    assert data.kind is FileKind.EXPRESSION
    assert [gene.symbol for gene in data.genes][:5] == HUMAN[:5]


def test_genes_of_other_organisms_keep_their_names_and_are_said_to_be_unknown(tmp_path: Path) -> None:
    path = tmp_path / "fly.csv"
    path.write_text("gene,log2FoldChange,padj\n" + "".join(f"FBgn000{n:04d},{f},{q}\n" for n, _, f, _, q in ROWS))
    data = read_table(path)
    assert data.genes[0].symbol == "FBgn0000000" and not data.genes[0].concept and not data.background
    assert any("another organism" in warning for warning in data.warnings)


def test_a_table_of_counts_is_not_ranked_as_results(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("gene,s1,s2,s3\n" + "".join(f"{g},{n},{n + 5},3\n" for n, g, *_ in ROWS))
    data = read_table(path)
    assert data.kind is FileKind.GENES and not data.plots
    assert any("counts" in warning for warning in data.warnings)


def test_results_of_over_representation_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "go.csv"
    head = "ID,Description,GeneRatio,BgRatio,pvalue,p.adjust,qvalue,geneID,Count\n"
    path.write_text(head + "GO:1,apoptosis,3/10,50/1000,1e-9,1e-8,1e-8,TP53/MYC/KIT,3\n" * 3)
    with pytest.raises(LocusError, match="over-represented gene sets"):
        read_table(path)


def test_a_frequency_is_never_taken_for_p(tmp_path: Path) -> None:
    path = tmp_path / "broken.tsv"
    head = "chromosome\tbase_pair_location\teffect_allele_frequency\tp_value\trsid\n"
    path.write_text(head + "".join(f"1\t{100 + n}\t0.{n + 1}\t{n * 50}\trs{n}\n" for n in range(20)))
    with pytest.raises(LocusError):
        read_table(path)


@pytest.mark.parametrize(
    "lines",
    [
        [
            '"","logFC","AveExpr","t","P.Value","adj.P.Val","B"',
            '"PAX6",-2.1,8.5,-20,1e-12,1e-9,15',
            '"WNT1",0.1,7,1,.4,.6,-4',
        ],
        ["symbol\tgene name\tlogFC\tFDR", "PAX6\tpaired box\t1\t1e-9", "WNT1\tWnt family\t2\t0.6"],
        ["gene;log2FC;padj", "PAX6;-3,2;1e-9", "WNT1;2;0,6"],
    ],
)
def test_short_tables_are_cut_where_long_ones_are(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "top.txt"
    path.write_text("\n".join(lines))
    data = read_table(path)
    assert data.kind is FileKind.EXPRESSION
    assert [gene.symbol for gene in data.genes] == ["PAX6"]
    assert not any("spaces" in line for line in data.seen)
