from __future__ import annotations

from pathlib import Path

import pytest

from assistant.genome.records import FileKind, GenomeData
from assistant.genome.tables import TableOptions, read_table
from index.errors import LocusError
from tests.assistant.genome.tables import HUMAN, MOUSE, deseq2, ensembl, figures

AIRWAY = Path(__file__).parents[4] / "shared" / "data" / "genome" / "airway_deseq2.csv"


def symbols(data: GenomeData) -> list[str]:
    return [gene.symbol for gene in data.genes]


def rows_of(count: int) -> list[tuple[str, tuple[float, float, float]]]:
    return list(zip(HUMAN[:count], figures(count), strict=True))


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.skipif(not AIRWAY.exists(), reason="needs the shared airway table")
def test_airway_ranks_the_known_glucocorticoid_genes_without_settings() -> None:
    data = read_table(AIRWAY)
    ranks = {gene.symbol: gene.rank for gene in data.genes}
    for symbol in ("MAOA", "DUSP1", "ZBTB16", "SPARCL1", "KLF15", "STEAP2", "PER1", "CRISPLD2"):
        assert ranks[symbol] <= 60
    assert {"FKBP5", "TSC22D3"} <= ranks.keys()
    assert data.species == "human"
    assert any("DESeq2" in said for said in data.seen)
    assert len(data.background) > 14_000


def test_deseq2_with_an_unnamed_index_and_versioned_ensembl_ids_is_ranked_by_p_and_fold(tmp_path: Path) -> None:
    path = deseq2(tmp_path / "a.csv", [f"{ensembl(s)}.{n}" for n, s in enumerate(HUMAN, 1)])
    data = read_table(path)
    assert data.kind is FileKind.EXPRESSION
    assert symbols(data)[:3] == HUMAN[:3]
    first = data.genes[0]
    assert first.named == f"{ensembl('TP53')}.1"
    assert first.reasons[0].rows == (2,)
    assert "Up" in first.reasons[0].text and "Down" in data.genes[1].reasons[0].text
    assert first.values["adjusted p"] == pytest.approx(1e-18)
    # rows beyond 0.05 are tested, yet no key genes
    assert len(data.genes) < len(HUMAN)


def test_what_the_ranking_goes_by_is_the_product_of_size_and_significance(tmp_path: Path) -> None:
    data = read_table(deseq2(tmp_path / "a.csv", HUMAN))
    fold, _, adjusted = figures(1)[0]
    import math

    assert data.genes[0].score == pytest.approx(abs(fold) * -math.log10(adjusted))
    assert any("log2 fold change| × -log10(adjusted p)" in rule for rule in data.rules)


def test_edger_limma_seurat_and_scanpy_are_told_apart(tmp_path: Path) -> None:
    rows = [(g, f, p, q) for g, (f, p, q) in rows_of(16)]
    edger = written(
        tmp_path / "edger.tsv", "logFC\tlogCPM\tLR\tPValue\tFDR", *[f"{g}\t{f}\t5\t9\t{p}\t{q}" for g, f, p, q in rows]
    )
    limma = written(
        tmp_path / "limma.csv",
        '"","logFC","AveExpr","t","P.Value","adj.P.Val","B"',
        *[f'"{g}",{f},6,3,{p},{q},1' for g, f, p, q in rows],
    )
    seurat = written(
        tmp_path / "seurat.csv",
        '"","p_val","avg_log2FC","pct.1","pct.2","p_val_adj","cluster","gene"',
        *[f'"{g}",{p},{f},0.9,0.1,{q},"0","{g}"' for g, f, p, q in rows],
    )
    scanpy = written(
        tmp_path / "scanpy.csv",
        ",names,scores,logfoldchanges,pvals,pvals_adj",
        *[f"{n},{g},4,{f},{p},{q}" for n, (g, f, p, q) in enumerate(rows)],
    )
    for path, tool in ((edger, "edgeR"), (limma, "limma"), (seurat, "Seurat"), (scanpy, "scanpy")):
        data = read_table(path)
        assert symbols(data)[:4] == HUMAN[:4], tool
        assert tool in data.seen[0]
        assert data.genes[0].values["log2 fold change"] == pytest.approx(4.0)


def test_clusters_rank_each_gene_at_its_best_and_name_the_others(tmp_path: Path) -> None:
    lines = ["p_val,avg_log2FC,pct.1,pct.2,p_val_adj,cluster,gene"]
    for cluster, factor in (("T cells", 1.0), ("B cells", 0.5)):
        lines += [
            f"{p},{f * factor},0.9,0.1,{q},{cluster},{g}" for g, (f, p, q) in zip(HUMAN[:6], figures(6), strict=True)
        ]
    path = written(tmp_path / "m.csv", *lines)
    data = read_table(path)
    assert symbols(data) == HUMAN[:6]
    assert "T cells" in data.genes[0].reasons[0].text
    assert any("Also passes in B cells (up)" in reason.text for reason in data.genes[0].reasons)
    assert {"clusters", "volcano"} <= {plot.name for plot in data.plots}
    one = read_table(path, TableOptions(contrast="b cells"))
    assert one.genes[0].reasons[0].rows == (8,)
    with pytest.raises(LocusError, match="no cluster or comparison 'NK'"):
        read_table(path, TableOptions(contrast="NK"))


