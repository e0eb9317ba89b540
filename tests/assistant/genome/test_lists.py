from __future__ import annotations

from pathlib import Path

import pytest

from assistant.genome.records import FileKind, GenomeData
from assistant.genome.tables import read_list, read_table
from index.errors import LocusError


def symbols(data: GenomeData) -> list[str]:
    return [gene.symbol for gene in data.genes]


@pytest.mark.parametrize(
    "text",
    [
        "TP53\nMYC\nKIT",
        "TP53, MYC, KIT",
        "TP53;MYC;KIT",
        "TP53 MYC KIT",
        "TP53\tMYC\r\nKIT",
        "• TP53\n• MYC\n• KIT",
        '"TP53","MYC","KIT"',
    ],
)
def test_any_separator_gives_the_same_genes_in_their_order(text: str) -> None:
    assert symbols(read_list(text)) == ["TP53", "MYC", "KIT"]


def test_ids_of_all_kinds_and_older_names_are_known() -> None:
    data = read_list("ENSG00000141510.17\nHGNC:1100\nMGI:97250\n1-Mar\nMARCH5\nher2")
    assert symbols(data) == ["TP53", "BRCA1", "Myc", "MARCHF1", "MARCHF5", "ERBB2"]
    assert any("1-Mar → MARCHF1" in warning for warning in data.warnings)
    assert symbols(read_list("7157 672 4609")) == ["TP53", "BRCA1", "MYC"]


def test_full_names_on_lines_of_their_own_are_found() -> None:
    data = read_list("Otoancorin\ntumor protein p53\nTecta\nnerve growth factor")
    assert [symbol.upper() for symbol in symbols(data)] == ["OTOA", "TP53", "TECTA", "NGF"]


def test_a_gene_named_twice_stands_once_with_all_its_lines() -> None:
    data = read_list("TP53\nMYC\np53\nxyzzy1")
    assert symbols(data) == ["TP53", "MYC"]
    assert data.genes[0].reasons[0].rows == (1, 3)
    told = " ".join(data.warnings)
    assert "TP53" in told and "xyzzy1" in told


def test_a_gene_named_in_two_species_is_one_and_two_mouse_genes_of_one_human_gene_are_two() -> None:
    data = read_list("TP53\nMYC\nTrp53\nAbca8a\nAbca8b\nAbca8a")
    assert symbols(data) == ["TP53", "MYC", "Abca8a", "Abca8b"]
    assert data.genes[0].reasons[0].rows == (1, 3)
    assert data.genes[2].reasons[0].rows == (4, 6)


def test_mouse_symbols_make_a_mouse_list() -> None:
    assert read_list("Trp53\nMyc\nKit\nPax6").species == "mouse"


PROSE = (
    "We found that the set of genes was large and that mice can rest in the cat house, for all the impact on hearing. "
    "However, loss of TP53 and of MYC was seen in most of the patients that we met in the end of the trial."
)


def test_prose_is_refused_and_the_genes_that_it_names_are_told() -> None:
    with pytest.raises(LocusError, match="words given are names of genes") as caught:
        read_list(PROSE)
    assert "TP53" in caught.value.hint and "MYC" in caught.value.hint


@pytest.mark.parametrize("text", ["was and the for set", "hello world", "", " \n\n", "12345678 99999999", "\x00\x01"])
def test_what_names_no_genes_is_refused(text: str) -> None:
    with pytest.raises(LocusError):
        read_list(text)


def test_common_words_are_genes_only_where_written_as_symbols() -> None:
    assert symbols(read_list("SET CAT TP53 MYC")) == ["SET", "CAT", "TP53", "MYC"]
    with pytest.raises(LocusError):
        read_list("set cat was rest can")


def test_a_file_with_a_symbol_a_line_is_a_list(tmp_path: Path) -> None:
    path = tmp_path / "genes.txt"
    path.write_text("gene\nTP53\nMYC\nKIT\n")
    data = read_table(path)
    assert data.kind is FileKind.GENES
    assert symbols(data) == ["TP53", "MYC", "KIT"]
    assert data.genes[0].reasons[0].rows == (2,)


def test_a_table_with_genes_and_words_alone_is_a_list(tmp_path: Path) -> None:
    path = tmp_path / "annotated.csv"
    path.write_text("gene,comment\nTP53,seen twice\nMYC,seen once\nKIT,not seen\nPAX6,perhaps\n")
    data = read_table(path)
    assert data.kind is FileKind.GENES
    assert symbols(data) == ["TP53", "MYC", "KIT", "PAX6"]


def test_comments_in_a_list_name_no_genes() -> None:
    data = read_list("# hits of the SHH screen\nPAX6\nSOX2\n# done")
    assert symbols(data) == ["PAX6", "SOX2"]
    assert data.warnings == ()
    assert data.genes[0].reasons[0].rows == (2,)
