from __future__ import annotations

from pathlib import Path

import pytest

from assistant.genome.records import FileKind, GenomeData
from assistant.genome.tables import TableOptions, read_table
from index import genes


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def symbols(data: GenomeData) -> list[str]:
    return [gene.symbol for gene in data.genes]


CATALOG = "\t".join(
    "DATE ADDED TO CATALOG|PUBMEDID|DISEASE/TRAIT|REPORTED GENE(S)|MAPPED_GENE|CHR_ID|CHR_POS|SNPS|P-VALUE|PVALUE_MLOG|"
    "OR or BETA".split("|")
)


def test_the_catalogs_layout_gives_mapped_genes_with_variants_kept_private(tmp_path: Path) -> None:
    path = written(
        tmp_path / "gwas.tsv",
        CATALOG,
        "2008\t1\tType 2 diabetes\tTCF7L2\tTCF7L2\t10\t112998590\trs7903146\t2E-30\t29.7\t1.37",
        "2008\t1\tObesity\tNR\tFTO\t16\t53786615\trs9939609\t4E-15\t14.4\t0.3",
        "2008\t1\tObesity\tNR\tLINC01875 - TMEM18\t2\t622827\trs6548238\t1E-9\t9.0\t0.2",
        "2008\t1\tHeight\tNR\tHMGA2, MYC\t12\t65964567\trs1042725\t3E-400\t399.5\t0.5",
        "2008\t1\tNothing\tNR\tKIT\t4\t54657918\trs1\t0.01\t2.0\t0.5",
    )
    data = read_table(path)
    assert data.kind is FileKind.GWAS
    assert symbols(data)[:4] == ["HMGA2", "MYC", "TCF7L2", "FTO"]
    assert "TMEM18" in symbols(data) and "KIT" not in symbols(data)
    tcf = data.genes[2]
    reason = tcf.reasons[0]
    assert reason.private and "rs7903146" in reason.text and "112,998,590" in reason.text
    assert "rs7903146" not in reason.shareable and "112" not in reason.shareable and "2e-30" in reason.shareable
    assert reason.rows == (2,)
    assert "between which" in next(gene for gene in data.genes if gene.symbol == "TMEM18").reasons[0].text
    # no p is lost for being too small for a float
    assert data.genes[0].values["-log10 p"] == pytest.approx(399.5)
    assert all(plot.private for plot in data.plots)


def test_no_rsid_or_position_stands_in_what_may_be_told(tmp_path: Path) -> None:
    path = written(
        tmp_path / "s.tsv", "SNP\tCHR\tBP\tP\tBETA\tNEAREST_GENE", "rs429358\t19\t44908684\t1e-50\t0.9\tAPOE"
    )
    data = read_table(path)
    told = " ".join([*data.seen, *data.warnings, *data.rules])
    for gene in data.genes:
        told += " ".join([reason.shareable for reason in gene.reasons] + list(gene.values))
    told += " ".join(plot.svg + plot.alt for plot in data.plots if not plot.private)
    assert "rs429358" not in told and "44908684" not in told and "44,908,684" not in told
    assert symbols(data) == ["APOE"]


def test_without_genes_the_build_is_asked_and_positions_are_used_once_it_is_stated(tmp_path: Path) -> None:
    apoe = genes.table().by_symbol("APOE", "human")
    assert apoe and apoe.start
    path = written(
        tmp_path / "p.txt",
        "CHR SNP BP A1 BETA P",
        f"19 rs429358 {apoe.start + 50} C 0.9 1e-50",
        "19 rs2 1 C 0.9 1e-20",
        "1 rs3 1000 C 0.1 0.5",
    )
    asked = read_table(path)
    assert not asked.genes and "build" in asked.asks
    placed = read_table(path, TableOptions(build="hg38"))
    assert symbols(placed) == ["APOE"]
    assert not placed.asks
    assert any("lie in no gene" in warning for warning in placed.warnings)
    other = read_table(path, TableOptions(build="GRCh37"))
    assert not other.genes and any("not on GRCh37" in warning for warning in other.warnings)


def test_rsids_alone_are_given_no_genes(tmp_path: Path) -> None:
    data = read_table(written(tmp_path / "r.csv", "MarkerName,P-value,OR", "rs1,1e-9,1.2", "rs2,1e-10,1.3"))
    assert data.kind is FileKind.GWAS and not data.genes
    assert any("rsIDs alone" in warning for warning in data.warnings)


def test_where_nothing_passes_the_smallest_p_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "n.csv", "SNP,P,GENE", "rs1,1e-6,TP53", "rs2,0.5,MYC")
    assert any("smallest is 1e-06" in warning for warning in read_table(path).warnings)
    assert symbols(read_table(path, TableOptions(max_p=1e-5))) == ["TP53"]


def test_a_table_of_expression_with_places_of_genes_is_no_association_table(tmp_path: Path) -> None:
    path = written(
        tmp_path / "e.csv", "gene,chr,start,pos,log2FoldChange,padj", "TP53,17,1,7661779,2,1e-9", "MYC,8,1,12,1,0.9"
    )
    data = read_table(path)
    assert data.kind is FileKind.EXPRESSION and symbols(data) == ["TP53"]


def test_regenies_log10p_is_read_as_a_logarithm(tmp_path: Path) -> None:
    path = written(
        tmp_path / "g.txt",
        "CHROM GENPOS ID ALLELE0 BETA SE LOG10P GENE",
        "1 5 rs1 A 0.1 0.1 12.5 TP53",
        "1 6 rs2 A 0 1 0.3 MYC",
    )
    data = read_table(path)
    assert symbols(data) == ["TP53"]
    assert data.genes[0].values["p"] == pytest.approx(10**-12.5)


@pytest.mark.parametrize("names", ["A1\tA2", "ALLELE1\tALLELE0", "ref\talt"])
def test_a_column_of_alleles_names_no_genes(tmp_path: Path, names: str) -> None:
    path = written(
        tmp_path / "top.tsv",
        f"gene\tchr\tpos\t{names}\tP",
        "FTO\t16\t53786615\tT\tC\t1e-20",
        "PPARG\t3\t123\tA\tG\t1e-12",
        "\t5\t99\tT\tC\t1e-15",
    )
    assert symbols(read_table(path)) == ["FTO", "PPARG"]
