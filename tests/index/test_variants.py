"""Variants and bands: their spellings meet in one key, and what only looks like one is left alone."""

from __future__ import annotations

import pytest

from index.variants import VariantKind, find, keys, terms


@pytest.mark.parametrize(
    ("key", "spellings"),
    [
        ("rs1801133", ["rs1801133", "RS1801133", "Rs1801133", "rs 1801133", "rs#1801133", "(rs1801133)"]),
        ("p.L858R", ["p.Leu858Arg", "p.(Leu858Arg)", "p.L858R", "p.(L858R)", "L858R", "Leu858Arg", "EGFR-L858R"]),
        ("p.L858R", ["NP_005219.2:p.Leu858Arg", "EGFR(L858R)", "EGFR:p.L858R", "p. L858R", "Leu858→Arg"]),
        ("p.Q39*", ["p.Gln39Ter", "p.Gln39*", "p.Q39X", "Q39X", "p.(Gln39Stop)", "Gln39X", "(Q39*)"]),
        ("p.R97Pfs*23", ["p.Arg97ProfsTer23", "p.R97Pfs*23", "p.(Arg97Profs*23)", "R97PfsX23", "Arg97ProfsX23"]),
        ("p.S119fs", ["p.Ser119fs", "p.S119fsX", "p.(Ser119fs)", "Ser119fs"]),
        ("p.F508del", ["p.Phe508del", "F508del", "ΔF508", "deltaF508", "p.(F508del)"]),
        ("p.E746_A750del", ["p.Glu746_Ala750del", "E746_A750del"]),
        ("p.C28_K29delinsW", ["p.Cys28_Lys29delinsTrp", "p.C28_K29delinsW"]),
        ("p.L54=", ["p.Leu54=", "p.(Leu54Leu)", "p.L54L"]),
        ("p.M1?", ["p.Met1?", "p.(M1?)"]),
        ("p.*110Qext*17", ["p.Ter110GlnextTer17", "p.*110Qext*17"]),
        ("c.35del", ["c.35delG", "c.35del", "NM_004004.6:c.35delG", "GJB2(c.35del)", "c.(35delG)", "35delG"]),
        ("c.68_69del", ["c.68_69delAG", "c.68_69del", "NM_000059.3:c.68_69del", "NM_007294.4(BRCA1):c.68_69del"]),
        ("c.1799T>A", ["c.1799T>A", "c.1799 T>A", "c.1799T→A", "1799T>A", "c.T1799A", "c.(1799T>A)", "1799T/A"]),
        ("c.88+1G>A", ["c.88+1G>A", "NM_000518.5:c.88+1G>A"]),
        ("c.-32-13T>G", ["c.-32-13T>G", "c.−32−13T>G"]),
        ("c.-344C>T", ["c.-344C>T", "-344C/T", "C-344T"]),
        ("c.1494_1499del", ["c.1494_1499del", "c.1494del6", "c.1494delACGTAC"]),
        ("g.140453136A>T", ["g.140453136A>T", "NC_000007.13:g.140453136A>T", "chr7:g.140453136A>T"]),
        ("m.3243A>G", ["m.3243A>G", "m.A3243G"]),
        ("IVS10-11A>G", ["IVS10-11A>G", "IVS 10 -11 A→G"]),
        ("17q21.31", ["17q21.31", "chr17q21.31", "Chr 17q21.31", "chromosome 17q21.31"]),
        ("Xq28", ["Xq28", "chrXq28"]),
    ],
)  # fmt: skip
def test_every_spelling_of_one_variant_has_one_key(key: str, spellings: list[str]) -> None:
    for spelling in spellings:
        text = f"We saw {spelling}, in short, in one family."
        found = find(text)
        assert found, spelling
        assert found[0].key == key, spelling
        assert 7 <= found[0].start < found[0].end <= 7 + len(spelling), spelling


@pytest.mark.parametrize(
    "text",
    [
        "H2O and H2O2", "T4 and E12.5 and P21 and P0", "C57BL/6J or C57BL/6 mice", "U2OS, 293T, MCF10A, T47D, 3T3",
        "H3K27, H3K27me3 and H3K4", "S100A4, S100P, S100B and E2F or E1A", "Figure S12B and Figs. S1A, S10C",
        "ROSA26 R26R mice", "S288C and W303 yeast", "miR-17-3p, let-7a-5p", "F12K and G418", "(Gly4Ser)3 linker",
        "at 12 pg and 3p21n", "C3H/HeJ, DBA/2, 129S6", "T2D, A1C, G2M and V1V", "Val66 and Met158", "Met1?", "p53",
        "Table 2 A/C", "rs as in rs1 or RS1", "ages 2-3 p. 12", "C14B9.4 and T05A12.4", "pH 7.4 and 37C", "A30 to T40",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_variant_is_left_alone(text: str) -> None:
    assert keys(text) == ()


def test_several_at_one_place_are_all_found() -> None:
    assert keys("BRAF V600E/K") == ("p.V600E", "p.V600K")
    assert keys("c.[76A>C;105G>A] and p.[Ser68Arg;Asn594del]") == ("c.76A>C", "c.105G>A", "p.S68R", "p.N594del")
    assert keys("4p16.3-p15.1 and 5q31–q33") == ("4p16.3", "4p15.1", "5q31", "5q33")
    assert keys("p.Gly12Asp/p.Gly13Val; R175H, R273H") == ("p.G12D", "p.G13V", "p.R175H", "p.R273H")


def test_kinds_are_told() -> None:
    kinds = [v.kind for v in find("rs334 in HBB at 11p15.4 is c.20A>T or p.Glu7Val")]
    assert kinds == [VariantKind.RSID, VariantKind.BAND, VariantKind.DNA, VariantKind.PROTEIN]


def test_a_band_is_kept_with_those_that_hold_it_and_a_change_with_its_short_form() -> None:
    assert find("17q21.31")[0].terms == ("17q21", "17q21.3", "17q21.31")
    assert terms("p.arg97profster23") == ("r97fs_", "r97pfs*23_")
    assert terms("kidney") == terms("e12.5") == terms("c57bl/6") == ()


def test_equal_amino_acids_and_bases_are_no_change_without_a_prefix() -> None:
    assert keys("V600V or c.677C>C") == ()


def test_a_change_that_lost_its_superscript_is_found_after_a_gene_only() -> None:
    assert keys("KrasG12D and p53R172H and LRRK2G2019S mice") == ("p.G12D", "p.R172H", "p.G2019S")
    assert find("BRAFV600E")[0].start == 4
    assert keys("HEK293T, Hs578T, MCF10A, exon12A, FigureS12A") == ()
