from __future__ import annotations

import time

import pytest

from index.readers.references import find_references


@pytest.mark.parametrize(
    "marker",
    [
        "[3]",
        "[3, 5-7]",
        "[12,13–15]",
        "(Smith 2004)",
        "(Smith et al., 2004; Jones & Lee 2003a)",
        "(Smith and Jones, 1999, 2001)",
        "(van der Berg et al. 2010)",
        "(see Smith et al. 2004)",
        "(reviewed in O'Brien et al., 2004)",
        "(Müller-Lyer et al. 2012a,b)",
        "[Smith et al., 2004]",
    ],
)
def test_markers_of_references_are_found_whole(marker):
    text = f"It grows {marker}, and so on."
    assert [text[start:end] for start, end in find_references(text)] == [marker]


@pytest.mark.parametrize(
    "words",
    [
        "[1.5 mM]",
        "(E16.5)",
        "(n = 3)",
        "(2004)",
        "(Pax6 2004)",
        "(P < 0.05)",
        "[0.1-0.3]",
        "[9-3]",
        "(Fig. 2)",
        "(March 2004)",
        "(SOX9 2010)",
        "(Ensembl 2004)",
        "[3H]thymidine",
        "(chromosome 7)",
        "(Sigma, 2 mg)",
    ],
)
def test_quantities_stages_and_symbols_stay_prose(words):
    assert find_references(f"It grows {words} and so on.") == ()


@pytest.mark.parametrize(
    "piece", ["(Aa ", "(Aa Ab, Ac, ", "[1,", "(Smith et al. 2004; ", "(" * 50, "[1 " * 9, "Aa-Bb 2004 & "]
)
def test_hostile_text_is_searched_in_linear_time(piece):
    begun = time.perf_counter()
    find_references(piece * 20_000)
    assert time.perf_counter() - begun < 5
