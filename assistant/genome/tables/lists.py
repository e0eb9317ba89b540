"""Lists of genes, from files or pasted: symbols, ids and full names in any arrangement; prose is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from assistant.genome.records import FileKind, GenomeData, KeyGene, Reason
from assistant.genome.tables import names
from assistant.genome.tables.options import TableOptions
from assistant.genome.tables.roles import known
from index import genes
from index.errors import LocusError
from index.genes import Gene, Species
from index.genes.repairing import dated

_BREAKS = re.compile(r"[\s,;|]+")
_PARTS = re.compile(r"[,;|\t]")
_TRIM = " \t\r\n\"'()[]{}<>•·*:"
_HEADS = frozenset(
    "gene genes symbol symbols gene_symbol genesymbol id ids name names gene_name ensembl entrez geneid gene_id".split()
)
_MOST = 100_000
_MOST_TEXT = 4_000_000
_LEAST_SHARE = 0.5
_SAID = "Named in the list."
_FIGURE = re.compile(r"[-+]?\d*[.,]\d+(?:[eE][-+]?\d+)?|[-+]?\d+[eE]-\d+")


def list_of(text: str) -> str | None:
    """``text`` where it is a list of names rather than a table; None where it has columns of figures.

    A text without columns is taken for a list, be it prose: `read_list` says what is wrong with it.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return None
    if any(sum(map(known, re.split(r"[,;\t|]", line))) > 1 for line in lines[:40]):
        return None
    figures = sum(_FIGURE.fullmatch(cell) is not None for line in lines[:200] for cell in _BREAKS.split(line))
    if figures > 0.3 * min(len(lines), 200):
        return None
    widths = {len(re.split(r"[,;\t|]", line)) for line in lines[:200]}
    if len(lines) > 3 and len(widths) == 1 and widths != {1}:
        return None  # a table of words: its columns are told apart elsewhere
    return text


def read_list(text: str, source: str = "pasted list", options: TableOptions = TableOptions()) -> GenomeData:  # noqa: B008 - frozen
    """The genes that a list names, in its order, each once.

    Raises:
        LocusError: it names none, or most of it is no names of genes, as in prose
    """
    if len(text) > _MOST_TEXT:
        raise LocusError(f"The list has more than {_MOST_TEXT:,} characters.", hint="Give it as a file of a table.")
    entries = list(_entries(text))
    if len(entries) > _MOST:
        raise LocusError(f"The list has {len(entries):,} names; at most {_MOST:,} are read.")
    if not entries:
        raise LocusError("The list names no genes: it is empty.", hint="Give symbols, Ensembl, NCBI, HGNC or MGI ids.")
    cells = [name for name, _ in entries]
    numbers = sum(cell.isdigit() for cell in cells) > 0.5 * len(cells)
    species = options.species or names.species_of(cells)
    namer = names.Namer(species, numbers=numbers)
    # told by the whole list, not by its single words: capitals alone make SET or CAT a gene
    found = [gene if _meant(cell, gene, species) else None for cell in cells for gene in (_gene(namer, cell),)]
    _refuse_prose(text, cells, found)
    return _data(entries, found, namer, species, source, options)


