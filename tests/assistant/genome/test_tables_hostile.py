from __future__ import annotations

import gzip
import os
import random
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from assistant.genome.recognising import read_genome, recognise
from assistant.genome.records import FileKind
from assistant.genome.tables import TableOptions, opening, read_table, sheets
from index.errors import LocusError
from tests.assistant.genome.tables import DESEQ2, HUMAN, deseq2, figures


def workbook(path: Path, *sheets_: tuple[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets_:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def results(names: list[object]) -> list[list[object]]:
    rows: list[list[object]] = [["gene", "log2FoldChange", "pvalue", "padj"]]
    return rows + [[name, *f] for name, f in zip(names, figures(len(names)), strict=True)]


def test_a_gzipped_table_is_read_and_one_cut_short_gives_what_stands_before(tmp_path: Path) -> None:
    plain = deseq2(tmp_path / "a.csv", HUMAN * 400, head="gene")
    packed = gzip.compress(plain.read_bytes())
    whole = tmp_path / "a.csv.gz"
    whole.write_bytes(packed)
    assert read_table(whole).genes[0].symbol == "TP53"
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(packed[: int(len(packed) * 0.7)])
    data = read_table(cut)
    assert data.genes[0].symbol == "TP53"
    assert any("cut short after line" in warning for warning in data.warnings)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-16-le", "cp1252", "utf-8"])
def test_encodings_are_told_by_content(tmp_path: Path, encoding: str) -> None:
    path = deseq2(tmp_path / "a.csv", HUMAN, head="gène" if encoding != "utf-16-le" else "gene")
    path.write_bytes(path.read_text().encode(encoding))
    assert [gene.symbol for gene in read_table(path).genes][:3] == HUMAN[:3]


@pytest.mark.parametrize("separator", ["\t", ";", ",", "|", " "])
def test_the_delimiter_is_told_by_content_whatever_the_name_says(tmp_path: Path, separator: str) -> None:
    path = deseq2(tmp_path / "wrong.csv", HUMAN, head="gene", separator=separator)
    assert [gene.symbol for gene in read_table(path).genes][:3] == HUMAN[:3]


def test_rows_name_lines_as_an_editor_counts_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [
        "# made by a tool",
        "",
        f"gene,{DESEQ2},note",
        'MYC,1,1,1,1,0.5,0.9,"two\nlines"',
        "TP53,1,3,1,1,1e-9,1e-8,x",
    ]
    path.write_text("\n".join(lines) + "\n")
    assert read_table(path).genes[0].reasons[0].rows == (6,)


def test_ragged_rows_duplicate_columns_and_titles_above_are_survived(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    rows = [f"{g},{f},{p},{q},{q}" for g, (f, p, q) in zip(HUMAN, figures(len(HUMAN)), strict=True)]
    lines = ["Supplementary Table 3: genes that change", "gene,log2FoldChange,pvalue,padj,padj", *rows]
    lines[5] += ",too,many"
    lines[6] = "GATA3,1"
    path.write_text("\n".join(lines) + "\n")
    data = read_table(path)
    assert [gene.symbol for gene in data.genes][:3] == HUMAN[:3]
    told = " ".join(data.warnings)
    assert "fewer or more cells" in told and "more than once: padj" in told


def test_rs_header_that_lacks_its_first_cell_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "r.txt"
    rows = [f'"{g}" {f} {p} {q}' for g, (f, p, q) in zip(HUMAN, figures(len(HUMAN)), strict=True)]
    path.write_text("\n".join(['"logFC" "PValue" "FDR"', *rows]) + "\n")
    assert [gene.symbol for gene in read_table(path).genes][:3] == HUMAN[:3]


def test_a_quotation_mark_never_closed_loses_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "q.tsv"
    rows = [f"{g}\t{f}\t{p}\t{q}\tx" for g, (f, p, q) in zip(HUMAN, figures(len(HUMAN)), strict=True)]
    rows[2] = rows[2][:-1] + '"5 prime'
    path.write_text("\n".join(["gene\tlogFC\tPValue\tFDR\tnote", *rows]) + "\n")
    data = read_table(path)
    assert [gene.symbol for gene in data.genes][:5] == HUMAN[:5]


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"gene,log2FoldChange,padj\n", b"\x00" * 5000, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20],
)
def test_empty_and_binary_files_are_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    for call in (read_table, recognise, read_genome):
        with pytest.raises(LocusError):
            call(path)


def test_garbage_of_all_kinds_gives_an_error_in_words_or_data(tmp_path: Path) -> None:
    dice = random.Random(3)
    good = deseq2(tmp_path / "good.csv", HUMAN, head="gene").read_bytes()
    book = workbook(tmp_path / "good.xlsx", ("a", results(list(HUMAN)))).read_bytes()
    for number in range(120):
        source = bytearray(book if number % 3 == 0 else gzip.compress(good) if number % 3 == 1 else good)
        for _ in range(dice.randint(1, 40)):
            source[dice.randrange(len(source))] = dice.randrange(256)
        path = tmp_path / f"{number}.bin"
        path.write_bytes(source[: dice.randint(1, len(source))])
        try:
            read_genome(path)
        except LocusError as error:
            assert error.message


def test_a_file_of_ten_gigabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    path.touch()
    os.truncate(path, 10_000_000_000)
    with pytest.raises(LocusError, match=r"10\.0 GB"):
        read_table(path)


def test_a_gzip_bomb_and_an_endless_line_are_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_SAFE_TEXT", 1_000_000)
    bomb = tmp_path / "b.csv.gz"
    bomb.write_bytes(gzip.compress(b"gene,log2FoldChange,padj\n" + b"TP53,1,0.1\n" * 2_000_000))
    with pytest.raises(LocusError, match="unpacks to more than"):
        read_table(bomb)
    line = tmp_path / "l.csv"
    line.write_bytes(b"a" * 3_000_000)
    with pytest.raises(LocusError, match="longer than"):
        read_table(line)


def test_the_sheet_with_results_is_found_and_named(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "s.xlsx",
        ("Notes", [["Made by me"], ["on Monday"], *[[f"line {n}"] for n in range(40)]]),
        ("DE genes", [["Table S1. Genes"], [], *results(list(HUMAN))]),
    )
    data = read_table(path)
    assert [gene.symbol for gene in data.genes][:3] == HUMAN[:3]
    assert any('sheet "DE genes"' in said and '"Notes"' in said for said in data.seen)
    assert data.genes[0].reasons[0].rows == (4,)
    with pytest.raises(LocusError, match="no sheet 'x'"):
        read_table(path, TableOptions(sheet="x"))


def test_dates_in_cells_of_a_workbook_are_mended(tmp_path: Path) -> None:
    path = workbook(tmp_path / "d.xlsx", ("a", results([date(2024, 3, 1), date(2024, 9, 2), *HUMAN[:6]])))
    data = read_table(path)
    assert [gene.symbol for gene in data.genes][:2] == ["MARCHF1", "SEPTIN2"]


def test_bombs_and_sheets_of_endless_width_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "w.xlsx", ("a", results(list(HUMAN))))
    far = tmp_path / "far.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(far, "w") as out:
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("xl/worksheets"):
                data = data.replace(
                    b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                )
            out.writestr(name, data)
    with pytest.raises(LocusError, match="spans"):
        read_table(far)
    monkeypatch.setattr(sheets, "_MOST_UNPACKED", 1000)
    with pytest.raises(LocusError, match="unpacks to"):
        read_table(path)


