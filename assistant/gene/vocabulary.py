"""The words that the patterns of a digest's parts are made of, as pieces of regular expressions."""

from __future__ import annotations

NULL = (
    r"(?:null|knock-?(?:out|in|down)s?|KO\b|cKO\b|deficien\w*|mutants?|mutations?|homozyg\w*|"
    r"heterozyg\w*|ablat\w*|delet\w*|disrupt\w*|inactivat\w*|loss|alleles?|transgen\w*|overexpress\w*|"
    r"[-−–+] ?/ ?[-−–]|flox\w*|fl/fl|tm\d\w*|hypomorph\w*|haploinsuff\w*)"
)
WITHOUT = (
    r"(?:lack(?:ing|s|ed)?|without|los[st] of|losing|absence of|delet\w+ (?:of|in)|disrupt\w+ (?:of|"
    r"in)|inactivat\w+ (?:of|in)?|ablat\w+ (?:of)?|remov\w+ (?:of)?|deficien\w+ (?:in|for|of)|"
    r"null for|homozyg\w+ for|heterozyg\w+ for|mutations? (?:in|of)|mutant for|mutant|knock-?(?:down|"
    r"out|in) (?:of)?|depletion of|overexpress\w+ (?:of)?|transgen\w+|haploinsufficien\w+ (?:of|for)?|"
    r"mis-?express\w+ (?:of)?|ectopic)"
)
ANIMALS = (
    r"(?:mice|mouse|animals?|embryos?|pups?|males?|females?|mutants?|littermates|homozyg\w+|"
    r"heterozyg\w+|knock-?outs?|nulls?|newborns?|neonates?|fetuses|humans?|adults?)"
)
OUTCOME = (
    r"(?:die[sd]?\b|dying|lethal\w*|viab\w+|surviv\w+|fertil\w+|infertil\w+|steril\w+|normal\w*|"
    r"abnormal\w*|defect\w*|reduc\w+|"
    r"increas\w+|decreas\w+|fail\w*|lack\w*|absen\w+|exhibit\w*|display\w*|show\w*|develop\w*|"
    r"impair\w*|smaller|larger|lower|"
    r"higher|hypoplas\w+|hyperplas\w+|arrest\w*|apopto\w+|degenerat\w+|delay\w*|resist\w+|sensitiv\w+|"
    r"phenotyp\w+|malform\w+|"
    r"result\w* in|caus\w+|leads? to|led to|perish\w*|retard\w*|obes\w+|lean\w*|cleft|missing|lost|"
    r"suffer\w*|unable|anomal\w+|"
    r"dysplas\w+|short\w*|thinner|enlarg\w+|accumulat\w+|compromis\w+|abolish\w+|prevent\w+|rescu\w+|"
    r"disorgani[sz]\w+)"
)
PLACE = (
    r"(?:cells?|tissues?|embryo\w*|brains?|hearts?|kidneys?|livers?|lungs?|retina\w*|neurons?|neural|"
    r"epitheli\w+|mesenchym\w+|"
    r"muscles?|test[ei]s|ovar\w+|skin|cort\w+|nucle(?:us|ar|i)|cytoplasm\w*|membranes?|limbs?|buds?|"
    r"stages?|adults?|f[oe]etal|"
    r"development\w*|ubiquitous\w*|widely|specifically|restricted|spermat\w+|oocytes?|germ|follic\w+|"
    r"bone|cartilage|chondrocyt\w+|"
    r"osteo\w+|adipo\w+|fat\b|intestin\w+|gut|colon|pancrea\w+|islets?|spleen|thymus|placenta\w*|"
    r"trophoblast\w*|lens|eyes?|cochlea\w*|"
    r"hair|inner ear|cerebell\w+|hippocamp\w+|hypothalam\w+|spinal|ganglia|ganglion|axons?|synap\w+|"
    r"mitochondri\w+|cilia\w*|"
    r"centrosom\w+|spindle|golgi|endoplasmic|blood|macrophages?|lymph\w+|hematopoie\w+|endotheli\w+|"
    r"vascul\w+|uter\w+|mammary|"
    r"prostate|photoreceptors?|rods?|cones?|glia\w*|astrocyt\w+|organs?|somit\w+|crest|mesoderm\w*|"
    r"ectoderm\w*|endoderm\w*|"
    r"[EP]\d+(?:\.\d+)?|dpc|days?|joints?|synovi\w+|tendons?|keratinocyt\w+|fibroblasts?|tubul\w+|"
    r"duct\w*|ureter\w*|glands?|"
    r"sperm|tail|fin|wing|chromosom\w+|XY body|foci)\b"
)
DISEASE = (
    r"(?:diseases?|syndromes?|disorders?|cancers?|carcino\w+|tumou?r\w*|leuka?emia\w*|lymphoma\w*|"
    r"melanoma\w*|sarcoma\w*|neoplas\w+|"
    r"adenoma\w*|glioma\w*|dystroph\w+|ana?emi\w+|diabet\w+|obes\w+|atheroscler\w+|epilep\w+|deaf\w*|"
    r"hearing loss|blindness|"
    r"cataract\w*|glaucoma\w*|retinitis|\w{3,}opath(?:y|ies)|autis\w+|schizophreni\w+|alzheimer\w*|"
    r"parkinson\w*|huntington\w*|"
    r"arthrit\w+|osteoarthrit\w+|osteoporo\w+|osteopetro\w+|asthma\w*|infertility|ataxia\w*|"
    r"mental retardation|congenital|"
    r"hypertensi\w+|lupus|autoimmun\w+|fibrosis|steatosis|insulin resistance|human mutations?|"
    r"human patients|patients?|"
    r"sitosterolemia|hypercholesterol\w+|dyslipid\w+|seizures?|neurodegenerat\w+|amyloid\w+|dementia|"
    r"psoria\w+|colitis|sepsis|"
    r"allerg\w+|stroke|clubfoot|microcephaly|thrombosis|sclerosis|tuberculosis|scoliosis|(?:syn|ker|"
    r"acid|cyst|endometri)\w*osis)\b"
)
LINKED = (
    r"(?:caus\w+|associat\w+|link\w+|implicat\w+|lead\w* to|led to|result\w* in|underl\w+|risk|"
    r"responsible|contribut\w+|predispos\w+|"
    r"mutat\w+|models? (?:of|for)|protect\w+|suppress\w+|suscept\w+|genes? for|due to|involve\w+|"
    r"polymorphism\w*|varia(?:nt|tion)s?|"
    r"defects? in|loss|deficien\w+|roles? in|known as|develop\w*|promot\w+|patients?|therap\w+|"
    r"amplif\w+|overexpress\w+|translocat\w+)"
)
ACTS = (
    r"(?:interact\w*|bind\w*|bound|form\w* (?:a |an )?(?:\w+ ){0,3}complex\w*|complex\w*|"
    r"co-?immunoprecipitat\w*|phosphorylat\w+|"
    r"dephosphorylat\w+|ubiquitin\w+|deubiquit\w+|acetylat\w+|methylat\w+|sumoylat\w+|partner\w*|"
    r"activat\w+|inactivat\w+|"
    r"repress\w+|regulat\w+|inhibit\w+|induc\w+|targets?|downstream|upstream|co-?activat\w+|ligands?|"
    r"receptors? (?:for|of)|"
    r"antagoni\w+|synerg\w+|redundan\w+|cooperat\w+|co-?operat\w+|recruit\w+|transactivat\w+|cleav\w+|"
    r"stimulat\w+|epista\w+|"
    r"heterodimer\w*|dimeri[sz]\w*|associat\w+ with|co-?locali[sz]\w+|modif\w+|compensat\w+|"
    r"genetic interaction\w*|signal\w* through|"
    r"mediat\w+|control\w*|promot\w+|suppress\w+|requir\w+|rescu\w+)"
)
NAMED = (
    r"(?:(?:genes?|proteins?|factors?|receptors?|isoforms?|mRNA|transcripts?|function|activity|"
    r"expression|signal\w*|family|levels?)\b)"
)
