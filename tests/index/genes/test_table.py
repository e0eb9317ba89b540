from __future__ import annotations

import subprocess
import sys

import pytest

from index.errors import LocusError
from index.genes import Gene, expand, repair, table
from index.genes.building import make
from index.genes.facts import answer
from index.genes.spelling import key
from index.genes.storage import read, write


@pytest.mark.parametrize(
    "same",
    [
        ("IL-6", "IL6", "Il 6", "il-6"),
        ("TGF-β1", "TGFB1", "TGFbeta1", "TGF-beta 1", "Tgf-B1"),
        ("factor VIII", "factor 8", "Factor-VIII"),
        ("NF-κB", "NF-kappaB", "NFKB", "NF-kappa B"),
        ("tumour protein 53", "tumor protein-53"),
        ("PKCα", "PKCalpha", "PKC alpha", "PKCA"),
    ],
)
def test_spellings_of_one_name_have_one_key(same: tuple[str, ...]) -> None:
    assert len({key(name) for name in same}) == 1


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("p53", "TP53"), ("HER2", "ERBB2"), ("ENSG00000141510", "TP53"), ("ENSG00000141510.18", "TP53"),
        ("HGNC:11998", "TP53"), ("GeneID:7157", "TP53"), ("MGI:98834", "Trp53"), ("ENSMUSG00000059552", "Trp53"),
        ("SEPT9", "SEPTIN9"), ("catalase", "CAT"), ("tumour protein 53", "TP53"),
    ],
)  # fmt: skip
def test_a_gene_is_known_by_any_of_its_names_and_ids(name: str, symbol: str) -> None:
    best = table().resolve(name).best
    assert best is not None and best.symbol == symbol


def test_a_species_can_be_asked_for() -> None:
    best = table().resolve("p53", "mouse").best
    assert best is not None and best.symbol == "Trp53"
    assert table().resolve("TP53", "mouse").concepts[0] == "7157"


@pytest.mark.parametrize("name", ["p21", "NAT1", "CAT", "SET"])
def test_names_of_several_genes_or_that_are_words_are_ambiguous(name: str) -> None:
    found = table().resolve(name)
    assert found.ambiguous


@pytest.mark.parametrize("name", ["TP53", "BRCA1", "Pax6", "HER2"])
def test_a_name_of_one_gene_and_its_ortholog_is_not_ambiguous(name: str) -> None:
    assert not table().resolve(name).ambiguous


def test_facts_of_one_gene() -> None:
    gene = table().by_id(7157)
    assert gene is not None
    assert (gene.species, gene.symbol, gene.chromosome, gene.band, gene.biotype) == (
        "human", "TP53", "17", "17p13.1", "protein_coding",
    )  # fmt: skip
    assert gene.accession == "HGNC:11998" and gene.ensembl == "ENSG00000141510" and 22059 in gene.orthologs
    assert [other.symbol for other in table().concept(gene.concept)][:2] == ["TP53", "Trp53"]
    assert table().concept_of(24842) == gene.concept  # the rat's


def test_genes_are_found_by_place() -> None:
    assert "TP53" in [gene.symbol for gene in table().at("17", 7_668_421)]
    assert "TP53" in [gene.symbol for gene in table().at("chr17", 7_600_000, 7_700_000)]
    assert "Trp53" in [gene.symbol for gene in table().at("11", 69_580_400, build="GRCm38")]
    assert table().at("17", 1, 2) == ()
    with pytest.raises(ValueError, match="GRCh37"):
        table().at("17", 7_668_421, build="GRCh37")


def test_an_unknown_name_has_no_candidates() -> None:
    found = table().resolve("Zyxqv99")
    assert found.best is None and found.candidates == () and not found.ambiguous
    assert table().by_id("ENSG99999999999") is None and expand("no such concept") == ()


def test_expansion_gives_both_symbols_first_and_no_plain_words() -> None:
    assert expand("7157")[:2] == ("TP53", "Trp53")
    assert "p53" in expand("7157") and "tumor protein p53" in expand("7157")
    assert "HER2" in expand("2064")[:6] and "HER-2" not in expand("2064")
    assert "catalase" in expand("847") and "insulin" in expand("3630")  # full names that are words are kept
    for concept in ("847", "6418", "7454"):  # CAT, SET, WAS
        assert all(name.lower() not in ("cat", "set", "was") for name in expand(concept)[2:])


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("1-Mar", "MARCHF1"), ("Mar-01", "MARCHF1"), ("01-Mar", "MARCHF1"), ("2-Sep", "SEPTIN2"), ("Sep-09", "SEPTIN9"),
        ("1-Dec", "DELEC1"), ("2001-03-01", "MARCHF1"), ("2026-09-07 00:00:00", "SEPTIN7"), ("MARCH1", "MARCHF1"),
        ("SEPT2", "SEPTIN2"), ("DEC1", "DELEC1"), ("Sept2", "Septin2"), ("March1", "Marchf1"),
    ],
)  # fmt: skip
def test_dates_and_withdrawn_names_are_mended(name: str, symbol: str) -> None:
    mended = repair(name)
    assert mended is not None and mended.symbol == symbol and name in mended.reason


@pytest.mark.parametrize("name", ["TP53", "Pax6", "5-Jun", "31-Mar", "2001-13-01", "2001-04-01", "Zyxqv99", "p53", ""])
def test_what_needs_no_mending_or_cannot_be_mended_is_left(name: str) -> None:
    assert repair(name) is None


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("What is the official gene symbol of HER2?", "ERBB2"),
        ("Which chromosome is the BRCA2 gene located on?", "chromosome 13"),
        ("Convert ENSG00000141510 to official gene symbol.", "TP53"),
        ("Is HOTAIR a protein-coding gene?", "not a protein-coding"),
        ("Is SPARC a protein-coding gene?", "is a protein-coding"),
        ("What is the mouse ortholog of TP53?", "Trp53"),
        ("What are the aliases of ERBB2?", "HER2"),
    ],
)
def test_plain_questions_are_answered_from_the_table(question: str, says: str) -> None:
    found = answer(question)
    assert found is not None and says in found.text


@pytest.mark.parametrize("question", ["What does Pygo2 do in the kidney?", "Which chromosome is Zyxqv99 on?", ""])
def test_other_questions_are_left_to_the_papers(question: str) -> None:
    assert answer(question) is None


def test_a_damaged_table_is_told_in_words(tmp_path) -> None:
    path = tmp_path / "genes.zip"
    write(path, make([Gene("human", 1, "AAA1")], header={}))
    assert read(path).keys == ["aaa1"]
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(LocusError, match="cannot be read") as caught:
        read(path)
    assert "locus genes update" in caught.value.hint


def test_a_gene_survives_its_row() -> None:
    gene = Gene(
        "mouse", 0, "Abc1", "a name", ("A-1", "b"), ("Old",), ("full name",), "MGI:1", "ENSMUSG1", "X", "X 1 cM", 5, 9,
        "-", "lncRNA", (1, 2), 7, "MGI:1", 3,
    )  # fmt: skip
    assert Gene.from_row(gene.row()) == gene


def test_importing_genes_loads_neither_the_table_nor_a_heavy_library() -> None:
    code = (
        "import sys, index.genes; from index.genes.table import table; "
        "assert table.cache_info().currsize == 0; assert not {'torch', 'pandas', 'httpx'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
