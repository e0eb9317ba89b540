"""The page's HTML as pure functions: escaping, exact highlights, no dangling markers."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from assistant.answers import REFUSAL, Answer, Citation, Sentence, Turn, Usage
from assistant.ui import render, render_library, render_source, welcome
from index.errors import GenerationError
from index.papers import Hit, Paper, PaperInfo, Passage, Section
from index.results import AddResult, LibraryStatus, Status

EVIL = '<script>boom()</script><img src=x onerror=boom()>"\'><a href="javascript:boom()">'
INFO = PaperInfo("A title", ("Okafor NI", "Lindqvist A"), "Invented Letters", 2019, doi="10.1/x", id=7)
TEXT = "First one [3].\n\nThe second <b>sentence</b> & its quote (Smith 2004) end here. A third."
QUOTE = (16, 72)
SECTION = Section("Results", TEXT, references=((10, 13), (52, 64)), pages=((0, 4), (16, 5)))


class Page(HTMLParser):
    """Tags with their attributes, the text, and the text inside marks."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = self.marked = self.section = ""
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.text += data
        if "mark" in self.open:
            self.marked += data

    def with_class(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.tags if name in (attrs.get("class") or "").split()]


def citation(n: int, info: PaperInfo = INFO) -> Citation:
    return Citation(n, info, 2, "Results", *QUOTE, TEXT[slice(*QUOTE)], page=5)


def passage(text: str = "A near passage.") -> Hit:
    return Hit(Passage(7, 0, 0, len(text), text, "Abstract"), INFO, 1.0)


def answer(*sentences: Sentence, refused: bool = False, info: PaperInfo = INFO, hits: tuple[Hit, ...] = ()) -> Answer:
    return Answer(
        "Why?", "Why?", sentences, (citation(1, info), citation(2, info)), hits, "extractive", refused=refused
    )


@pytest.mark.parametrize("span", [QUOTE, (0, 5), (5, 12), (11, 60), (0, len(TEXT)), (60, len(TEXT))])
def test_highlight_adds_only_tags_so_that_text_and_quote_stay_exact(span: tuple[int, int]) -> None:
    page = Page(render_source.highlight(SECTION, span))
    assert page.text == TEXT
    assert page.marked == TEXT[slice(*span)]


def test_references_are_dimmed_inside_and_outside_the_quote() -> None:
    html = render_source.highlight(SECTION, QUOTE)
    assert re.findall(r'<span class="bibref">(.*?)</span>', html) == ["[3]", TEXT[52:64]]


def test_section_without_a_quote_has_no_mark() -> None:
    assert "<mark" not in render_source.highlight(SECTION, None)


def test_source_tells_who_where_and_page() -> None:
    page = Page(render_source.source(Paper(INFO, (SECTION,)), 0, QUOTE))
    for words in ("A title", "Okafor NI, Lindqvist A", "Invented Letters, 2019", "Results · page 5"):
        assert words in page.text
    link = next(attrs for tag, attrs in page.tags if tag == "a")
    assert link["href"] == "https://doi.org/10.1/x"
    assert (link["target"], link["rel"]) == ("_blank", "noopener noreferrer")
    assert "digest" not in page.text


def test_starter_digest_is_labelled_as_such() -> None:
    info = replace(INFO, collection="starter")
    assert "not the paper’s own words" in render_source.source(Paper(info, (SECTION,)), 0, QUOTE)