def test_wide_scanpy_tables_are_read_cluster_by_cluster(tmp_path: Path) -> None:
    long = written(
        tmp_path / "w.csv",
        ",".join(f"{c}_{n}" for c in ("CD4 T", "NK") for n in "names scores logfoldchanges pvals pvals_adj".split()),
        "IL6,9,3,1e-20,1e-18,KIT,9,4,1e-25,1e-22",
        "TNF,8,2,1e-10,1e-8,MYC,8,2,1e-9,1e-7",
    )
    data = read_table(long)
    assert symbols(data)[:2] == ["KIT", "IL6"]
    assert "in NK" in data.genes[0].reasons[0].text
    short = written(tmp_path / "s.csv", ",0_n,0_p,1_n,1_p", "0,IL6,1e-20,KIT,1e-30", "1,TNF,1e-10,MYC,1e-9")
    assert symbols(read_table(short)) == ["KIT", "IL6", "TNF", "MYC"]


def test_several_comparisons_beside_each_other_are_told_apart(tmp_path: Path) -> None:
    lines = ["gene,log2FoldChange_KO_vs_WT,padj_KO_vs_WT,log2FoldChange_drug_vs_WT,padj_drug_vs_WT"]
    lines += [
        f"{g},{f},{q},{-f / 2},{min(1, q * 1e3)}" for g, (f, _, q) in zip(HUMAN, figures(len(HUMAN)), strict=True)
    ]
    path = written(tmp_path / "c.csv", *lines)
    both = read_table(path)
    assert any("KO_vs_WT, drug_vs_WT" in said for said in both.seen)
    assert "Up" in both.genes[0].reasons[0].text
    drug = read_table(path, TableOptions(contrast="drug_vs_WT"))
    assert "Down" in drug.genes[0].reasons[0].text


def test_decimal_commas_and_german_names_are_read(tmp_path: Path) -> None:
    lines = ["Gen;log2FoldChange;p-Wert;q-Wert"]
    lines += [f"{g};{f};{p};{q}".replace(".", ",") for g, (f, p, q) in rows_of(16)]
    path = tmp_path / "d.csv"
    path.write_bytes("\n".join(lines).encode("cp1252"))
    data = read_table(path)
    assert symbols(data)[:3] == HUMAN[:3]
    assert data.genes[2].values["log2 fold change"] == pytest.approx(3.6)


def test_a_linear_fold_change_is_turned_to_log2(tmp_path: Path) -> None:
    ratio = written(tmp_path / "r.csv", "Gene Symbol,Fold Change,adj p", "TP53,8,1e-9", "MYC,0.25,1e-8", "KIT,1.1,0.5")
    data = read_table(ratio)
    assert [gene.values["log2 fold change"] for gene in data.genes] == pytest.approx([3.0, -2.0])
    signed = written(tmp_path / "s.csv", "Gene Symbol,Fold Change,adj p", "TP53,8,1e-9", "MYC,-4,1e-8", "KIT,1.1,0.5")
    assert [gene.values["log2 fold change"] for gene in read_table(signed).genes] == pytest.approx([3.0, -2.0])


def test_avg_logfc_of_older_seurat_is_a_natural_logarithm(tmp_path: Path) -> None:
    path = written(tmp_path / "o.csv", "gene,p_val,avg_logFC,pct.1,pct.2,p_val_adj", "TP53,1e-9,0.693147,0.5,0.1,1e-8")
    data = read_table(path)
    assert data.genes[0].values["log2 fold change"] == pytest.approx(1.0, abs=1e-4)
    assert any("natural logarithm" in warning for warning in data.warnings)


def test_mouse_symbols_make_a_mouse_table_and_entrez_ids_are_known(tmp_path: Path) -> None:
    assert read_table(deseq2(tmp_path / "m.csv", MOUSE)).species == "mouse"
    ids = deseq2(tmp_path / "e.csv", ["7157", "672", "4609", "1956", "5728"], head="entrez_id")
    data = read_table(ids)
    assert symbols(data)[:3] == ["TP53", "BRCA1", "MYC"]
    assert any("NCBI Gene ids" in said for said in data.seen)


def test_row_numbers_are_not_taken_for_ids(tmp_path: Path) -> None:
    lines = [",symbol,log2FoldChange,padj"]
    lines += [f"{n},{g},{f},{q}" for n, (g, (f, _, q)) in enumerate(rows_of(16), 1)]
    assert symbols(read_table(written(tmp_path / "n.csv", *lines)))[:2] == HUMAN[:2]


