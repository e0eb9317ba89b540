"""What the child process is told, and what it tells: plain records that JSON carries."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from assistant.genome.vcf.consequences import Impact
from assistant.genome.vcf.inheritance import Roles


@dataclass(slots=True)
class Plan:
    """What the child is told: how annotations are laid out, whose genotypes matter, what is kept."""

    layouts: list[tuple[str, list[str]]] = field(default_factory=list)
    infos: list[str] = field(default_factory=list)
    samples: int = 0
    keep: tuple[str, ...] = ()
    roles: Roles = field(default_factory=Roles)
    impact: int = Impact.MODERATE
    frequency: float | None = None
    clinvar: tuple[str, ...] = ()
    passed: bool = False
    quality: float | None = None
    build: str = ""

    @classmethod
    def load(cls, told: dict[str, Any]) -> Plan:
        """From what `dump` gave."""
        told["roles"] = Roles(**told["roles"])
        told["clinvar"], told["keep"] = tuple(told["clinvar"]), tuple(told["keep"])
        return cls(**told)

    def dump(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return asdict(self)


@dataclass(slots=True)
class Variant:
    """One allele in one gene, as it is kept.

    ``record`` is its number (1 is the first), ``carriers`` counts those who carry it, both copies, and were called.
    """

    score: float
    record: int
    chromosome: str
    position: int
    end: int
    identifier: str
    ref: str
    alt: str
    terms: tuple[str, ...]
    impact: int
    frequency: float | None = None
    clinvar: str = ""
    disease: str = ""
    coding: str = ""
    protein: str = ""
    genotype: str = ""
    origin: str = ""
    carriers: tuple[int, int, int] = (0, 0, 0)
    lof: str = ""
    nmd: bool = False


@dataclass(slots=True)
class GeneHits:
    """What is known of one gene of the file.

    ``consequences`` counts the records in which the gene has a term, ``impacts`` the records by greatest impact;
    ``inherited`` holds records of rare heterozygous variants by the parent that alone carries them.
    """

    symbol: str
    gene_id: str = ""
    records: int = 0
    consequences: Counter[str] = field(default_factory=Counter)
    impacts: Counter[str] = field(default_factory=Counter)
    genotypes: Counter[str] = field(default_factory=Counter)
    best: list[Variant] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    inherited: dict[str, list[int]] = field(default_factory=dict)
    frequency: float | None = None

    def dump(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return told | {"best": [asdict(one) for one in self.best]}

    @classmethod
    def load(cls, told: dict[str, Any]) -> GeneHits:
        """From what `dump` gave."""
        best = [Variant(**(v | {"terms": tuple(v["terms"]), "carriers": tuple(v["carriers"])})) for v in told["best"]]
        counts = {key: Counter(told[key]) for key in ("consequences", "impacts", "genotypes")}
        return cls(**(told | counts | {"best": best}))