def test_nothing_hostile_comes_alive_anywhere() -> None:
    info = PaperInfo(EVIL, (EVIL,), EVIL, 2020, pmid=EVIL, pmcid=EVIL, doi=EVIL, source=EVIL, id=7)
    section = Section(EVIL, EVIL * 2)
    hit = Hit(Passage(7, 0, 0, 5, EVIL, EVIL), info, 1.0)
    quoted = Citation(1, info, 0, EVIL, 0, 5, EVIL)
    found = Answer(
        EVIL, EVIL, (Sentence(EVIL, (1,), part=EVIL), Sentence(EVIL, (), EVIL)), (quoted,), (hit,), EVIL, notes=(EVIL,)
    )
    result = AddResult(EVIL, EVIL, Status.FAILED, message=EVIL, hint=EVIL)
    tally = render_library.Tally(1)
    tally.note(result)
    error = GenerationError(EVIL, hint=EVIL)
    pages = [
        render.turn(found),
        render.turn(found, unsupported="show"),
        render.turn(found, title=EVIL),
        render.turn(replace(found, refused=True)),
        render.draft(EVIL, EVIL),
        render.reading(EVIL, (hit,), EVIL + "x"),
        render.failure(EVIL, error),
        render.message(error),
        render.stopped(EVIL),
        render_source.source(Paper(info, (section,)), 0, (3, 20)),
        render_library.papers([info], 1, 0, EVIL),
        render_library.results(tally, running=False),
        welcome.empty_conversation(status(), [EVIL]),
        welcome.generator_note(EVIL, True),
    ]
    for html in pages:
        page = Page(html)
        assert not [tag for tag, _ in page.tags if tag in ("script", "img", "iframe", "object", "style", "link")]
        for _, attrs in page.tags:
            assert not [name for name in attrs if name.startswith("on")]
            assert (attrs.get("href") or "#").startswith(("#", "https://doi.org/", "https://pubmed.", "https://pmc."))


def test_model_markdown_stays_plain_text() -> None:
    page = Page(render.turn(answer(Sentence("![x](http://evil/?q=secret) [y](http://evil) **z**", (1,)))))
    assert "![x](http://evil/?q=secret) [y](http://evil) **z**" in page.text
    assert not [attrs for tag, attrs in page.tags if "evil" in str(attrs.get("href") or attrs.get("src"))]


def test_every_marker_opens_its_quote_and_none_dangles() -> None:
    page = Page(render.turn(answer(Sentence("One.", (1, 2, 9)), Sentence("Literal [8] stays text.", (2,)))))
    cites = [attrs for attrs in page.with_class("cite") if not (attrs.get("class") or "").endswith("title")]
    shown = page.text.split("Sources and quotes", maxsplit=1)[0]
    assert "One[1][2]." in shown.replace(" ", "")
    assert "[9]" not in page.text
    assert {c["data-open"] for c in cites} == {"7"}
    assert {(c["data-section"], c["data-start"], c["data-end"]) for c in cites} == {("2", "16", "72")}
    assert {c["data-check"] for c in cites} == {render.checksum(TEXT[slice(*QUOTE)])}


@pytest.mark.parametrize(("setting", "tag"), [("strike", "s"), ("show", "span")])
def test_unsupported_sentence_is_marked_with_its_reason(setting: render.Unsupported, tag: str) -> None:
    html = render.turn(answer(Sentence("It is 5.", (1,), "the quote doesn't say “5”")), unsupported=setting)
    assert f'<{tag} class="claim">It is 5</{tag}>' in html
    assert "Not supported: the quote doesn&#x27;t say “5”" in html


def test_unsupported_sentence_can_be_dropped_but_never_silently() -> None:
    html = render.turn(answer(Sentence("Good.", (1,)), Sentence("Bad.", (), "made up")), unsupported="drop")
    assert "Bad" not in Page(html).text.replace("Copy", "")
    assert "1 sentence left out" in html


def test_sentence_without_any_citation_is_flagged_even_without_a_stated_problem() -> None:
    assert "no quote supports this sentence" in render.turn(answer(Sentence("Free-floating.")))


def test_refusal_is_honest_and_offers_the_nearest_passages() -> None:
    page = Page(render.turn(answer(refused=True, hits=(passage(),))))
    assert REFUSAL in page.text
    assert "Nearest passages (1)" in page.text
    assert [attrs for attrs in page.with_class("title") if attrs.get("data-open") == "7"]
    assert "data-save" not in str(page.tags)


def test_error_keeps_the_question_and_says_what_to_do() -> None:
    page = Page(render.failure("Why?", GenerationError("No key.", hint="Set LOCUS_OPENAI_KEY.", retry=True)))
    assert "No key." in page.text
    assert "Set LOCUS_OPENAI_KEY." in page.text
    assert [attrs["data-ask"] for tag, attrs in page.tags if tag == "button"] == ["Why?"]


def test_exports_lie_in_the_page_verbatim() -> None:
    page = Page(render.exports(answer(Sentence("One.", (1,)))))
    texts = {attrs.get("data-save") or "copy": attrs["data-text"] for tag, attrs in page.tags if tag == "button"}
    assert set(texts) == {"copy", "locus-answer.md", "locus-references.bib", "locus-references.ris"}
    assert "TI  - A title\r\n" in (texts["locus-references.ris"] or "")
    assert texts["copy"] == texts["locus-answer.md"]


