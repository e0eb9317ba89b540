"""Records of a VCF gathered gene by gene: counts of consequences and the few best variants of each gene.

Runs in the child process. What it holds grows with genes, never with variants.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from assistant.genome.vcf import clinvar, inheritance, scoring
from assistant.genome.vcf.annotations import (
    Details,
    Entry,
    Reader,
    allele_number,
    clinvar_entries,
    greatest,
    number,
    reader,
    tagged_genes,
)
from assistant.genome.vcf.consequences import UNSTATED, Impact
from assistant.genome.vcf.gathered import GeneHits, Plan, Variant
from assistant.genome.vcf.inheritance import ABSENT, NOT_CALLED, Calls
from assistant.genome.vcf.options import MAX_GENES

BEST = 5
"""Variants kept of a gene."""
MAX_LINES = 12
"""Records kept as examples: of a gene's, and of what each parent gave."""
MAX_TEXT = 160
_REFERENCE_BLOCKS = frozenset(("<NON_REF>", "<*>", "*", "."))
# Frequencies of populations in INFO: gnomAD's first; AF and such only where no samples could be their source.
_POPULATIONS = (
    (
        "gnomAD_AF",
        "gnomad_AF",
        "gnomADe_AF",
        "gnomADg_AF",
        "AF_gnomad",
        "gnomad_af",
        "gnomAD_exome_AF",
        "gnomAD_genome_AF",
    ),
    ("AF_EXAC", "ExAC_AF", "AF_ESP", "AF_TGP", "1000G_AF", "KG_AF", "CAF", "MAX_AF"),
)
_SITES_ONLY = ("AF",)
_IMPACTS: dict[int, str] = {impact: str(int(impact)) for impact in Impact}


GenesAt = Callable[[str, int, int], Sequence[tuple[str, str]]]
"""Symbol and identifier of the genes at a sequence's positions, first to last."""


