from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from scipy.stats import fisher_exact

from assistant.genome.enrichment import GeneSet, hypergeometric, over_represented, protein_coding
from assistant.genome.gene_sets import against_file, against_library, library_sets, read_gmt
from assistant.genome.records import FileKind, GenomeData
from assistant.genome.tables import read_list
from index import genes
from index.errors import LocusError
from index.library import Library
from index.papers import Paper, PaperInfo, Section

UNIVERSE = [f"g{n}" for n in range(2000)]


def sets_of(count: int, seed: int = 1) -> list[GeneSet]:
    dice = random.Random(seed)
    return [GeneSet(f"set {n}", "made", frozenset(dice.sample(UNIVERSE, dice.randint(5, 200)))) for n in range(count)]


def test_p_is_that_of_fishers_one_sided_test_and_q_counts_sets_without_hits() -> None:
    sets = sets_of(40)
    drawn = set(random.Random(5).sample(UNIVERSE, 60)) | set(list(sets[0].concepts)[:20])
    rows, tested = hypergeometric(drawn, UNIVERSE, sets)
    assert tested == len(rows) == 40
    for gene_set, k, n, p, _ in rows:
        table = [[k, len(drawn) - k], [n - k, len(UNIVERSE) - len(drawn) - n + k]]
        assert p == pytest.approx(fisher_exact(table, alternative="greater").pvalue, rel=1e-6)
        assert k == len(gene_set.concepts & drawn)
    # Benjamini-Hochberg: the least q of this rank and all after it
    ps = [row[3] for row in rows]
    for i, row in enumerate(rows):
        assert row[4] == pytest.approx(min(1.0, *(p * 40 / (j + 1) for j, p in enumerate(ps) if j >= i), 1.0))


def test_p_agrees_with_gseapy() -> None:
    gseapy = pytest.importorskip("gseapy", reason="gseapy is only a yardstick")
    sets = sets_of(25, seed=2)
    drawn = sorted(random.Random(7).sample(UNIVERSE, 100))
    theirs = gseapy.enrich(
        gene_list=drawn,
        gene_sets={s.name: sorted(s.concepts) for s in sets},
        background=UNIVERSE,
        outdir=None,
        no_plot=True,
    ).results
    ours = {gene_set.name: p for gene_set, _, _, p, _ in hypergeometric(drawn, UNIVERSE, sets)[0]}
    assert len(theirs) > 20
    for name, p in zip(theirs["Term"], theirs["P-value"], strict=True):
        assert ours[name] == pytest.approx(p, rel=1e-6)


def test_the_background_is_what_the_file_tested_and_is_stated() -> None:
    listed = read_list("TP53 MYC KIT PAX6 SOX9")
    concepts = {gene.symbol: gene.concept for gene in listed.genes}
    tested = frozenset(concepts.values()) | frozenset(sorted(protein_coding("human"))[:400])
    data = GenomeData("f.csv", FileKind.EXPRESSION, (), (), (), listed.genes, tested)
    cancer = GeneSet("cancer", "made", frozenset(concepts[s] for s in ("TP53", "MYC", "KIT")) | {"not tested"})
    found = over_represented(data, [cancer])
    assert found.background == len(tested)
    assert f"{len(tested):,} genes that the file tested" in found.statement
    hit = found.found[0]
    assert (hit.k, hit.n, hit.overlap) == (3, 3, ("TP53", "MYC", "KIT"))
    unknown = over_represented(listed, [cancer])
    assert "protein-coding genes" in unknown.statement and unknown.background >= 15_000
    assert unknown.warnings


def test_a_set_that_is_no_more_common_than_by_chance_is_not_reported() -> None:
    listed = read_list("TP53 MYC KIT PAX6 SOX9")
    everything = GeneSet("all", "made", frozenset(sorted(protein_coding("human"))[:499]) | {listed.genes[0].concept})
    assert not over_represented(listed, [everything]).found


def test_a_gmt_file_of_symbols_or_ids_is_read_with_what_is_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "h.gmt"
    path.write_text(
        "CANCER\thttp://x\tTP53\tMYC\tp53\tKIT\tNOSUCHGENE\nEYE\t\tPAX6,1.0\tSOX9,0.5\tCRX\t\t\nEYE\tagain\tOTX2\nshort\n"
        "IDS\tx\tENSG00000141510\tHGNC:1100\n"
    )
    file = read_gmt(path)
    assert [(s.name, len(s.concepts)) for s in file.sets] == [("CANCER", 3), ("EYE", 4), ("IDS", 2)]
    told = " ".join(file.warnings)
    assert "1 lines" in told and "more than once" in told and "no known genes" in told
    packed = tmp_path / "h.gmt.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read_gmt(packed).sets[0].concepts == file.sets[0].concepts
    entrez = tmp_path / "e.gmt"
    entrez.write_text("A\tx\t7157\t4609\t3815\n")
    found = against_file(read_list("TP53 MYC KIT"), entrez)
    assert found.found[0].overlap == ("TP53", "MYC", "KIT")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02" * 900,
        b"gene,padj\nTP53,0.1\n",
        b"A\tx\tnosuch\n",
        b"\n\n",
        b"A\tx\t\xff\xfe\xfa\n",
        b"\x1f\x8b\x08broken",
    ],
)
def test_files_that_are_no_gmt_are_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.gmt"
    path.write_bytes(content)
    with pytest.raises(LocusError):
        read_gmt(path)


def paper(title: str, *sentences: str) -> Paper:
    return Paper(PaperInfo(title=title, source=f"{title}.xml"), (Section("Results", " ".join(sentences)),))


def test_the_library_gives_sets_by_paper_trait_and_gene_and_only_its_genes_are_drawn_from(library: Library) -> None:
    ear = "Mutations of Otoa, Tecta, Cdh23 and Myo7a cause deafness in mice; hearing loss was profound in Otoa mutants."
    pairs = "Gdf5 Fgf10, Sox9 Hoxd13, Bmp4 Tbx5, Fgf8 Pitx1, Shh Gli3, Wnt3a Msx1, Runx2 Sp7".split(", ")
    bone = [f"Expression of {pair.replace(' ', ' and ')} was seen in the limbs of the embryos." for pair in pairs]
    library.add([paper("Ears", ear), paper("Limbs", *bone)])
    sets = {(s.source, s.name): s for s in library_sets(library)}
    deaf = sets["genes named in a passage with it", "hearing loss"]
    assert {genes.table().concept(c)[0].symbol for c in deaf.concepts} == {"OTOA", "TECTA", "CDH23", "MYO7A"}
    assert ("genes named in one paper", "Ears") in sets
    assert ("genes named in a passage with this gene", "OTOA") in sets
    found = against_library(read_list("OTOA TECTA CDH23 MYO7A BRCA1"), library)
    assert found.background == 18 and found.drawn == 4
    assert "of which only those that the library names" in found.statement
    assert {"hearing loss", "Ears"} <= {hit.name for hit in found.found}
    assert "Limbs" not in {hit.name for hit in found.found}


def test_an_empty_library_gives_no_sets_and_says_so(library: Library) -> None:
    found = against_library(read_list("TP53 MYC"), library)
    assert not found.found and found.tested == 0 and found.background == 0
