"""Genes in text: names of the table in whatever spelling, judged by shape, use and surroundings."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.genes import evidence, ranking
from index.genes.abbreviations import abbreviations
from index.genes.evidence import Candidate
from index.genes.records import Gene, Species
from index.genes.species import organism, share_of_mouse
from index.genes.spelling import ALWAYS, Atoms, atoms, is_word, key
from index.genes.storage import Kind, Usage
from index.genes.table import DOUBT, GeneTable, table

LEAST = 0.5
_FULL_NAMES = 1 << Kind.NAME | 1 << Kind.OTHER_NAME | 1 << Kind.FAMILY
_SYMBOLS = 1 << Kind.SYMBOL | 1 << Kind.PREVIOUS | 1 << Kind.ALIAS
# What may stand between the atoms of one name.
_GAPS = frozenset(
    (" ", "-", "/", ", ", " (", ") ", "(", ")", "'", "-(", ")-", "‐", "–", ".", "+", " - ", ",", "):", "′-")
)
_WORD = re.compile(r"[a-z0-9]{3,}")


@dataclass(frozen=True, slots=True)
class Mention:
    """A gene's name in a text.

    Attributes:
        start, end: characters of the text.
        text: the name as written.
        concepts: what it may mean, the likeliest first; see `Gene.concept`.
        ambiguous: whether concepts after the first are about as likely.
        score: probability that a gene is meant, 0 to 1.
    """

    start: int
    end: int
    text: str
    concepts: tuple[str, ...]
    ambiguous: bool
    score: float

    def genes(self, species: Species | None = None) -> tuple[Gene, ...]:
        """The genes it may mean, the likeliest first."""
        found = (gene for concept in self.concepts for gene in table().concept(concept))
        return tuple(gene for gene in found if species is None or gene.species == species)


@dataclass(slots=True)
class Judged:
    """A candidate with the features that its model takes, and what it would mean."""

    found: Candidate
    features: list[str]
    refs: list[ranking.Ref]
    explained: frozenset[str]
    ranked: list[ranking.Meaning]


def find(text: str, *, least: float = LEAST) -> list[Mention]:
    """Genes named in ``text``, in order, none overlapping another; those of a score of at least ``least``."""
    judged, _ = judge(text)
    mentions = []
    for index, score in pick([(item.found, item.features) for item in judged], least):
        item = judged[index]
        ranked = item.ranked
        concepts = tuple(meaning.concept for meaning in ranked)
        unsure = len(ranked) > 1 and ranked[1].probability > DOUBT * ranked[0].probability
        mentions.append(Mention(item.found.start, item.found.end, item.found.written, concepts, unsure, score))
    mentions.sort(key=lambda mention: mention.start)
    return mentions


def pick(judged: Sequence[tuple[Candidate, list[str]]], least: float) -> list[tuple[int, float]]:
    """Numbers and scores of the candidates that are genes: probable enough, the longest of those that overlap.

    A name means the same throughout a text: each of its places counts as the mean of itself and of all of them.
    """
    own = [evidence.logit(features) for _, features in judged]
    places: dict[str, list[float]] = {}
    for (found, _), value in zip(judged, own, strict=True):
        places.setdefault(found.written, []).append(value)
    means = {written: sum(values) / len(values) for written, values in places.items()}
    kept = []
    for index, (found, _) in enumerate(judged):
        score = 1 / (1 + math.exp(-(own[index] + means[found.written]) / 2))
        if score >= least:
            kept.append((found.start - found.end, -score, index))
    kept.sort()
    taken: list[tuple[int, int]] = []
    picked = []
    for _, score, index in kept:
        start, end = judged[index][0][:2]
        if not any(start < b and a < end for a, b in taken):
            taken.append((start, end))
            picked.append((index, -score))
    return picked


def judge(text: str) -> tuple[list[Judged], ranking.Surroundings]:
    """All names of the table in ``text``, overlapping ones too, with their features; and what the text says."""
    genes = table()
    found = list(candidates(text, atoms(text), genes))
    if not found:
        return [], ranking.NOWHERE
    refs = {c.spelt: genes.refs(c.spelt) for c in found}
    names: dict[str, set[str]] = {}
    for spelt, held in refs.items():
        for gene, kind, _ in held:
            if kind is not Kind.FAMILY:
                names.setdefault(gene.concept, set()).add(spelt)
    times = Counter(c.spelt for c in found)
    words = _WORD.findall(text.lower())
    around = ranking.Surroundings(frozenset(words), names, share_of_mouse(words))
    told = explained(text)
    known: dict[str, tuple[list[ranking.Meaning], frozenset[str], list[str]]] = {}
    judged = []
    for c in found:
        short = told.get(c.written)
        if c.written not in known:  # what does not depend on the place
            held = refs[c.spelt]
            meant = frozenset(short.concepts & {ref.gene.concept for ref in held}) if short else frozenset()
            ranked = ranking.rank(held, c.written, c.spelt, around, meant)
            others = len(names.get(ranked[0].concept, frozenset()) - {c.spelt})
            features = evidence.of_name(c, _spelled(c.written, held), ranked, others, times[c.spelt])
            known[c.written] = ranked, meant, features
        ranked, meant, features = known[c.written]
        how = "" if short is None or c.start < short.start else "gene" if meant else short.otherwise
        judged.append(Judged(c, features + evidence.of_place(c, text, how), refs[c.spelt], meant, ranked))
    return judged, around


def _spelled(written: str, held: Sequence[ranking.Ref]) -> str:
    """Whether the table writes a name just so: "symbol", "alias" or ""."""
    spelled = ""
    for gene, _, _ in held:
        if written == gene.symbol:
            return "symbol"
        if written in gene.aliases or written in gene.previous:
            spelled = "alias"
    return spelled


def candidates(text: str, pieces: Atoms, genes: GeneTable) -> Iterator[Candidate]:
    """Names of the table in ``text``, but for those that can't be meant: plain words, joined by chance."""
    forms, starts, ends = pieces
    count = len(forms)
    known, longest = genes.lookups()
    after = -1
    for first in range(count):
        start = starts[first]
        glued = start == after
        after = ends[first]
        if glued:
            continue
        head = forms[first]
        if head in _NEVER_FIRST and _is_whole_word(text, pieces, first):
            continue
        most = longest(head, 0)
        if most < ALWAYS and not (is_word(head) and text[start:after].islower()):
            most = ALWAYS
        spelt = ""
        spaced = False
        for last in range(first, min(first + (most or 1), count)):
            if last > first and (gap := text[ends[last - 1] : starts[last]]):
                if gap not in _GAPS:
                    break
                spaced = spaced or " " in gap
            spelt += forms[last]
            end = ends[last]
            if last + 1 < count and starts[last + 1] == end:
                continue
            number = known(spelt)
            name = spelt
            if number is None and (spelt[-1] == "s" or spelt[0] in "hmr"):
                name = _bare(spelt, text[start:end])
                number = known(name) if name else None
            if number is None or (
                last > first and forms[last] in _GENERIC and known(spelt[: -len(forms[last])]) is not None
            ):
                continue  # "p53 protein" is no name of its own
            found = _candidate(text, start, end, name, genes.usage_at(number), spaced)
            if found is not None:
                yield found if name is spelt else found._replace(prefixed=True)


