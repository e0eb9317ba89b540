from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant import cli_genes  # noqa: F401 - registers its commands
from assistant.cli import app
from index.errors import LocusError
from index.genes.building import Family, make
from index.genes.records import Gene
from index.genes.storage import read, write
from index.genes.table import GeneTable, shipped_table, table, user_table
from index.genes.updating import Addresses, update
from tests.index.genes.gene_server import files, human, mouse, serving

HUMANS = [
    human(
        7157,
        "TP53",
        hgnc_id="HGNC:11998",
        name="tumor protein p53",
        alias_symbol='"p53|LFS1"',
        ensembl_gene_id="ENSG00000141510",
    ),
    human(55016, "MARCHF1", hgnc_id="HGNC:26077", prev_symbol="MARCH1"),
    human(990001, "ZORBL1", prev_symbol="ZORB1", alias_symbol='"zorbulin|Z-17"', alias_name='"zorbulin kinase"'),
    human(990002, "ZORBL2", status="Entry Withdrawn", entrez_id=""),
]
MICE = [mouse(22059, "Trp53", dbXrefs="MGI:MGI:98834"), mouse(990101, "Zorbl1", Synonyms="Zrb|zorby")]
PAIRS = [(7157, 22059), (990001, 990101)]


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    table.cache_clear()
    yield
    table.cache_clear()


@pytest.fixture
def base_table(tmp_path: Path) -> Path:
    """A small table in place of the shipped one, which takes seconds to index anew."""
    genes = [
        Gene("human", 7157, "TP53", accession="HGNC:11998", start=7661779, end=7687550, orthologs=(22059,), rat=24842),
        Gene("human", 0, "AC000001.1", ensembl="ENSG00000000001", chromosome="3"),
        Gene("mouse", 22059, "Trp53", accession="MGI:98834", orthologs=(7157,)),
    ]
    path = tmp_path / "base" / "small.zip"
    write(
        path, make(genes, header={"made": "2026-01-02", "sources": []}, families=[Family(("p53 family",), ("TP53",))])
    )
    return path


def addresses(base: str) -> Addresses:
    return Addresses(f"{base}/hgnc.txt", f"{base}/human.gz", f"{base}/mouse.gz", f"{base}/homology.rpt")


def test_new_genes_names_and_orthologs_come_and_facts_of_the_table_before_stay(
    tmp_path: Path, base_table: Path
) -> None:
    target = tmp_path / "genes.zip"
    with serving(files(HUMANS, MICE, PAIRS)) as base:
        header = update(addresses(base), target, base=base_table, fewest=2)
    genes = GeneTable(read(target))
    new = genes.resolve("ZORB-1").best
    assert new is not None
    assert (new.symbol, new.ncbi, new.chromosome, new.band) == ("ZORBL1", 990001, "17", "17p13.1")
    assert [gene.symbol for gene in genes.concept(new.concept)] == ["ZORBL1", "Zorbl1"]
    assert genes.resolve("zorbulin kinase").best == new
    assert genes.by_id("MGI:990101") == genes.resolve("zorby").best
    assert genes.resolve("ZORBL2").best is None
    p53 = genes.by_id(7157)
    assert p53 is not None
    assert (p53.start, p53.rat, p53.name) == (7661779, 24842, "tumor protein p53")
    assert genes.resolve("p53 family").best == p53
    assert genes.by_id("ENSG00000000001") is not None
    assert {"date": "2026-11-03", "name": "HGNC complete set"}.items() <= header["sources"][0].items()


def test_a_server_that_fails_twice_is_asked_again(tmp_path: Path, base_table: Path) -> None:
    with serving(files(HUMANS, MICE, PAIRS), {"/mouse.gz": [503, 429]}) as base:
        update(addresses(base), tmp_path / "genes.zip", base=base_table, fewest=2, wait=0.01)
    assert (tmp_path / "genes.zip").exists()


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        ({"/hgnc.txt": None}, "404"),
        ({"/hgnc.txt": b"<html>Sorry</html>"}, "not HGNC's complete set"),
        ({"/mouse.gz": b"\x1f\x8b\x08 cut off"}, "cannot be read"),
        ({"/homology.rpt": b"x" * 3_000_000}, "larger than 2 MB"),
        ({"/mouse.gz": files([], [], [])["/mouse.gz"]}, "only 0 mouse genes"),
    ],
)
def test_a_bad_file_is_told_and_the_table_kept(
    tmp_path: Path, base_table: Path, spoilt: dict[str, bytes | None], said: str
) -> None:
    target = tmp_path / "genes.zip"
    target.write_bytes(b"what was there")
    content = {path: body for path, body in {**files(HUMANS, MICE, PAIRS), **spoilt}.items() if body is not None}
    with serving(content) as base, pytest.raises(LocusError, match=said):
        update(addresses(base), target, base=base_table, fewest=2, wait=0.01, largest=2_000_000)
    assert target.read_bytes() == b"what was there"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("genes")] == ["genes.zip"]


def test_without_a_network_the_command_says_so_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HGNC", "NCBI_HUMAN", "NCBI_MOUSE", "HOMOLOGY"):
        monkeypatch.setenv(f"LOCUS_GENES_{name}", "http://127.0.0.1:1/genes.txt")
    monkeypatch.setattr("index.genes.updating._TRIES", 1)
    result = CliRunner().invoke(app, ["genes", "update"])
    assert isinstance(result.exception, LocusError)
    assert "no connection" in result.exception.message and "as it is" not in result.exception.hint
    assert not user_table().exists()


def test_the_command_puts_the_table_in_the_data_folder_where_it_is_used_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = HUMANS + [human(800000 + n, f"FILLER{n}") for n in range(1000)]
    animals = MICE + [mouse(850000 + n, f"Filler{n}") for n in range(1000)]
    with serving(files(people, animals, PAIRS)) as base:
        for name, address in zip(
            ("HGNC", "NCBI_HUMAN", "NCBI_MOUSE", "HOMOLOGY"), _listed(addresses(base)), strict=True
        ):
            monkeypatch.setenv(f"LOCUS_GENES_{name}", address)
        result = CliRunner().invoke(app, ["genes", "update", "--json"], catch_exceptions=False)
    assert json.loads(result.stdout)["counts"]["mouse"] == 1002
    assert user_table().is_relative_to(tmp_path)
    assert table().resolve("Zorbl1").best is not None
    assert GeneTable(read(shipped_table())).resolve("Zorbl1").best is None


def _listed(found: Addresses) -> list[str]:
    return [found.hgnc, found.ncbi_human, found.ncbi_mouse, found.homology]
