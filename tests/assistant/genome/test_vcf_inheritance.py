"""Genotypes: homozygous, de novo, compound heterozygous; samples and pedigrees."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.genome.records import GenomeData
from assistant.genome.vcf import VcfOptions, read_vcf
from index.errors import LocusError
from tests.assistant.genome.vcf_files import CSQ, csq, vcf

TRIO = ("child", "dad", "mum")
NAMED = VcfOptions(proband="child", father="dad", mother="mum")


def family(folder: Path, calls: list[tuple[str, str]], samples: tuple[str, ...] = TRIO) -> Path:
    """Missense variants, a gene and genotypes each."""
    records = [
        f"1 {100 + n} . A G . . CSQ={csq(gene, 'missense_variant', 'MODERATE')} GT {gts}"
        for n, (gene, gts) in enumerate(calls)
    ]
    return vcf(folder, records, header=[CSQ], samples=samples)


def said(data: GenomeData) -> dict[str, str]:
    return {gene.symbol: " | ".join(reason.text for reason in gene.reasons) for gene in data.genes}


def test_trio_tells_de_novo_homozygous_and_compound_heterozygous(tmp_path: Path) -> None:
    path = family(
        tmp_path,
        [
            ("SHH", "0/1 0/0 0/0"),
            ("SOX9", "1|1 0|1 0|1"),
            ("GLI3", "0/1 0/1 0/0"),
            ("GLI3", "0/1 0/0 0/1"),
            ("PAX6", "0/1 0/1 0/0"),
            ("TP53", "0/0 0/1 0/1"),
            ("WNT3A", "0/1 ./. 0/0"),
        ],
    )
    data = read_vcf(path, NAMED)
    told = said(data)
    assert "de novo (in neither parent)" in told["SHH"]
    assert "homozygous in child, carried by both parents" in told["SOX9"]
    assert "compound heterozygous: one variant from the father alone and one variant from the mother" in told["GLI3"]
    assert "heterozygous in child, from the father" in told["PAX6"]
    assert "compound" not in told["PAX6"]
    assert "de novo" not in told["WNT3A"]
    assert "TP53" not in told
    assert [gene.symbol for gene in data.genes][:4] == ["GLI3", "SHH", "SOX9", "PAX6"]
    compound = next(r for gene in data.genes for r in gene.reasons if r.text.startswith("compound"))
    assert [path.read_text().splitlines()[row - 1].split("\t")[1] for row in compound.rows] == ["102", "103"]
    assert compound.private and not compound.public


def test_common_or_benign_variants_make_no_compound_heterozygote(tmp_path: Path) -> None:
    records = [
        f"1 {n} . A G . . CSQ={csq('GLI3', 'missense_variant', 'MODERATE', **more)} GT {gts}"
        for n, gts, more in ((100, "0/1 0/1 0/0", {"frequency": "0.2"}), (101, "0/1 0/0 0/1", {"frequency": "0.00001"}))
    ]
    assert "compound" not in said(read_vcf(vcf(tmp_path, records, header=[CSQ], samples=TRIO), NAMED))["GLI3"]


def test_parents_come_from_a_pedigree(tmp_path: Path) -> None:
    ped = tmp_path / "family.ped"
    ped.write_text(
        "#family\tname\tfather\tmother\tsex\tphenotype\nF1\tchild\tdad\tmum\t1\t2\nF1\tdad\t0\t0\t1\t1\nF1\tmum\t0\t0\t2\t1\n"
    )
    path = family(tmp_path, [("SHH", "0/1 0/0 0/0")])
    data = read_vcf(path, VcfOptions(ped=ped))
    assert "de novo" in said(data)["SHH"]
    assert not data.asks
    ped.write_text("F1 child dad\n")
    with pytest.raises(LocusError, match=r"family\.ped, line 1"):
        read_vcf(path, VcfOptions(ped=ped))


def test_a_male_has_one_copy_of_x(tmp_path: Path) -> None:
    ped = tmp_path / "family.ped"
    ped.write_text("F1 child dad mum 1 2\n")
    record = f"chrX 5000000 . A G . . CSQ={csq('AR', 'stop_gained', 'HIGH')} GT 1/1 0/0 0/1"
    path = vcf(tmp_path, [record], header=[CSQ], samples=TRIO)
    assert "hemizygous in child, from the mother" in said(read_vcf(path, VcfOptions(ped=ped)))["AR"]


def test_without_a_proband_carriers_are_counted_and_the_user_is_asked(tmp_path: Path) -> None:
    data = read_vcf(family(tmp_path, [("SHH", "0/1 1/1 ./."), ("SOX9", "0/0 0/0 0/0")]))
    assert "carried by 2 of 3 samples (1 homozygous, 2 called)" in said(data)["SHH"]
    assert "SOX9" not in said(data)
    assert list(data.asks) == ["proband"]
    assert not any(name in data.asks["proband"] for name in TRIO)
    assert any(note.private and "child, dad, mum" in note.text for note in data.notes)


def test_haploid_half_called_and_uncalled_genotypes_are_read(tmp_path: Path) -> None:
    calls = [("SHH", "1"), ("SOX9", "./1"), ("GLI3", "."), ("PAX6", "0"), ("TP53", "0/1/1")]
    told = said(read_vcf(family(tmp_path, calls, ("s",))))
    assert "hemizygous" in told["SHH"]
    assert "heterozygous" in told["SOX9"] and "heterozygous" in told["TP53"]
    assert "genotype not called" in told["GLI3"]
    assert "PAX6" not in told


def test_records_without_genotypes_are_kept(tmp_path: Path) -> None:
    record = f"1 100 . A G . . CSQ={csq('SHH', 'stop_gained', 'HIGH')} DP 5"
    assert said(read_vcf(vcf(tmp_path, [record], header=[CSQ], samples=["s"])))["SHH"].startswith("stop gained")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (VcfOptions(proband="uncle"), "“uncle” is not in this file"),
        (VcfOptions(father="dad"), "no proband"),
        (VcfOptions(proband="child", father="child"), "two roles"),
    ],
)
def test_wrong_samples_are_told(tmp_path: Path, options: VcfOptions, words: str) -> None:
    with pytest.raises(LocusError, match=words):
        read_vcf(family(tmp_path, [("SHH", "0/1 0/0 0/0")]), options)


def test_a_parent_that_is_named_but_absent_is_told(tmp_path: Path) -> None:
    with pytest.raises(LocusError, match="“dud” is not in this file"):
        read_vcf(family(tmp_path, [("SHH", "0/1 0/0 0/0")]), VcfOptions(proband="child", father="dud"))
