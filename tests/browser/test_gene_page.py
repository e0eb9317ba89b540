"""The Gene tab as a reader uses it: a real app process, the real starter library, a real Chromium."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.test_page import EVIL, contrast, fits, seen, tab

pytestmark = pytest.mark.browser

BOX = "#gene-name textarea, #gene-name input"


def look_up(page: Any, name: str) -> None:
    """Opens the tab, types a name and waits for the digest."""
    tab(page, "Gene")
    page.locator(BOX).fill(name)
    page.locator(BOX).press("Enter")
    page.wait_for_selector("#gene-digest .answer a.cite")


def heading(page: Any) -> str:
    return str(page.locator("#gene-head h2").inner_text())


def named(page: Any, symbol: str) -> None:
    """Waits until the page is about a gene."""
    page.wait_for_function(
        "name => document.querySelector('#gene-head h2')?.textContent.split(' / ').includes(name)", arg=symbol
    )


def test_digest_is_cited_and_a_marker_opens_its_exact_quote(page: Any) -> None:
    look_up(page, "PGC-1alpha")
    assert heading(page) == "PPARGC1A / Ppargc1a"
    assert page.locator("#gene-digest h3").all_inner_texts() == [
        part.upper() for part in ("Function", "Expression", "Phenotype", "Disease", "Interactions")
    ]
    page.locator("#gene-digest a.cite").first.click()
    page.wait_for_selector("#source mark")
    page.locator("#gene-digest details.sources summary").click()
    quote = page.locator("#gene-digest details.sources blockquote").first.text_content()
    assert page.locator("#source mark").text_content() == quote
    assert seen(page, "#source mark")
    page.locator("#gene-head summary").click()
    link = page.locator("#gene-head dd a").first
    assert link.get_attribute("href").startswith("https://www.ncbi.nlm.nih.gov/gene/")
    assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener noreferrer")


def test_keyboard_alone_looks_up_follows_a_bar_and_opens_a_paper(page: Any) -> None:
    tab(page, "Gene")
    page.locator(BOX).focus()
    page.keyboard.type("Pygo2")
    page.keyboard.press("Enter")
    page.wait_for_selector("#gene-digest .answer a.cite")
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.companions a')"):
            break
    spoken = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert "together with PYGO2" in spoken
    page.keyboard.press("Enter")
    named(page, spoken.split(",")[0])
    page.wait_for_function("document.activeElement.matches('#gene-head h2')")
    assert seen(page, "#gene-head h2")
    title = page.locator(".gene-papers a.title").first
    title.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#source mark")
    page.wait_for_function("document.activeElement.matches('article.source')")
    page.keyboard.press("Escape")
    page.wait_for_selector("#source mark", state="detached")


def test_genes_are_offered_several_meanings_shown_and_unknown_names_told(page: Any) -> None:
    tab(page, "Gene")
    page.wait_for_selector("#gene-offers [data-gene]")
    page.locator("#gene-offers [data-gene]").first.click()
    page.wait_for_selector("#gene-rest .papers li")
    # While the first digest is still read.
    page.locator(BOX).fill("p21")
    page.locator(BOX).press("Enter")
    page.wait_for_selector(".choice.ambiguous [data-gene]")
    other = page.locator(".choice.ambiguous [data-gene]").first
    symbol = other.inner_text().split()[0]
    other.click()
    named(page, symbol)
    page.locator(BOX).fill("Pyg2")
    page.locator(BOX).press("Enter")
    page.wait_for_selector("#gene-head .problem", state="visible")
    assert "PYGO2" in page.inner_text("#gene-head .problem")
    assert page.locator("#gene-rest figure").count() == 0


@pytest.mark.parametrize("width", [420])
def test_narrow_screen_never_scrolls_sideways(page: Any, width: int) -> None:
    look_up(page, "PGC-1alpha")
    page.locator("#gene-head summary").click()
    assert fits(page)
    page.locator("#gene-digest a.cite").first.click()
    page.wait_for_selector("#source mark")
    page.wait_for_timeout(700)
    assert seen(page, "#source mark")
    assert fits(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_gene_is_readable_in_light_and_dark(browser: Any, address: str, watched: Any, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 860})
    watched.attach(context)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(".example")
    look_up(page, "PGC-1alpha")
    for selector in (
        "#gene-digest .answer",
        "#gene-head .full-name",
        ".companions figcaption p",
        ".gene-papers .times",
    ):
        ratio = contrast(page, selector)
        assert ratio >= 4.5, f"{selector} in {scheme}: {ratio:.1f}"
    ink, ground = page.evaluate(
        "[getComputedStyle(document.querySelector('.companions .name')).fill, getComputedStyle(document.body).color]"
    )
    assert ink == ground
    context.close()


def test_nothing_in_a_paper_or_a_name_runs(page: Any, tmp_path: Path) -> None:
    evil = tmp_path / "evil.ris"
    evil.write_text(f"TY  - JOUR\nTI  - {EVIL}\nJO  - {EVIL}\nPY  - 2020\nAB  - Titin (TTN) and {EVIL}.\nER  - \n")
    tab(page, "Library")
    page.set_input_files("#drop input[type=file]", [str(evil)])
    page.wait_for_selector("#results .done")
    tab(page, "Gene")
    page.locator(BOX).fill("TTN")
    page.locator(BOX).press("Enter")
    page.wait_for_selector(".gene-papers a.title:has-text('<script>')")
    page.locator(BOX).fill(EVIL[:150])
    page.locator(BOX).press("Enter")
    page.wait_for_selector("#gene-head .problem", state="visible")
    assert page.evaluate("window.hacked") is None
    assert page.locator("#gene-head img, #gene-rest img").count() == 0
