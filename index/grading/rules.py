"""The words that tell kinds of study, as rules: what must stand there, and how surely it tells.

Each rule has words to look for first (plain substrings, which Python finds fast): only where one of them stands is the
pattern tried, so that most rules cost next to nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.grading.records import Kind

SURE, LIKELY, HINT = 2.0, 1.0, 0.5
"""Points of a rule; a kind is taken at `ENOUGH`."""
ENOUGH = 2.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern (over small letters) that speaks for a kind of study."""

    kind: Kind
    points: float
    pattern: re.Pattern[str]
    needs: frozenset[str]
    """One of these must stand in the text for the pattern to be tried."""


def _rule(kind: Kind, points: float, needs: str, *patterns: str) -> Rule:
    return Rule(kind, points, re.compile(rf"(?<![\w-])(?:{'|'.join(patterns)})"), frozenset(needs.split("|")))


_ANIMAL = (
    r"(?:mice|mouse|murine|rats?|embryos?|animals?|fish|zebrafish|larvae|fl(?:y|ies)|worms?|plants?|lines?|strains?|pups"
    r"|piglets?|pigs?|littermates|males|females|neonates|yeast|seedlings|adults|offspring|newborns)"
)
_GENE = r"[\w/.αβγδ-]+"
_NUMBER = r"\d[\d,]*"

