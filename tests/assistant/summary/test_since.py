"""What is new since a date: by year of publication, or by the day on which papers were added."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.answers import Answer, Finished
from assistant.chain import Assistant
from assistant.settings import Settings
from assistant.summary.since import Since, news, since
from index.errors import LocusError
from index.library import Library
from index.papers import Paper, PaperInfo, Section
from index.schema import MIGRATIONS


def paper(year: int) -> Paper:
    text = f"We found that loss of Velt3 reduced the tail of voles by {year - 1990}% in a study of many animals."
    return Paper(PaperInfo(f"Velt3 in {year}", ("Marsh A",), year=year, pmid=str(year)), (Section("Results", text),))


@pytest.fixture
def assistant(library: Library, tmp_path: Path) -> Assistant:
    library.add([paper(year) for year in (1999, 2004, 2006)])
    return Assistant(Settings(library=tmp_path / "library"), library)


def digest(assistant: Assistant, text: str, topic: str = "") -> Answer:
    *_, last = news(assistant, since(text), topic)
    assert isinstance(last, Finished)
    return last.answer


def test_a_year_gives_the_papers_published_then_or_later_the_newest_first(assistant: Assistant) -> None:
    answer = digest(assistant, "2004")
    assert [heading.split(".")[0] for heading in answer.parts] == ["Marsh 2006", "Marsh 2004"]
    assert answer.sentences[0].text.endswith("by 16% in a study of many animals.")
    assert all(s.supported for s in answer.sentences)


def test_a_day_gives_the_papers_added_then_or_later(assistant: Assistant) -> None:
    today = datetime.now(UTC).date().isoformat()
    assert len(digest(assistant, today).parts) == 3
    with sqlite3.connect(assistant.library.folder / "catalogue.sqlite") as connection:
        connection.execute("UPDATE paper SET added = '2001-01-01' WHERE year < 2006")
    connection.close()
    assert len(digest(assistant, "2001-01-02").parts) == 1


def test_nothing_new_is_told_and_papers_without_a_day_are_explained(assistant: Assistant) -> None:
    with pytest.raises(LocusError, match="No paper"):
        digest(assistant, "2050")
    with sqlite3.connect(assistant.library.folder / "catalogue.sqlite") as connection:
        connection.execute("UPDATE paper SET added = ''")
    connection.close()
    with pytest.raises(LocusError) as told:
        digest(assistant, "2001-01-01")
    assert "give a year" in told.value.hint


@pytest.mark.parametrize("text", ["yesterday", "", "2004-13-01", "20040", "'; DROP TABLE paper", "2001-02-30"])
def test_what_is_no_date_is_told(text: str) -> None:
    with pytest.raises(LocusError, match="no date"):
        since(text)
    assert since("2004") == Since(year=2004)


def test_a_library_of_an_older_version_gets_the_column(tmp_path: Path, library: Library) -> None:
    library.add([paper(2004)])
    library.close()
    place = next(n for n, step in enumerate(MIGRATIONS) if "ADD COLUMN added" in step)
    with sqlite3.connect(library.folder / "catalogue.sqlite") as connection:
        connection.execute("DROP INDEX paper_added")
        connection.execute("ALTER TABLE paper DROP COLUMN added")
        connection.execute(f"PRAGMA user_version = {place}")
    connection.close()
    if place != len(MIGRATIONS) - 1:
        pytest.skip("later migrations would be made twice")
    with Library.open(library.folder) as opened:
        assert opened.papers_since(2000) == [(1, "")]