def test_structured_draft_has_headings_and_nothing_else_of_markdown() -> None:
    html = render.draft("A title", "## Question\n\nIt asked **why** [1].\n\n## <b>x", spoken="")
    assert re.findall(r"<h3>(.*?)</h3>", html) == ["Question", "&lt;b&gt;x"]
    assert "<p>It asked **why** [1].</p>" in html


def test_structured_answer_has_its_headings_once() -> None:
    parts = [
        Sentence("A.", (1,), part="Findings"),
        Sentence("B.", (1,), part="Findings"),
        Sentence("C.", (2,), part="Limits"),
    ]
    html = render.turn(answer(*parts), title="A title")
    assert re.findall(r"<h3>(.*?)</h3>", html) == ["Findings", "Limits"]


def test_tokens_are_shown_where_a_model_counted_them() -> None:
    assert "1,230 tokens" in render.turn(replace(answer(Sentence("A.", (1,))), usage=Usage(1200, 30)))


def test_results_keep_counts_beyond_the_rows_they_show() -> None:
    tally = render_library.Tally(1)
    for n in range(1000):
        tally.note(AddResult(f"T{n}", "big.xml", Status.ADDED, n + 1, 3))
    tally.note(AddResult("", "broken.xml", Status.FAILED, message="Not XML.", hint="Save it again."))
    html = render_library.results(tally, running=False)
    assert "1 not added, 1,000 added" in html.lower()
    assert html.count("<tr") == 1 + 1 + render_library.MOST_ROWS
    assert f"{1000 - render_library.MOST_ROWS:,} more" in html
    assert html.index("Not XML. Save it again.") < html.index("T0")


def test_records_of_one_file_that_fail_for_one_reason_share_a_row() -> None:
    tally = render_library.Tally(2)
    for n in range(8):
        tally.note(AddResult(f"Bare {n}", "year.xml.gz", Status.FAILED, message="It has no abstract.", hint="Add it."))
    tally.note(AddResult("", "other.xml", Status.FAILED, message="Not XML."))
    html = render_library.results(tally, running=False)
    assert "9 not added" in html.lower()
    assert html.count('<tr class="failed"') == 2
    assert "8 records: Bare 0; Bare 1; Bare 2 and 5 more" in html
    assert html.count("It has no abstract.") == 1


def test_progress_names_the_file_that_is_read_before_it_has_a_result() -> None:
    tally = render_library.Tally(25)
    tally.begin("abstracts.xml.gz")
    html = render_library.results(tally, running=True)
    assert "Reading file 1 of 25: abstracts.xml.gz" in html
    assert 'value="0.5"' in html


def test_answer_names_its_papers_outside_of_what_is_folded_up() -> None:
    html = render.turn(answer(Sentence("One.", (1, 2))))
    named = html.split("<details", maxsplit=1)[0].split('<ul class="named"', maxsplit=1)[1]
    assert html.count('<ul class="named"') == 1
    assert named.count("<li>") == 1, "both quotes are of one paper"
    assert "[1]" in named
    assert "[2]" in named


def test_no_paper_found_in_files_is_told() -> None:
    assert "No paper was found" in render_library.results(render_library.Tally(2), running=False)


def test_library_line_and_starter_note_follow_the_library() -> None:
    assert "67 starter digests" in welcome.library_line(status())
    assert "Library tab" in welcome.starter_note(status())
    assert "empty" in welcome.library_line(replace(status(), papers=0))
    assert welcome.starter_note(replace(status(), starter_papers=0)) == ""
    assert "Your library is empty" in welcome.empty_conversation(replace(status(), papers=0), [])


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 B"), (999, "999 B"), (3_400_000, "3.4 MB"), (5 * 10**12, "5.0 TB")]
)
def test_sizes_as_people_read_them(count: int, words: str) -> None:
    assert render_library.size(count) == words


def status() -> LibraryStatus:
    return LibraryStatus("", 67, 67, 300, 20000, "all-MiniLM-L6-v2", 384, 3_400_000, "Flat", "tantivy", 1)


def test_turn_text_of_an_answer_feeds_the_history() -> None:
    found = answer(Sentence("One.", (1,)))
    assert Turn(found.question, found.standalone, found.text).answer == "One [1]."