class Gatherer:
    """Takes records one by one; `genes` and `counts` are the result. ``genes_at`` is asked where a file names none."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.genes_at: GenesAt | None = None
        self.genes: dict[str, GeneHits] = {}
        self.counts: Counter[str] = Counter()
        self.consequences: Counter[str] = Counter()
        self.significances: Counter[str] = Counter()
        self.sites: list[tuple[int, str, int, str]] = []
        self._readers: list[Reader] = [reader(key, names) for key, names in plan.layouts]
        self._current: Reader | None = None
        self._why = ""
        infos = set(plan.infos)
        self._anonymous = not self._readers and "GENEINFO" not in infos
        self._clinvar = bool(infos & {"GENEINFO", "CLNSIG"})
        self._tags = [tag for tag in ("LOF", "NMD") if tag in infos]
        groups = [*_POPULATIONS, *([_SITES_ONLY] if not plan.samples else [])]
        self._frequencies = [found for group in groups if (found := [key for key in group if key in infos])]
        self.listed = bool(self._frequencies) or any(r.frequencies for r in self._readers)
        self._vep_clinvar = any(r.significances for r in self._readers)

    def take(self, record: int, variant: Any) -> None:
        """Gather one record of cyvcf2."""
        plan, counts = self.plan, self.counts
        alts = variant.ALT
        if not alts or _REFERENCE_BLOCKS.issuperset(alts):
            counts["without alternate"] += 1
            return
        counts["variants"] += 1
        if variant.ID:
            counts["rsids" if variant.ID.startswith("rs") else "other ids"] += 1
        if plan.passed and variant.FILTER is not None:
            counts["filtered: FILTER"] += 1
            return
        if plan.quality is not None and variant.QUAL is not None and plan.quality > variant.QUAL:
            counts["filtered: QUAL"] += 1
            return
        info = variant.INFO.get
        raw = str(info("CLNSIG") or "") if self._clinvar else ""
        known = clinvar.significance(raw) if raw else ""
        entries = list(self._entries(variant, info, clinvar.harmful(known)))
        if self._anonymous and not entries and len(self.sites) < 1000:
            self.sites.append((record, variant.CHROM, variant.POS, (variant.ID or "")[:40]))
        if not entries:
            counts["without gene or below impact"] += 1
            return
        self._place(record, variant, entries, known)

    def _entries(self, variant: Any, info: Callable[[str], Any], harmful: bool) -> Iterator[Entry]:
        found = False
        for one in self._readers:
            text = info(one.key)
            if text:
                found = True
                self._current, text = one, str(text)
                least = self.plan.impact
                if harmful or (one.significances and "athogenic" in text):
                    least = Impact.UNSTATED
                yield from one.entries(text, least)
                break
        if found:
            return
        if self._clinvar and (genes := info("GENEINFO")):
            for entry in clinvar_entries(str(genes), str(info("MC") or "")):
                if harmful or entry.impact == Impact.UNSTATED or entry.impact >= self.plan.impact:
                    yield entry
        elif self.genes_at is not None:
            for symbol, gene_id in self.genes_at(variant.CHROM, variant.POS, _end(variant, info)):
                yield Entry(symbol, gene_id, UNSTATED, Impact.UNSTATED, "", (), False)

    def _place(self, record: int, variant: Any, entries: list[Entry], known: str) -> None:
        """Sort a record's entries by gene and allele, and keep each allele that passes the filters."""
        alts = variant.ALT
        single = len(alts) == 1
        groups: dict[tuple[str, int], list[Entry]] = {}
        numbers: dict[str, int] = {}
        for entry in entries:
            allele = 1
            if not single:
                allele = numbers.get(entry.allele, -1)
                if allele < 0:
                    allele = numbers[entry.allele] = allele_number(entry.allele, variant.REF, alts)
            groups.setdefault((entry.symbol, allele), []).append(entry)
        gravest = min(entry.what.rank for entry in entries)
        calls = self._calls(variant)
        kept: dict[str, list[tuple[Variant, list[Entry]]]] = {}
        for (symbol, allele), group in groups.items():
            one = self._variant(record, variant, allele, group, known, gravest, calls)
            if one is not None:
                kept.setdefault(symbol, []).append((one, group))
        if not kept:
            self.counts[f"filtered: {self._why}"] += 1
            return
        self.counts["kept"] += 1
        self._count([one for several in kept.values() for one, _ in several])
        for symbol, several in kept.items():
            self._add(symbol, several)

    def _count(self, kept: list[Variant]) -> None:
        """Count a record by its gravest consequence, and by what ClinVar says."""
        top = kept[0] if len(kept) == 1 else max(kept, key=lambda one: (one.impact, one.score))
        self.consequences[top.terms[0] if top.terms else ""] += 1
        for name in {one.clinvar for one in kept if one.clinvar}:
            self.significances[name] += 1

    def _variant(
        self,
        record: int,
        variant: Any,
        allele: int,
        group: list[Entry],
        known: str,
        gravest: int,
        calls: Sequence[Calls] | None,
    ) -> Variant | None:
        """One allele in one gene, or None where a filter leaves it out."""
        plan, info = self.plan, variant.INFO.get
        main, impact = group[0], group[0].impact
        if len(group) > 1:
            main = min(group, key=lambda e: (e.what.rank, -e.impact, not e.chosen))
            impact = max(e.impact for e in group)
        more = self._current.details(main) if main.fields and self._current else Details()
        significance = known or (clinvar.significance(more.clinvar) if more.clinvar else "")
        if significance and not self._concerns(main, gravest, info):
            significance = ""
        self._why = "impact"
        if Impact.UNSTATED < impact < plan.impact and not clinvar.harmful(significance):
            return None
        self._why = "ClinVar"
        if plan.clinvar and not clinvar.matches(significance, plan.clinvar):
            return None
        frequency = more.frequency if more.frequency is not None else self._frequency(info, allele)
        self._why = "frequency"
        if plan.frequency is not None and frequency is not None and frequency > plan.frequency:
            return None
        state, origin, carriers = self._genotype(variant.CHROM, allele, calls)
        self._why = "not carried"
        if state == ABSENT:
            return None
        lof, nmd = self._loss(main.symbol, info, more)
        kind = "de novo" if origin == "de novo" else state
        score = (
            scoring.severity(main.what, impact)
            + scoring.known(significance)
            + scoring.rarity(frequency, self.listed)
            + scoring.genotype(kind)
            + scoring.loss(lof, nmd)
        )
        alts = variant.ALT
        return Variant(
            score=round(score, 3),
            record=record,
            chromosome=variant.CHROM[:60],
            position=variant.POS,
            end=_end(variant, info) if alts[0][0] == "<" else variant.end,
            identifier=(variant.ID or "")[:60],
            ref=variant.REF[:40],
            alt=(alts[allele - 1] if allele else ",".join(alts))[:60],
            terms=main.what.terms[:6],
            impact=impact,
            frequency=frequency,
            clinvar=significance,
            disease=_text(info("CLNDN")) if significance and self._clinvar else "",
            coding=_shortened(more.coding),
            protein=_shortened(more.protein.replace("%3D", "=")),
            genotype=state,
            origin=origin,
            carriers=carriers,
            lof=lof,
            nmd=nmd,
        )

    def _concerns(self, entry: Entry, gravest: int, info: Callable[[str], Any]) -> bool:
        """Whether ClinVar's word is on this gene: it names it, or, naming none, no other is hit more severely."""
        genes = info("GENEINFO") if self._clinvar else None
        if genes:
            return any(pair.partition(":")[0] == entry.symbol for pair in str(genes).split("|"))
        return entry.what.rank == gravest

    def _frequency(self, info: Callable[[str], Any], allele: int) -> float | None:
        for group in self._frequencies:
            found = greatest(_of_allele(info(key), allele, key == "CAF") for key in group)
            if found is not None:
                return found
        return None

    def _loss(self, symbol: str, info: Callable[[str], Any], more: Details) -> tuple[str, bool]:
        if not self._tags:
            return more.lof, False
        tags = {tag: symbol in tagged_genes(str(info(tag) or "")) for tag in self._tags}
        return ("yes" if tags.get("LOF") else more.lof), tags.get("NMD", False)

    def _calls(self, variant: Any) -> Any:
        """Alleles of each sample of the plan; None where the record has no genotypes."""
        if not self.plan.samples or "GT" not in (variant.FORMAT or ()):
            return None
        return variant.genotype.array()[:, :-1]

    def _genotype(self, chromosome: str, allele: int, calls: Any) -> tuple[str, str, tuple[int, int, int]]:
        """State of the proband, origin by the parents, and (carriers, homozygous ones, called) of many samples."""
        if calls is None:
            return "", "", (0, 0, 0)
        roles = self.plan.roles
        if roles.proband is None:
            return self._carriers(allele, calls)
        state = inheritance.state(calls[roles.proband].tolist(), allele)
        if state == "homozygous" and roles.male and chromosome.removeprefix("chr") in ("X", "Y"):
            state = "hemizygous"
        if state in (ABSENT, NOT_CALLED) or roles.father is None or roles.mother is None:
            return state, "", (0, 0, 0)
        parents = [inheritance.state(calls[place].tolist(), allele) for place in (roles.father, roles.mother)]
        return state, inheritance.origin(*parents), (0, 0, 0)

    @staticmethod
    def _carriers(allele: int, calls: Any) -> tuple[str, str, tuple[int, int, int]]:
        hit = (calls == allele) if allele else (calls > 0)
        copies, carried = (calls != -2).sum(1), hit.sum(1)
        called = int(((calls >= 0).sum(1) == copies).sum())
        carriers = int((carried > 0).sum())
        homozygous = int(((carried == copies) & (copies > 1)).sum())
        state = "" if carriers else (ABSENT if called else NOT_CALLED)
        return state, "", (carriers, homozygous, called)

    def _add(self, symbol: str, several: list[tuple[Variant, list[Entry]]]) -> None:
        gene = self.genes.get(symbol)
        if gene is None:
            if len(self.genes) >= MAX_GENES:
                self.counts["genes over the limit"] += 1
                return
            gene = self.genes[symbol] = GeneHits(symbol)
        gene.records += 1
        gene.impacts[_IMPACTS[max(one.impact for one, _ in several)]] += 1
        consequences = gene.consequences
        for term in {term for _, group in several for entry in group for term in entry.what.terms}:
            consequences[term] += 1
        record = several[0][0].record
        if len(gene.lines) < MAX_LINES:
            gene.lines.append(record)
        for one, group in several:
            if not gene.gene_id:
                gene.gene_id = group[0].gene_id
            if one.genotype:
                gene.genotypes["de novo" if one.origin == "de novo" else one.genotype] += 1
            self._inherit(gene, one)
            if one.frequency is not None and (gene.frequency is None or one.frequency < gene.frequency):
                gene.frequency = one.frequency
            best = gene.best
            if len(best) < BEST or one.score > best[-1].score:
                best.append(one)
                best.sort(key=lambda v: (-v.score, v.record))
                del best[BEST:]

    @staticmethod
    def _inherit(gene: GeneHits, one: Variant) -> None:
        rare = one.frequency is None or one.frequency < scoring.RARE
        harmless = one.clinvar in (clinvar.BENIGN, clinvar.LIKELY_BENIGN)
        if one.genotype == "heterozygous" and one.origin in ("father", "mother") and rare and not harmless:
            lines = gene.inherited.setdefault(one.origin, [])
            if len(lines) < MAX_LINES:
                lines.append(one.record)


