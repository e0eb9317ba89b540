"""The parts of a question that a follow-up may replace: genes, genotypes, places, stages, species, sexes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from index.genes import find, normal, symbols
from index.terms import STOP_WORDS


class Kind(StrEnum):
    """What a part of a question names. The order is that in which overlapping parts are decided."""

    GENE = "gene"
    GENOTYPE = "genotype"
    PLACE = "place"
    STAGE = "stage"
    SEX = "sex"
    SPECIES = "species"


@dataclass(frozen=True, slots=True)
class Part:
    """``text`` of ``kind`` at [start, end) of a question; parts tied by "and" or a comma are one."""

    kind: Kind
    start: int
    end: int
    text: str


ANIMALS = r"(?:mice|mouse|animals?|embryos?|fetuses|pups?|littermates?|fish|rats?|offspring|flies|cells?|neurons?)"
_PLACES = (
    r"(?:kidneys?|lens(?:es)?|eyes?|retinas?|corneas?|hearts?|outflow tracts?|cochleas?|inner ears?|middle ears?|ears?"
    r"|vestibul\w+|brains?|cerebell\w+|hippocamp\w+|(?:\w+ )?cortex|forebrain|midbrain|hindbrain|hypothalamus|striatum"
    r"|olfactory (?:bulbs?|epitheli\w+)|spinal cords?|dorsal root gangli\w+|gangli\w+|nerves?|lungs?|diaphragms?"
    r"|test[ie]s|ovar(?:y|ies)|gonads?|uterus|prostate|limbs?|forelimbs?|hindlimbs?|digits?|fingers?|toes?|hands?|feet"
    r"|paws?|tails?|bones?|cartilages?|joints?|skeletons?|skull|palates?|tooth|teeth|tongue|skin|epidermis|dermis|coat"
    r"|hair(?: follicles?)?|muscles?|livers?|pancreas|islets?|spleen|thymus|thyroids?|parathyroids?|lymph nodes?"
    r"|bone marrow|blood|red (?:blood )?cells?|erythrocytes?|platelets?|macrophages?|t cells?|b cells?|placentas?"
    r"|trophoblasts?|chorion|yolk sac|amnion|intestines?|gut|colon|stomach|bladder|fat|adipose tissue|arter(?:y|ies)"
    r"|vessels?|aorta|photoreceptors?|rods?|cones?|sertoli cells?|germ cells?|sperm\w*|oocytes?|fibroblasts?"
    r"|(?:embryonic stem|es) cells?|neural crest|somites?|mesoderm|stria vascularis|nucle(?:us|i)|mitochondria"
    r"|cytoplasm|lysosomes?|synapses?|tumou?rs?)"
)
_BEFORE = (
    r"(?:the |an? |(?:adult|developing|embryonic|fetal|foetal|newborn|neonatal|mouse|murine|human|young|old|male|female"
    r"|whole|early|late|mature|left|right|upper|lower|dorsal|ventral) )*"
)
_PLACE = rf"{_BEFORE}{_PLACES}"
_STAGE = (
    r"(?:(?:the )?(?:young|old|aged|newborn|adult|neonatal|juvenile|weaned|\d+[- ](?:day|week|month|year)s?[- ]old) "
    r"(?:mice|mouse|animals?|embryos?|pups?|fish|rats?|males?|females?|humans?|people)"
    r"|(?:embryonic|postnatal) day \d+(?:\.\d+)?|[EP]\d+(?:\.\d+)?|(?:about )?\w+ (?:days?|weeks?|months?|years?)"
    r"(?: old| of age| after birth)?|(?:the )?adult(?:s|hood)?|newborns?|neonates?|birth|weaning|puberty|old age"
    r"|gestation|mid-?gestation|embryogenesis|(?:early|late) (?:development|life)|(?:the )?embryos?"
    r"|(?:the )?f(?:o)?etus"
    r"|juveniles?)"
)
_SEX = r"(?:the )?(?:fe)?males?(?: mice| animals| embryos| patients)?"
_SPECIES = (
    r"(?:the )?(?:humans?|people|patients|man\b|mouse|mice|rats?|zebrafish|fish|fruit ?flies|flies|drosophila|xenopus"
    r"|frogs?|chickens?|chicks?|yeast|worms?|c\. elegans|pigs?|dogs?|monkeys?)"
)
_GENOTYPE = (
    r"(?:(?:the |(?:double|triple|conditional|compound|single|null|homozygous|heterozygous) )*(?:hetero|homo|hemi)"
    r"zyg(?:otes?|ous)|(?:double|triple|conditional|compound|single) (?:knock-?outs?|mutants?|nulls?)|knock-?outs?"
    r"|nulls?|mutants?|(?:the )?(?:normal|wild-?type)s?|controls?|transgenics?|carriers?)"
    r"(?: (?:mice|mouse|animals?|embryos?|pups?|littermates?))?"
)
_PATTERNS = {
    Kind.STAGE: (_STAGE, 0),
    Kind.GENOTYPE: (_GENOTYPE, re.IGNORECASE),
    Kind.PLACE: (_PLACE, re.IGNORECASE),
    Kind.SEX: (_SEX, re.IGNORECASE),
    Kind.SPECIES: (_SPECIES, re.IGNORECASE),
}
_COMPILED = {kind: re.compile(rf"(?<![\w-]){pattern}(?![\w-])", flags) for kind, (pattern, flags) in _PATTERNS.items()}
_TIES = re.compile(r"\s*(?:,|,?\s+(?:and|or)|/|\+)\s*(?:the |in |of )?")
_NAME = re.compile(r"(?<![\w-])(?:[A-Z][\w-]{1,}|[a-z]-[A-Za-z]\w+)(?:-?\w+)?(?![\w-])")
_TIED_ON = re.compile(
    r"[-–/](?:null|deficient|mutant|knock-?out|less|negative|positive|mediated|dependent|deleted|specific|expressing"
    r"|like|induced|/-|-/-).*$",
    re.IGNORECASE,
)
_LEAST = 0.3
"""Score from which a name counts as a gene's: in a question little stands around it."""


