"""Where sentences end, and prose without bibliographic markers."""

from __future__ import annotations

import pytest

from index.sentences import prose, references_within, split


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It binds. It acts.", ["It binds.", "It acts."]),
        ("As shown (Fig. 2A) it binds. p53 acts.", ["As shown (Fig. 2A) it binds.", "p53 acts."]),
        ("Smith et al. 2004 saw E. coli grow. Mice did not.", ["Smith et al. 2004 saw E. coli grow.", "Mice did not."]),
        ("It rose 1.5-fold, i.e. by half. Then it fell.", ["It rose 1.5-fold, i.e. by half.", "Then it fell."]),
        ("VO2 was 141.6 ml O2/kg/min. Held at 4 C it fell.", ["VO2 was 141.6 ml O2/kg/min.", "Held at 4 C it fell."]),
        ("Cells stood for 5 h. Mice slept.", ["Cells stood for 5 h.", "Mice slept."]),
        ("It was spun for 10 min. The pellet was kept.", ["It was spun for 10 min.", "The pellet was kept."]),
        ("Bands of 300 bp. We saw none.", ["Bands of 300 bp.", "We saw none."]),
        ("From Sigma Inc. The rest was ours.", ["From Sigma Inc.", "The rest was ours."]),
        ("At max. 5 g and conc. HCl it broke.", ["At max. 5 g and conc. HCl it broke."]),
        ("At min. Temp and B. subtilis it grew.", ["At min. Temp and B. subtilis it grew."]),
        ("Made by Acme Inc. Boston, it works.", ["Made by Acme Inc. Boston, it works."]),
        ("Work of J. H. Smith and 5 S. Cerevisiae strains.", ["Work of J. H. Smith and 5 S. Cerevisiae strains."]),
        ("Heading\n\nText here.", ["Heading", "Text here."]),
        ('He said "no." Mice ran.', ['He said "no."', "Mice ran."]),
        ("", []),
        ("  \n\n ", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


def test_spans_cover_all_text_but_white_space() -> None:
    text = "One is here.  Two (e.g. Pax6) is there!\n\nThree? Yes."
    covered = "".join(text[s:e] for s, e in split(text))
    assert covered.replace(" ", "") == "".join(text.split())


def test_prose_leaves_markers_out_and_closes_the_gap() -> None:
    text = "Wnt acts [3,4], as shown (Smith 2004)."
    spans = ((9, 14), (25, 37))
    assert text[9:14] == "[3,4]"
    assert prose(text, spans) == "Wnt acts, as shown."


@pytest.mark.parametrize(
    ("text", "marker", "expected"),
    [
        ("ataxia(Smith 2004)and more", "(Smith 2004)", "ataxia and more"),
        ("ataxia3and", "3", "ataxia and"),
        ("ataxia 3-related", "3", "ataxia-related"),
        ("ataxia (3), and", "(3)", "ataxia, and"),
        ("3Ataxia", "3", "Ataxia"),
    ],
)
def test_words_on_both_sides_of_a_marker_stay_two(text: str, marker: str, expected: str) -> None:
    start = text.index(marker)
    assert prose(text, [(start, start + len(marker))]) == expected


def test_reference_spans_are_cut_to_the_window() -> None:
    assert references_within([(2, 6), (8, 12), (20, 22)], 5, 10) == ((0, 1), (3, 5))