def test_symbols_that_a_spreadsheet_spoilt_are_mended_and_reported(tmp_path: Path) -> None:
    names = ["1-Mar", "2-Sep", "MARCH5", *HUMAN[:5]]
    data = read_table(deseq2(tmp_path / "x.csv", names, head="gene"))
    assert symbols(data)[:3] == ["MARCHF1", "SEPTIN2", "MARCHF5"]
    told = " ".join(data.warnings)
    assert "1-Mar → MARCHF1" in told and "2-Sep → SEPTIN2" in told and "MARCH5 → MARCHF5" in told
    assert data.genes[0].named == "1-Mar"


def test_nan_zero_and_infinity_are_ranked_without_harm(tmp_path: Path) -> None:
    path = written(
        tmp_path / "n.csv",
        f"gene,{'baseMean,log2FoldChange,lfcSE,stat,pvalue,padj'}",
        "TP53,1,2,1,1,0,0",
        "MYC,1,Inf,1,1,1e-300,1e-299",
        "KIT,1,-inf,1,1,1e-10,1e-9",
        "EGFR,1,3,1,1,1e-5,NA",
        "PTEN,1,NaN,1,1,1e-5,1e-4",
        "KRAS,1,1,1,1,0.5,0.9",
    )
    data = read_table(path)
    assert set(symbols(data)) == {"TP53", "MYC", "KIT"}
    assert all(gene.score < float("inf") for gene in data.genes)
    told = " ".join(data.warnings)
    assert "p = 0" in told and "infinite" in told
    assert "EGFR" not in {g.symbol for g in data.genes}


def test_limits_and_direction_move_the_ranking(tmp_path: Path) -> None:
    path = deseq2(tmp_path / "a.csv", HUMAN)
    up = read_table(path, TableOptions(direction="up"))
    assert all(gene.values["log2 fold change"] > 0 for gene in up.genes)
    few = read_table(path, TableOptions(min_log2_fold=3.7, key_genes=1))
    assert symbols(few) == ["TP53"]
    strict = read_table(path, TableOptions(max_adjusted_p=1e-30))
    assert not strict.genes
    assert any("No gene passes the limits" in warning for warning in strict.warnings)
    with pytest.raises(LocusError, match="greatest adjusted p"):
        TableOptions(max_adjusted_p=2)


def test_duplicate_genes_keep_their_best_row(tmp_path: Path) -> None:
    data = read_table(deseq2(tmp_path / "d.csv", ["TP53", "MYC", "TP53", "KIT"], head="gene"))
    assert symbols(data) == ["TP53", "MYC", "KIT"]
    assert data.genes[0].reasons[0].rows == (2,)
    assert any("more than one row (TP53)" in warning for warning in data.warnings)


def test_a_table_without_adjusted_p_is_adjusted_over_its_rows(tmp_path: Path) -> None:
    names = [f"NOTAGENE{n}" for n in range(1000)]
    lines = ["gene,log2FC,pvalue", "TP53,3,1e-9", *[f"{name},0.1,{(n + 1) / 1000}" for n, name in enumerate(names)]]
    lines += [f"{g},1,0.9" for g in HUMAN[1:]] * 40
    data = read_table(written(tmp_path / "p.csv", *lines))
    assert symbols(data) == ["TP53"]
    assert any("Benjamini-Hochberg" in warning for warning in data.warnings)
    assert data.genes[0].values["adjusted p"] > 1e-9


def test_a_table_of_significant_genes_alone_gives_no_background(tmp_path: Path) -> None:
    assert not read_table(deseq2(tmp_path / "s.csv", HUMAN[:8])).background


def test_plots_are_svg_without_scripts_that_keep_hostile_names_as_text(tmp_path: Path) -> None:
    names = ["<script>alert(1)</script>", "$\\frac{1}{2}$", *HUMAN[:6]]
    data = read_table(deseq2(tmp_path / "h.csv", names, head="gene"))
    assert {plot.name for plot in data.plots} == {"volcano", "bars"}
    for plot in data.plots:
        assert plot.svg.startswith("<svg") and "<script" not in plot.svg and "DOCTYPE" not in plot.svg
        assert "TP53" in plot.svg and plot.alt


def test_a_column_can_be_named_by_the_user(tmp_path: Path) -> None:
    path = written(tmp_path / "o.csv", "gene,effect1,zz", "TP53,2,1e-9", "MYC,1,1e-3", "KIT,-1,0.7")
    data = read_table(path, TableOptions(columns={"adjusted p": "zz", "log2 fold change": "effect1"}))
    assert symbols(data) == ["TP53", "MYC"]
    with pytest.raises(LocusError, match="no column 'yy'"):
        read_table(path, TableOptions(columns={"p": "yy"}))
