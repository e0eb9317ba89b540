"""What a user can choose of how a table is read and ranked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from index.errors import LocusError
from index.genes import Species

Direction = Literal["both", "up", "down"]


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How a table is read and ranked.

    Attributes:
        max_adjusted_p: genes above it are no key genes, 0 to 1.
        min_log2_fold: genes whose log2 fold change is nearer to 0 are no key genes.
        direction: whether genes that rise, fall, or both are sought.
        key_genes: how many key genes there are at most.
        contrast: the cluster or comparison to rank, as the file names it; empty: all, each gene at its best.
        max_p: of association results: variants above it are left out.
        species: of the gene names; None: told by the file.
        build: genome build of positions (GRCh38, GRCh37, GRCm38); empty: not stated.
        sheet: name of a workbook's sheet; empty: the one that holds a table.
        columns: role (`assistant.genome.tables.roles.Role`) -> the column's name, where recognition goes wrong.
    """

    max_adjusted_p: float = 0.05
    min_log2_fold: float = 0.0
    direction: Direction = "both"
    key_genes: int = 200
    contrast: str = ""
    max_p: float = 5e-8
    species: Species | None = None
    build: str = ""
    sheet: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in (("The greatest adjusted p", self.max_adjusted_p), ("The greatest p", self.max_p)):
            if not 0 < value <= 1:
                raise LocusError(f"{name} is {value}; it must be above 0 and at most 1.")
        if not 0 <= self.min_log2_fold < float("inf"):
            raise LocusError(f"The least log2 fold change is {self.min_log2_fold}; it must be 0 or more.")
        if self.direction not in ("both", "up", "down"):
            raise LocusError(f"The direction is {self.direction!r}; it must be both, up or down.")
        if self.key_genes < 1:
            raise LocusError(f"The number of key genes is {self.key_genes}; it must be at least 1.")
