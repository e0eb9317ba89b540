"""How often the grounding check lets a true sentence pass, and how often a false one.

    python benchmarks/grounding.py [--show NAME]

True sentences: GeneQA dev's own answers, grounded in their evidence, which stands among the evidence of the other
questions on the same paper. False ones: the same answers with a number changed or taken from the same passage, a gene
exchanged for a foreign one or for another of the same passage, a negation put in or taken out, a direction or a
finding turned round ("fertile" to "sterile"), or held against evidence of another question on the same paper. Then
evidence sentences themselves, which pass as they are: with subject and object exchanged, turned, or with a gene or
number of the same sentence exchanged; and claims held against the same claim called improbable, ruled out, or asked.
Answers that the change leaves as they are don't count.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from assistant.grounding import Grounder
from index.embedding import load_embedder
from index.genes import normal, symbols
from index.papers import Hit, PaperInfo, Passage
from index.sentences import split

SHARED = Path(__file__).resolve().parents[2] / "shared"
_NOT = re.compile(r"\b(is|are|was|were|does|do|can|has|have)\b(?! not)")
_TURNS = (
    ("increased", "decreased"), ("higher", "lower"), ("more", "less"), ("larger", "smaller"), ("up", "down"),
    ("reduced", "raised"), ("gain", "loss"), ("earlier", "later"), ("recessive", "dominant"),
    ("upregulated", "downregulated"), ("increase", "decrease"), ("longer", "shorter"), ("greater", "smaller"),
)  # fmt: skip
_FINDINGS = (
    ("fertile", "sterile"), ("fertile", "infertile"), ("viable", "inviable"), ("survive", "die"), ("survived", "died"),
    ("required", "dispensable"), ("essential", "dispensable"), ("necessary", "unnecessary"), ("present", "absent"),
    ("normal", "abnormal"), ("likely", "unlikely"), ("activates", "represses"), ("induces", "inhibits"),
    ("lethal", "viable"), ("alive", "dead"),
)  # fmt: skip
_VERB = re.compile(
    r"^(?P<one>[^,;:()]{3,80}?)\s(?P<verb>(?:is|are|was|were) (?:required|needed|essential|necessary) for|\w+(?:ates"
    r"|uces|esses|ibits|omotes|auses|uires|ets|ulates)|causes?|caused|led to|leads to|results in|resulted in|requires"
    r"|activated|repressed|induced|inhibited|regulated|controls|encodes)\s(?P<other>[^,;:()]{3,80}?)(?P<rest>[.,;:(].*)$",
    re.DOTALL,
)
_DENIALS = (
    "It is improbable that {}", "It is unlikely that {}", "We tested whether {}", "These data rule out that {}",
    "Our results contradict the view that {}", "There is no evidence that {}",
)  # fmt: skip

Change = Callable[[str, str], str]
"""A sentence and the evidence to a changed sentence."""


def other_number(text: str, _: str) -> str:
    """The first number that stands alone, doubled and one more."""
    return re.sub(r"(?<![\w.-])(\d+)(?![\w-])", lambda m: str(2 * int(m.group(1)) + 1), text, count=1)


def near_number(text: str, evidence: str) -> str:
    """The first number exchanged for another of the same evidence."""
    pattern = r"(?<![\w.,-])(\d+(?:\.\d+)?)(?![\w.-]*\d)"
    own = re.findall(pattern, text)
    others = [n for n in re.findall(pattern, evidence) if n not in own]
    return re.sub(pattern, others[0], text, count=1) if own and others else text


def other_gene(text: str, _: str) -> str:
    """The first gene-like name exchanged for one that no paper names."""
    found = symbols(text)
    return text.replace(found[0], "Zfp9182") if found else text


def near_gene(text: str, evidence: str) -> str:
    """The first gene-like name exchanged for another of the same evidence."""
    found = symbols(text)
    own = {normal(s) for s in found}
    others = [s for s in symbols(evidence) if normal(s) not in own]
    return text.replace(found[0], others[0]) if found and others else text


def swapped_genes(text: str, _: str) -> str:
    """The first two gene-like names exchanged for each other where a verb stands between them."""
    found = symbols(text)
    if len(found) < 2:
        return text
    between = text[text.index(found[0]) + len(found[0]) : text.rindex(found[1])]
    if not re.search(r"\b(?:\w{3,}(?:s|ed)|is|are)\b", between):
        return text
    return text.replace(found[0], "\0").replace(found[1], found[0]).replace("\0", found[1])


def swapped(text: str, _: str) -> str:
    """Subject and object of the first asymmetric verb exchanged."""
    match = _VERB.match(text)
    return f"{match['other']} {match['verb']} {match['one']}{match['rest']}" if match else text


def negated(text: str, _: str) -> str:
    """A "not" put in, or the first one taken out."""
    if re.search(r"\bnot\b", text):
        return re.sub(r"\bnot\s+", "", text, count=1)
    return _NOT.sub(r"\1 not", text, count=1)


def turned(text: str, _: str) -> str:
    """The first word of direction exchanged for its opposite."""
    return _turned(text, _TURNS)


def finding_turned(text: str, _: str) -> str:
    """The first finding such as "fertile" exchanged for its opposite."""
    return _turned(text, _FINDINGS)


def _turned(text: str, pairs: Sequence[tuple[str, str]]) -> str:
    for one, other in pairs:
        for this, that in ((one, other), (other, one)):
            if re.search(rf"\b{this}\b", text):
                return re.sub(rf"\b{this}\b", that, text, count=1)
    return text


def same(text: str, _: str) -> str:
    """No change."""
    return text


def hits(evidence: Sequence[str], paper: int = 1) -> list[Hit]:
    """Each sentence as a passage of its own section."""
    return [
        Hit(Passage(paper, i, 0, len(text), text, "Results"), PaperInfo("A paper", id=paper), 1.0)
        for i, text in enumerate(evidence)
    ]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", default="", help="print what passes of one kind (of 'true': what does not)")
    show = parser.parse_args().show
    with (SHARED / "data/questions/geneqa-dev.jsonl").open(encoding="utf-8") as file:
        questions = [q for q in map(json.loads, file) if q["answerable"]]
    embedder = load_embedder("all-MiniLM-L6-v2")
    one = cache(lambda text: embedder.embed_documents([text])[0])
    of_paper = defaultdict(list)
    for question in questions:
        of_paper[question["pmcid"]].append(question)
    results: dict[str, list[bool]] = defaultdict(list)
    seconds: list[float] = []

    def check(name: str, said: str, evidence: Sequence[str]) -> None:
        grounder = Grounder(hits(evidence), lambda texts: np.stack([one(t) for t in texts]))
        draft = said.rstrip(".") + " " + "".join(f"[{n}]" for n in range(1, len(evidence) + 1)) + "."
        for quote in evidence:
            one(quote)
        one(said)
        started = time.perf_counter()
        found = grounder.ground(draft)
        seconds.append(time.perf_counter() - started)
        passes = bool(found) and all(s.supported for s in found)
        results[name].append(passes)
        if show == name and passes != (name == "true"):
            print(f"  {said} <- {' || '.join(evidence)} ({[s.problem for s in found]})")

    reworded: dict[str, Change] = {
        "true": same, "number changed": other_number, "number of the passage": near_number,
        "foreign gene": other_gene, "gene of the passage": near_gene, "negation turned": negated,
        "direction turned": turned, "finding turned": finding_turned, "genes swapped": swapped_genes,
        "subject and object swapped": swapped,
    }  # fmt: skip
    for question in questions:
        others = [q for q in of_paper[question["pmcid"]] if q["id"] != question["id"]]
        around = [e for q in others for e in q["evidence"]]
        own = question["evidence"]
        for start, end in split(question["answer"]):
            sentence = question["answer"][start:end]
            for name, change in reworded.items():
                said = change(sentence, " ".join([*own, *around]))
                if name == "true" or said != sentence:
                    check(name, said, [*own, *around])
            if others:
                check("evidence of another question", sentence, others[0]["evidence"])
        for sentence in own:
            for name, change in reworded.items():
                said = change(sentence, " ".join([sentence, *around]))
                if name != "true" and said != sentence:
                    check(f"quote, {name}", said, [*own, *around])
            if len(sentence) < 250 and not re.search(r"\b(?:not|no|whether|may|might)\b", sentence):
                place = len(results["quote, called improbable or asked"]) % len(_DENIALS)
                held = _DENIALS[place].format(sentence[0].lower() + sentence[1:])
                check("quote, called improbable or asked", sentence, [held])
    for name, passed in results.items():
        print(f"{name:36} {sum(passed) / len(passed):.3f} of {len(passed)} pass")
    print(f"{1000 * sum(seconds) / len(seconds):.1f} ms a sentence, vectors at hand")


if __name__ == "__main__":
    main()
