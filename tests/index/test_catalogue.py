"""The catalogue file and the folder it stands in: what is opened, what is refused, and in which words."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from index.catalogue import Catalogue
from index.errors import LibraryError
from index.library import Library
from index.schema import VERSION
from tests.conftest import FakeEmbedder, make_paper

ROOT = Path(__file__).resolve().parents[2]


def test_a_library_is_made_with_its_folder(tmp_path: Path) -> None:
    with Library.open(tmp_path / "a" / "b", FakeEmbedder()) as library:
        assert library.count() == 0
        assert library.check() == []
        assert library.lexical("anything", 5) == library.dense(FakeEmbedder().embed_query("x"), 5) == []


def test_no_library_is_made_where_none_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="no library") as caught:
        Library.open(tmp_path / "none", FakeEmbedder(), create=False)
    assert "locus add" in caught.value.hint
    assert not (tmp_path / "none").exists()


def test_a_folder_with_other_things_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(LibraryError, match=r"isn't a library.*thesis.docx"):
        Library.open(tmp_path, FakeEmbedder())
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "library").touch()
    with pytest.raises(LibraryError, match="is a file"):
        Library.open(tmp_path / "library", FakeEmbedder())


def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    Library.open(tmp_path, FakeEmbedder()).close()
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(LibraryError, match="newer Locus") as caught:
        Library.open(tmp_path, FakeEmbedder())
    assert "Update Locus" in caught.value.hint


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as connection:
        connection.execute("CREATE TABLE recipes (name)")
    with pytest.raises(LibraryError, match="isn't a Locus catalogue"):
        Library.open(tmp_path, FakeEmbedder())


def test_a_damaged_catalogue_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite").write_bytes(b"no database at all" * 500)
    with pytest.raises(LibraryError, match="damaged"):
        Library.open(tmp_path, FakeEmbedder())


def test_a_folder_that_cant_be_written_is_told_in_words() -> None:
    code = (
        "import sys; sys.path[:0] = sys.argv[2:]\n"
        "from pathlib import Path\n"
        "from tests.conftest import FakeEmbedder\n"
        "from index.library import Library\nfrom index.errors import LibraryError\n"
        # To root nothing is read-only.
        "import os\nif os.geteuid() == 0: os.seteuid(65534)\n"
        "for name in ('.', 'new'):\n"
        "    try: Library.open(Path(sys.argv[1]) / name, FakeEmbedder())\n"
        "    except LibraryError as error: print(error)\n"
    )
    # Not tmp_path, which lets no other user in.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Library.open(folder, FakeEmbedder()).close()
        for path in folder.iterdir():
            path.chmod(0o444)
        folder.chmod(0o555)
        run = subprocess.run(
            [sys.executable, "-c", code, name, str(ROOT), str(ROOT / "tests")],
            capture_output=True,
            text=True,
            check=False,
        )
        folder.chmod(0o755)
    assert run.stdout.count("can't be written to") == 2, run.stderr


def test_a_full_disk_is_told_in_words_and_what_was_finished_is_kept(library: Library) -> None:
    library.add([make_paper(n) for n in range(3)])
    (connection,) = library._catalogue._idle
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(LibraryError, match="is full") as caught:
        library.add([make_paper(n, sentences=400) for n in range(3, 9)])
    assert caught.value.retry
    connection.execute("PRAGMA max_page_count = 1000000")
    assert library.count() == 3
    assert library.check() == []
    assert library.add([make_paper(n) for n in range(9)]).counts.total() == 9


def test_a_transaction_that_fails_leaves_no_trace(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    with catalogue.writing() as session:
        session.make("fake", 4)
    with pytest.raises(RuntimeError), catalogue.writing() as session:
        session.insert_paper(make_paper(1), b"hash")
        session.next_generation()
        raise RuntimeError
    with catalogue.reading() as session:
        state = session.state()
        assert state is not None
        assert (state.generation, session.count("")) == (0, 0)


def test_a_reader_keeps_its_view_while_others_write(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    with catalogue.reading() as reader:
        assert reader.count("") == 0
        with catalogue.writing() as writer:
            writer.insert_paper(make_paper(1), b"hash")
        assert reader.count("") == 0
    with catalogue.reading() as reader:
        assert reader.count("") == 1
