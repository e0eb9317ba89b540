"""The Search tab as a reader uses it: a real app process, the real starter library, a real Chromium."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.test_page import EVIL, contrast, fits, seen, tab

pytestmark = pytest.mark.browser


def search(page: Any, query: str) -> None:
    """Opens the tab, types a query and waits for passages."""
    tab(page, "Search")
    box = page.locator("#passage-query textarea, #passage-query input")
    box.fill(query)
    box.press("Enter")
    page.wait_for_selector("#found .found li")


def count(page: Any) -> str:
    return str(page.locator("#found .count").inner_text())


def test_a_passage_is_found_marked_and_opened_at_its_place(page: Any) -> None:
    search(page, "capping mesenchyme of kidneys without Pygopus")
    first = page.locator("#found .found li").first
    marks = [mark.lower() for mark in first.locator("mark").all_inner_texts()]
    assert "kidney" in marks or "kidneys" in marks
    passage = first.locator(".passage").text_content()
    first.locator("a.title").click()
    page.wait_for_selector("#source mark")
    assert page.locator("#source mark").text_content() == passage
    assert seen(page, "#source mark")


def test_keyboard_alone_searches_pages_opens_and_returns(page: Any) -> None:
    page.get_by_role("tab", name="Chat", exact=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#passage-query textarea, #passage-query input").focus()
    page.keyboard.type("mice")
    page.keyboard.press("Enter")
    page.wait_for_selector("#found .found li")
    before = count(page)
    page.locator("#found-next").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("was => document.querySelector('#found .count').textContent.trim() !== was", arg=before)
    assert count(page).startswith("11–20 of")
    title = page.locator("#found a.title").first
    title.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#source mark")
    page.wait_for_function("document.activeElement.matches('article.source')")
    page.keyboard.press("Escape")
    page.wait_for_selector("#source mark", state="detached")
    assert page.evaluate("document.activeElement.matches('#found a.title')")


def test_filters_hold_the_search_and_can_be_cleared(page: Any) -> None:
    search(page, "mice")
    everything = count(page)
    page.locator("#filters button").first.click()
    page.locator("#filter-section input").click()
    page.get_by_role("option", name="Methods").click()
    page.wait_for_function("document.querySelector('#found .count').textContent.includes('within methods')")
    gene = page.locator("#filter-gene input, #filter-gene textarea")
    gene.fill("no such gene 1")
    gene.press("Enter")
    page.wait_for_selector("#found .problem")
    assert "No human or mouse gene" in page.inner_text("#found .problem")
    page.locator("#filter-clear").click()
    page.wait_for_selector("#found .found li")
    page.wait_for_function("was => document.querySelector('#found .count').textContent.trim() === was", arg=everything)


def test_journals_are_offered_from_the_library(page: Any) -> None:
    search(page, "mice")
    page.locator("#filters button").first.click()
    page.locator("#filter-journal input").click()
    page.locator("#filter-journal input").press_sequentially("PLoS Gen")
    page.get_by_role("option", name="PLoS Genetics").click()
    page.wait_for_function("document.querySelector('#found .count').textContent.includes('PLoS Genetics')")
    facts = page.locator("#found .found li > p.quiet").all_inner_texts()
    assert facts
    assert all("PLoS Genetics" in line for line in facts)


@pytest.mark.parametrize("width", [420])
def test_narrow_screen_never_scrolls_sideways(page: Any, width: int) -> None:
    search(page, "kidney of mice")
    page.locator("#filters button").first.click()
    page.wait_for_selector("#filter-journal input")
    assert fits(page)
    page.locator("#found a.title").first.click()
    page.wait_for_selector("#source mark")
    page.wait_for_timeout(700)
    assert seen(page, "#source article")
    assert fits(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_results_are_readable_in_light_and_dark(browser: Any, address: str, watched: Any, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 860})
    watched.attach(context)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(".example")
    search(page, "kidney of mice")
    for selector in ("#found mark", "#found .passage", "#found a.title", "#found .quiet", "#passage-go"):
        ratio = contrast(page, selector)
        assert ratio >= 4.5, f"{selector} in {scheme}: {ratio:.1f}"
    context.close()


def test_nothing_in_a_paper_or_a_query_runs(page: Any, tmp_path: Path) -> None:
    evil = tmp_path / "evil.ris"
    evil.write_text(
        f"TY  - JOUR\nTI  - {EVIL}\nJO  - {EVIL}\nPY  - 2020\nAB  - {EVIL} in the wing of Qwop7 mice.\nER  - \n"
    )
    tab(page, "Library")
    page.set_input_files("#drop input[type=file]", [str(evil)])
    page.wait_for_selector("#results .done")
    search(page, f"Qwop7 wing {EVIL}")
    assert "<script>" in page.locator("#found .found li").first.text_content()
    page.locator("#filters button").first.click()
    page.locator("#filter-journal input").click()
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    assert page.locator("#found img, #filters img").count() == 0
