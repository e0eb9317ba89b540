from __future__ import annotations

import random

import pytest

from index.genes import find, in_species, mentioned, table
from index.genes.abbreviations import abbreviations


def symbols_in(text: str) -> list[str]:
    """Human symbols (else mouse ones) of the likeliest concepts, in order."""
    return [table().concept(concept)[0].symbol for concept in mentioned(find(text))]


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("Loss of p53 leads to tumours.", "TP53"),
        ("Mice without Trp53 develop lymphoma.", "TP53"),
        ("The TP53 gene was sequenced in all patients.", "TP53"),
        ("Expression of tumour protein 53 was reduced.", "TP53"),
        ("HER2 is overexpressed in breast cancer.", "ERBB2"),
        ("TGF-β1 induces fibrosis.", "TGFB1"),
        ("TGF-beta 1 induces fibrosis.", "TGFB1"),
        ("TGFbeta1 induces fibrosis.", "TGFB1"),
        ("Serum levels of IL-6 were raised.", "IL6"),
        ("Serum levels of interleukin 6 were raised.", "IL6"),
        ("Levels of coagulation factor VIII were low.", "F8"),
        ("Pax-6 is expressed in the eye.", "PAX6"),
        ("Expression of Pax6 in the mouse lens was lost.", "PAX6"),
        ("Activation of caspase-3 was measured by western blot.", "CASP3"),
        ("A mutation in MARCH1 was found.", "MARCHF1"),
        ("The hOGG1 gene repairs oxidised guanine.", "OGG1"),
        ("PKCα phosphorylates the receptor.", "PRKCA"),
    ],
)
def test_a_gene_is_found_however_it_is_written(text: str, symbol: str) -> None:
    assert symbol in symbols_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "It was not known whether the rest of the animals can hear, and the impact was set aside.",
        "The cat sat on the mat for a while; the pigs were large and the clock had stopped.",
        "DNA was amplified by PCR from ES cells and WT littermates, and the RNA was sequenced.",
        "WE FOUND THAT THE MICE WERE NOT SET APART AND THE CAT WAS AT REST.",
        "Animals were fed at 12 h and weighed on day 7 (P < 0.05, n = 12).",
        "The data are shown in Figure 2 and Table 1.",
    ],
)
def test_words_and_methods_of_prose_are_no_genes(text: str) -> None:
    assert [mention.text for mention in find(text)] == []


def test_one_concept_whatever_the_name() -> None:
    text = "We studied p53, TP53 and Trp53; tumor protein p53 was absent."
    assert {mention.concepts[0] for mention in find(text)} == {"7157"}


def test_mentions_are_in_order_apart_and_spell_their_text() -> None:
    pieces = [
        "Brca1",
        "TNF-α",
        "and",
        "the",
        "receptor",
        "IL-2",
        "(NF-κB)",
        "mice",
        "p21/Waf1",
        "5-HT2A",
        "–",
        "É",
        "gene",
        "𝛼",
    ]
    chance = random.Random(5)
    for _ in range(200):
        text = " ".join(chance.choices(pieces, k=chance.randint(0, 25)))
        before = 0
        for mention in find(text):
            assert before <= mention.start < mention.end <= len(text)
            assert text[mention.start : mention.end] == mention.text
            assert 0.5 <= mention.score <= 1 and mention.concepts
            before = mention.end


def test_finding_does_not_depend_on_what_was_asked_before() -> None:
    text = "Sox9 and SHH pattern the limb; Gli3 is a repressor."
    first = find(text)
    find("Loss of p53 leads to tumours.")
    assert find(text) == first


def test_a_short_form_that_the_text_explains_otherwise_is_no_gene() -> None:
    assert "CAD" not in [m.text for m in find("Coronary artery disease (CAD) is common. CAD was seen in 12 men.")]


def test_a_short_form_explained_by_a_genes_name_means_it() -> None:
    text = "Expression of the androgen receptor (AR) was high. AR was mutated."
    assert {m.concepts[0] for m in find(text)} == {"367"}


def test_the_text_tells_the_species() -> None:
    mouse = "Knockout mice lacking Pax6 were bred; murine eyes were small."
    human = "PAX6 mutations were found in patients with aniridia."
    assert [gene.symbol for m in find(mouse) if (gene := in_species(m, mouse))] == ["Pax6"]
    assert [gene.symbol for m in find(human) if (gene := in_species(m, human))] == ["PAX6"]


def test_a_name_of_many_genes_is_ambiguous_and_one_of_one_is_not() -> None:
    [several] = [m for m in find("The p21 protein was induced.") if m.text == "p21"]
    assert several.ambiguous and len(several.concepts) > 1
    [one] = [m for m in find("The BRCA1 gene was sequenced.") if m.text == "BRCA1"]
    assert not one.ambiguous


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("the hepatocyte nuclear factor (HNF) binds", "HNF", "hepatocyte nuclear factor"),
        ("in situ hybridization (ISH), and", "ISH", "in situ hybridization"),
        ("no such thing (XQZ) here", "XQZ", None),
    ],
)
def test_explained_short_forms_are_recognised(text: str, short: str, long: str | None) -> None:
    found = abbreviations(text).get(short)
    assert (found and found.long) == long
    assert found is None or text[found.start : found.end] == long


@pytest.mark.parametrize(
    "text", ["a PstI fragment of the clone was cut with SacI", "The ATPase activity of the ATPases"]
)
def test_enzymes_of_cloning_and_kinds_of_enzymes_are_no_genes(text: str) -> None:
    assert symbols_in(text) == []


def test_a_gene_called_nearly_like_an_enzyme_of_cloning_is_found() -> None:
    assert symbols_in("Mutations of PSTI and SPINK1 cause pancreatitis.") == ["SPINK1"]
