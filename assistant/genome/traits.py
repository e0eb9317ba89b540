"""Phenotypes and diseases by which genes are grouped: a name, and the words that papers have for it.

Broad terms of the Mammalian Phenotype and Human Disease ontologies, chosen by hand; each is one to three words, in
small letters and singular or plural as listed.
"""

from __future__ import annotations

import re

_WORDS: dict[str, str] = {
    "hearing loss": "deafness, deaf, hearing loss, hearing impairment",
    "vestibular dysfunction": "vestibular dysfunction, circling behavior, head tossing, balance defects",
    "retinal degeneration": "retinal degeneration, retinitis pigmentosa, photoreceptor degeneration",
    "cataract": "cataract, cataracts, lens opacity",
    "glaucoma": "glaucoma, intraocular pressure",
    "eye malformation": "microphthalmia, anophthalmia, coloboma, aniridia",
    "obesity": "obesity, obese, adiposity",
    "type 2 diabetes": "diabetes, diabetic, hyperglycemia, insulin resistance, glucose intolerance",
    "dyslipidaemia": "hypercholesterolemia, dyslipidemia, hyperlipidemia, hypertriglyceridemia, sitosterolemia",
    "atherosclerosis": "atherosclerosis, atherosclerotic, atheroma",
    "fatty liver": "steatosis, fatty liver, steatohepatitis",
    "hypertension": "hypertension, hypertensive, blood pressure",
    "cardiomyopathy": "cardiomyopathy, heart failure, cardiac hypertrophy",
    "congenital heart defects": "heart defects, cardiac defects, septal defect, septal defects, outflow tract defects",
    "arrhythmia": "arrhythmia, arrhythmias, atrial fibrillation, long qt",
    "stroke": "stroke, cerebral ischemia",
    "anaemia": "anemia, anaemia, anemic, anaemic",
    "leukaemia": "leukemia, leukaemia, leukemias",
    "lymphoma": "lymphoma, lymphomas",
    "thrombosis and bleeding": "thrombosis, bleeding, haemorrhage, hemorrhage, coagulation, thrombocytopenia",
    "immunodeficiency": "immunodeficiency, immune deficiency, lymphopenia",
    "autoimmunity": "autoimmunity, autoimmune, lupus, autoantibodies",
    "inflammation": "inflammation, inflammatory, sepsis, colitis",
    "asthma and airway disease": "asthma, asthmatic, airway hyperresponsiveness, copd",
    "allergy": "allergy, allergic, atopic dermatitis",
    "pulmonary disease": "pulmonary fibrosis, lung disease, respiratory distress, emphysema, cystic fibrosis",
    "arthritis": "arthritis, osteoarthritis, arthritic",
    "osteoporosis": "osteoporosis, bone mineral density, bone loss, osteopenia",
    "osteopetrosis": "osteopetrosis, osteopetrotic",
    "skeletal malformation": "skeletal defects, skeletal abnormalities, chondrodysplasia, dwarfism, scoliosis",
    "limb malformation": "polydactyly, syndactyly, limb defects, brachydactyly, limb malformations",
    "cleft palate": "cleft palate, cleft lip, craniofacial defects, craniofacial abnormalities, craniosynostosis",
    "neural tube defects": "neural tube defects, exencephaly, spina bifida, anencephaly",
    "microcephaly": "microcephaly, brain malformation, lissencephaly, holoprosencephaly, hydrocephalus",
    "intellectual disability": "intellectual disability, mental retardation, learning deficits, cognitive impairment",
    "autism": "autism, autistic, asd",
    "schizophrenia": "schizophrenia, psychosis, schizophrenic",
    "depression and anxiety": "depression, anxiety, depressive",
    "epilepsy": "epilepsy, seizure, seizures, epileptic",
    "ataxia": "ataxia, ataxic, cerebellar degeneration",
    "neurodegeneration": "neurodegeneration, neurodegenerative, dementia, neuronal loss",
    "alzheimer's disease": "alzheimer, alzheimers, amyloid",
    "parkinson's disease": "parkinson, parkinsons, parkinsonism",
    "huntington's disease": "huntington, huntingtons, polyglutamine",
    "motor neuron disease": "amyotrophic lateral sclerosis, motor neuron disease, spinal muscular atrophy",
    "neuropathy": "neuropathy, neuropathies, demyelination, dysmyelination",
    "muscular dystrophy": "muscular dystrophy, myopathy, muscle wasting, muscle weakness",
    "circadian rhythm": "circadian, sleep disorder",
    "infertility": "infertility, infertile, sterile, sterility, subfertile, azoospermia",
    "meiotic arrest": "meiotic arrest, meiotic defects, spermatogenic arrest, nondisjunction",
    "sex development": "sex reversal, gonadal dysgenesis, cryptorchidism, hypogonadism",
    "embryonic lethality": "embryonic lethality, embryonic lethal, die in utero, embryonic death",
    "perinatal lethality": "neonatal lethality, perinatal lethality, perinatal lethal, postnatal lethality",
    "placental defects": "placental defects, placental insufficiency, preeclampsia",
    "growth retardation": "growth retardation, growth retarded, dwarf, reduced body weight, runting",
    "kidney disease": "kidney disease, nephropathy, renal failure, polycystic kidney, proteinuria, renal agenesis",
    "ciliopathy": "ciliopathy, ciliopathies, bardet biedl, situs inversus, primary ciliary dyskinesia",
    "skin and hair": "alopecia, hair loss, psoriasis, epidermolysis, ichthyosis, dermatitis",
    "pigmentation": "coat color, pigmentation, hypopigmentation, albinism",
    "breast cancer": "breast cancer, mammary tumors, mammary carcinoma",
    "colorectal cancer": "colorectal cancer, colon cancer, intestinal polyps, intestinal tumors, polyposis",
    "lung cancer": "lung cancer, lung adenocarcinoma, lung tumors",
    "prostate cancer": "prostate cancer, prostate tumors",
    "melanoma": "melanoma, melanomas",
    "sarcoma": "sarcoma, sarcomas, osteosarcoma",
    "brain tumour": "glioma, gliomas, glioblastoma, medulloblastoma, neuroblastoma",
    "tumour growth": "tumorigenesis, tumor growth, tumor suppressor, oncogenic, metastasis",
    "dna damage": "dna damage, genomic instability, chromosomal instability, radiation sensitivity",
    "premature ageing": "premature aging, progeria, senescence, lifespan, longevity",
    "apoptosis": "apoptosis, apoptotic",
    "mitochondrial disease": "mitochondrial disease, mitochondrial dysfunction",
    "lysosomal disease": "lysosomal storage, lysosomal disease",
    "gut disease": "crohn, ulcerative colitis, megacolon, hirschsprung, inflammatory bowel disease",
    "thyroid disease": "hypothyroidism, hyperthyroidism, goiter",
    "viral infection": "viral infection, antiviral, virus infection",
    "bacterial infection": "bacterial infection, tuberculosis, antibacterial",
    "wound healing": "wound healing, tissue repair",
    "angiogenesis": "angiogenesis, neovascularization, vascular defects",
    "response to steroids": "glucocorticoid, glucocorticoids, dexamethasone, corticosteroid",
    "hypoxia": "hypoxia, hypoxic",
    "drug response": "drug response, drug resistance, pharmacogenetics, chemotherapy",
    "pain": "pain, nociception, hyperalgesia",
    "addiction": "alcohol preference, addiction, cocaine, ethanol consumption",
}
_WORD = re.compile(r"[a-z]+")
_NAMES = {words.strip(): name for name, listed in _WORDS.items() for words in listed.split(",")}
_MOST = max(len(words.split()) for words in _NAMES)


def named(text: str) -> set[str]:
    """The phenotypes and diseases that a text names."""
    words = _WORD.findall(text.lower())
    found = {_NAMES[word] for word in words if word in _NAMES}
    for size in range(2, _MOST + 1):
        runs = zip(*(words[start:] for start in range(size)), strict=False)
        found.update(_NAMES[whole] for run in runs if (whole := " ".join(run)) in _NAMES)
    return found
