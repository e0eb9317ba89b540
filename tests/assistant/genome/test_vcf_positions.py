"""Files without annotation: the build from the header or the user, genes by position, nothing guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.genome.vcf import VcfOptions, read_vcf
from index.genes import table
from tests.assistant.genome.vcf_files import CSQ, csq, vcf


def inside(name: str, species: str = "human") -> tuple[str, int]:
    """Chromosome and a position within a gene."""
    gene = next(g for g in table().resolve(name).genes if g.species == species)
    assert gene.start is not None
    return gene.chromosome, gene.start + 10


@pytest.mark.parametrize(
    "header",
    [
        "##reference=file:///data/Homo_sapiens_assembly38.fasta",
        "##reference=GRCh38.p13",
        "##reference=file:///genomes/hg38/hg38.fa.gz",
        "##contig=<ID=chr1,length=248956422>",
        "##contig=<ID=1,length=5,assembly=GRCh38>",
        "##assembly=GCF_000001405.40",
    ],
)
def test_build_is_told_by_the_header(tmp_path: Path, header: str) -> None:
    chromosome, position = inside("SHH")
    data = read_vcf(vcf(tmp_path, [f"{chromosome} {position} rs5 A G . . ."], header=[header]))
    assert "SHH" in {gene.symbol for gene in data.genes}
    assert "Genome build: GRCh38" in " ".join(data.seen)
    assert not data.asks
    shh = next(gene for gene in data.genes if gene.symbol == "SHH")
    assert (shh.concept, shh.reasons[0].public) == ("6469", "variant, consequence not stated")


def test_unknown_build_is_asked_and_then_used(tmp_path: Path) -> None:
    chromosome, position = inside("SHH")
    path = vcf(tmp_path, [f"chr{chromosome} {position} rs5 A G . . .", f"{chromosome} 5 . A G . . ."])
    data = read_vcf(path)
    assert not data.genes and list(data.asks) == ["build"]
    assert any("1 of 2 variant records have an rsID" in line for line in data.seen)
    note = next(note for note in data.notes if "rs5" in note.text)
    assert note.private and not note.public and note.rows == (3,)
    assert "not annotated" in " ".join(data.warnings)
    answered = read_vcf(path, VcfOptions(build="hg38"))
    assert "SHH" in {gene.symbol for gene in answered.genes}
    assert not answered.asks


def test_grch37_is_not_looked_up(tmp_path: Path) -> None:
    chromosome, position = inside("SHH")
    for header, build in ((["##reference=hs37d5.fa"], ""), (["##contig=<ID=1,length=249250621>"], ""), ([], "hg19")):
        data = read_vcf(vcf(tmp_path, [f"{chromosome} {position} . A G . . ."], header=header), VcfOptions(build=build))
        assert not data.genes and not data.asks
        assert "nothing was looked up by position" in " ".join(data.warnings)
        assert "GRCh37" in " ".join(data.warnings)


def test_mouse_positions_and_names(tmp_path: Path) -> None:
    chromosome, position = inside("Shh", "mouse")
    data = read_vcf(vcf(tmp_path, [f"chr{chromosome} {position} . A G . . ."], header=["##reference=/x/mm10.fa"]))
    assert data.species == "mouse"
    assert ("Shh", "6469") in {(gene.symbol, gene.concept) for gene in data.genes}
    records = [f"5 100 . A G . . CSQ={csq('Shh', 'stop_gained', 'HIGH', gene='ENSMUSG00000002633')}"]
    annotated = read_vcf(vcf(tmp_path, records, header=[CSQ]))
    assert (annotated.species, annotated.genes[0].symbol) == ("mouse", "Shh")


def test_refseq_accessions_are_chromosomes(tmp_path: Path) -> None:
    _, position = inside("SHH")
    data = read_vcf(vcf(tmp_path, [f"NC_000007.14 {position} . A G . . ."]), VcfOptions(build="GRCh38"))
    assert "SHH" in {gene.symbol for gene in data.genes}


def test_structural_variants_cover_every_gene_between_their_ends(tmp_path: Path) -> None:
    chromosome, position = inside("SHH")
    for alt, info in (("<DEL>", f"END={position + 600_000}"), ("<DUP>", "SVLEN=600000")):
        record = f"{chromosome} {position} . N {alt} . . {info}"
        data = read_vcf(vcf(tmp_path, [record]), VcfOptions(build="GRCh38"))
        assert {"SHH", "RNF32"} & {gene.symbol for gene in data.genes}
        assert len(data.genes) > 3


def test_builds_that_differ_are_asked(tmp_path: Path) -> None:
    header = ["##reference=hg19.fa", "##contig=<ID=chr1,length=248956422>"]
    data = read_vcf(vcf(tmp_path, ["7 100 . A G . . ."], header=header))
    assert list(data.asks) == ["build"]
    assert "several genome builds (GRCh37, GRCh38)" in " ".join(data.warnings)
