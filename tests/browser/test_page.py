"""The page as a reader uses it: a real app process, the real starter library, a real Chromium."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import bibtexparser
import pytest
import rispy

pytestmark = pytest.mark.browser

QUESTION = "How did Ppargc1a null mice respond to cold?"
EVIL = (
    "<img src=x onerror=\"window.hacked='title'\"><script>window.hacked='script'</script>"
    " Evil [link](javascript:alert(1))"
)


def ask(page: Any, question: str = QUESTION) -> None:
    """Types a question, presses Enter and waits for the checked answer."""
    turns = page.locator("#log article.turn").count()
    box = page.locator("#question textarea")
    box.fill(question)
    box.press("Enter")
    page.wait_for_function("n => document.querySelectorAll('#log article.turn').length > n", arg=turns)


def tab(page: Any, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def fits(page: Any) -> bool:
    """True where nothing makes the page scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def seen(page: Any, selector: str) -> bool:
    """True where the element lies inside the window."""
    box = page.locator(selector).first.bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] < page.viewport_size["height"]


def test_answer_is_cited_and_a_marker_opens_its_exact_quote(page: Any) -> None:
    assert page.title() == "Locus"
    assert "67 starter digests" in page.locator("#library-line .state").inner_text()
    ask(page)
    marker = page.locator("#log .answer a.cite").first
    marker.click()
    page.wait_for_selector("#source mark")
    page.locator("#log details.sources summary").first.click()
    quote = page.locator("#log details.sources li").first.locator("blockquote").text_content()
    assert page.locator("#source mark").text_content() == quote
    assert quote in page.locator("#source .section-text").text_content()
    assert seen(page, "#source mark")
    assert "Starter digest" in page.inner_text("#source")
    link = page.locator("#source .links a").first
    assert link.get_attribute("href").startswith("https://doi.org/10.")
    assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener noreferrer")
    answer = page.locator("#log .turn").bounding_box()
    assert page.locator("#source").bounding_box()["x"] > answer["x"] + answer["width"] / 2


def test_papers_are_named_and_opening_a_source_moves_nothing_and_ends_with_its_tab(page: Any) -> None:
    ask(page)
    assert page.locator("#log .named li").first.is_visible()
    before = page.locator("#log .turn").bounding_box()["x"]
    page.locator("#log .answer a.cite").first.click()
    page.wait_for_selector("#source mark")
    assert page.locator("#log .turn").bounding_box()["x"] == before
    page.evaluate("document.querySelector('#source').scrollTop = 1e6")
    assert seen(page, "#source .close")
    tab(page, "Library")
    page.wait_for_selector("#source article", state="detached")


def test_answer_stays_though_the_page_is_slow_to_load(page: Any, browser: Any, address: str) -> None:
    slow = browser.new_page()
    held: list[Any] = []
    join = "**/gradio_api/queue/join*"
    slow.route(join, lambda route: held.append(route) if not held else route.continue_())
    slow.goto(address)
    slow.wait_for_selector(".example")
    slow.wait_for_timeout(500)
    ask(slow)
    held[0].continue_()
    slow.wait_for_selector("#library-line .state")
    assert slow.locator("#log article.turn").is_visible()
    slow.close()


def test_question_that_is_too_long_is_told_and_kept(page: Any) -> None:
    box = page.locator("#question textarea")
    box.fill("Is Pygo2 needed? " * 300)
    box.press("Enter")
    page.wait_for_selector("#live .problem")
    assert "4,000 can be asked" in page.inner_text("#live")
    assert len(box.input_value()) > 5000


def test_every_marker_opens_a_quote(page: Any) -> None:
    ask(page)
    markers = page.locator("#log .answer a.cite")
    for n in range(markers.count()):
        opened = page.locator("#source article").get_attribute("data-opened") if n else ""
        markers.nth(n).click()
        page.wait_for_function("was => document.querySelector('#source article')?.dataset.opened > was", arg=opened)
        assert page.locator("#source mark").count() == 1


