"""The parts of a gene's digest: what each asks, and what marks a sentence as saying it of this very gene.

Sentences are read masked: names of the gene are G, names of other genes O, so that a pattern can say where in a
sentence the gene must stand: "G is required for", "O binds G". What a sentence says of a gene beside it ("G null mice
lack O expression") then is not taken for something said of the gene.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.papers import Passage, SectionKind
from index.parts import Part as PaperPart
from index.parts import part_of

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


_NULL = r"(?:null|knock-?(?:out|in|down)s?|KO\b|cKO\b|deficien\w*|mutants?|mutations?|homozyg\w*|heterozyg\w*|ablat\w*|delet\w*|disrupt\w*|inactivat\w*|loss|alleles?|transgen\w*|overexpress\w*|[-−–+] ?/ ?[-−–]|flox\w*|fl/fl|tm\d\w*|hypomorph\w*|haploinsuff\w*)"
_WITHOUT = r"(?:lack(?:ing|s|ed)?|without|los[st] of|losing|absence of|delet\w+ (?:of|in)|disrupt\w+ (?:of|in)|inactivat\w+ (?:of|in)?|ablat\w+ (?:of)?|remov\w+ (?:of)?|deficien\w+ (?:in|for|of)|null for|homozyg\w+ for|heterozyg\w+ for|mutations? (?:in|of)|mutant for|mutant|knock-?(?:down|out|in) (?:of)?|depletion of|overexpress\w+ (?:of)?|transgen\w+|haploinsufficien\w+ (?:of|for)?|mis-?express\w+ (?:of)?|ectopic)"
_ANIMALS = r"(?:mice|mouse|animals?|embryos?|pups?|males?|females?|mutants?|littermates|homozyg\w+|heterozyg\w+|knock-?outs?|nulls?|newborns?|neonates?|fetuses|humans?|adults?)"
_OUTCOME = (
    r"(?:die[sd]?\b|dying|lethal\w*|viab\w+|surviv\w+|fertil\w+|infertil\w+|steril\w+|normal\w*|abnormal\w*|defect\w*|reduc\w+|"
    r"increas\w+|decreas\w+|fail\w*|lack\w*|absen\w+|exhibit\w*|display\w*|show\w*|develop\w*|impair\w*|smaller|larger|lower|"
    r"higher|hypoplas\w+|hyperplas\w+|arrest\w*|apopto\w+|degenerat\w+|delay\w*|resist\w+|sensitiv\w+|phenotyp\w+|malform\w+|"
    r"result\w* in|caus\w+|leads? to|led to|perish\w*|retard\w*|obes\w+|lean\w*|cleft|missing|lost|suffer\w*|unable|anomal\w+|"
    r"dysplas\w+|short\w*|thinner|enlarg\w+|accumulat\w+|compromis\w+|abolish\w+|prevent\w+|rescu\w+|disorgani[sz]\w+)"
)
_PLACE = (
    r"(?:cells?|tissues?|embryo\w*|brains?|hearts?|kidneys?|livers?|lungs?|retina\w*|neurons?|neural|epitheli\w+|mesenchym\w+|"
    r"muscles?|test[ei]s|ovar\w+|skin|cort\w+|nucle(?:us|ar|i)|cytoplasm\w*|membranes?|limbs?|buds?|stages?|adults?|f[oe]etal|"
    r"development\w*|ubiquitous\w*|widely|specifically|restricted|spermat\w+|oocytes?|germ|follic\w+|bone|cartilage|chondrocyt\w+|"
    r"osteo\w+|adipo\w+|fat\b|intestin\w+|gut|colon|pancrea\w+|islets?|spleen|thymus|placenta\w*|trophoblast\w*|lens|eyes?|cochlea\w*|"
    r"hair|inner ear|cerebell\w+|hippocamp\w+|hypothalam\w+|spinal|ganglia|ganglion|axons?|synap\w+|mitochondri\w+|cilia\w*|"
    r"centrosom\w+|spindle|golgi|endoplasmic|blood|macrophages?|lymph\w+|hematopoie\w+|endotheli\w+|vascul\w+|uter\w+|mammary|"
    r"prostate|photoreceptors?|rods?|cones?|glia\w*|astrocyt\w+|organs?|somit\w+|crest|mesoderm\w*|ectoderm\w*|endoderm\w*|"
    r"[EP]\d+(?:\.\d+)?|dpc|days?|joints?|synovi\w+|tendons?|keratinocyt\w+|fibroblasts?|tubul\w+|duct\w*|ureter\w*|glands?|"
    r"sperm|tail|fin|wing|chromosom\w+|XY body|foci)\b"
)
_DISEASE = (
    r"(?:diseases?|syndromes?|disorders?|cancers?|carcino\w+|tumou?r\w*|leuka?emia\w*|lymphoma\w*|melanoma\w*|sarcoma\w*|neoplas\w+|"
    r"adenoma\w*|glioma\w*|dystroph\w+|ana?emi\w+|diabet\w+|obes\w+|atheroscler\w+|epilep\w+|deaf\w*|hearing loss|blindness|"
    r"cataract\w*|glaucoma\w*|retinitis|\w{3,}opath(?:y|ies)|autis\w+|schizophreni\w+|alzheimer\w*|parkinson\w*|huntington\w*|"
    r"arthrit\w+|osteoarthrit\w+|osteoporo\w+|osteopetro\w+|asthma\w*|infertility|ataxia\w*|mental retardation|congenital|"
    r"hypertensi\w+|lupus|autoimmun\w+|fibrosis|steatosis|insulin resistance|human mutations?|human patients|patients?|"
    r"sitosterolemia|hypercholesterol\w+|dyslipid\w+|seizures?|neurodegenerat\w+|amyloid\w+|dementia|psoria\w+|colitis|sepsis|"
    r"allerg\w+|stroke|clubfoot|microcephaly|thrombosis|sclerosis|tuberculosis|scoliosis|(?:syn|ker|acid|cyst|endometri)\w*osis)\b"
)
_LINKED = (
    r"(?:caus\w+|associat\w+|link\w+|implicat\w+|lead\w* to|led to|result\w* in|underl\w+|risk|responsible|contribut\w+|predispos\w+|"
    r"mutat\w+|models? (?:of|for)|protect\w+|suppress\w+|suscept\w+|genes? for|due to|involve\w+|polymorphism\w*|varia(?:nt|tion)s?|"
    r"defects? in|loss|deficien\w+|roles? in|known as|develop\w*|promot\w+|patients?|therap\w+|amplif\w+|overexpress\w+|translocat\w+)"
)
_ACTS = (
    r"(?:interact\w*|bind\w*|bound|form\w* (?:a |an )?(?:\w+ ){0,3}complex\w*|complex\w*|co-?immunoprecipitat\w*|phosphorylat\w+|"
    r"dephosphorylat\w+|ubiquitin\w+|deubiquit\w+|acetylat\w+|methylat\w+|sumoylat\w+|partner\w*|activat\w+|inactivat\w+|"
    r"repress\w+|regulat\w+|inhibit\w+|induc\w+|targets?|downstream|upstream|co-?activat\w+|ligands?|receptors? (?:for|of)|"
    r"antagoni\w+|synerg\w+|redundan\w+|cooperat\w+|co-?operat\w+|recruit\w+|transactivat\w+|cleav\w+|stimulat\w+|epista\w+|"
    r"heterodimer\w*|dimeri[sz]\w*|associat\w+ with|co-?locali[sz]\w+|modif\w+|compensat\w+|genetic interaction\w*|signal\w* through|"
    r"mediat\w+|control\w*|promot\w+|suppress\w+|requir\w+|rescu\w+)"
)
_NAMED = r"(?:(?:genes?|proteins?|factors?|receptors?|isoforms?|mRNA|transcripts?|function|activity|expression|signal\w*|family|levels?)\b)"


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
    _re(r"\b(?:reduc\w+|decreas\w+|increas\w+|up-?regulat\w+|down-?regulat\w+|null|mutants?|knock-?outs?|wild-?type|compared|"
        r"unaffected|unaltered|unchanged|altered|lost|transgen\w+|transfect\w+)\b|[-−–]/[-−–]"),
)  # fmt: skip

PARTS: dict[str, Part] = {
    "Function": Part(
        "What is {gene} and what is its function?",
        (
            (2.0, _re(rf"{_G}[\w−–/ +-]{{0,12}}(?:,[^,]{{0,60}},)?\)? ?(?:\w+ly |\w+ ){{0,3}}(?:is|are|was|were|be|been|plays?|has|have)\b{_HERE}{{0,30}}?\b(?:required|essential|necessary|critical\w*|crucial|indispensable|dispensable|needed|sufficient|important|key|major|central|roles?|functions?|involved|regulator|responsible)\b")),
            (1.8, _re(rf"{_G}[^.;{OTHER}]{{0,50}}?\b(?:is|are|was|as|being|encod\w+|,) ?(?:an?|the|one of|members?)\b[^.;]{{0,90}}?\b(?:factors?|receptors?|kinases?|\w+ases?|enzymes?|proteins?|channels?|transporters?|ligands?|adaptors?|co-?activators?|co-?repressors?|hormones?|molecules?|components?|regulators?|subunits?|inhibitors?|activators?|repressors?|family|homolog\w*|ortholog\w*|helicase|integrin|morphogen|antigen|sensor|modulators?|determinants?|mediators?)\b")),
            (1.7, _re(rf"\b(?:roles?|functions?|requirement|importance|activity)\b (?:\w+ ){{0,3}}?(?:of|for|played by)\b{_HERE}{{0,30}}?{_G}{_HERE}{{0,30}}?\b(?:in|as|for|during|is|to)\b")),
            (1.6, _re(rf"{_G}(?:\W+\w+){{0,3}}?\W+(?:acts?|functions?|regulat(?:es|e|ing)|controls?|mediates?|promotes?|inhibits?|contributes?|participates?|cataly[sz]es?|serves?|modulates?|suppress(?:es)?|activates?|represses|coordinates?|maintains?|specif(?:y|ies)|encodes?|governs?|directs?|drives?|prevents?|protects?|limits?|stabili[sz]es?|transports?|stimulates?|induces?|determines?|influences?|integrates?|belongs|binds)\b")),
            (1.2, _re(rf"\b(?:required|essential|necessary|critical|crucial|important|needed|depend\w*|involve\w*|requires?)\b{_HERE}{{0,40}}{_G}|{_G}{_HERE}{{0,25}}\b(?:required|essential|necessary|crucial|dispensable|dependent|deficiency|functions?|activity|roles?)\b")),
        ),
        (
            (0.5, _re(rf"^\W*(?:the |thus,? |therefore,? |together,? )?(?:\w+ (?:suggest|show|indicate|demonstrate)\w* that )?(?:the )?(?:\w+ ){{0,2}}?{_G}")),
            (0.5, _re(r"\b(?:required|essential|transcription factor|co-?activator|regulator|key|encodes)\b")),
            (-1.0, _re(r"\b(?:null|knock-?out|mutants?|homozyg\w+|heterozyg\w+)\b|[-−–]/[-−–]")),
            (-0.4, _re(r"\b(?:unknown|unclear|not (?:yet )?known|might|whether|poorly understood)\b")),
            (-0.9, _re("^[^⟨G⟩]*⟨O⟩")),
        ),
    ),
    "Expression": Part(
        "Where and when is {gene} expressed, in which tissues, cells and stages?",
        (
            (2.0, _re(rf"{_G}{_HERE}{{0,45}}?\b(?:is|are|was|were|be|been|being)\b{_HERE}{{0,40}}?\b(?:expressed|transcribed|detect\w+|locali[sz]\w+|present|found|enriched|abundant|observed|seen|restricted|confined|undetectable|absent)\b[^;]{{0,120}}?{_PLACE}")),
            (2.0, _re(rf"\b(?:expression|transcripts?|mRNA|transcription|distribution|locali[sz]ation|immunoreactivity|staining|presence)\b (?:levels? |patterns? )?(?:of|for)\b{_HERE}{{0,30}}?{_G}[^;]{{0,120}}?{_PLACE}")),
            (1.8, _re(rf"{_G}{_HERE}{{0,20}}?\b(?:expression|transcripts?|mRNAs?|RNA|immunoreactivity|immunostaining|staining|protein|signals?|transcription|hybridi[sz]ation)\b[^;]{{0,120}}?{_PLACE}")),
            (1.7, _re(rf"{_PLACE}[^;]{{0,60}}?\b(?:express(?:es|ed|ing)?|positive for|labell?ed (?:for|with)|contain\w*)\b{_HERE}{{0,25}}?{_G}")),
            (1.2, _re(rf"{_G}{_HERE}{{0,40}}?\b(?:locali[sz]\w+|colocali[sz]\w+|express\w*|accumulat\w+)\b[^;]{{0,100}}?{_PLACE}")),
        ),
        (
            _CHANGED,
            (-2.0, _re(r"\b(?:vectors?|constructs?|plasmids?|cassettes?|cloned?|primers?|probes?|antibod\w+|promoter|reporter|Cre\b|luciferase)\b|::\s?cre")),
            (0.5, _re(r"\b(?:in situ|RT-PCR|northern|immuno\w+|highest|high levels?|strongly|specifically|restricted|ubiquitous\w*|widely|predominantly|throughout|first|E\d+|P\d+)\b")),
            (-0.6, _re(rf"{OTHER}[^;]{{0,60}}\bexpress")),
        ),
        figures=-0.3,
    ),
    "Phenotype": Part(
        "What is the phenotype of mice without {gene}, or with too much of it?",
        (
            (2.2, _re(rf"(?:{_G}[\w−–/ +()*-]{{0,15}}?\W*{_NULL}[^;]{{0,40}}?\b{_ANIMALS}|\b{_ANIMALS}\b[^;]{{0,25}}?{_WITHOUT}{_HERE}{{0,25}}?{_G}|{_WITHOUT}{_HERE}{{0,20}}?{_G}[^;]{{0,30}}?\b{_ANIMALS})[^;]{{0,140}}?\b{_OUTCOME}")),
            (1.9, _re(rf"\b{_WITHOUT} (?:the )?(?:\w+ ){{0,2}}?{_G}[^;]{{0,120}}?\b{_OUTCOME}")),
            (1.7, _re(rf"{_G}[\w−–/ +()*-]{{0,15}}?\W*{_NULL}[^;]{{0,140}}?\b{_OUTCOME}")),
            (1.3, _re(rf"\b{_OUTCOME}[^;]{{0,100}}?(?:{_WITHOUT}{_HERE}{{0,25}}?{_G}|{_G}[\w−–/ +()*-]{{0,6}}?\W*{_NULL})")),
        ),
        (
            (0.6, _re(r"\b(?:die[sd]?|lethal\w*|viable|fertil\w*|infertil\w*|steril\w*|surviv\w*|born|birth|severe|complete|phenotypes?)\b")),
            (0.4, _re(r"\b(?:exhibit|display|develop|fail|lack|show)\w*\b")),
            (-0.8, _re(r"⟨G⟩[^ ]{0,8}[/;,] ?⟨O⟩|⟨O⟩[^ ]{0,8}[/;,] ?⟨G⟩|\b(?:double|compound|triple)\b")),
            (-0.8, _re(r"\b(?:staining|stained|unspecific|controls?|samples?|lanes?|bars?)\b")),
            (-0.6, _re(rf"{OTHER}[^;]{{0,50}}?\b(?:express\w*|mRNA|levels?)\b")),
            (-0.5, _re(r"\b(?:generat\w+|targeting (?:vector|construct)|cross(?:ed|ing)|southern|genotyp\w+|backcross\w+|PCR|northern|western)\b")),
        ),
    ),
    "Disease": Part(
        "Which human disease or disorder is {gene} linked to?",
        (
            (2.0, _re(rf"(?:mutations?|polymorphisms?|variants?|deletions?|defects?|alterations?|loss|inactivation|deficiency|amplification)\b (?:\w+ ){{0,3}}?(?:in|of|at)\b{_HERE}{{0,40}}?{_G}[^;]{{0,140}}?\b{_DISEASE}|\b{_DISEASE}[^;]{{0,120}}?\b(?:mutations?|polymorphisms?|variants?|deletions?|defects?) (?:in|of)\b{_HERE}{{0,40}}?{_G}")),
            (1.6, _re(rf"{_G}{_HERE}{{0,90}}?\b{_LINKED}[^;]{{0,90}}?\b{_DISEASE}")),
            (1.4, _re(rf"\b{_DISEASE}[^;]{{0,90}}?\b{_LINKED}{_HERE}{{0,60}}?{_G}")),
            (1.0, _re(rf"{_G}[^;]{{0,120}}?\b{_DISEASE}|\b{_DISEASE}[^;]{{0,80}}?{_G}")),
        ),
        (
            (0.7, _re(r"\b(?:humans?|patients?|famil(?:y|ies|ial)|inherited|syndrome|disease|cancers?)\b")),
            (0.5, _re(r"\b(?:caus\w+|associated with|implicated|linked|responsible|mutations?|risk|suscept\w+|predispos\w+)\b")),
            (-0.6, _re(r"\b(?:wild-?type|mg/kg|stained|sections?|injected|fed|blots?|lanes?)\b")),
        ),
    ),
    "Interactions": Part(
        "Which proteins or genes does {gene} bind, regulate or act with?",
        (
            (2.0, _re(rf"{_G}{_HERE}{{0,60}}?\b{_ACTS}[^;]{{0,50}}?⟨O⟩|⟨O⟩[^;{GENE}]{{0,60}}?\b{_ACTS}[^;]{{0,50}}?{_G}")),
            (1.6, _re(rf"\b(?:interactions?|complex\w*|binding|association|synerg\w+|cooperation|redundan\w+) (?:\w+ ){{0,2}}?(?:of|between|with|by)\b[^;]{{0,60}}?(?:{_G}[^;]{{0,50}}?⟨O⟩|⟨O⟩[^;]{{0,50}}?{_G})")),
            (1.2, _re(rf"(?:{_G}[^;]{{0,50}}?⟨O⟩|⟨O⟩[^;]{{0,50}}?{_G})[^;]{{0,60}}?\b(?:interact\w*|bind\w*|complex\w*|cooperat\w*|synerg\w*|redundan\w*|heterodimer\w*|co-?immunoprecip\w*|antagoni\w*)")),
        ),
        (
            (0.8, _re(r"\b(?:interact\w*|binds?|bound|binding|complex|co-?immunoprecip\w*|phosphorylat\w*|co-?activat\w*|direct\w*|heterodimer\w*|target gene|ligand|synerg\w*|partner)\b")),
            (-0.5, _re(r"\b(?:null|knock-?outs?|mutants?|homozyg\w+)\b|[-−–]/[-−–]")),
            (-0.4, _re(r"\b(?:antibod\w+|transfected with|primers?|probes?)\b")),
        ),
        others_wanted=True,
    ),
}  # fmt: skip
"""The parts in their order."""

_PURPOSE = re.compile(
    r"\b(?:to (?:determine|test|investigate|examine|assess|ask|address|explore|identify|study|evaluate|confirm|verify|understand"
    r"|further|see|establish|elucidate)|we (?:asked|tested|wished|sought|hypothesi[sz]ed|set out|wanted|next)|whether|hypothes\w+"
    r"|it (?:is|was) of interest|in order to|remains? (?:unclear|unknown|to be)|future|further (?:studies|work)|we speculate)\b",
    re.IGNORECASE,
)
_PROCEDURE = re.compile(
    r"\bwe (?:\w+ )?(?:performed|used|generated|crossed|carried out|measured|analy[sz]ed|examined|employed|compared|bred"
    r"|injected|stained|cloned|sequenced|screened|constructed|created|designed|isolated|focused|investigated|studied|characteri[sz]ed|explored|assessed)\b"
    r"|\b(?:was|were) (?:\w+ )?(?:performed|carried out|measured|stained|fixed|amplified|analy[sz]ed|cloned|sequenced|purchased"
    r"|incubated|prepared|isolated|used|injected|collected|examined|sectioned|digested|washed|calculated|generated|subcloned|addressed|investigated|studied|tested|evaluated|assessed"
    r"|genotyped|inserted|subjected|obtained|probed|generously|kindly|maintained|housed|crossed|mated)\b|\bprimers?\b|\bF1\b",
    re.IGNORECASE,
)
_FINDING = re.compile(
    r"\b(?:we (?:\w+ )?(?:found|find|show|showed|demonstrate\w*|observed|detected|conclude|identified|report)|(?:results?|data|findings"
    r"|these|stud(?:y|ies)|analys[ie]s|experiments?) (?:\w+ )?(?:show|suggest|indicate|demonstrate|reveal|establish|confirm)\w*|revealed"
    r"|thus|therefore|in conclusion|taken together|has been shown|have been shown|is known to)\b",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"^\W*(?:this|these|it|they|its|their|such|here|both|neither|either|another|the (?:latter|former|same)|one of these|as"
    r"|similar\w*|also|in this|first|second|third|finally|next|for example)\b",
    re.IGNORECASE,
)
_MAYBE = re.compile(
    r"\b(?:predicts?|should|would|could|if|possib\w+|speculat\w+|candidate|might|perhaps|presumably|argue|unlikely|likely)\b", re.I
)
_ASIDE = re.compile(
    r"\b(?:abbreviation|supporting|supplement|acknowledg|author|contribution|competing|accession|funding|reference)", re.I
)
"""Headings under which no findings stand."""
_CLAUSE = re.compile(r"^\W*(?:however|in contrast|moreover|furthermore|in addition|additionally|nevertheless|consistent)\b", re.I)
_REFERENCE = re.compile(r"\bet al\b|\bdoi\b|https?:|\bFig(?:ure|\.)|\bTable\b|\(A\)|\([A-H]\)", re.IGNORECASE)


def points(part: Part, masked: str) -> float:
    """What a masked sentence's words are worth for a part; 0 where it says nothing that belongs there."""
    if GENE not in masked or (part.others_wanted and OTHER not in masked):
        return 0.0
    found = next((worth for worth, pattern in part.needed if pattern.search(masked)), 0.0)
    if not found:
        return 0.0
    return found + sum(worth for worth, pattern in part.better if pattern.search(masked))