def _candidate(text: str, start: int, end: int, name: str, usage: Usage, spaced: bool) -> Candidate | None:
    """A name where it stands, unless it can't be meant."""
    if text[end : end + 1] == ")" and text.count("(", start, end) > text.count(")", start, end):
        end += 1
    written = text[start:end]
    if usage.lower > 2 and written.isupper() and is_shouting(text, start, end):
        return None
    possible = _possible(written, name, usage.lower, usage.kinds, spaced)
    return Candidate(start, end, written, name, usage, spaced) if possible else None


def _is_whole_word(text: str, pieces: Atoms, at: int) -> bool:
    """Whether an atom is a word as written: not the Greek letter α, nor the p of p53."""
    start, end = pieces.starts[at], pieces.ends[at]
    glued = at + 1 < len(pieces.starts) and pieces.starts[at + 1] == end
    return not glued and text[start] < "\x7f" and len(pieces.forms[at]) == end - start


def is_shouting(text: str, start: int, end: int) -> bool:
    """Whether the words around a name are in capitals too, as in a heading: then capitals tell nothing."""
    around = text[max(0, start - 25) : start] + text[end : end + 25]
    return around == around.upper() and sum(map(str.isalpha, around)) > 4


def _bare(spelt: str, written: str) -> str:
    """A name without a plural's s, or the letter of a species before a symbol (hOGG1); empty where it has neither."""
    if spelt[-1] == "s" and len(spelt) > 3 and written[-1] == "s" and (written[-2].isupper() or len(spelt) > 6):
        return spelt[:-1]
    if spelt[0] in "hmr" and len(written) > 2 and written[0] in "hmr" and written[1].isupper():
        return spelt[1:]
    return ""


