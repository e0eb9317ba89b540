from __future__ import annotations

import gzip
import os
import random
import time
from pathlib import Path

import pytest

from index.errors import ReadError
from index.papers import Paper
from index.readers import files, read

JATS = (
    "<article><front><article-meta><title-group><article-title>T</article-title></title-group></article-meta></front>"
)
BODY = "<body><p>Text.</p></body></article>"


def refused(path: Path) -> ReadError:
    """The one error that a bad file gives, which names the file, advises, and comes soon."""
    begun = time.perf_counter()
    found = list(read(path))
    assert time.perf_counter() - begun < 20
    assert len(found) == 1, found
    [error] = found
    assert isinstance(error, ReadError), error
    assert path.name in error.message and error.hint
    assert "Traceback" not in str(error) and "surprised" not in str(error)
    return error


def put(tmp_path: Path, data: bytes | str, name: str = "file.xml") -> Path:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_an_empty_file_is_told(tmp_path):
    assert "empty" in str(refused(put(tmp_path, b"")))


def test_a_missing_file_is_told(tmp_path):
    assert "exist" in str(refused(tmp_path / "none.xml"))


def test_a_folder_is_told(tmp_path):
    assert "folder" in str(refused(tmp_path))


@pytest.mark.skipif(os.name == "nt" or (hasattr(os, "geteuid") and os.geteuid() == 0), reason="root reads everything")
def test_a_file_without_permission_is_told(tmp_path):
    path = put(tmp_path, JATS + BODY)
    path.chmod(0)
    assert "permission" in str(refused(path))