def parts(question: str) -> list[Part]:
    """The parts of a question in order, none overlapping another."""
    found = list(_genes(question))
    taken = [(p.start, p.end) for p in found]
    for kind, pattern in _COMPILED.items():
        for match in pattern.finditer(question):
            if not any(match.start() < end and start < match.end() for start, end in taken):
                found.append(Part(kind, match.start(), match.end(), match.group()))
                taken.append(match.span())
    return _tied(question, sorted(found, key=lambda p: p.start))


def genes(question: str) -> list[str]:
    """Names of genes and other proper names of a question, each once, as spelt."""
    found: dict[str, str] = {}
    for part in _genes(question):
        found.setdefault(normal(part.text), part.text)
    return list(found.values())


def _genes(question: str) -> Iterator[Part]:
    """Names that the gene table or their shape makes genes', and other proper names, not at a sentence's start."""
    spans = [(m.start, m.end) for m in find(question, least=_LEAST)]
    for symbol in symbols(question):
        spans += [m.span() for m in re.finditer(rf"(?<![\w-]){re.escape(symbol)}", question)]
    for match in _NAME.finditer(question):
        opens = not question[: match.start()].strip(" \"'“‘(¿") or question[: match.start()].rstrip().endswith(
            (".", "?")
        )
        if not (opens and match.group()[1:].islower()) and match.group().lower() not in STOP_WORDS:
            spans.append(match.span())
    end = -1
    for start, stop in sorted(set(spans), key=lambda s: (s[0], -s[1])):
        text = _TIED_ON.sub("", question[start:stop])
        if start >= end and not _COMPILED[Kind.STAGE].fullmatch(text) and not _COMPILED[Kind.SPECIES].fullmatch(text):
            yield Part(Kind.GENE, start, start + len(text), text)
            end = stop


def _tied(question: str, found: list[Part]) -> list[Part]:
    """Neighbours of one kind with nothing but "and", "or" or a comma between them as one."""
    tied: list[Part] = []
    for part in found:
        last = tied[-1] if tied else None
        if last and last.kind == part.kind and _TIES.fullmatch(question[last.end : part.start]):
            tied[-1] = Part(part.kind, last.start, part.end, question[last.start : part.end])
        else:
            tied.append(part)
    return tied


_LOSS = r"(?:without|lacking|that lack|which lack|deficient (?:in|for)|null for|missing|with no)"
_GENOTYPES = (
    r"(?:null|deficient|knock-?out|mutant|homozygous|heterozygous|transgenic|double|conditional|(?:hetero|homo)zygote"
    r"|/-|-/-|\+/-)"
)
_SUBJECTS = (
    rf"{{gene}}(?:[- ]{_GENOTYPES})*[- ]{_GENOTYPES}s?(?: {ANIMALS})?",
    rf"(?:{ANIMALS}) {_LOSS} (?:both |functional |any )?{{gene}}",
    r"{gene} (?:mice|mouse|animals|embryos|pups|fish|mutants)",
    r"(?:loss|absence|lack|deletion|ablation|inactivation|disruption|overexpression) of (?:both )?{gene}",
)


def subject(question: str) -> str:
    """What a question is about: "Pygo2 null mice", "mice without annexin A7", else its genes; empty where none."""
    named = [p for p in parts(question) if p.kind == Kind.GENE]
    for part in named:
        for pattern in _SUBJECTS:
            match = re.search(pattern.replace("{gene}", re.escape(part.text)), question, re.IGNORECASE)
            if match:
                return match.group()
    return " and ".join(dict.fromkeys(p.text for p in named))
