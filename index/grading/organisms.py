"""Which organisms were studied: by the names in title and abstract, and by subject headings where there are some."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from index.grading.reading import Reading, Stretch
from index.grading.records import Aspect, Basis, Grade, Organism

_NOT_ANTI = r"(?<!anti-)(?<!anti )"
_ANTIBODY = r"(?![- ](?:anti\b|igg|monoclonal|polyclonal|antibod|serum|alexa))"
_NAMES: dict[Organism, str] = {
    Organism.MOUSE: rf"{_NOT_ANTI}(?:mice|mouse|murine){_ANTIBODY}|mus musculus|c57bl/?6\w*|balb/c\w*|129s\d?\w*",
    Organism.HUMAN: r"patients?|probands?|participants?|volunteers|pregnant|wom[ae]n|men|children|adolescents|infants"
    r"|adults|newborns|neonates|pedigrees?|kindreds?|siblings?|cohorts?|human (?:subjects"
    r"|populations?|samples?|tissues?"
    r"|tumou?rs?|cancers?|ipscs?|cells?|[a-z]+ (?:cells|fibroblasts|tissues?|cohort))|humans?"
    r"|homo sapiens|case-control|cases and controls|(?:healthy|unrelated) (?:subjects|individuals|controls|donors)"
    r"|the cancer genome atlas|tcga|uk biobank|[a-z]+ (?:carcinomas?|adenocarcinoma|leukemia|lymphoma|cancer)"
    r"|\d+-year-old|(?:chinese|japanese|indian|korean|european|african|american|iranian|turkish) "
    r"(?:famil\w+|population)",
    Organism.RAT: rf"{_NOT_ANTI}rats?{_ANTIBODY}|rattus(?: norvegicus)?|sprague[- ]dawley|wistar",
    Organism.ZEBRAFISH: r"zebra ?fish|danio rerio",
    Organism.FLY: r"drosophila(?: melanogaster)?|d\. melanogaster|fruit fl(?:y|ies)",
    Organism.WORM: r"c\. elegans|caenorhabditis(?: elegans)?|nematod[ae]s?",
    Organism.YEAST: r"(?:budding |fission )?yeasts?(?![- ](?:two|one|2)[- ]?hybrid)(?![- ](?:artificial|extract|trna"
    r"|mating))|saccharomyces(?: cerevisiae)?|s\. cerevisiae|s\. pombe|schizosaccharomyces",
    Organism.CRESS: r"arabidopsis(?: thaliana)?|a\. thaliana",
    Organism.CELLS: r"cell lines?|hek[- ]?293\w*|293t|hela(?: cells?)?|u2os|cos-?[17]|nih[- ]?3t3|cho cells?"
    r"|mcf-?(?:7|10a)|hct-?116|k562|hepg2|jurkat|sh-?sy5y|neuro-?2a|c2c12|a549|mdck|ipscs?|cell(?: "
    r"culture)? models?|t47d|raw ?264\.7|thp-?1"
    r"|mda-?mb-?\d+|huh-?7|caco-?2|induced pluripotent stem cells?|cultured cells|immortali[sz]ed",
    Organism.BACTERIA: r"bacteri(?:a|um|al)|escherichia(?: coli)?|e\. coli|staphylococc\w+|streptococc\w+|streptomyces"
    r"|salmonella|pseudomonas(?: aeruginosa)?|p\. aeruginosa|mycobacteri\w+|m\. tuberculosis|bacillus(?! thuringiensis"
    r" toxin)|klebsiella|helicobacter|listeria|vibrio|clostridi\w+|lactobacill\w+|mrsa|acinetobacter|cyanobacteri\w+"
    r"|enterococc\w+|campylobacter|legionella|rhizobi\w+|agrobacterium|neisseria|borrelia|wolbachia|microbio(?:me|ta)",
    Organism.FROG: r"xenopus(?: laevis| tropicalis)?|frogs?",
    Organism.CHICKEN: rf"{_NOT_ANTI}(?:chickens?|chicks?){_ANTIBODY}|gallus gallus|broilers?|hens?",
    Organism.PIG: rf"(?<!guinea ){_NOT_ANTI}(?:pigs?|piglets?|porcine|sus scrofa|swine){_ANTIBODY}",
    Organism.CATTLE: r"cattle(?! manure)|cows?|bos (?:taurus|indicus)|yaks?|bovine(?! serum)|dairy herds?|holstein",
    Organism.SHEEP: r"sheep|ovine|ovis aries|lambs?|ewes?",
    Organism.GOAT: r"goats?(?![- ]anti)|capra hircus|caprine",
    Organism.HORSE: r"horses?(?!radish)|equus|equine",
    Organism.DOG: r"dogs?|canis|canine|beagles?",
    Organism.CAT: r"(?:domestic )?cats|felis catus|feline",
    Organism.RABBIT: rf"rabbits{_ANTIBODY}|oryctolagus",
    Organism.HAMSTER: r"hamsters?(?! ovary)",
    Organism.MONKEY: r"monkeys?|macaques?|macaca|rhesus|chimpanzees?|non-?human primates?",
    Organism.BIRD: r"birds?|songbirds?|warblers?|finch(?:es)?|sparrows?|quails?|ducks?|geese|goose|pigeons?|avian",
    Organism.FISH: r"(?:[a-z]*fish)(?:es)?|salmon|trout|carps?|tilapia|teleosts?|minnows?|medaka"
    r"|seabream|turbot|flounder"
    r"|stickleback|sturgeon|bass(?= )|sharks?|cichlids?|xenocypris",
    Organism.INSECT: r"insects?|mosquito(?:e?s)?|aedes|anopheles|honey ?bees?|apis mellifera|bombyx|silkworms?|moths?"
    r"|beetles?|tribolium|aphids?|leafhoppers?|planthoppers?|locusts?|butterfl(?:y|ies)|ants|weevils?|ticks?|mites?",
    Organism.PLANT: r"plants?|rice|oryza|wheat|triticum|maize|zea mays|barley|hordeum|soybeans?"
    r"|glycine max|tomato(?:es)?"
    r"|potato(?:es)?|tobacco|nicotiana|cotton(?! leafhopper)|gossypium|brassica|rapeseed|peanuts?"
    r"|arachis|chickpea|cicer"
    r"|sorghum|millet|poplar|populus|grape(?:s|vine)?|citrus|apple|cucumber|pepper|medicago|alfalfa|lettuce|sugarcane"
    r"|cultivars?|seedlings?|legumes?|orchids?|bamboo|duckweeds?|algae?|chlamydomonas|onion|chives?|strawberr\w+",
    Organism.FUNGUS: r"fung(?:us|i|al)|candida|c\. albicans|aspergillus|neurospora|ustilago|magnaporthe|fusarium"
    r"|cryptococcus|mushrooms?|penicillium|trichoderma|botrytis|u\. maydis",
    Organism.PARASITE: r"plasmodium|p\. falciparum|trypanosom\w+|t\. cruzi|leishmania|toxoplasma|schistosom\w+|giardia"
    r"|cryptosporidium|malaria parasites?",
    Organism.VIRUS: r"[a-z]*virus(?:es)?|viral|phages?|bacteriophages?|sars-cov-2|hiv(?:-1)?|influenza|hepatitis [bc]"
    r"|coronavirus(?:es)?|adenovirus(?:es)?|lentivir\w+|aav",
}  # fmt: skip
_HEADINGS = {
    "mice": Organism.MOUSE, "humans": Organism.HUMAN, "rats": Organism.RAT, "zebrafish": Organism.ZEBRAFISH,
    "drosophila": Organism.FLY, "caenorhabditis elegans": Organism.WORM, "saccharomyces cerevisiae": Organism.YEAST,
    "schizosaccharomyces": Organism.YEAST, "arabidopsis": Organism.CRESS, "escherichia coli": Organism.BACTERIA,
    "xenopus": Organism.FROG, "chickens": Organism.CHICKEN, "chick embryo": Organism.CHICKEN, "swine": Organism.PIG,
    "sus scrofa": Organism.PIG, "cattle": Organism.CATTLE, "sheep": Organism.SHEEP, "goats": Organism.GOAT,
    "horses": Organism.HORSE, "dogs": Organism.DOG, "cats": Organism.CAT, "rabbits": Organism.RABBIT,
    "cricetinae": Organism.HAMSTER, "mesocricetus": Organism.HAMSTER, "macaca": Organism.MONKEY,
    "cell line": Organism.CELLS, "hela cells": Organism.CELLS, "hek293 cells": Organism.CELLS,
    "birds": Organism.BIRD, "fishes": Organism.FISH, "salmonidae": Organism.FISH, "oryza": Organism.PLANT,
    "triticum": Organism.PLANT, "zea mays": Organism.PLANT, "bacteriophages": Organism.VIRUS,
}  # fmt: skip
"""MeSH descriptors; those that begin with one ("Mice, Knockout", "Cell Line, Tumor") count as well."""
_PRINTED = {
    "mus (mouse)": Organism.MOUSE, "homo (human)": Organism.HUMAN, "rattus (rat)": Organism.RAT,
    "danio (zebrafish)": Organism.ZEBRAFISH, "zebrafish": Organism.ZEBRAFISH, "drosophila": Organism.FLY,
    "caenorhabditis": Organism.WORM, "saccharomyces": Organism.YEAST, "yeast and fungi": Organism.FUNGUS,
    "schizosaccharomyces": Organism.YEAST, "arabidopsis (thale cress)": Organism.CRESS, "arabidopsis": Organism.CRESS,
    "xenopus": Organism.FROG, "gallus (chicken)": Organism.CHICKEN, "eubacteria": Organism.BACTERIA,
    "viruses": Organism.VIRUS, "plants": Organism.PLANT,
}  # fmt: skip
"""What journals print above an article."""

_GROUPS = {f"g{n}": name for n, name in enumerate(_NAMES)}
_PATTERN = re.compile(
    r"(?<![\w-])(?:" + "|".join(f"(?P<{g}>{_NAMES[name]})" for g, name in _GROUPS.items()) + r")(?![\w])"
)
_WEAK = re.compile(
    r"humans?|cancers?|.*(?:cancer|carcinomas?|leukemia|lymphoma)|patients?|children|infants|newborns|neonates|plants?"
    r"|cat|bacteri(?:a|um|al)|virus(?:es)?|viral|fung(?:us|i|al)|adults|men|ticks?|lentivir\w+|aav|adenovirus\w*"
    r"|cohorts?|insects?|birds?|avian|cultivars?|pepper|apple|microbio\w+|bass|influenza|agrobacterium|immortali[sz]ed"
)
"""Named in passing as often as studied: a mouse paper speaks of patients, a plant's of bacteria."""
_IN_TITLES = re.compile(
    r"humans|patients?|children|adults|men|infants|virus(?:es)?|hiv(?:-1)?|influenza|cohorts?|insects?"
)
"""Weak words that tell what was studied where they stand in a title."""
_MODELS = frozenset((Organism.MOUSE, Organism.RAT, Organism.ZEBRAFISH, Organism.PIG, Organism.DOG, Organism.MONKEY))
_OFTEN, _STUDIED = 3, 2
_TOOLS = re.compile(
    r"oocytes?|expression system|vector|transfect|transduc|mediated (?:gene )?(?:transfer|delivery)|recombinant"
    r"|cloning|manure|model for human"
)
_WEAK_POINTS, _TITLE_TIMES = 0.5, 4.0
_LEAST = 1.0
_CLEAR = 2.5
"""Below this the beginning of the methods is read as well: an abstract may name the gene's fly and not its own mice."""
_LEAST_SHARE, _LEAST_SECOND = 0.34, 2.0
_HEADING_POINTS = 1.5
_GENERAL = {
    Organism.PLANT: {Organism.CRESS}, Organism.FISH: {Organism.ZEBRAFISH}, Organism.FUNGUS: {Organism.YEAST},
    Organism.BIRD: {Organism.CHICKEN}, Organism.INSECT: {Organism.FLY},
}  # fmt: skip
"""A group counts beside one of its own only where more is said of it than its bare name."""


