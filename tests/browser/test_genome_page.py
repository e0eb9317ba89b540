"""The Genome tab as a reader uses it: a real app process, the real starter library, a real Chromium."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.assistant.genome.test_genome_privacy import family
from tests.browser.test_page import fits, seen, tab

pytestmark = pytest.mark.browser

FIRST = 60_000
"""Milliseconds: the first gene loads the table of genes and the ranker, beside what else the machine does."""


def rank(page: Any, symbols: str) -> None:
    """Opens the tab, pastes symbols, and waits until they are explained."""
    tab(page, "Genome")
    page.locator("#genome-pasted textarea").fill(symbols)
    page.locator("#genome-go").click()
    page.wait_for_selector("#genome-done .answer a.cite", timeout=FIRST)
    page.wait_for_selector("#genome-explain", state="visible", timeout=FIRST)


def test_pasted_genes_are_explained_and_a_marker_opens_its_exact_quote(page: Any) -> None:
    rank(page, "Pygo2, Ppargc1a, Xqz99")
    assert "Xqz99" in page.locator("#genome-head").inner_text()
    page.locator("#genome-done a.cite").first.click()
    page.wait_for_selector("#source mark")
    page.locator("#genome-done details.sources summary").first.click()
    quote = page.locator("#genome-done details.sources blockquote").first.text_content()
    assert page.locator("#source mark").text_content() == quote
    assert seen(page, "#source mark")
    with page.expect_download() as saved:
        page.locator('[data-save$=".html"]').first.click()
    text = Path(saved.value.path()).read_text(encoding="utf-8")
    assert "Pygo2" in text
    assert "<script" not in text


def test_vcf_is_read_filtered_known_to_the_chat_and_forgotten(page: Any, tmp_path: Path) -> None:
    tab(page, "Genome")
    page.set_input_files("#genome-drop input[type=file]", [str(family(tmp_path))])
    page.wait_for_selector("#genome-ranking .key-genes li", timeout=FIRST)
    page.wait_for_selector("#genome-explain", state="visible", timeout=FIRST)
    assert "PYGO2" in page.locator("#genome-ranking").inner_text()
    page.locator("#genome-filters > button").click()
    page.get_by_label("Proband (sample name)").fill("QXPROBAND7")
    page.locator("#genome-apply").click()
    page.wait_for_selector("#genome-head :text('QXPROBAND7')", timeout=FIRST)
    page.wait_for_selector("#genome-ranking .stays")
    page.wait_for_selector("#genome-explain", state="visible", timeout=FIRST)
    tab(page, "Chat")
    page.locator("#question textarea").fill("Which of these act in Wnt signalling?")
    page.locator("#question textarea").press("Enter")
    page.wait_for_selector("#log :text('only gene symbols were used')", timeout=FIRST)
    tab(page, "Genome")
    page.locator("#genome-clear").click()
    page.wait_for_selector("#genome-progress :text('deleted')")
    assert not page.locator("#genome-found").is_visible()


@pytest.mark.parametrize("width", [420])
def test_no_label_of_a_filter_is_cut_off_in_a_narrow_window(page: Any, tmp_path: Path) -> None:
    tab(page, "Genome")
    page.set_input_files("#genome-drop input[type=file]", [str(family(tmp_path))])
    page.wait_for_selector("#genome-ranking .key-genes li", timeout=FIRST)
    page.locator("#genome-filters > button").click()
    label = page.locator("#genome-filters label:has(input[type=checkbox])")
    assert label.evaluate("e => e.scrollWidth <= e.clientWidth && e.clientHeight < 40")


@pytest.mark.parametrize("width", [420, 1280])
def test_all_tabs_stand_in_one_row_and_nothing_scrolls_sideways(page: Any, width: int) -> None:
    tabs = page.locator("#tabs > .tab-wrapper [role=tab]")
    # All at one moment: the line above them may still be coming.
    boxes = tabs.evaluate_all("tabs => tabs.map(e => e.getBoundingClientRect().toJSON())")
    assert len(boxes) >= 8
    assert len({round(box["y"]) for box in boxes}) == 1
    assert max(box["right"] for box in boxes) <= width
    assert not page.locator("[aria-label='More tabs']").is_visible()
    rank(page, "Pygo2")
    page.locator("#genome-filters > button").click()
    assert fits(page)


def test_no_request_leaves_the_machine(watched: Any, address: str) -> None:
    strangers = [url for url in watched.requests if not re.match(rf"{re.escape(address)}|data:|blob:|about:", url)]
    assert strangers == []
    assert watched.errors == []