def test_keyboard_alone_asks_opens_closes_and_returns(page: Any) -> None:
    assert page.evaluate("document.activeElement.closest('#question') !== null")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector("#log .answer a.cite")
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('#log .answer a.cite')"):
            break
    marker = page.evaluate("document.activeElement.textContent")
    assert re.fullmatch(r"\[\d+\]", marker)
    page.keyboard.press("Enter")
    page.wait_for_selector("#source mark")
    page.wait_for_function("document.activeElement.matches('article.source')")
    page.keyboard.press("Escape")
    page.wait_for_selector("#source mark", state="detached")
    assert page.evaluate("document.activeElement.textContent") == marker


def test_example_question_is_answered_and_a_new_conversation_starts_empty(page: Any) -> None:
    page.locator(".example").first.click()
    page.wait_for_selector("#log article.turn")
    assert not page.locator(".welcome").is_visible()
    page.locator("#new").click()
    page.wait_for_selector(".welcome")
    assert page.locator("#log article.turn").count() == 0


def test_two_readers_do_not_see_each_other(page: Any, browser: Any, address: str) -> None:
    ask(page)
    context = browser.new_context()
    other = context.new_page()
    other.goto(address)
    other.wait_for_selector(".example")
    assert other.locator("article.turn").count() == 0
    context.close()


def test_refusal_offers_the_nearest_passages(page: Any) -> None:
    ask(page, "What is the capital of Mongolia and who won its chess championship?")
    assert "do not answer this question" in page.inner_text("#log .refusal")


def test_exports_download_and_read_back(page: Any, tmp_path: Path) -> None:
    ask(page)
    files = {}
    for name in ("Markdown", "BibTeX", "RIS"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Download as {name}").first.click()
        files[name] = tmp_path / download.value.suggested_filename
        download.value.save_as(files[name])
    text = files["Markdown"].read_text(encoding="utf-8")
    assert QUESTION in text
    assert "[1]" in text
    entries = bibtexparser.loads(files["BibTeX"].read_text(encoding="utf-8")).entries
    records = rispy.loads(files["RIS"].read_text(encoding="utf-8"))
    assert entries
    assert [e["doi"] for e in entries] == [r["doi"] for r in records]


def test_answer_is_copied_with_its_references(page: Any) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page)
    page.get_by_role("button", name="Copy the answer").first.click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('## References'))")


def test_files_good_broken_and_hostile_are_each_told_and_nothing_runs(page: Any, tmp_path: Path) -> None:
    good, broken, evil = tmp_path / "good.md", tmp_path / "broken.xml", tmp_path / "evil.ris"
    good.write_text(
        "---\ntitle: Zyxin2 shapes the invented organ\nauthors: [Okafor NI]\nyear: 2021\ndoi: 10.5555/zyx.1\n---\n"
        "## Findings\nZyxin2 null mice lacked the invented organ in 9 of 10 litters. Heterozygous mice were normal.\n"
    )
    broken.write_text("<article><front>")
    evil.write_text(
        f"TY  - JOUR\nTI  - {EVIL}\nAU  - <b>Mallory</b>, M\nDO  - javascript:alert(1)\nPY  - 2020\n"
        f"AB  - {EVIL} was found in the invented wing of the mouse named Qwop7.\nER  - \n"
    )
    tab(page, "Library")
    page.set_input_files("#drop input[type=file]", [str(good), str(broken), str(evil)])
    page.wait_for_selector("#results .done")
    rows = {row.split()[0]: row for row in page.locator("#results tbody tr").all_inner_texts()}
    assert "Added" in rows["good.md"]
    assert "Not added" in rows["broken.xml"]
    assert len(rows["broken.xml"]) > len("broken.xml Not added") + 10
    assert "<script>" in rows["evil.ris"]

    page.locator("#search textarea, #search input").fill("Evil")
    page.wait_for_selector("#papers li:has-text('onerror')")
    page.locator("#papers a.title").first.click()
    page.wait_for_selector("#source article")
    tab(page, "Chat")
    ask(page, "What was found in the invented wing of Qwop7 mice?")
    page.locator("#log a.cite, #log a.title").first.click()
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    assert page.locator("#log img, #source img, #papers img").count() == 0
    assert not page.evaluate("[...document.links].some(a => !/^https?:/.test(a.href))")

    ask(page, "In how many litters did Zyxin2 null mice lack the invented organ?")
    assert "Zyxin2 shapes the invented organ" in page.locator("#log .turn").last.text_content()

    tab(page, "Library")
    for name in ("Evil", "Zyxin2"):
        page.locator("#search textarea, #search input").fill(name)
        page.wait_for_function(f"document.querySelector('#papers .count')?.textContent.includes('{name}')")
        page.locator("#papers .remove summary").first.click()
        page.get_by_role("button", name="Remove it").first.click()
        page.wait_for_selector("#results .done:has-text('Removed')")
        page.wait_for_selector("#papers :text('No paper matches')")