def _possible(written: str, spelt: str, lower: int, kinds: int, spaced: bool) -> bool:
    if len(spelt) < 2 or not kinds & (_FULL_NAMES | _SYMBOLS) or spelt in _KINDS_OF_THINGS or _MEASURE.fullmatch(spelt):
        return False
    if kinds & _FULL_NAMES:
        return not (written.islower() and lower > 8)
    if spaced:
        head, _, tail = written.rpartition(" ")
        return len(head) > 1 and (len(tail) == 1 or not tail.isalpha() or not tail.islower() or tail in _GREEK)
    if written.isalpha() and (written.islower() or written.istitle()) and lower > 3:
        return not written.islower() and lower < 9
    return len(spelt) > 2 or not written.islower()


_MEASURE = re.compile(r"\d+(?:k?da|kd|bp|kb|mb|cm|mm|nm|um|mg|kg|g|ml|h|min|s|weeks?|days?|years?|)")
# Names of some gene by which papers mean any of its kind.
_KINDS_OF_THINGS = frozenset(
    key(name)
    for name in (
        "transcription factor", "growth factor", "rna binding protein", "dna binding protein", "membrane protein",
        "tumor suppressor", "oncogene", "neuronal differentiation", "cell adhesion molecule", "zinc finger protein",
        "heat shock protein", "protein kinase", "protein phosphatase", "serine protease", "ion channel", "complex i",
        "factor", "binding protein", "transporter", "receptor", "nuclei", "kinase", "channel", "antigen", "fused",
        "adaptor protein", "structural protein", "surface antigen", "enhancer binding protein", "nuclear protein",
    )
)  # fmt: skip
_GENERIC = frozenset(("protein", "proteins", "gene", "genes"))
_NEVER_FIRST = frozenset(
    """the of and in to a with was were for by that is on as at from we an be are or this these which not had have has
    p n i no but than their its it between after both also been can may s all who our those into
    or if about than per vs up only over more less day days week weeks exon exons intron chromosome
    chromosomes""".split()
)
_GREEK = frozenset("alpha beta gamma delta epsilon zeta kappa theta sigma omega".split())


class Explanation(NamedTuple):
    """Where a short form is explained, the concepts of its long form, and what to say where they are not its own."""

    start: int
    concepts: frozenset[str]
    otherwise: str


def explained(text: str) -> dict[str, Explanation]:
    """The text's own explanations of short forms: short form -> the first."""
    found = {}
    genes = table()
    for short, (_, long, start, _) in abbreviations(text).items():
        meant: frozenset[str] = frozenset()
        words = long.split(" ")
        for first in range(len(words)):
            meant = frozenset(ref.gene.concept for ref in genes.refs(key(" ".join(words[first:]))))
            if meant:
                break
        found[short] = Explanation(start, meant, "like a gene" if _GENE_LIKE.search(long) else "other")
    return found


_GENE_LIKE = re.compile(
    r"(?:receptor|protein|factor|kinase|\w{3,}ase|gene|antigen|enzyme|transporter|channel|homolog\w*|hormone|subunit|peptide|"
    r"interleukin|\w+in|inhibitor|ligand)(?:[- ]\w{1,5}){0,2}$",
    re.IGNORECASE,
)


def in_species(mention: Mention, text: str) -> Gene | None:
    """The gene that a mention means, of the species that ``text`` is about where the mention stands.

    The mouse's gene stands for the rat's, whose NCBI number is `Gene.rat`.
    """
    wanted = organism(text, mention.start, mention.end)
    for concept in mention.concepts[:1]:
        genes = table().concept(concept)
        same = [gene for gene in genes if gene.species == ("human" if wanted == "human" else "mouse")]
        exact = [gene for gene in same if mention.text in (gene.symbol, *gene.aliases)]
        for found in (exact, same, genes):
            if found:
                return found[0]
    return None


def mentioned(mentions: Sequence[Mention]) -> tuple[str, ...]:
    """The likeliest concept of each mention, each once, in order."""
    return tuple(dict.fromkeys(mention.concepts[0] for mention in mentions))