def test_old_and_locked_workbooks_and_other_archives_say_what_to_do(tmp_path: Path) -> None:
    old = tmp_path / "a.xls"
    old.write_bytes(sheets.OLE + b"\x00" * 600)
    with pytest.raises(LocusError, match="old format") as caught:
        read_table(old)
    assert ".xlsx" in caught.value.hint
    locked = tmp_path / "b.xlsx"
    locked.write_bytes(sheets.OLE + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(LocusError, match="password"):
        read_table(locked)
    archive = tmp_path / "c.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("a.csv", "gene\n")
    with pytest.raises(LocusError, match="no XLSX"):
        read_table(archive)


def test_kinds_are_told_by_content_not_by_name(tmp_path: Path) -> None:
    vcf = tmp_path / "v.txt"
    vcf.write_text("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")
    packed = tmp_path / "v.csv.gz"
    packed.write_bytes(gzip.compress(vcf.read_bytes()))
    listed = tmp_path / "l.vcf"
    listed.write_text("TP53\nMYC\n")
    gwas = tmp_path / "g.csv"
    gwas.write_text("SNP,CHR,BP,P\nrs1,1,100,1e-9\nrs2,1,200,0.5\n")
    assert recognise(vcf) is recognise(packed) is FileKind.VCF
    assert recognise(listed) is FileKind.GENES
    assert recognise(gwas) is FileKind.GWAS
    assert recognise(deseq2(tmp_path / "d", HUMAN)) is FileKind.EXPRESSION


def test_a_table_without_genes_says_what_its_columns_are(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("city,height,weight\n" + "".join(f"town {n},{n}.5,{n * 2}.1\n" for n in range(30)))
    with pytest.raises(LocusError, match='"city", "height", "weight"'):
        read_table(path)


def test_a_missing_file_and_a_folder_are_said_to_be_so(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(LocusError):
            read_genome(path)
        with pytest.raises(LocusError):
            read_table(path)


def test_progress_is_told_in_bytes(tmp_path: Path) -> None:
    path = deseq2(tmp_path / "a.csv", HUMAN * 3000, head="gene")
    told: list[tuple[int, int]] = []
    read_table(path, progress=lambda done, total: told.append((done, total)))
    size = path.stat().st_size
    assert told[-1] == (size, size) and len(told) > 2