@dataclass(slots=True)
class _Found:
    """What speaks for one organism."""

    points: float = 0.0
    strong: int = 0
    weak: int = 0
    in_title: bool = False
    basis: Basis | None = None
    best: float = 0.0


def organisms(reading: Reading) -> list[Grade]:
    """The organisms that a paper studied, the main one first; empty where none stands out."""
    found: dict[Organism, _Found] = defaultdict(_Found)
    for stretch in reading.stretches:
        _count(stretch, found)
    _headings(reading, found)
    if max((one.points for one in found.values()), default=0.0) < _CLEAR:
        for stretch in reading.methods:
            _count(stretch, found)
    return [Grade(Aspect.ORGANISM, name.value, one.basis) for name, one in _kept(found) if one.basis]


def _count(stretch: Stretch, found: dict[Organism, _Found]) -> None:
    for match in _PATTERN.finditer(stretch.low):
        name = _GROUPS[match.lastgroup or ""]
        word = match.group()
        weak = bool(_WEAK.fullmatch(word))
        points = _WEAK_POINTS if weak else 1.0
        if stretch.title:
            points *= _TITLE_TIMES
        elif _TOOLS.match(stretch.low, match.end() + 1) or stretch.told_by_others(match.start()):
            points *= 0.3
        one = found[name]
        one.points += points
        one.strong += not weak or (stretch.title and bool(_IN_TITLES.fullmatch(word)))
        one.weak += weak
        one.in_title |= stretch.title
        if points > one.best:
            one.best, one.basis = points, stretch.basis(*match.span())


