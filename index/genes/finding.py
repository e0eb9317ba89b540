"""Genes in text: names of the table in whatever spelling, judged by shape, use and surroundings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.genes import evidence, ranking
from index.genes.abbreviations import abbreviations
from index.genes.evidence import Candidate
from index.genes.records import Gene, Species
from index.genes.spelling import Atoms, atoms, key
from index.genes.species import organism, share_of_mouse
from index.genes.storage import Kind
from index.genes.table import GeneTable, table

ALWAYS = 4  # names of so many atoms are looked for from every atom, longer ones where the table says so
LEAST = 0.5
_FULL_NAMES = 1 << Kind.NAME | 1 << Kind.OTHER_NAME | 1 << Kind.FAMILY
_SYMBOLS = 1 << Kind.SYMBOL | 1 << Kind.PREVIOUS | 1 << Kind.ALIAS
# What may stand between the atoms of one name.
_GAPS = frozenset((" ", "-", "/", ", ", " (", ") ", "(", ")", "'", "-(", ")-", "‐", "–", ".", "+", " - ", ",", "):", "′-"))
_WORD = re.compile(r"[a-z]{4,}")


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
    scored = [(evidence.probability(item.features), item) for item in judged]
    kept = [pair for pair in scored if pair[0] >= least]
    kept.sort(key=lambda pair: (pair[1].found.start - pair[1].found.end, -pair[0]))
    taken: list[tuple[int, int]] = []
    mentions = []
    for score, item in kept:
        start, end = item.found.start, item.found.end
        if any(start < b and a < end for a, b in taken):
            continue
        taken.append((start, end))
        ranked = item.ranked
        concepts = tuple(meaning.concept for meaning in ranked)
        unsure = len(ranked) > 1 and ranked[1].probability > 0.5 * ranked[0].probability
        mentions.append(Mention(start, end, item.found.written, concepts, unsure, score))
    mentions.sort(key=lambda mention: mention.start)
    return mentions


def judge(text: str) -> tuple[list[Judged], ranking.Surroundings]:
    """All names of the table in ``text``, overlapping ones too, with their features, and what the text says of genes."""
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
    around = ranking.Surroundings(frozenset(_WORD.findall(text.lower())), names, share_of_mouse(text))
    explained = _explained(text, genes)
    judged = []
    for c in found:
        held = refs[c.spelt]
        short = explained.get(c.written)
        meant = frozenset(short[1] & {ref.gene.concept for ref in held}) if short else frozenset()
        best = ranking.rank(held, c.written, c.spelt, around, meant)
        top = best[0].genes[0][0]
        spelled = ""
        for gene, _, _ in held:
            if c.written == gene.symbol:
                spelled = "symbol"
                break
            if c.written in gene.aliases or c.written in gene.previous:
                spelled = "alias"
        line = text[max(0, c.start - 25) : c.start] + text[c.end : c.end + 25]
        judged.append(
            Judged(
                c,
                evidence.features(
                    c,
                    text,
                    spelled=spelled,
                    meanings=len(best),
                    popularity=top.popularity,
                    explained="" if short is None or c.start < short[0] else "gene" if meant else short[2],
                    others=len(names.get(top.concept, set()) - {c.spelt}),
                    times=times[c.spelt],
                    shouting=line.upper() == line,
                ),
                held,
                meant,
                best,
            )
        )
    return judged, around


def candidates(text: str, pieces: Atoms, genes: GeneTable) -> Iterator[Candidate]:
    """Names of the table in ``text``, but for those that can't be meant: plain words, joined by chance."""
    forms, starts, ends = pieces
    count = len(forms)
    known = genes.number
    after = -1
    for first in range(count):
        start = starts[first]
        glued = start == after
        after = ends[first]
        head = forms[first]
        if glued:
            continue
        if head in _NEVER_FIRST and not (first + 1 < count and starts[first + 1] == after) and text[start:after].lower() == head:
            continue
        spelt = ""
        spaced = False
        for last in range(first, min(first + max(ALWAYS, genes.longest(head)), count)):
            if last > first:
                gap = text[ends[last - 1] : starts[last]]
                if gap:
                    if gap not in _GAPS:
                        break
                    spaced = spaced or " " in gap
            spelt += forms[last]
            end = ends[last]
            if last + 1 < count and starts[last + 1] == end:
                continue
            number = known(spelt)
            name = spelt
            if number is None:
                name = _bare(spelt, text[start:end])
                number = known(name) if name else None
                if number is None:
                    continue
            usage = genes.usage_at(number)
            if text[end : end + 1] == ")" and text.count("(", start, end) > text.count(")", start, end):
                end += 1
            written = text[start:end]
            if _possible(written, name, usage.lower, usage.kinds, spaced):
                yield Candidate(start, end, written, name, usage, spaced, name is not spelt)


def _bare(spelt: str, written: str) -> str:
    """A name without a plural's s, or the letter of a species before a symbol (hOGG1); empty where it has neither."""
    if spelt[-1] == "s" and len(spelt) > 3 and written[-1] == "s" and (written[-2].isupper() or len(spelt) > 6):
        return spelt[:-1]
    if spelt[0] in "hmr" and len(written) > 2 and written[0] in "hmr" and written[1].isupper():
        return spelt[1:]
    return ""


def _possible(written: str, spelt: str, lower: int, kinds: int, spaced: bool) -> bool:
    if len(spelt) < 2 or spelt.isdigit() or not kinds & (_FULL_NAMES | _SYMBOLS):
        return False
    if kinds & _FULL_NAMES:
        return not (written.islower() and lower > 8)
    if spaced:
        head, _, tail = written.rpartition(" ")
        return len(head) > 1 and (len(tail) == 1 or not tail.isalpha() or not tail.islower() or tail in _GREEK)
    if written.isalpha() and (written.islower() or written.istitle()) and lower > 3:
        return not written.islower() and lower < 9
    return len(spelt) > 2 or not written.islower()


_NEVER_FIRST = frozenset(
    """the of and in to a with was were for by that is on as at from we an be are or this these which not had have has
    p n i no but than their its it between after both also been can may s all who our those into""".split()
)
_GREEK = frozenset("alpha beta gamma delta epsilon zeta kappa theta sigma omega".split())


def _explained(text: str, genes: GeneTable) -> dict[str, tuple[int, set[str], str]]:
    """Short form -> where it is explained, the concepts that its long form names, and "other" where it names none."""
    found = {}
    for short, (_, long, start, _) in abbreviations(text).items():
        meant: set[str] = set()
        words = long.split(" ")
        for first in range(len(words)):
            spelt = key(" ".join(words[first:]))
            meant = {ref.gene.concept for ref in genes.refs(spelt)}
            if meant:
                break
        found[short] = (start, meant, "a kind of gene" if _GENE_LIKE.search(long) else "other")
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