def test_a_refusal_of_the_system_is_told_as_permission(tmp_path, monkeypatch):
    path = put(tmp_path, JATS + BODY)

    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", deny)
    assert "permission" in str(refused(path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe.xml")
    refused(tmp_path / "pipe.xml")


@pytest.mark.parametrize(
    "data",
    [
        JATS,
        JATS + "<body><p>Text.</sec></body></article>",
        JATS + "<body><p>a & b < c</p></body></article>",
        "<?xml version='1.0'?><article><front>",
        "<PubmedArticleSet><PubmedArticle><MedlineCitation></PubmedArticle></PubmedArticleSet>",
        "<PubmedArticleSet></PubmedArticleSet>",
        "<?xml version='1.0'?><unknown><thing/></unknown>",
        JATS.encode() + b"<body><p>\xff\xfe\x00</p></body></article>",
        "<article><front/><body/></article>",
    ],
)
def test_broken_xml_is_told(tmp_path, data):
    refused(put(tmp_path, data))


def test_an_entity_bomb_is_not_expanded(tmp_path):
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {c} "{f"&{p};" * 10}">' for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    bomb = f"<?xml version='1.0'?><!DOCTYPE article [{entities}]>{JATS}<body><p>&i;</p></body></article>"
    assert "entities" in str(refused(put(tmp_path, bomb)))


def test_an_external_entity_is_not_read(tmp_path):
    secret = put(tmp_path, "the secret", "secret.txt")
    outside = f"<!DOCTYPE article [<!ENTITY x SYSTEM 'file://{secret}'>]>{JATS}<body><p>&x;</p></body></article>"
    assert "secret" not in str(refused(put(tmp_path, outside))).replace(secret.name, "")


def test_entities_of_a_dtd_that_is_not_loaded_become_characters(tmp_path):
    xml = f"<!DOCTYPE article SYSTEM 'http://127.0.0.1:9/x.dtd'>{JATS}<body><p>&alpha;-actin &nix;</p></body></article>"
    [paper] = read(put(tmp_path, xml))
    assert isinstance(paper, Paper) and paper.sections[0].text == "α-actin &nix;"


def test_deep_nesting_is_refused(tmp_path):
    for depth in (300, 100_000):
        refused(put(tmp_path, JATS + "<body>" + "<sec>" * depth + "</sec>" * depth + "</body></article>"))


def test_a_gzip_bomb_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "FREE_OF_RATIO", 1 << 20)
    bomb = gzip.compress(JATS.encode() + b"<body><p>" + b" " * (40 << 20))
    assert "unpacks" in str(refused(put(tmp_path, bomb, "bomb.xml.gz")))


def test_packed_files_that_are_cut_or_damaged_are_told(tmp_path):
    packed = gzip.compress((JATS + BODY).encode() + random.Random(1).randbytes(5000))
    refused(put(tmp_path, packed[: len(packed) // 2], "cut.gz"))
    damaged = bytearray(packed)
    damaged[2000] ^= 0xFF
    assert isinstance(list(read(put(tmp_path, bytes(damaged), "damaged.gz")))[-1], ReadError)
    refused(put(tmp_path, gzip.compress(packed), "twice.gz"))


def test_records_before_the_damage_are_kept(tmp_path):
    record = "<MedlineCitation><Article><ArticleTitle>T</ArticleTitle></Article></MedlineCitation>"
    packed = gzip.compress(("<PubmedArticleSet>" + record * 20_000).encode() + random.Random(1).randbytes(100_000))
    found = list(read(put(tmp_path, packed[:-60_000], "cut.xml.gz")))
    assert sum(isinstance(item, Paper) for item in found) > 19_000
    assert isinstance(found[-1], ReadError)


@pytest.mark.parametrize(
    "data",
    [
        random.Random(7).randbytes(5000),
        b"\x00" * 5000,
        b"\x89PNG\r\n\x1a\n" + bytes(99),
        b"PK\x03\x04" + b"a" * 99,
        b"\x7fELF\x02\x01\x01" + bytes(90),
    ],
    ids=["noise", "zeros", "picture", "zip", "program"],
)
def test_binary_junk_is_refused(tmp_path, data):
    for name in ("file.pdf", "file.txt", "file.xml", "file.bib"):
        refused(put(tmp_path, data, name))


@pytest.mark.parametrize(
    "data",
    [
        "<!DOCTYPE html><html><body><article>A page</article></body></html>",
        "##fileformat=VCFv4.2\n#CHROM\tPOS\n",
        '{"a": 1}',
        '{"documents": [' + "[" * 100_000,
        '{"documents": [',
        "{\\rtf1 x}",
    ],
)
def test_files_of_other_kinds_are_named_and_refused(tmp_path, data):
    refused(put(tmp_path, data, "file.txt"))


@pytest.mark.parametrize(
    "data",
    [
        "---\na: &a [x, x]\nb: &b [*a, *a]\ntitle: [*b, *b]\nyear: {{{\n---\nText.",
        "---\n" + "[" * 30_000 + ":\n---\nText.",
        "---\n- a: list\n---\nText.",
    ],
)
def test_hostile_front_matter_is_refused(tmp_path, data):
    refused(put(tmp_path, data, "file.md"))


@pytest.mark.parametrize(
    "data",
    [
        "@article{x, title = {" + "{" * 20_000,
        "@article{" * 3000,
        "TY  - JOUR\n" + "AU  - \n" * 20_000,
        "PMID- 1\n" + "TI  \n" * 20_000,
        "# " + "[" * 20_000,
        "x\n\n# " + "*a " * 20_000,
        "T\n\n" + "(" * 50_000,
        "T\n\n" + "a-\n" * 50_000,
        "| a |\n" + "|" * 50_000,
        "`" * 20_000 + "\n# x",
        "# x\n" + "a`b``" * 20_000,
        "# x\n" + "<a b=c " * 20_000,
        "# x\n" + "![[](" * 20_000,
        "# x\n" + "_a " * 20_000,
    ],
)
def test_hostile_records_end_soon_in_papers_or_errors(tmp_path, data):
    begun = time.perf_counter()
    found = list(read(put(tmp_path, data, "file.txt")))
    assert time.perf_counter() - begun < 20
    assert found and all(isinstance(item, Paper | ReadError) for item in found)
    assert not any("surprised" in str(item) for item in found if isinstance(item, ReadError))


def test_the_content_decides_and_not_the_ending(tmp_path):
    [paper] = read(put(tmp_path, JATS + BODY, "PMC12.txt"))
    assert isinstance(paper, Paper)
    assert (paper.info.title, paper.info.pmcid, paper.sections[0].text) == ("T", "PMC12", "Text.")
    [packed] = read(put(tmp_path, gzip.compress((JATS + BODY).encode()), "paper.pdf"))
    assert isinstance(packed, Paper) and packed.info.title == "T"