def _headings(reading: Reading, found: dict[Organism, _Found]) -> None:
    # Journals print "Mus (Mouse)" among the headings of an article.
    for heading in (*reading.headings, *reading.types):
        low = heading.lower()
        if heading in reading.types and low not in _PRINTED:
            continue
        name = (
            _PRINTED.get(low)
            or _HEADINGS.get(low)
            or _HEADINGS.get(low.partition(",")[0])
            or _HEADINGS.get(low.partition(" ")[0])
        )
        if name is None:
            continue
        one = found[name]
        one.points += _HEADING_POINTS
        one.strong += 1
        one.basis = one.basis or Basis("subject heading", heading)


def _kept(found: dict[Organism, _Found]) -> list[tuple[Organism, _Found]]:
    human = found.get(Organism.HUMAN)
    if human and any(found[name].strong >= _STUDIED for name in _MODELS & found.keys()):
        human.points -= human.weak * _WEAK_POINTS / 2
    ranked = sorted(found.items(), key=lambda item: -item[1].points)
    kept: list[tuple[Organism, _Found]] = []
    for name, one in ranked:
        if one.points < _LEAST:
            continue
        if not kept or (kept[0][0] is Organism.CELLS and len(kept) == 1):
            kept.append((name, one))
            continue
        # Cells are named again and again where the animal that they came from is named once.
        best = next((one.points for name, one in kept if name is not Organism.CELLS), 0.0)
        # Patients named in passing mean little beside a model of their disease, and much beside a parasite.
        meant = one.strong > 0 or (name is Organism.HUMAN and kept[0][0] not in _MODELS and one.weak >= _OFTEN)
        enough = meant and one.points >= _LEAST_SECOND and one.points >= _LEAST_SHARE * best
        if enough or (one.in_title and one.strong):
            kept.append((name, one))
    names = {name for name, _ in kept}
    return [(name, one) for name, one in kept if not (_GENERAL.get(name, set()) & names and not one.in_title)]
