"""Damaged, foreign and malicious files: told in words, and what was good is kept."""

from __future__ import annotations

import gzip
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from assistant.genome.records import GenomeData
from assistant.genome.vcf import VcfOptions, child, read_vcf, reading
from index.errors import LocusError
from tests.assistant.genome.vcf_files import CSQ, csq, vcf

ITEM = csq("SHH", "stop_gained", "HIGH")


def many(folder: Path, count: int = 400) -> bytes:
    """A VCF's text of many records, line 4 the first."""
    items = [csq(f"GENE{n}", "stop_gained", "HIGH") for n in range(count)]
    return vcf(folder, [f"7 {n} . A G . . CSQ={item}" for n, item in enumerate(items, 100)], header=[CSQ]).read_bytes()


def bgzf(data: bytes, end: bool = True) -> bytes:
    """Blocks of bgzip (SAM specification, section 4.1)."""
    blocks = []
    for start in range(0, len(data), 5000):
        part = data[start : start + 5000]
        packer = zlib.compressobj(wbits=-15)
        packed = packer.compress(part) + packer.flush()
        head = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + struct.pack("<H", len(packed) + 25)
        blocks.append(head + packed + struct.pack("<II", zlib.crc32(part), len(part)))
    last = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
    return b"".join(blocks) + (last if end else b"")


def read(folder: Path, data: bytes, name: str = "f.vcf", **options: Any) -> GenomeData:
    path = folder / name
    path.write_bytes(data)
    return read_vcf(path, VcfOptions(**options))


def names(data: GenomeData) -> set[str]:
    return {gene.symbol for gene in data.genes}


def warned(data: GenomeData) -> str:
    return " ".join(data.warnings)


def test_plain_gzip_and_bgzip_give_the_same(tmp_path: Path) -> None:
    text = many(tmp_path)
    forms = (text, gzip.compress(text), bgzf(text), gzip.compress(text[:900]) + gzip.compress(text[900:]) + b"\0\0")
    found = [read(tmp_path, form) for form in forms]
    assert len(names(found[0])) == 400
    for other in found[1:]:
        assert (other.genes, other.warnings) == (found[0].genes, ())