# fmt: off
RULES: tuple[Rule, ...] = (
    # Organisms whose gene was changed
    _rule(Kind.KNOCKOUT, SURE,
          "knock",
          rf"(?:double |triple |conditional )?(?:gene )?knock-?(?:outs?|in)(?: {_GENE}){{0,2}} (?:{_ANIMAL}"
          rf"|mutants?|model)\b",
          rf"{_GENE} knock-?outs\b"),
    _rule(Kind.KNOCKOUT, LIKELY,
          "knock",
          r"knock-?(?:outs?|in)\b(?! (?:cells?|clones?|ipscs?|cell lines?))"),
    _rule(Kind.KNOCKOUT, SURE,
          "null|deficient|lacking|mutant|homozyg|hypomorph|haploinsuff",
          rf"(?:{_GENE}[- ])?(?:null|deficient|mutant|hypomorphic|homozygous|heterozygous|haploinsufficient"
          rf"|mutagenized)(?:[ /-]+(?:for|null|mutant|{_GENE})){{0,2}} {_ANIMAL}\b",
          rf"{_ANIMAL} (?:lacking|deficient (?:in|for)|that lack(?:ed)?|null for|homozygous for|heterozygous"
          rf" for|doubly)"),
    _rule(Kind.KNOCKOUT, SURE,
          "mutation in|mutations in|mutation|deletion",
          rf"{_ANIMAL} (?:with|carrying|bearing|harbou?ring) (?:an? |the )?(?:{_GENE} ){{0,4}}(?:mutations?"
          rf"|deletion|alleles?)\b"),
    _rule(Kind.KNOCKOUT, SURE,
          "target",
          "targeted (?:mutations?|disruption|deletions?|inactivation|ablation)", "gene[- ]target(?:ing|ed)",
          "target(?:ed|ing) (?:in|of) (?:mice|the mouse)", "was targeted in",
          "homologous recombination in (?:mice|es cells)"),
    _rule(Kind.KNOCKOUT, LIKELY,
          "-/-|homologous recombination|floxed|loxp|cre-|crispr|genome edit|gene edit|base edit",
          rf"{_GENE}[( ]?-/-", "homologous recombination", "floxed", "loxp", "cre-(?:mediated|lox|dependent)",
          "crispr"),
    _rule(Kind.KNOCKOUT, SURE,
          "conditional",
          rf"conditional(?:ly)? (?:{_GENE} ){{0,2}}(?:knock|delet|inactivat|ablat|mutant|mutation|alleles?"
          rf"|disrupt|remov)"),
    _rule(Kind.KNOCKOUT, SURE,
          "inactivat|ablat|delet|disrupt|loss of|generated|absence",
          rf"(?:inactivat(?:ed|ion|ing)|ablat(?:ed|ion|ing)|delet(?:ed|ion|ing)|disrupt(?:ed|ion|ing)|loss"
          rf"|absence)(?: of)?(?: {_GENE}){{1,6}} (?:in|from) (?:the )?(?:{_GENE} ){{0,2}}(?:mice|mouse|mus"
          rf"|embryos?|animals|zebrafish|flies)\b"),
    _rule(Kind.KNOCKOUT, SURE,
          "n-ethyl-n|ethylnitrosourea|enu |spontaneous|classical",
          "n-ethyl-n-nitrosourea", "ethylnitrosourea", r"\benu[- ](?:induced|mutagen)",
          rf"(?:spontaneous|classical)(?: {_GENE}){{0,3}} (?:mutations?|mutants?|deletion)"),
    _rule(Kind.KNOCKOUT, LIKELY,
          "mutant",
          r"mutants\b", "mutant (?:mice|embryos|animals|strain)"),
    _rule(Kind.KNOCKOUT, LIKELY,
          "loss-of-function|loss of function|lethal|phenotyp",
          "loss[- ]of[- ]function", r"embryonic(?:ally)? lethal\w*", "perinatal lethality", "null function",
          "homozygous mutants"),
    _rule(Kind.KNOCKOUT, LIKELY,
          "deficien|required for|essential for|mouse model",
          rf"(?:deficien\w+|defective|loss)(?: {_GENE}){{0,4}} (?:in|causes?|leads?|results?|affects?"
          rf"|impairs?)\b",
          "(?:mouse|murine|pig|rat|zebrafish) models? (?:of|for)"),
    _rule(Kind.KNOCKOUT, SURE,
          "deletion mutant|gene deletion|knockout mutant|keio|insertion mutant",
          "(?:gene |knock-?out |deletion |insertion(?:al)? )+mutants?", "keio collection", "deletion strains?"),
    _rule(Kind.KNOCKOUT, SURE,
          "we deleted|we inactivated|we disrupted|ablation of|mice lack",
          "we (?:deleted|inactivated|disrupted|ablated|knocked out)", "mice lack"),
    # A gene put in
    _rule(Kind.TRANSGENIC, SURE,
          "transgen",
          rf"transgenic (?:{_GENE} ){{0,2}}(?:{_ANIMAL}|model|models|tobacco|arabidopsis|rice|expression"
          rf"|overexpression)\b",
          r"transgenics\b"),
    _rule(Kind.TRANSGENIC, LIKELY,
          "transgen",
          r"transgen(?:ic|e|es)\b"),
    _rule(Kind.TRANSGENIC, SURE,
          "express",
          rf"(?:over-?|mis-?)express(?:ed|ion|ing)?(?: {_GENE}){{0,4}} in (?:{_GENE} ){{0,2}}(?:mice"
          rf"|arabidopsis|plants|tobacco|rice|drosophila|flies|zebrafish|epidermis)\b",
          "(?:mice|melanogaster|flies|plants|lines) (?:over-?|mis-?)?expressing", "targeted expression of"),
    _rule(Kind.TRANSGENIC, LIKELY,
          "express|reporter|gain-of-function|cre ",
          r"(?:over|mis)-?express\w*", "reporter (?:mice|mouse|usage)", "gain[- ]of[- ]function",
          "es cells and mice expressing"),
    # Crosses
    _rule(Kind.CROSS, SURE,
          "qtl|quantitative trait|intercross|backcross|recombinant inbred|congenic|consomic|f2 |chromosome"
          " substitution|modifier",
          r"(?:map|identif|detect|locali[sz]|confirm|search|characteri[sz]|isolat)\w*(?: [\w-]+){0,8}"
          r" (?:qtls?\b|quantitative trait loc(?:us|i))",
          "qtl (?:mapping|analys[ie]s)", "back-?cross(?:es|ed)? (?:population|progeny|mice|animals)",
          "recombinant inbred", "(?:speed )?congenic", "consomic", "chromosome substitution",
          r"f2 (?:inter\w+|progeny|population|animals|mice|cross|generation|hybrids)", "genetic modifiers?"),
    _rule(Kind.CROSS, LIKELY,
          "cross|qtl|quantitative|linkage|loci",
          r"(?<!molecular )(?<!expression )qtls?\b", "quantitative trait loc(?:us|i)",
          r"inter-?cross\w*", r"back-?cross\w*", "cross between",
          "(?:genome[- ]wide )?linkage (?:analysis|mapping|scan)", "mapped to (?:mouse )?chromosome",
          "susceptibility loc(?:us|i)"),
    _rule(Kind.CROSS, LIKELY,
          "inbred|strain|genetic background",
          "inbred (?:mouse )?strains?", "strain (?:survey|differences|comparison)", "strains? of mice",
          "mouse strains", "hybrid strains", "genetic background"),
    # Association over the genome
    _rule(Kind.GWAS, SURE,
          "genome-wide|genome wide|genomewide|gwas",
          r"(?:conduct|perform|carried out|did|using|used|applied|through|by|present|report)\w*(?:"
          r" [\w-]+){0,6} (?:genome[- ]?wide association|gwas)",
          r"(?:genome[- ]?wide association|gwas)(?: [\w()-]+){0,4} (?:identified|revealed|detected|of \d|was"
          r"|were|for|on)",
          r"genome-wide genotype-by-\w+ interaction"),
    _rule(Kind.GWAS, LIKELY,
          "genome-wide|genome wide|genomewide|gwas",
          r"genome[- ]?wide (?:[\w-]+ ){0,7}association",
          r"genome[- ]?wide (?:association|significan\w+|interaction|tests)", r"gwas\b",
          "genome-wide meta-analysis"),
    # Families
    _rule(Kind.FAMILY, SURE,
          "famil|pedigree|kindred|sibling|consanguin|segregat",
          r"(?:an?|the|one|two|three|four|five|chinese|large|consanguineous|affected|\w+ese|\w+ian|this"
          r"|multi\w+) (?:\w+ ){0,3}famil(?:y|ies) (?:with|affected|segregating|in which|diagnosed|having"
          r"|presenting)",
          r"(?:identified|report|describe|studied|investigated)(?: [\w-]+){0,4} (?:family|families|pedigrees?"
          r"|kindreds?)\b",
          r"consanguineous (?:parents|famil\w+|couple)", "(?:two|three|four|affected) (?:affected )?siblings",
          "(?:mother and her|father and his) (?:daughter|son)", "(?:six|five|four|seven|eight|three)-person family",
          r"co-?segregat\w+"),
    _rule(Kind.FAMILY, LIKELY,
          "famil|pedigree|kindred|sibling|linkage|human",
          r"in an? (?:\w+ ){0,2}family\b", "pedigrees?", "kindreds?", r"siblings\b", "linkage analysis",
          "cognate disease in humans", "inherited from (?:each parent|(?:his|her|the) (?:mother|father))"),
    # Single patients
    _rule(Kind.CASE_REPORT, SURE,
          "case|report",
          "case (?:report|presentation|series|description)",
          r"(?:report|present|describe)\w* (?:\w+ ){0,2}(?:case|cases) of",
          r"(?:report|present|describe)\w* (?:on )?(?:an?|the|one|two) (?:[\w-]+ ){0,3}(?:patients?|siblings"
          r"|infant|boy|girl|child|wom[ae]n|man)\b",
          "a rare case", r": a case\b",
          r"report (?:of|on) (?:an?|one|two|three|the first) (?:\w+ ){0,2}(?:cases?|patients?|siblings|famil\w+)"),
    _rule(Kind.CASE_REPORT, SURE,
          "-old|year old",
          r"an? \d{1,2}[- ](?:year|month|week|day)s?[- ]old(?: [\w-]+){0,2} (?:man|woman|boy|girl|male|female"
          r"|patient|infant|child|newborn)"),
    _rule(Kind.CASE_REPORT, HINT,
          "proband|patient",
          r"proband\b", r"in a patient\b", "the patient (?:was|had|presented)"),
    # People
    _rule(Kind.CASE_CONTROL, SURE,
          "case-control|case control|controls",
          "case[- ]control", r"cases and (?:\w+[- ]?){0,4}controls",
          rf"(?:\d|hundred|fifty|sixty|ty|teen)(?: [\w/-]+){{1,9}} (?:and|versus|vs\.?) (?:{_NUMBER}"
          rf"|[a-z]+)(?: [\w/-]+){{0,5}} (?:healthy |matched |normal )?controls\b"),
    _rule(Kind.CASE_CONTROL, LIKELY,
          "control|risk",
          r"(?:healthy|matched|unaffected|normal|unrelated) (?:\w+ )?(?:controls|control subjects|control"
          r" individuals)",
          "control group"),
    _rule(Kind.CASE_CONTROL, HINT,
          "susceptib|risk|odds",
          r"(?:susceptibility|risk) (?:to|of|for)\b", "odds ratios?"),
    _rule(Kind.COHORT, SURE,
          "cohort",
          rf"(?:prospective|retrospective|longitudinal|population-based|clinical|birth|discovery"
          rf"|community-based|(?:{_NUMBER}[- ]))(?:[\w-]+ ){{0,3}}cohorts?\b",
          "cohort study", r"(?:in|from|of) (?:an?|the|our|this|two)(?: [\w,-]+){0,4} cohorts?\b"),
    _rule(Kind.COHORT, SURE,
          "patients|women|participants|individuals|children|people|adults|volunteers|men",
          rf"(?:includ|enrol|recruit|stud|collect|examin|analy[sz]|evaluat|among|genotyp|of|follow|data"
          rf"|samples)\w*(?: [\w-]+){{0,5}} {_NUMBER}(?: \d{{3}})?(?: [\w/+-]+){{0,4}} (?:patients|women"
          rf"|participants|individuals|children|people|adults|volunteers|men|infants|mothers|carriers"
          rf"|subjects)\b"),
    _rule(Kind.COHORT, LIKELY,
          "cohort|prospective|retrospective|longitudinal|follow-up|cross-sectional|hazard ratio|overall"
          " survival|multicent|enrolled|participants|years",
          r"cohorts?\b", "prospectively", "retrospective(?:ly)?", "longitudinal", "(?:mean|median) follow-up",
          "cross-sectional", "hazard ratios?", "multi-?cent(?:er|re)",
          "(?:patients|participants|subjects) were (?:enrolled|recruited|included|studied)", "all participants",
          r"\d+[- ]year (?:experience|period)"),
    _rule(Kind.TRIAL, SURE,
          "trial|random|phase|placebo|open-label",
          r"phase (?:i{1,3}v?|iv|[1-4])(?:/(?:ii|iii|2|3))?[ab]?\b",
          r"randomi[sz]ed(?: [\w-]+){0,3} (?:trial|study)", r"open-label(?:,? [\w-]+){0,4} (?:trial|study)",
          "placebo-controlled", "double-blind", "were randomly assigned", "clinical trial registration",
          "single-arm"),
    _rule(Kind.META, SURE,
          "meta-analy|metaanaly",
          r"(?:perform|conduct|carried out|did|through|present|systematic review and|bioinformatic analysis"
          r" and an?)\w*(?: [\w-]+){0,5} meta-?analys[ie]s",
          "meta-?analys[ie]s (?:was|were|of|included|showed|is)", r": an?(?: [\w-]+){0,5} meta-?analysis",
          "in this meta-?analysis"),
    _rule(Kind.META, LIKELY,
          "meta-analy|pubmed",
          "meta-?analys[ie]s",
          r"(?:pubmed|medline|embase|web of science)(?:,? [\w ]+){0,4} (?:were|was|databases?)"),
    _rule(Kind.REVIEW, SURE,
          "review|overview|perspective|summari",
          r"(?:in )?(?:this|the present|our|the current|present|mini|systematic|narrative|literature"
          r"|scoping)[- ]?(?:\w+ )?(?:mini)?-?reviews?\b",
          "we (?:briefly |also |here |systematically |will )?review(?:ed)? (?!board)",
          "(?:article|paper|chapter) (?:reviews?|summari[sz]es|discusses|provides an overview)",
          "(?:is|are|will be) (?:briefly |also )?(?:reviewed|summari[sz]ed)",
          r"(?:lastly|finally|here), we (?:\w+ )?(?:review|summari[sz]e the|discuss)",
          "purpose of the present review", r": an? (?:[\w-]+ )?(?:review|overview|update)\b"),
    _rule(Kind.REVIEW, LIKELY,
          "in this work, we describe|we describe the|we discuss|recent papers|recent advances|overview"
          "|perspectives|in the future|advances|this article|progress",
          "in this work, we describe", "we (?:also )?discuss", "two recent papers",
          "recent (?:advances|progress|developments)", "overview of",
          "(?:future|current) (?:perspectives|directions|challenges)", r"in the future\b"),
    # Everything at once
    _rule(Kind.OMICS, SURE,
          "rna-seq|rnaseq|rna seq|microarray|transcriptom|proteom|metabolom|genome assembl|draft genome|genome"
          " sequenc|mitochondrial genome|chloroplast genome|methylation array|array data|chip-seq|bisulfite"
          "|mirna sequencing|gene array|gse",
          r"(?:single[- ]cell |high throughput |bulk |mi|small )?rna[- ]?seq(?:uencing)?\b",
          r"(?:perform|using|used|by|employ|conduct)\w*(?: [\w-]+){0,5} (?:micro-?arrays?|proteomics?"
          r"|metabolomics?|transcriptomics?|chip-seq)\b",
          r"(?:whole|de novo|comparative|tissue-specific|assembled)[- ]?(?:\w+ )?transcriptom\w+",
          r"transcriptom(?:e|ic|es) (?:analys[ie]s|landscapes?|sequencing|profil\w+|assembl\w+)",
          r"(?:genome|chromosome)[- ](?:level|scale)(?: reference)? (?:genome )?assembl\w+",
          r"(?:draft|complete|high quality)[\w -]{0,30} genome",
          r"(?:complete|sequenced)[\w ,()-]{0,40} (?:mitochondrial|chloroplast|mt) genomes?",
          r"methylation(?:\w+)? array", "mirna sequencing", "joint detection of chromatin", "gene arrays?",
          "genome-wide methylation", "whole[- ]genome bisulfite"),
    _rule(Kind.OMICS, SURE,
          "genom",
          r"whole[- ]genome (?:re-?)?sequencing (?:was|were|of|data|analys[ie]s)", r"metagenom\w+", r"pan-?genom\w+",
          r"genomic epidemiology", r"genomes? (?:of|from)(?: [\w.-]+){1,4} (?:isolates|strains)"),
    _rule(Kind.OMICS, LIKELY,
          "microarray|transcriptom|proteom|metabolom|expression profil",
          "micro-?arrays?", r"transcriptom\w*", r"proteom\w*", r"metabolom\w*",
          r"(?:gene |global )?expression profil\w+"),
    _rule(Kind.OMICS, LIKELY,
          "differentially expressed|degs|unigenes|kegg|gene ontology|enrichment",
          "differentially expressed", r"degs\b", "unigenes",
          "(?:kegg|go|pathway) (?:pathway |and kegg )?(?:enrichment|analys[ie]s)", "gene set enrichment"),
    _rule(Kind.OMICS, LIKELY,
          "genome|contigs|chip|next-generation|sequencing",
          r"whole[- ]genome (?:re-?)?sequenc\w+", r"genome assembl\w+", "global genome", "contigs", "chip-?seq",
          "genom(?:e|ic) data", r"genome sequenc\w+"),
    _rule(Kind.POPULATION, SURE,
          "divers|population|selection|haplotype|phylogen|ancestry|variability",
          "genetic (?:diversity|differentiation|variability|structure)",
          r"population (?:genetic\w*|genomic\w*|structure|histor\w+)", r"phylogeograph\w+",
          "(?:positive|balancing|natural) selection (?:on|is|maintain)", "gene flow", "selective sweeps?",
          "haplotype network", r"(?:allele|genotype|phenotype)[\w ,]{0,30} frequency (?:database|distribution)",
          r"frequency of the \w+ allele", "genetic ancestry", "populations (?:all over|around) the world"),
    _rule(Kind.POPULATION, HINT,
          "population|phylogen|haplotype",
          r"populations\b", "phylogenetic (?:trees?|analys[ie]s)", "haplotypes"),
    # Cells and molecules
    _rule(Kind.IN_VITRO, SURE,
          "two-hybrid|crystal|purified|biochemical|enzymatic|helicase|transfect|knockdown|knocking down"
          "|luciferase|cell line|co-culture|expressed, purified|binding",
          "(?:yeast )?two-hybrid", "crystal structures?", "x-ray crystallography",
          r"(?:expressed|were|was|and)[ ,]+(?:\w+ )?purified", "biochemically",
          r"enzymatic (?:inhibition|activity) (?:stud|of|was|assay)\w*",
          r"(?:atpase|helicase|kinase) (?:activit|action)\w*", r"transfect\w+",
          r"(?:knock(?:ing)? ?down|over-?expressing|silencing) [\w-]+(?: [\w-]+){0,4} (?:suppress|inhibit"
          r"|promot|rescu|reduc|cells?)\w*",
          r"(?:established|immortali[sz]ed)(?: [\w-]+){0,5} cell lines?", "co-cultured",
          r"(?:neuronal|precursor|mutant|knock-?out|edited|human|mutated)(?: [\w-]+){0,2} (?:cell lines|ipscs"
          r"|clones|fibroblasts)\b"),
    _rule(Kind.IN_VITRO, LIKELY,
          "in vitro|cultured|cell line|hek|hela|fibroblast|ipsc|cells|oocyte",
          "in vitro", "cultured", "cell lines?", r"hek ?293\w*", r"hela\b", "dermal fibroblasts",
          "in (?:mammalian|human|cancer|tumou?r) cells", "cell viability", r"proliferation of \w+ cells"),
    _rule(Kind.IN_VITRO, LIKELY,
          "luciferase|substrate|bind|interact|associates|pull|precipit|screen for|recombinant",
          "luciferase", "synthetic dnas?", r"substrates?\b", "pull-?down", r"co-?immunoprecipitat\w*",
          "binding partners?", "(?:interacts?|associates) (?:with|in vitro)", "screen for proteins",
          r"recombinant (?:hsl |\w+ )?proteins?", "ribozyme", "aptamer", "recognition", r"inhibition stud\w+"),
    _rule(Kind.IN_VITRO, LIKELY,
          "cloned|cloning|cdna|amino acid|open reading frame|splice variant",
          "cloning and characteri[sz]ation", r"clon(?:ed|ing) and (?:functional(?:ly)? )?characteri[sz]\w+",
          "molecular cloning"),
    _rule(Kind.IN_VITRO, LIKELY,
          "cdna|amino acid|open reading frame|splice",
          r"\d+ bp of cdna", "cdna (?:clones?|sequences?)", "amino acids? (?:sequence|identity|residues)",
          "open reading frame", "splice variants?", "target(?:-| )recogni[sz]ing"),
    _rule(Kind.IN_VITRO, LIKELY,
          "biological evaluation|cytotoxic|ic50|gene delivery|cell proliferation|replicon",
          r"biological evaluation", r"cytotoxicity", r"ic50", r"gene delivery", r"replicons?\b",
          r"(?:inhibit|promot|suppress|reduc|increas)\w*(?: [\w-]+){0,4} cell (?:proliferation|migration|growth"
          r"|invasion)"),
    # Computed
    _rule(Kind.COMPUTATIONAL, SURE,
          "bioinformatic|in silico|simulat|algorithm|comput|machine learning|homology model|tcga|cancer genome"
          " atlas|molecular dynamics|regulatory network|database analysis|statistical method|modeling"
          "|agent-based|gene family|modelling|orthologs|complexity|lasso",
          r"(?:integrat\w+|comprehensive|multiple|subsequent) bioinformatics? (?:analys[ie]s|approach"
          r"|pipeline|tools)",
          "individual-based simulations", "(?:rosetta |molecular |computational )model(?:l?ing)",
          "molecular dynamics", "(?:fine-grained |monte carlo |computer )simulations?",
          r"(?:new|novel|present an?|ranking|genetic)(?: [\w-]+){0,3} algorithms?", "machine learning",
          r"computational (?:method|analys[ie]s|model|data|framework|approach)\w*",
          r"(?:reconstruct|infer)\w*(?: [\w-]+){0,4} (?:regulatory )?networks?",
          "(?:extensive |systematic )?database (?:analysis|searche?s?)",
          r"(?:present|develop|propose)\w* an? (?:statistical|mathematical|new|novel|alternative)(?:"
          r" [\w-]+){0,2} (?:method|model|metric|tool|framework|algorithm)",
          "attachment-detachment model", "agent-based model", "genome-wide identification",
          "(?:from|using|in) (?:the )?(?:tcga|cancer genome atlas)", "we utilize a model",
          "(?:characteri[sz]e and |)model the (?:vertical )?transport", "lasso"),
    _rule(Kind.COMPUTATIONAL, LIKELY,
          "bioinformatic|in silico|simulat|algorithm|comput|software|web server|sequence analysis",
          r"bioinformatic\w*", "in silico", r"simulat\w+", "algorithms?", r"computational\w*", "web server",
          "software", r"(?:sequence|database) (?:analys[ie]s|search\w*)"),
    _rule(Kind.COMPUTATIONAL, LIKELY,
          "tcga|geo data|expression omnibus|hub genes|protein-protein|regression|nomogram",
          r"tcga\b", r"geo data\w*", "gene expression omnibus", "hub genes",
          "protein-protein interaction networks?", "nomogram", "risk score"),
    _rule(Kind.COMPUTATIONAL, LIKELY,
          "phylogen|orthologs|genomic sequences|evolution of|model",
          "phylogenetic (?:relationships?|analysis|trees?)", "orthologs", r"evolution of the \w+",
          "genomic sequences of", r"homology model\w*", "mathematical model", "structural model", "modell?ing of"),
)
# fmt: on

NEEDED: frozenset[str] = frozenset().union(*(rule.needs for rule in RULES))
"""All words that any rule needs: each is looked for once in a paper."""