def quality(masked: str, passage: Passage, others: int, *, about: bool) -> float:
    """What a sentence is worth in any part: a finding that stands alone, of this gene more than of others.

    ``others`` is the number of other genes that it names; ``about`` whether the paper's title names the gene.
    """
    words = len(masked.split())
    if not 5 <= words <= 80 or masked.rstrip().endswith("?"):
        return -9.0
    where = part_of(passage.heading, passage.kind)
    return (
        0.5 * (where is PaperPart.ABSTRACT)
        + 0.2 * (where in (PaperPart.RESULTS, PaperPart.DISCUSSION))
        - 2.5 * (where is PaperPart.METHODS)
        + 0.4 * about
        + 0.4 * bool(_FINDING.search(masked))
        - 1.6 * bool(_PURPOSE.search(masked))
        - 1.6 * bool(_PROCEDURE.search(masked))
        - 0.6 * bool(_LEANS.search(masked))
        - 0.6 * bool(_MAYBE.search(masked))
        - 3.0 * bool(_ASIDE.search(passage.heading))
        - 0.2 * bool(_CLAUSE.search(masked))
        - 0.3 * bool(_REFERENCE.search(masked))
        - 0.02 * max(0, words - 35)
        - 0.5 * (words < 9)
        - 0.15 * min(6, max(0, others - 1))
        + 0.4 * (masked.find(GENE) < len(masked) * 0.4)
    )


def legend(part: Part, passage: Passage) -> float:
    """What a figure's legend or a table is worth in a part, 0 for prose."""
    return part.figures if passage.kind in (SectionKind.FIGURE, SectionKind.TABLE) else 0.0
