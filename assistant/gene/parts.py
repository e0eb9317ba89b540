"""The parts of a gene's digest: what each asks, and what marks a sentence as saying it of this very gene.

Sentences are read masked: names of the gene are G, names of other genes O, so that a pattern can say where in a
sentence the gene must stand: "G is required for", "O binds G". What a sentence says of a gene beside it ("G null mice
lack O expression") then is not taken for something said of the gene.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.gene.vocabulary import ACTS, ANIMALS, DISEASE, LINKED, NULL, OUTCOME, PLACE, WITHOUT
from index.papers import Passage, SectionKind

GENE, OTHER = "\ue000", "\ue001"
"""What names of the gene, and of other genes, are masked by; of the private use area, so in no text."""

MOST = 3
"""Sentences of one part."""
LEAST = 2.4
"""Score under which a sentence is not quoted."""
MARGIN = 2.2
"""A further sentence is quoted where its score is at most this much under the best one's."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: the question put to the search, what a sentence must say, and what makes it better or worse.

    One of ``needed`` has to match the masked sentence; the first that does gives its points. Each of ``better`` that
    matches adds its points (or takes them).
    """

    question: str
    needed: tuple[tuple[float, re.Pattern[str]], ...]
    better: tuple[tuple[float, re.Pattern[str]], ...] = ()
    others_wanted: bool = False
    figures: float = -0.8
    """Points of a figure's legend or a table."""


def _re(pattern: str) -> re.Pattern[str]:
    """A pattern in which G and O stand for the masks."""
    masks = {"⟨G⟩": GENE, "⟨O⟩": OTHER}
    for name, mask in masks.items():
        pattern = pattern.replace(name, mask)
    return re.compile(pattern, re.IGNORECASE)


_G = "⟨G⟩"
_HERE = rf"[^{OTHER};:]"
"""Anything but another gene's name, or the end of a clause."""
_CHANGED = (
    -1.2,
    _re(
        r"\b(?:reduc\w+|decreas\w+|increas\w+|up-?regulat\w+|down-?regulat\w+|null|mutants?|knock-?outs?|"
        r"wild-?type|compared|"
        r"unaffected|unaltered|unchanged|altered|lost|transgen\w+|transfect\w+)\b|[-−–]/[-−–]"
    ),
)

