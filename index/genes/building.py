"""Genes -> the gene table's file: concepts, and an index of every spelling's key."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from index.genes.records import Gene
from index.genes.spelling import ALWAYS, atoms, is_word, key
from index.genes.storage import FORMAT, USUAL, Kind, Stored, Usage

MOST_ATOMS = 12
_PARENTHESES = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_TAIL = re.compile(r",? (?:\(?S\. cerevisiae\)?|homolog|homologue|like protein|isoform \w+|precursor)$")
_QUALIFIER = re.compile(
    r"^(?:putative|probable|sodium-dependent|calcium-activated|cellular|mitochondrial|neuronal|prepro-?|pro|human|mouse|"
    r"endogenous|endothelial|soluble|membrane-bound|plasma|serum) |, (?:mitochondrial|cytoplasmic|nuclear|neuronal)$",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"(?:FLJ|MGC|DKFZP?|LOC|Gm|BC|AI|AW|AA|AU|C|D|OTTHUMG)\d{5,}\w*|KIAA\d{4}|\w+Rik|RP\d+-\w+\.\d+|CT[A-D]-\w+\.\d+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Family:
    """A family's or complex's names, and its members by human symbol or accession; ``derived`` from their own names."""

    names: tuple[str, ...]
    members: tuple[str, ...]
    derived: bool = False


def make(
    genes: Sequence[Gene],
    *,
    header: Mapping[str, Any],
    families: Iterable[Family] = (),
    phenotypes: Callable[[Gene, str], bool] = lambda *_: False,
    usage: Callable[[str], Usage] = lambda _: Usage(0, 0),
    usual: Callable[[str, Gene], bool] = lambda *_: False,
) -> Stored:
    """The table of ``genes``.

    ``phenotypes`` says whether an alias of a gene is a disorder's symbol, ``usage`` how ordinary texts use a key,
    ``usual`` whether texts that explain a key as a short form mean the gene.
    """
    genes = with_concepts(genes)
    entries: dict[str, set[int]] = defaultdict(set)
    starts: dict[str, int] = {}
    for number, gene in enumerate(genes):
        for kind, name in names(gene, phenotypes):
            entries[name].add(number * 8 + kind)
        for name in (gene.symbol, gene.name, *gene.previous, *gene.aliases, *gene.other_names):
            for variant in full_name_variants(name):
                _note_start(starts, variant)
    by_symbol = {gene.symbol: number for number, gene in enumerate(genes) if gene.species == "human"}
    by_symbol.update((gene.accession, number) for number, gene in enumerate(genes) if gene.accession)
    for family in (*families, *numbered_families(genes)):
        members = [by_symbol[symbol] for symbol in family.members if symbol in by_symbol]
        for name in family.names:
            _note_start(starts, name)
            if len(spelt := key(name)) > 1 and members and not (family.derived and spelt in entries):
                entries[spelt].update(number * 8 + Kind.FAMILY for number in members)
    keys = sorted(entries)
    flags = []
    refs: list[int] = []
    offsets = [0]
    for name in keys:
        best: dict[int, int] = {}
        for ref in entries[name]:  # the most telling of a gene's kinds counts
            best[ref >> 3] = min(best.get(ref >> 3, 8), ref & 7)
        refs += [number * 16 + kind + USUAL * usual(name, genes[number]) for number, kind in sorted(best.items())]
        offsets.append(len(refs))
        kinds = sum({1 << kind for kind in best.values()})
        flags.append(usage(name)._replace(kinds=kinds).packed())
    counts = {
        species: sum(gene.species == species for gene in genes) for species in ("human", "mouse")
    } | {"keys": len(keys)}  # fmt: skip
    return Stored(
        {"format": FORMAT, **header, "counts": counts},
        [gene.row() for gene in genes],
        keys,
        np.array(offsets, np.int32),
        np.array(refs, np.int32),
        np.array(flags, np.uint32),
        starts,
    )


def _note_start(starts: dict[str, int], name: str) -> None:
    forms = atoms(name).forms
    if len(forms) > ALWAYS or (len(forms) > 1 and is_word(forms[0])):
        starts[forms[0]] = max(starts.get(forms[0], 0), min(len(forms), MOST_ATOMS))


def names(gene: Gene, phenotypes: Callable[[Gene, str], bool] = lambda *_: False) -> Iterator[tuple[Kind, str]]:
    """Keys of all that a gene is called, with what each is to it."""
    yield Kind.SYMBOL, key(gene.symbol)
    for kind, found in ((Kind.PREVIOUS, gene.previous), (Kind.ALIAS, gene.aliases)):
        for name in found:
            this = kind
            if _PLACEHOLDER.fullmatch(name):
                this = Kind.CLONE
            elif phenotypes(gene, name):
                this = Kind.PHENOTYPE
            for variant in full_name_variants(name) if " " in name else (name,):
                if spelt := key(variant):
                    yield this, spelt
    for kind, found in ((Kind.NAME, (gene.name,)), (Kind.OTHER_NAME, gene.other_names)):
        for name in found:
            for variant in full_name_variants(name):
                if len(spelt := key(variant)) > 3:
                    yield kind, spelt


def full_name_variants(name: str) -> Iterator[str]:
    """A full name as papers write it: without parentheses and endings, "receptor, androgen" turned round."""
    seen = dict.fromkeys((name, _PARENTHESES.sub("", name), _QUALIFIER.sub("", name)))
    for variant in tuple(seen):
        seen[_TAIL.sub("", variant)] = None
        first, comma, rest = variant.partition(", ")
        if comma and "," not in rest:
            seen[f"{rest} {first}"] = None
            seen[f"{first} {rest}"] = None
            if len(rest.split()) <= 3 and rest.split()[0] in (
                "alpha",
                "beta",
                "gamma",
                "delta",
                "member",
                "type",
                "subunit",
            ):
                seen[first + " " + rest.replace("member ", "")] = None
    for variant in seen:
        text = variant.strip(" ,;")
        if text and len(text) < 120:
            yield text


_NUMBERED = re.compile(
    r"(.{4,}?)(?: family)?[ ,-]*(?:member |subunit |type |isoform )?"
    r"(?:[A-Z]?\d+[A-Z]?|alpha|beta|gamma|delta|epsilon|[A-Z])(?:\d*)$"
)
_ROOT = re.compile(r"([A-Z]{3,5})\d+[A-Z]?")


def numbered_families(genes: Sequence[Gene]) -> Iterator[Family]:
    """Families that papers name without a number: "claudin", "superoxide dismutase", "BMP", of 2 to 40 human genes."""
    members: dict[str, set[str]] = defaultdict(set)
    for gene in genes:
        if gene.species == "human" and gene.protein_coding:
            for name in (gene.name, *gene.other_names):
                match = _NUMBERED.fullmatch(name)
                if match and not match[1].endswith((" containing", " associated", " family", " of", " to", " with")):
                    members[match[1].strip(" ,-")].add(gene.symbol)
            if match := _ROOT.fullmatch(gene.symbol):
                members[match[1]].add(gene.symbol)
    for name, found in sorted(members.items()):
        if (3 if name.isupper() else 2) <= len(found) <= 40:
            yield Family((name,), tuple(sorted(found)), derived=True)


def with_concepts(genes: Sequence[Gene]) -> list[Gene]:
    """The genes with one concept for a human gene and its mouse orthologs."""
    human = {gene.ncbi: gene for gene in genes if gene.species == "human" and gene.ncbi}
    shared: dict[int, str] = {}
    for gene in genes:
        if gene.species == "mouse" and gene.ncbi:
            parents = [number for number in gene.orthologs if number in human]
            # of several, the one whose symbol is the same, else the first known
            parents.sort(key=lambda number: human[number].symbol.upper() != gene.symbol.upper())
            if parents:
                shared[gene.ncbi] = str(parents[0])
    return [
        replace(gene, concept=shared.get(gene.ncbi) or str(gene.ncbi or gene.accession or gene.ensembl or gene.symbol))
        for gene in genes
    ]