@pytest.mark.parametrize("pack", [gzip.compress, bgzf])
def test_a_file_that_is_cut_off_is_read_to_its_break_and_said_not_to_be_whole(tmp_path: Path, pack: Any) -> None:
    text = many(tmp_path)
    data = read(tmp_path, pack(text)[: len(pack(text)) // 2], "cut.vcf.gz")
    assert data.seen[0].startswith("Incomplete file")
    line = int(data.warnings[0].split("after line ")[1].split(".")[0])
    assert "cut off" in data.warnings[0]
    assert len(names(data)) == line - 3
    assert 50 < line < 390


def test_damaged_gzip_is_told(tmp_path: Path) -> None:
    packed = bytearray(bgzf(many(tmp_path)))
    packed[len(packed) // 2 : len(packed) // 2 + 40] = b"\xff" * 40
    data = read(tmp_path, bytes(packed))
    assert "not whole: the compressed" in warned(data)
    assert names(data)


def test_bgzip_without_its_end_marker_is_doubted(tmp_path: Path) -> None:
    data = read(tmp_path, bgzf(many(tmp_path), end=False))
    assert len(names(data)) == 400
    assert "may be cut off" in warned(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"gene,log2FoldChange\nSHH,2\n", "first line does not begin"),
        (b"PK\x03\x04rest", "ZIP archive"),
        (b"\xff\xfe#\0#\0", "UTF-16"),
        (bytes(range(256)) * 40, "first line does not begin"),
        (b"##fileformat=VCFv4.2\n7\t100\t.\tA\tG\t.\t.\t.\n", "line 2: the header has no line that begins with #CHROM"),
        (b"##fileformat=VCFv4.2\n", "no line begins with #CHROM"),
        (b"##fileformat=VCFv4.2\n#CHROM POS ID REF ALT QUAL FILTER INFO\n", "separated by spaces"),
        (gzip.compress(b"##fileformat=VCFv4.2\n" * 50)[:30], "no line begins with #CHROM"),
        (b"BCF\x02\x02", "BCF"),
    ],
)
def test_what_is_no_vcf_is_told(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(LocusError, match=words) as caught:
        read(tmp_path, data)
    assert caught.value.hint
    assert "f.vcf" in caught.value.message


def test_a_header_line_broken_in_two_does_no_harm(tmp_path: Path) -> None:
    path = vcf(tmp_path, [f"7 100 . A G . . CSQ={ITEM}"], header=["##source=a\nb c", "", CSQ])
    data = read_vcf(path)
    assert data.genes[0].reasons[0].rows == (7,)


def test_missing_files_and_folders_are_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.vcf", tmp_path):
        with pytest.raises(LocusError, match="no such file"):
            read_vcf(path)


def test_ten_gigabytes_are_refused_with_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "huge.vcf"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 10 * 10**9)  # holes, which take no room
    with pytest.raises(LocusError, match=r"has 10\.0 GB; at most 5\.0 GB are read"):
        read_vcf(path)


def test_what_unpacks_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    text = many(tmp_path) + b"7\t1\t.\tA\tG\t.\t.\t.\n" * 200_000
    with pytest.raises(LocusError, match=r"unpacks to more than 1\.0 MB"):
        read(tmp_path, gzip.compress(text), max_text=10**6)


def test_no_variants_are_told(tmp_path: Path) -> None:
    data = read_vcf(vcf(tmp_path, [], header=[CSQ]))
    assert not data.genes
    assert "The file has no variants." in data.warnings
    reference = read_vcf(vcf(tmp_path, ["7 100 . A . . . .", "7 101 . A <NON_REF> . . END=200"], header=[CSQ]))
    assert "The file has no variants." in reference.warnings


def test_carriage_returns_and_byte_order_mark_are_no_part_of_the_text(tmp_path: Path) -> None:
    text = vcf(tmp_path, [f"7 100 . A G . . CSQ={ITEM}"] * 3, header=[CSQ]).read_bytes()
    data = read(tmp_path, b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
    assert names(data) == {"SHH"}
    assert data.genes[0].values["variants"] == 3
    assert not data.warnings


def test_broken_lines_are_left_out_by_number_and_the_others_keep_theirs(tmp_path: Path) -> None:
    good = f"7 100 . A G . . CSQ={ITEM}"
    records = [
        "7 x . A G . . .",  # line 4
        "7 5 . A",  # line 5
        "",  # line 6
        "#CHROM POS ID REF ALT QUAL FILTER INFO",  # line 7
        "7 99999999999999 . A G . . .",  # line 8
        " 5 .  G . . .",  # line 9
        good,  # line 10
    ]
    data = read_vcf(vcf(tmp_path, records, header=[CSQ]))
    assert data.genes[0].reasons[0].rows == (10,)
    assert "2 lines were left out: its POS is no position (lines 4 and 8)." in data.warnings
    assert "1 line was left out: it has not 8 columns (line 5)." in data.warnings
    assert "1 line was left out: a header among the records (line 7)." in data.warnings
    assert "1 line was left out: CHROM or REF is empty (line 9)." in data.warnings
    assert "1 variant record," in data.seen[0]


@pytest.mark.parametrize("genotype", ["0/", "x/y", "0/1:3:4", "-1/1", "99999999999/1", "", "/", "0/1/", "1e5/2"])
def test_malformed_genotypes_cost_their_line_alone(tmp_path: Path, genotype: str) -> None:
    records = [f"7 {n} . A G . . CSQ={ITEM} GT {gt}" for n, gt in ((100, genotype), (101, "0/1"))]
    data = read_vcf(vcf(tmp_path, records, header=[CSQ], samples=["s"]))
    assert data.genes[0].reasons[0].rows in ((4,), (5,))
    assert data.genes[0].values["variants"] + len(data.warnings) == 2


@pytest.mark.parametrize(
    "line",
    [
        "##INFO=<ID=,Number=x,Type=Nonsense>",
        "##INFO=<ID=AF,Number=A,Type=Float",
        "##FORMAT=<ID=GT,Number=-7,Type=Integer,Description=>",
        "##contig=<ID=7,length=99999999999999999999>",
        "##contig=<ID=7>\n##contig=<ID=7>",
        "##FILTER=<>",
        "##",
        "##=",
        "##x",
        '##INFO=<ID=CSQ,ID=CSQ,Number=9999999999,Type=Integer,Description="">',
        "##reference=" + "x" * 100_000,
        "##VEP=",
        '##VEP= \n##SnpEffVersion=""',
    ],
)
def test_malformed_header_lines_do_no_harm(tmp_path: Path, line: str) -> None:
    record = f"7 100 . A G . . AF=1;CSQ={ITEM} GT 0/1"
    data = read_vcf(vcf(tmp_path, [record], header=[line, CSQ], samples=["s"]))
    assert names(data) == {"SHH"}


@pytest.mark.parametrize(
    "info",
    [
        f"CSQ={ITEM};;=x;AF",
        f"CSQ={ITEM};CSQ={ITEM}",
        f";CSQ={ITEM};",
        f"CSQ={ITEM},|||,.,{'|' * 5000}",
        f"X=%;CSQ={ITEM};END=a",
    ],
)
def test_broken_info_does_no_harm(tmp_path: Path, info: str) -> None:
    assert names(read_vcf(vcf(tmp_path, [f"7 100 . A G . . {info}"], header=[CSQ]))) == {"SHH"}


def test_empty_values_are_none(tmp_path: Path) -> None:
    records = [
        "7 100 . A G . . CSQ=.",
        "7 101 . A G . . CSQ=",
        "7 102 . A G . . ANN=.;LOF=.;NMD=.;CLNSIG=.;GENEINFO=.",
        "7 103 . A G . . .",
    ]
    data = read_vcf(vcf(tmp_path, records, header=[CSQ]))
    assert not data.genes
    assert "4 variant records" in data.seen[0]
    assert "left out" not in warned(data)


def test_samples_of_the_same_name_are_told(tmp_path: Path) -> None:
    path = vcf(tmp_path, [f"7 100 . A G . . CSQ={ITEM} GT 0/1 1/1"], header=[CSQ], samples=["s", "s"])
    data = read_vcf(path)
    assert "carried by 2 of 2" in data.genes[0].reasons[0].text
    assert "Several samples have the same name" in warned(data)
    with pytest.raises(LocusError, match="is twice in this file"):
        read_vcf(path, VcfOptions(proband="s"))


def test_letters_that_are_not_utf8_and_nul_bytes_do_no_harm(tmp_path: Path) -> None:
    text = vcf(
        tmp_path, [f"7 100 . A G . . X=~;CSQ={ITEM}", f"7 101 . A G . . X=^;CSQ={ITEM}"], header=[CSQ]
    ).read_bytes()
    data = read(tmp_path, text.replace(b"~", b"\xe9\xff").replace(b"^", b"\0"))
    assert data.genes[0].values["variants"] == 2
    assert "Letters that are not UTF-8 were replaced: line 4." in data.warnings


def test_strange_gene_names_stay_text(tmp_path: Path) -> None:
    strange = ["A\x08B--><b>", "<script>alert(1)</script>", "=cmd()", "$x^2$", "Ω基因", "A" * 5000, "1-Mar"]
    records = [f"7 {n} . A G . . CSQ={csq(name, 'stop_gained', 'HIGH')}" for n, name in enumerate(strange, 100)]
    data = read_vcf(vcf(tmp_path, records, header=[CSQ]))
    assert {gene.named for gene in data.genes} == {name[:100] for name in strange}
    for plot in data.plots:
        assert "<script" not in plot.svg
        etree.fromstring(plot.svg)  # raises where the SVG is not well-formed


def test_lines_over_the_limit_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.genome.vcf.text.MAX_LINE_BYTES", 300_000)
    long = f"7 100 . A G . . X={'x' * 2_000_000};CSQ={ITEM}"
    data = read_vcf(vcf(tmp_path, [long, f"7 101 . A G . . CSQ={ITEM}", long], header=[CSQ]))
    assert data.genes[0].reasons[0].rows == (5,)
    assert "2 lines were left out: it is too long (lines 4 and 6)." in data.warnings


def test_a_long_line_within_the_limit_is_read(tmp_path: Path) -> None:
    data = read_vcf(vcf(tmp_path, [f"7 100 . A G . . X={'x' * 3_000_000};CSQ={ITEM}"], header=[CSQ]))
    assert names(data) == {"SHH"}


def crashing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, position: str) -> None:
    """Let the child die by a signal at records of a position, as cyvcf2 does at some."""
    script = (
        "import os, sys; sys.path.insert(0, sys.argv.pop(1)); from assistant.genome.vcf import child, gathering\n"
        "take = gathering.Gatherer.take\n"
        "def fatal(self, record, variant):\n"
        f"    if str(variant.POS).startswith('{position}'): os.kill(os.getpid(), 11)\n"
        "    take(self, record, variant)\n"
        "gathering.Gatherer.take = fatal\n"
        "child.main()"
    )
    monkeypatch.setattr(reading, "_START", script)
    assert child.main


def test_a_line_that_kills_the_library_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crashing(tmp_path, monkeypatch, "666")
    records = [f"7 {position} . A G . . CSQ={ITEM}" for position in (100, 666, 200)]
    data = read_vcf(vcf(tmp_path, records, header=[CSQ]))
    assert data.genes[0].values["variants"] == 2
    assert "1 line was left out: the VCF library can't bear it (line 5)." in data.warnings


def test_a_library_that_dies_again_and_again_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crashing(tmp_path, monkeypatch, "10")
    records = [f"7 {position} . A G . . CSQ={ITEM}" for position in range(100, 110)]
    with pytest.raises(LocusError, match="the VCF library broke down at line 7"):
        read_vcf(vcf(tmp_path, records, header=[CSQ]))


def test_a_reader_that_stops_leaves_no_process(tmp_path: Path) -> None:
    import psutil

    path = tmp_path / "f.vcf"
    path.write_bytes(many(tmp_path, 20_000))

    def stop(done: int, total: int) -> None:
        assert 0 < done <= total
        raise KeyboardInterrupt

    before = {p.pid for p in psutil.Process().children()}
    with pytest.raises(KeyboardInterrupt):
        read_vcf(path, progress=stop)
    assert {p.pid for p in psutil.Process().children()} <= before


def test_progress_comes_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = tmp_path / "f.vcf.gz"
    path.write_bytes(gzip.compress(many(tmp_path)))
    read_vcf(path, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (path.stat().st_size, path.stat().st_size)