def test_library_is_browsed_and_a_paper_summarized_with_citations(page: Any) -> None:
    tab(page, "Library")
    page.wait_for_selector("#papers li")
    assert re.match(r"1–20 of \d\d", page.inner_text("#papers .count"))
    page.locator("#next").click()
    page.wait_for_function("document.querySelector('#papers .count').textContent.startsWith('21–40')")
    page.get_by_role("button", name="Summarize").first.click()
    page.wait_for_selector("#summary .answer a.cite")
    assert page.locator("#summary .answer h3").count() >= 2
    page.locator("#summary .answer a.cite").first.click()
    page.wait_for_selector("#source mark")


def test_summary_paper_is_found_by_typing(page: Any) -> None:
    tab(page, "Summary")
    page.wait_for_selector("#picks .pick")
    page.locator("#find textarea, #find input").press_sequentially("calpain")
    page.wait_for_function("document.querySelectorAll('#picks .pick').length === 1")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#summary .answer a.cite")
    assert "Calpain" in page.locator("#summary h2.question").inner_text()


@pytest.mark.parametrize("width", [420])
def test_narrow_screen_never_scrolls_sideways_and_reaches_the_source(page: Any, width: int) -> None:
    assert fits(page)
    ask(page)
    assert fits(page)
    page.locator("#log .answer a.cite").first.click()
    page.wait_for_selector("#source mark")
    page.wait_for_timeout(700)
    assert seen(page, "#source mark")
    assert seen(page, "#source .close")
    on_top = "document.elementFromPoint(210, window.innerHeight - 30).closest('#source') !== null"
    assert page.evaluate(on_top), "the source lies over the composer, not below it"
    assert fits(page)
    for name in ("Library", "Summary"):
        tab(page, name)
        page.wait_for_timeout(300)
        assert fits(page), name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_in_light_and_dark(browser: Any, address: str, watched: Any, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 860})
    watched.attach(context)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(".example")
    ask(page)
    page.locator("#log .answer a.cite").nth(0).click()
    page.wait_for_selector("#source mark")
    for selector in (
        "#log .answer",
        "#source mark",
        "#source .links a",
        "#log .question",
        "#library-line .state",
        "#send",
    ):
        ratio = contrast(page, selector)
        assert ratio >= 4.5, f"{selector} in {scheme}: {ratio:.1f}"
    context.close()


def contrast(page: Any, selector: str) -> float:
    """WCAG contrast of an element's text against the nearest opaque background behind it."""
    return float(
        page.evaluate(
            """selector => {
                const rgba = text => text.match(/[\\d.]+/g).map(Number);
                let element = document.querySelector(selector);
                const ink = rgba(getComputedStyle(element).color);
                let ground = [255, 255, 255];
                for (; element; element = element.parentElement) {
                    const fill = rgba(getComputedStyle(element).backgroundColor);
                    if (fill.length === 3 || fill[3] === 1) { ground = fill; break; }
                }
                const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= 0.03928 ? v / 12.92
                    : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
                const [high, low] = [light(ink), light(ground)].sort((a, b) => b - a);
                return (high + 0.05) / (low + 0.05);
            }""",
            selector,
        )
    )


def test_no_request_ever_left_this_machine(page: Any, address: str, watched: Any) -> None:
    """Runs last: the requests of all tests above, together."""
    ask(page)
    outside = [url for url in watched.requests if not url.startswith((address, "data:", "blob:"))]
    assert watched.requests
    assert outside == []
    assert [error for error in watched.errors if "Content Security Policy" in error] == []