PARTS: dict[str, Part] = {
    "Function": Part(
        "What is {gene} and what is its function?",
        (
            (
                2.0,
                _re(
                    rf"{_G}[\w−–/ +-]{{0,12}}(?:,[^,]{{0,60}},)?\)? ?(?:\w+ly |\w+ ){{0,3}}(?:is|are|was|were|be|been|"
                    rf"plays?|has|have)\b{_HERE}{{0,30}}?\b(?:required|essential|necessary|critical\w*|crucial|"
                    rf"indispensable|dispensable|needed|sufficient|important|key|major|central|roles?|functions?|"
                    rf"involved|regulator|responsible)\b"
                ),
            ),
            (
                1.8,
                _re(
                    rf"{_G}[^.;{OTHER}]{{0,50}}?\b(?:is|are|was|as|being|encod\w+|,) ?(?:an?|the|one of|"
                    rf"members?)\b[^.;]{{0,90}}?\b(?:factors?|receptors?|kinases?|\w+ases?|enzymes?|proteins?|"
                    rf"channels?|transporters?|ligands?|adaptors?|co-?activators?|co-?repressors?|hormones?|molecules?|"
                    rf"components?|regulators?|subunits?|inhibitors?|activators?|repressors?|family|homolog\w*|"
                    rf"ortholog\w*|helicase|integrin|morphogen|antigen|sensor|modulators?|determinants?|mediators?)\b"
                ),
            ),
            (
                1.7,
                _re(
                    rf"\b(?:roles?|functions?|requirement|importance|activity)\b (?:\w+ ){{0,3}}?(?:of|for|"
                    rf"played by)\b{_HERE}{{0,30}}?{_G}{_HERE}{{0,30}}?\b(?:in|as|for|during|is|to)\b"
                ),
            ),
            (
                1.6,
                _re(
                    rf"{_G}(?:\W+\w+){{0,3}}?\W+(?:acts?|functions?|regulat(?:es|e|ing)|controls?|mediates?|promotes?|"
                    rf"inhibits?|contributes?|participates?|cataly[sz]es?|serves?|modulates?|suppress(?:es)?|"
                    rf"activates?|represses|coordinates?|maintains?|specif(?:y|ies)|encodes?|governs?|directs?|drives?|"
                    rf"prevents?|protects?|limits?|stabili[sz]es?|transports?|stimulates?|induces?|determines?|"
                    rf"influences?|integrates?|belongs|binds)\b"
                ),
            ),
            (
                1.2,
                _re(
                    rf"\b(?:required|essential|necessary|critical|crucial|important|needed|depend\w*|involve\w*|"
                    rf"requires?)\b{_HERE}{{0,40}}{_G}|{_G}{_HERE}{{0,25}}\b(?:required|essential|necessary|crucial|"
                    rf"dispensable|dependent|deficiency|functions?|activity|roles?)\b"
                ),
            ),
        ),
        (
            (
                0.5,
                _re(
                    rf"^\W*(?:the |thus,? |therefore,? |together,? )?(?:\w+ (?:suggest|show|indicate|"
                    rf"demonstrate)\w* that )?(?:the )?(?:\w+ ){{0,2}}?{_G}"
                ),
            ),
            (0.5, _re(r"\b(?:required|essential|transcription factor|co-?activator|regulator|key|encodes)\b")),
            (-1.0, _re(r"\b(?:null|knock-?out|mutants?|homozyg\w+|heterozyg\w+)\b|[-−–]/[-−–]")),
            (-0.4, _re(r"\b(?:unknown|unclear|not (?:yet )?known|might|whether|poorly understood)\b")),
            (-0.9, _re("^[^⟨G⟩]*⟨O⟩")),
        ),
    ),
    "Expression": Part(
        "Where and when is {gene} expressed, in which tissues, cells and stages?",
        (
            (
                2.0,
                _re(
                    rf"{_G}{_HERE}{{0,45}}?\b(?:is|are|was|were|be|been|being)\b{_HERE}{{0,40}}?\b(?:expressed|"
                    rf"transcribed|detect\w+|locali[sz]\w+|present|found|enriched|abundant|observed|seen|restricted|"
                    rf"confined|undetectable|absent)\b[^;]{{0,120}}?{PLACE}"
                ),
            ),
            (
                2.0,
                _re(
                    rf"\b(?:expression|transcripts?|mRNA|transcription|distribution|locali[sz]ation|immunoreactivity|"
                    rf"staining|presence)\b (?:levels? |patterns? )?(?:of|"
                    rf"for)\b{_HERE}{{0,30}}?{_G}[^;]{{0,120}}?{PLACE}"
                ),
            ),
            (
                1.8,
                _re(
                    rf"{_G}{_HERE}{{0,20}}?\b(?:expression|transcripts?|mRNAs?|RNA|immunoreactivity|immunostaining|"
                    rf"staining|protein|signals?|transcription|hybridi[sz]ation)\b[^;]{{0,120}}?{PLACE}"
                ),
            ),
            (
                1.7,
                _re(
                    rf"{PLACE}[^;]{{0,60}}?\b(?:express(?:es|ed|ing)?|positive for|labell?ed (?:for|with)|"
                    rf"contain\w*)\b{_HERE}{{0,25}}?{_G}"
                ),
            ),
            (
                1.2,
                _re(
                    rf"{_G}{_HERE}{{0,40}}?\b(?:locali[sz]\w+|colocali[sz]\w+|express\w*|"
                    rf"accumulat\w+)\b[^;]{{0,100}}?{PLACE}"
                ),
            ),
        ),
        (
            _CHANGED,
            (
                -2.0,
                _re(
                    r"\b(?:vectors?|constructs?|plasmids?|cassettes?|cloned?|primers?|probes?|antibod\w+|promoter|"
                    r"reporter|Cre\b|luciferase)\b|::\s?cre"
                ),
            ),
            (
                0.5,
                _re(
                    r"\b(?:in situ|RT-PCR|northern|immuno\w+|highest|high levels?|strongly|specifically|restricted|"
                    r"ubiquitous\w*|widely|predominantly|throughout|first|E\d+|P\d+)\b"
                ),
            ),
            (-0.6, _re(rf"{OTHER}[^;]{{0,60}}\bexpress")),
        ),
        figures=-0.3,
    ),
    "Phenotype": Part(
        "What is the phenotype of mice without {gene}, or with too much of it?",
        (
            (
                2.2,
                _re(
                    rf"(?:{_G}[\w−–/ +()*-]{{0,15}}?\W*{NULL}[^;]{{0,40}}?\b{ANIMALS}|"
                    rf"\b{ANIMALS}\b[^;]{{0,25}}?{WITHOUT}{_HERE}{{0,25}}?{_G}|"
                    rf"{WITHOUT}{_HERE}{{0,20}}?{_G}[^;]{{0,30}}?\b{ANIMALS})[^;]{{0,140}}?\b{OUTCOME}"
                ),
            ),
            (1.9, _re(rf"\b{WITHOUT} (?:the )?(?:\w+ ){{0,2}}?{_G}[^;]{{0,120}}?\b{OUTCOME}")),
            (1.7, _re(rf"{_G}[\w−–/ +()*-]{{0,15}}?\W*{NULL}[^;]{{0,140}}?\b{OUTCOME}")),
            (
                1.3,
                _re(rf"\b{OUTCOME}[^;]{{0,100}}?(?:{WITHOUT}{_HERE}{{0,25}}?{_G}|{_G}[\w−–/ +()*-]{{0,6}}?\W*{NULL})"),
            ),
        ),
        (
            (
                0.6,
                _re(
                    r"\b(?:die[sd]?|lethal\w*|viable|fertil\w*|infertil\w*|steril\w*|surviv\w*|born|birth|severe|"
                    r"complete|phenotypes?)\b"
                ),
            ),
            (0.4, _re(r"\b(?:exhibit|display|develop|fail|lack|show)\w*\b")),
            (-0.8, _re(r"⟨G⟩[^ ]{0,8}[/;,] ?⟨O⟩|⟨O⟩[^ ]{0,8}[/;,] ?⟨G⟩|\b(?:double|compound|triple)\b")),
            (-0.8, _re(r"\b(?:staining|stained|unspecific|controls?|samples?|lanes?|bars?)\b")),
            (-0.6, _re(rf"{OTHER}[^;]{{0,50}}?\b(?:express\w*|mRNA|levels?)\b")),
            (
                -0.5,
                _re(
                    r"\b(?:generat\w+|targeting (?:vector|construct)|cross(?:ed|ing)|southern|genotyp\w+|backcross\w+|"
                    r"PCR|northern|western)\b"
                ),
            ),
        ),
    ),
    "Disease": Part(
        "Which human disease or disorder is {gene} linked to?",
        (
            (
                2.0,
                _re(
                    rf"(?:mutations?|polymorphisms?|variants?|deletions?|defects?|alterations?|loss|inactivation|"
                    rf"deficiency|amplification)\b (?:\w+ ){{0,3}}?(?:in|of|"
                    rf"at)\b{_HERE}{{0,40}}?{_G}[^;]{{0,140}}?\b{DISEASE}|\b{DISEASE}[^;]{{0,120}}?\b(?:mutations?|"
                    rf"polymorphisms?|variants?|deletions?|defects?) (?:in|of)\b{_HERE}{{0,40}}?{_G}"
                ),
            ),
            (1.6, _re(rf"{_G}{_HERE}{{0,90}}?\b{LINKED}[^;]{{0,90}}?\b{DISEASE}")),
            (1.4, _re(rf"\b{DISEASE}[^;]{{0,90}}?\b{LINKED}{_HERE}{{0,60}}?{_G}")),
            (1.0, _re(rf"{_G}[^;]{{0,120}}?\b{DISEASE}|\b{DISEASE}[^;]{{0,80}}?{_G}")),
        ),
        (
            (0.7, _re(r"\b(?:humans?|patients?|famil(?:y|ies|ial)|inherited|syndrome|disease|cancers?)\b")),
            (
                0.5,
                _re(
                    r"\b(?:caus\w+|associated with|implicated|linked|responsible|mutations?|risk|suscept\w+|"
                    r"predispos\w+)\b"
                ),
            ),
            (-0.6, _re(r"\b(?:wild-?type|mg/kg|stained|sections?|injected|fed|blots?|lanes?)\b")),
        ),
    ),
    "Interactions": Part(
        "Which proteins or genes does {gene} bind, regulate or act with?",
        (
            (
                2.0,
                _re(rf"{_G}{_HERE}{{0,60}}?\b{ACTS}[^;]{{0,50}}?⟨O⟩|⟨O⟩[^;{GENE}]{{0,60}}?\b{ACTS}[^;]{{0,50}}?{_G}"),
            ),
            (
                1.6,
                _re(
                    rf"\b(?:interactions?|complex\w*|binding|association|synerg\w+|cooperation|"
                    rf"redundan\w+) (?:\w+ ){{0,2}}?(?:of|between|with|by)\b[^;]{{0,60}}?(?:{_G}[^;]{{0,50}}?⟨O⟩|"
                    rf"⟨O⟩[^;]{{0,50}}?{_G})"
                ),
            ),
            (
                1.2,
                _re(
                    rf"(?:{_G}[^;]{{0,50}}?⟨O⟩|⟨O⟩[^;]{{0,50}}?{_G})[^;]{{0,60}}?\b(?:interact\w*|bind\w*|complex\w*|"
                    rf"cooperat\w*|synerg\w*|redundan\w*|heterodimer\w*|co-?immunoprecip\w*|antagoni\w*)"
                ),
            ),
        ),
        (
            (
                0.8,
                _re(
                    r"\b(?:interact\w*|binds?|bound|binding|complex|co-?immunoprecip\w*|phosphorylat\w*|"
                    r"co-?activat\w*|direct\w*|heterodimer\w*|target gene|ligand|synerg\w*|partner)\b"
                ),
            ),
            (-0.5, _re(r"\b(?:null|knock-?outs?|mutants?|homozyg\w+)\b|[-−–]/[-−–]")),
            (-0.4, _re(r"\b(?:antibod\w+|transfected with|primers?|probes?)\b")),
        ),
        others_wanted=True,
    ),
}
"""The parts in their order."""


def points(part: Part, masked: str) -> float:
    """What a masked sentence's words are worth for a part; 0 where it says nothing that belongs there."""
    if GENE not in masked or (part.others_wanted and OTHER not in masked):
        return 0.0
    found = next((worth for worth, pattern in part.needed if pattern.search(masked)), 0.0)
    if not found:
        return 0.0
    return found + sum(worth for worth, pattern in part.better if pattern.search(masked))


def legend(part: Part, passage: Passage) -> float:
    """What a figure's legend or a table is worth in a part, 0 for prose."""
    return part.figures if passage.kind in (SectionKind.FIGURE, SectionKind.TABLE) else 0.0
