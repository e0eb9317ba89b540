"""Genes and consequences of every kind of annotation, and the ranking made of them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from assistant.genome.records import FileKind, GenomeData
from assistant.genome.vcf import Impact, VcfOptions, read_vcf
from assistant.genome.vcf.consequences import INTERGENIC, consequence
from assistant.genome.vcf.entry import plan
from assistant.genome.vcf.inheritance import Roles
from assistant.genome.vcf.reading import VcfFile
from index.errors import LocusError
from tests.assistant.genome.vcf_files import ANN, CSQ, csq, vcf

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "genome"
FILES = ("clinvar.vcf.gz", "vep_csq.vcf", "snpeff_ann_tumor.vcf", "snpeff_eff_family.vcf", "unannotated_grch38.vcf")


def counts(path: Path) -> dict[str, dict[str, int]]:
    """Records by gene and consequence, all of them."""
    options = VcfOptions(impact=Impact.MODIFIER)
    file = VcfFile(path, options)
    found = file.gather(plan(file.header, options, Roles(), ""))
    return {gene.symbol: dict(gene.consequences) for gene in found.genes}


def second(path: Path) -> dict[str, dict[str, int]]:
    """The same counted with pysam and plain splitting."""
    import pysam

    told: dict[str, Counter[str]] = {}
    with pysam.VariantFile(str(path)) as file:
        layout: list[str] = []
        if "CSQ" in file.header.info:
            layout = file.header.info["CSQ"].description.partition("Format: ")[2].split("|")
        for record in file:
            pairs: set[tuple[str, str]] = set()
            info = dict(record.info)
            alleles = record.alts or ()
            calls = [sample.alleles or () for sample in record.samples.values()]
            if calls and not any(a in alleles for call in calls for a in call if a):
                continue
            for item in info.get("CSQ", ()):
                cells = dict(zip(layout, item.split("|"), strict=False))
                pairs |= {(cells["SYMBOL"] or cells["Gene"], term) for term in cells["Consequence"].split("&")}
            for item in info.get("ANN", ()):
                cells_ = item.split("|")
                pairs |= {(gene, term) for gene in cells_[3].split("&") for term in cells_[1].split("&")}
            effects = ",".join(info.get("EFF", ()))
            for term, inner in re.findall(r"(\w+(?:\[\w+\])?)\(([^)]*)\)", effects):
                pairs.add((inner.split("|")[5], term))
            terms = [item.partition("|")[2] for item in info.get("MC", ())]
            for gene in (info.get("GENEINFO") or "").split("|"):
                pairs |= {(gene.partition(":")[0], term) for term in terms}
            for gene, term in {(g, consequence(t).terms[0]) for g, t in pairs if g and t}:
                if term not in INTERGENIC:
                    told.setdefault(gene, Counter())[term] += 1
    return {gene: dict(terms) for gene, terms in told.items()}


@pytest.mark.parametrize("name", FILES)
def test_genes_and_consequences_are_those_that_a_second_tool_counts(name: str) -> None:
    if not (SHARED / name).exists():
        pytest.skip("../shared is absent")
    mine = {gene: terms for gene, terms in counts(SHARED / name).items() if terms}
    assert mine == second(SHARED / name)
    assert bool(mine) == (name != "unannotated_grch38.vcf")


def first(data: GenomeData) -> str:
    return data.genes[0].reasons[0].text


def test_layout_of_csq_comes_from_the_header(tmp_path: Path) -> None:
    usual = vcf(tmp_path, [f"1 100 rs1 A G . PASS CSQ={csq('TP53', 'missense_variant', 'MODERATE')}"], header=[CSQ])
    turned = vcf(
        tmp_path,
        ["1 100 rs1 A G . PASS CSQ=TP53|missense_variant|G"],
        header=['##INFO=<ID=CSQ,Number=.,Type=String,Description="X. Format: SYMBOL|Consequence|Allele">'],
        name="b.vcf",
    )
    for path in (usual, turned):
        data = read_vcf(path)
        assert (data.kind, [gene.symbol for gene in data.genes]) == (FileKind.VCF, ["TP53"])
        assert "missense variant (moderate impact) at 1:100 A>G (rs1)" in first(data)


def test_csq_without_its_layout_is_told_and_not_guessed(tmp_path: Path) -> None:
    for header in ([], ['##INFO=<ID=CSQ,Number=.,Type=String,Description="by VEP">']):
        data = read_vcf(vcf(tmp_path, ["1 100 . A G . . CSQ=G|stop_gained|HIGH|TP53"], header=header))
        assert not data.genes
        assert any("CSQ was not read" in warning for warning in data.warnings)


def test_ann_is_read_by_its_specification_where_the_header_is_silent(tmp_path: Path) -> None:
    ann = "ANN=G|stop_gained|HIGH|SHH|ENSG00000164690|transcript|x|protein_coding|1/3|c.3C>G|p.Tyr1*|||||"
    for header in ([], [ANN]):
        data = read_vcf(vcf(tmp_path, [f"7 100 . A G . . {ann};LOF=(SHH|ENSG00000164690|1|1.00)"], header=header))
        assert [gene.symbol for gene in data.genes] == ["SHH"]
        assert "p.Tyr1*" in first(data)
        assert "loss of function predicted" in first(data)


def test_both_genes_of_a_fusion_count_and_neighbours_of_a_gap_do_not(tmp_path: Path) -> None:
    records = [
        "2 100 . N <DEL> . . SVTYPE=DEL;END=900;ANN=<DEL>|gene_fusion|HIGH|ALK&EML4|ENSG1&ENSG2|gene_variant|||||||||",
        "2 200 . A G . . ANN=G|intergenic_region|MODIFIER|SHH-SOX9|SHH-SOX9|intergenic_region|||||||||",
    ]
    data = read_vcf(vcf(tmp_path, records, header=[ANN]), VcfOptions(impact=Impact.MODIFIER))
    assert {gene.symbol for gene in data.genes} == {"ALK", "EML4"}
    assert "deletion, high impact) at 2:100-900 N><DEL>" in first(data)


def test_bcftools_csq_and_old_effect_names_are_told_in_sequence_ontology_terms(tmp_path: Path) -> None:
    records = [
        "1 100 . A G . . BCSQ=missense|TP53|ENST1|protein_coding|-|12R>12H|100A>G",
        "1 101 . A G . . BCSQ=@100",
        "1 102 . A G . . EFF=NON_SYNONYMOUS_CODING(MODERATE|MISSENSE|aAc/aGc|N5S|305|SHH|protein_coding|CODING|E1|1|1)",
    ]
    data = read_vcf(vcf(tmp_path, records))
    assert {gene.symbol: list(gene.values) for gene in data.genes} == {
        "TP53": ["variants", "moderate impact", "missense variant"],
        "SHH": ["variants", "moderate impact", "missense variant"],
    }


def test_the_gravest_comes_first_and_the_rare_before_the_common(tmp_path: Path) -> None:
    rows = [
        ("SOX9", "missense_variant", "MODERATE", "0.3"),
        ("SHH", "missense_variant", "MODERATE", "0.00001"),
        ("TP53", "stop_gained", "HIGH", "0.00001"),
        ("WNT3A", "synonymous_variant", "LOW", "0.00001"),
    ]
    records = [
        f"1 {100 + n} . A G . . CSQ={csq(s, term, impact, frequency=f)}" for n, (s, term, impact, f) in enumerate(rows)
    ]
    path = vcf(tmp_path, records, header=[CSQ])
    assert [gene.symbol for gene in read_vcf(path).genes] == ["TP53", "SHH", "SOX9"]
    assert "WNT3A" in {gene.symbol for gene in read_vcf(path, VcfOptions(impact=Impact.LOW)).genes}
    assert [gene.symbol for gene in read_vcf(path, VcfOptions(frequency=0.01)).genes] == ["TP53", "SHH"]


def test_clinvar_lifts_the_gene_it_concerns_and_passes_the_impact_filter(tmp_path: Path) -> None:
    items = ",".join(
        [
            csq("SHH", "synonymous_variant", "LOW", clinvar="pathogenic"),
            csq("RNF32", "downstream_gene_variant", "MODIFIER", clinvar="pathogenic"),
        ]
    )
    records = [f"7 100 . A G . . CSQ={items}", f"7 300 . A G . . CSQ={csq('GLI3', 'missense_variant', 'MODERATE')}"]
    data = read_vcf(vcf(tmp_path, records, header=[CSQ]))
    assert [gene.symbol for gene in data.genes] == ["SHH", "GLI3"]
    wide = read_vcf(vcf(tmp_path, records, header=[CSQ]), VcfOptions(impact=Impact.MODIFIER))
    assert ["ClinVar: pathogenic" in gene.reasons[0].text for gene in wide.genes] == [True, False, False]
    only = read_vcf(vcf(tmp_path, records, header=[CSQ]), VcfOptions(clinvar=("pathogenic",)))
    assert [gene.symbol for gene in only.genes] == ["SHH"]


def test_clinvars_own_file_gives_gene_disease_and_significance(tmp_path: Path) -> None:
    info = "GENEINFO=SHH:6469|RNF32:140545;CLNSIG=Pathogenic/Likely_pathogenic;CLNDN=not_provided|Holoprosencephaly_3"
    records = [
        f"7 100 1 A G . . {info};MC=SO:0001587|nonsense",
        "7 200 2 A G . . GENEINFO=GLI3:2737;CLNSIG=5",
        "7 300 3 A G . . GENEINFO=SOX9:6662;CLNSIG=Benign;MC=SO:0001819|synonymous_variant",
    ]
    data = read_vcf(vcf(tmp_path, records, header=["##source=ClinVar", "##reference=GRCh38"]))
    assert [gene.symbol for gene in data.genes] == ["RNF32", "SHH", "GLI3"]
    assert "ClinVar: pathogenic/likely pathogenic (Holoprosencephaly 3)" in data.genes[1].reasons[0].text
    assert "consequence not stated" in data.genes[2].reasons[0].text
    assert data.genes[2].concept == "2737"


def test_each_alternate_has_its_own_annotation_and_frequency(tmp_path: Path) -> None:
    items = ",".join(
        [
            csq("SHH", "stop_gained", "HIGH", allele="T", frequency="0.00001"),
            csq("SHH", "missense_variant", "MODERATE", allele="G", frequency="0.4"),
        ]
    )
    path = vcf(tmp_path, [f"7 100 . A G,T . . CSQ={items} GT 0/1"], header=[CSQ], samples=["s"])
    data = read_vcf(path)
    assert "missense variant" in first(data)
    assert "allele frequency 0.4" in first(data)
    assert data.genes[0].values == {"variants": 1, "moderate impact": 1, "missense variant": 1}


def test_frequency_counted_in_the_files_own_samples_is_not_a_populations(tmp_path: Path) -> None:
    record = f"7 100 . A G . . AF=0.5;CSQ={csq('SHH', 'stop_gained', 'HIGH')}"
    with_sample = vcf(tmp_path, [f"{record} GT 0/1"], header=[CSQ], samples=["s"])
    assert read_vcf(with_sample, VcfOptions(frequency=0.01)).genes
    assert not read_vcf(vcf(tmp_path, [record], header=[CSQ]), VcfOptions(frequency=0.01)).genes


def test_quality_and_filter_leave_variants_out(tmp_path: Path) -> None:
    item = csq("SHH", "stop_gained", "HIGH")
    records = [f"7 100 . A G 9 PASS CSQ={item}", f"7 200 . A G . q10 CSQ={item}", f"7 300 . A G 90 . CSQ={item}"]
    path = vcf(tmp_path, records, header=[CSQ])
    assert read_vcf(path).genes[0].values["variants"] == 3
    assert read_vcf(path, VcfOptions(passed=True)).genes[0].values["variants"] == 2
    assert read_vcf(path, VcfOptions(passed=True, quality=20)).genes[0].values["variants"] == 1


def test_genes_are_known_by_identifier_before_symbol(tmp_path: Path) -> None:
    records = [
        f"7 100 . A G . . CSQ={csq('OLDNAME', 'stop_gained', 'HIGH', gene='ENSG00000164690.5')}",
        f"7 200 . A G . . CSQ={csq('NOSUCHGENE', 'stop_gained', 'HIGH')}",
    ]
    known, unknown = read_vcf(vcf(tmp_path, records, header=[CSQ])).genes[::-1]
    assert (known.symbol, known.named, known.concept) == ("SHH", "OLDNAME", "6469")
    assert (unknown.symbol, unknown.concept) == ("NOSUCHGENE", "")


def test_every_reason_names_its_line_and_keeps_places_private(tmp_path: Path) -> None:
    item = csq("SHH", "missense_variant", "MODERATE", protein="ENSP1:p.Gly31Arg", frequency="0.0003")
    path = vcf(tmp_path, [f"7 155799 rs99 A G . . CSQ={item} GT 1/1"], header=[CSQ], samples=["Mrs_Smith"])
    data = read_vcf(path)
    lines = path.read_text().splitlines()
    reason = data.genes[0].reasons[0]
    assert [lines[row - 1].split("\t")[1] for row in reason.rows] == ["155799"]
    assert reason.private
    assert all(word in reason.text for word in ("7:155799", "rs99", "p.Gly31Arg", "homozygous in Mrs_Smith", "0.0003"))
    assert reason.public == "missense variant (moderate impact); rare (below 0.001)"
    told = " ".join(
        [*data.seen, *data.warnings, *data.rules, *data.asks.values(), *(p.svg + p.alt for p in data.plots)]
    )
    shown = (
        told
        + " ".join(r.shareable for gene in data.genes for r in gene.reasons)
        + " ".join(note.shareable for note in data.notes)
    )
    assert not [secret for secret in ("155799", "rs99", "Gly31", "Mrs_Smith") if secret in shown]


def test_unknown_filters_are_refused(tmp_path: Path) -> None:
    path = vcf(tmp_path, ["7 100 . A G . . ."])
    for options in (VcfOptions(clinvar=("bad",)), VcfOptions(frequency=5), VcfOptions(build="hg99")):
        with pytest.raises(LocusError) as caught:
            read_vcf(path, options)
        assert caught.value.hint