def _entries(text: str) -> Iterator[tuple[str, int]]:
    """(name, line) of the entries but comments: a line or cell that is a gene's full name, else its single words."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#"):
            continue  # a comment
        for part in _PARTS.split(line):
            whole = part.strip(_TRIM)
            if not whole or (number == 1 and whole.casefold() in _HEADS):
                continue
            if " " in whole and len(whole) < 200 and (_full(whole) is not None or dated(whole)):
                yield whole, number
                continue
            for piece in whole.split():
                word = piece.strip(_TRIM + ".?!")
                if word:
                    yield word, number


def _full(text: str) -> Gene | None:
    """The gene of a full name ("tumor protein p53")."""
    resolved = genes.table().resolve(text)
    best = resolved.candidates[0] if resolved.candidates else None
    own = (genes.Kind.NAME, genes.Kind.OTHER_NAME, genes.Kind.SYMBOL, genes.Kind.PREVIOUS, genes.Kind.ALIAS)
    return best.gene if best and best.kind in own else None


def _gene(namer: names.Namer, cell: str) -> Gene | None:
    found = namer.gene(cell)
    if found is None and not cell.isdigit() and len(cell) > 3:
        found = _full(cell)
    return found


def _meant(cell: str, gene: Gene | None, species: Species | None) -> bool:
    """Whether a word of a list is meant as a gene's name: "was" and "And" are not, though genes bear them."""
    if gene is None:
        return False
    if not cell.isalpha() or (cell == gene.symbol and (cell.isupper() or species == "mouse")):
        return True
    usage = genes.table().usage(cell.lower())
    common = usage.lower > 3 and usage.lower > usage.genes
    return not common or (cell.isupper() and len(cell) > 1)


def _refuse_prose(text: str, cells: Sequence[str], found: Sequence[Gene | None]) -> None:
    named = sum(gene is not None for gene in found)
    if named and named >= _LEAST_SHARE * len(cells):
        return
    hint = "Give symbols, Ensembl, NCBI, HGNC or MGI ids, or full names a line each."
    prose = list(dict.fromkeys(mention.text for mention in genes.find(text[:20_000])))[:12] if " " in text else []
    if prose and len(cells) > 8:
        hint = f"Paste the names alone. The text seems to name: {', '.join(prose)}."
    if not named:
        raise LocusError(f"None of the {len(cells):,} words given is a known gene.", hint=hint)
    raise LocusError(f"Only {named:,} of {len(cells):,} words given are names of genes.", hint=hint)


def _data(
    entries: Sequence[tuple[str, int]],
    found: Sequence[Gene | None],
    namer: names.Namer,
    species: Species | None,
    source: str,
    options: TableOptions,
) -> GenomeData:
    rows: dict[str, tuple[str, Gene, list[int]]] = {}
    for (name, line), gene in zip(entries, found, strict=True):
        if gene is not None:
            rows.setdefault(_key(gene, rows), (name, gene, []))[2].append(line)
    warnings: list[str] = []
    unknown = list(dict.fromkeys(name for (name, _), gene in zip(entries, found, strict=True) if gene is None))
    names.tell(namer, unknown, len({name for name, _ in entries}), warnings, kept=False)
    twice = [gene.symbol for _, gene, lines in rows.values() if len(lines) > 1]
    if twice:
        some = ", ".join(twice[:8]) + (" ..." if len(twice) > 8 else "")
        are = "genes are" if len(twice) > 1 else "gene is"
        warnings.append(f"{len(twice):,} {are} named more than once, under one name or several: {some}.")
    rules = ["In the order of the list; a list has no figures to rank by."]
    if len(rows) > options.key_genes:
        rules.append(f"The first {options.key_genes:,} of {len(rows):,} genes are the key genes.")
    key = tuple(
        KeyGene(
            rank,
            gene.symbol,
            name,
            gene.concept,
            float(-rank),
            (Reason("Named in the list.", tuple(dict.fromkeys(lines))),),
        )
        for rank, (name, gene, lines) in enumerate(list(rows.values())[: options.key_genes], 1)
    )
    seen = (f"A list of genes: {len(entries):,} names, {len(rows):,} known genes.",)
    return GenomeData(source, FileKind.GENES, seen, tuple(warnings), tuple(rules), key, frozenset(), species)


def _key(gene: Gene, rows: Mapping[str, tuple[str, Gene, list[int]]]) -> str:
    """What a gene is told apart by: TP53 and Trp53 are one; two mouse genes of one human gene stay two."""
    first = rows.get(gene.concept)
    apart = first and first[1].species == gene.species and first[1].symbol != gene.symbol
    return f"{gene.species} {gene.symbol}" if apart else gene.concept