def _end(variant: Any, info: Callable[[str], Any]) -> int:
    """The last position of a variant: END of a structural one, else by SVLEN, else by its reference allele."""
    start = int(variant.POS)
    alt = variant.ALT[0]
    if alt.startswith("<"):
        text = str(info("END") or "")
        if text.isdecimal() and int(text) >= start:
            return int(text)
        length = str(info("SVLEN") or "").partition(",")[0].lstrip("-")
        if length.isdecimal() and not alt.startswith("<INS"):
            return start + int(length)
    return start + max(0, len(variant.REF) - 1)


def _of_allele(value: Any, allele: int, with_reference: bool) -> float | None:
    if value is None:
        return None
    values = str(value).strip("[]").split(",")
    if with_reference:  # CAF has the reference's first
        values = values[1:]
    if not allele:
        return greatest(number(v) for v in values)
    if len(values) == 1:
        return number(values[0])
    return number(values[allele - 1]) if allele <= len(values) else None


def _shortened(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:77]}..."


def _text(value: Any) -> str:
    """ClinVar's disease names in plain words, those that say nothing left out."""
    names = str(value or "").replace("_", " ").split("|")
    told = [name for name in dict.fromkeys(names) if name.lower() not in ("not provided", "not specified", ".", "")]
    return "; ".join(told[:4])[:MAX_TEXT]
